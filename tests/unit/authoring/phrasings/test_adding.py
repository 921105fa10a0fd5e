from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from home_brewers import FAQ, write_faq
from pictures import PNG
from translated import translate

from bot.authoring.edits import NothingAdded
from bot.authoring.phrasings.adding import Plan, plan_additions
from bot.authoring.phrasings.sifting import Dropped, Reason, Sifted
from bot.authoring.replacing import ChangedSinceRead, replace_files
from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.matching.meaning import Encoders
from lighthouse import write_knowledge

NIGHTS = """\
night-shift:
- work hours at night
- do you work during the night
- night work
- who is on duty at night
- do keepers have to stay awake at night
- is there work at night in winter
"""


@pytest.fixture
def club(tmp_path: Path) -> Path:
    return write_faq(tmp_path / "club", FAQ.replace("  membership:", "  # What it costs.\n  membership:"))


def plan(folder: Path, reply: str) -> Plan:
    return plan_additions(folder, reply, Encoders())


def of(planned: Plan, id_: str) -> Sifted:
    [found] = [each for each in planned.sifted if each.id == id_]
    return found


def add(folder: Path, reply: str) -> Plan:
    planned = plan(folder, reply)
    replace_files(planned.edits)
    return planned


def contents_of_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_phrasings_go_to_their_entry_if_the_folder_has_no_file_for_them(club: Path) -> None:
    add(club, "membership:\n- what are the dues\n- price to join\nmeetings:\n- which evening is it\n")

    assert (club / "faq.yaml").read_text(encoding="utf-8") == FAQ.replace(
        "at seven.\n", "at seven.\n    phrasings:\n      - which evening is it\n"
    ).replace("  membership:", "  # What it costs.\n  membership:") + (
        "    phrasings:\n      - what are the dues\n      - price to join\n"
    )
    assert load_knowledge(club).entry("membership").phrasings[1:] == ("what are the dues", "price to join")


def test_phrasings_go_to_the_file_for_them_if_the_folder_has_one(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path / "lighthouse")
    before = contents(folder)

    add(folder, "night-shift:\n- are you up late\nduties:\n- list the chores\nsalary:\n- is it well paid\n")

    after = contents(folder)
    assert [name for name in after if after[name] != before[name]] == ["phrasings.yaml"]
    assert after["phrasings.yaml"].decode() == before["phrasings.yaml"].decode().replace(
        "owls\n", "owls\n    - are you up late\n"
    ) + ("    - is it well paid\n  duties:\n    - list the chores\n")


def test_without_the_file_a_role_keeps_its_phrasings_in_its_sections(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path / "lighthouse")
    (folder / "phrasings.yaml").unlink()

    planned = add(folder, "duties:\n- list the chores\n")

    assert [path.name for path in planned.edits] == ["role.yaml"]
    assert "list the chores" in load_knowledge(folder).entry("duties").phrasings


def test_near_misses_become_a_subject_of_their_own_and_examples(club: Path) -> None:
    add(
        club,
        "membership:\n  not:\n    - is the pot for free\n"
        "off_topic:\n  leaving:\n    name: leaving the club\n    phrasings:\n    - how do I quit\n    - get me out\n",
    )

    knowledge = load_knowledge(club)
    [leaving] = knowledge.off_topics
    assert (leaving.name, leaving.phrasings) == ("leaving the club", ("how do I quit", "get me out"))
    assert knowledge.entry("membership").not_examples == ("is the pot for free",)


def test_a_new_subject_without_a_name_is_called_like_its_id(club: Path) -> None:
    add(club, "off_topic:\n  bottle-swaps:\n    - where can I swap bottles\n")

    assert load_knowledge(club).off_topics[0].name == "bottle swaps"


@pytest.mark.parametrize(
    "text",
    [
        "how much is the membership fee",
        "How much is a membership fee?!",
        "HOW MUCH IS THE MEMBRESHIP FEE",
        "hows much is the membership fee",
    ],
)
def test_what_is_nearly_the_same_as_a_phrasing_there_is_dropped(club: Path, text: str) -> None:
    planned = plan(club, f"membership:\n- {text}\n- what are the dues\n- What are the dues??\n")

    assert of(planned, "membership").phrasings == ("what are the dues",)
    assert {each.reason for each in of(planned, "membership").dropped} == {Reason.DUPLICATE}


def test_what_another_entry_has_is_dropped_and_that_entry_is_named(club: Path) -> None:
    planned = plan(club, "membership:\n- when do you meet\n- the dues\n")

    assert of(planned, "membership").dropped == (Dropped("when do you meet", Reason.TAKEN, "meetings"),)


def test_what_another_entry_would_win_is_dropped_and_that_entry_is_named(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path / "lighthouse")

    planned = plan(folder, f"{NIGHTS}duties:\n- do you have to work late at night\n- list the chores\n")

    [lost] = of(planned, "duties").dropped
    assert (lost.text, lost.reason, lost.by) == ("do you have to work late at night", Reason.WON, "night-shift")
    assert of(planned, "duties").phrasings == ("list the chores",)


def test_a_near_miss_that_was_answered_so_far_is_learned_and_told(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path / "lighthouse")

    planned = add(folder, f"{NIGHTS}off_topic:\n  ferry:\n    - does the ferry work at night\n    - ferry fares\n")

    assert [(each.text, each.by) for each in of(planned, "ferry").rescued] == [
        ("does the ferry work at night", "night-shift")
    ]
    assert load_knowledge(folder).off_topic("ferry").phrasings == ("does the ferry work at night", "ferry fares")


def test_an_example_that_would_be_broken_from_the_start_is_dropped(club: Path) -> None:
    planned = plan(club, "membership:\n  phrasings: [the dues]\n  not: [how much is the fee, is the pot for free]\n")

    assert of(planned, "membership").not_examples == ("is the pot for free",)
    assert [(each.text, each.reason) for each in of(planned, "membership").dropped] == [
        ("how much is the fee", Reason.ANSWERED)
    ]


def test_what_is_too_long_is_dropped(club: Path) -> None:
    planned = plan(club, f"membership:\n- {'what does it cost me ' * 20}\n- the dues\n")

    assert [each.reason for each in of(planned, "membership").dropped] == [Reason.TOO_LONG]


def test_an_example_that_the_reply_breaks_is_named(club: Path) -> None:
    faq = club / "faq.yaml"
    faq.write_text(faq.read_text("utf-8") + "    not:\n      - where is the venue\n", "utf-8")

    planned = plan(club, "membership:\n- where is the venue please\n- where is that venue\n")

    assert [each.text for each in planned.broken] == ["where is the venue"]


def test_adding_a_reply_again_changes_nothing(club: Path) -> None:
    reply = "membership:\n  phrasings:\n  - the dues\n  not:\n  - is the pot for free\n"
    add(club, reply)
    before = contents(club)

    assert add(club, reply).edits == {}
    assert contents(club) == before


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ("I can't help with that.", "No phrasings found."),
        ("joining:\n- let me in\n", "This folder has no entry joining, and the reply has no other."),
        ("memberships:\n- let me in\n", r"Does memberships mean membership\?"),
        ("a:\n- x\nb:\n- x\nc:\n- x\nd:\n- x\n", "no entry a, b, c and 1 more"),
    ],
)
def test_a_reply_without_phrasings_for_this_knowledge_is_refused(club: Path, reply: str, complaint: str) -> None:
    with pytest.raises(NothingAdded, match=complaint):
        plan(club, reply)


def test_what_would_make_the_files_unusable_is_refused_before_anything_is_written(club: Path) -> None:
    faq = club / "faq.yaml"
    faq.write_text(faq.read_text("utf-8") + "#" * (1024 * 1024 - faq.stat().st_size - 10), "utf-8")
    before = contents(club)

    with pytest.raises(NothingAdded, match=r"couldn't be used. faq.yaml:1: The file is larger than 1 MiB."):
        plan(club, "membership:\n- what are the dues\n")

    assert contents(club) == before


def test_images_and_translations_of_a_folder_do_no_harm(club: Path) -> None:
    (club / "map.png").write_bytes(PNG)
    with (club / "faq.yaml").open("a", encoding="utf-8") as faq:
        faq.write("    image: map.png\n    alt: A map.\n")
    translate(club, "entries:\n  membership:\n    phrasings: [Was kostet es?]\n")

    add(club, "membership:\n- what are the dues\n")

    assert "what are the dues" in load_knowledge(club).entry("membership").phrasings


def test_a_servers_folder_gets_phrasings_for_its_own_entries_only(club: Path) -> None:
    server = club / "servers" / "riverside"
    server.mkdir(parents=True)
    (server / "server.yaml").write_text('servers: ["112233445566778899"]\n', encoding="utf-8")
    (server / "faq.yaml").write_text(
        "entries:\n  parking:\n    question: Where can I park?\n    answer: Behind.\n    related: [meetings]\n",
        encoding="utf-8",
    )
    shared = contents_of_files(club)

    planned = add(server, "parking:\n- leave the car\nmembership:\n- the dues\noff_topic:\n  bikes:\n    - bike rack\n")

    assert load_knowledge(server).entry("parking").phrasings[1:] == ("leave the car",)
    assert load_knowledge(server).off_topic("bikes").phrasings == ("bike rack",)
    assert planned.reply.unknown == {"membership": 1}
    assert contents_of_files(club) == shared


def test_knowledge_with_faults_is_mended_first(club: Path) -> None:
    (club / "faq.yaml").write_text("entries: {}\n", encoding="utf-8")

    with pytest.raises(KnowledgeError):
        plan(club, "membership:\n- what are the dues\n")


def test_a_file_written_in_windows_keeps_its_line_breaks_and_its_byte_order_mark(club: Path) -> None:
    faq = club / "faq.yaml"
    faq.write_bytes(b"\xef\xbb\xbf" + FAQ.replace("\n", "\r\n").encode())

    add(club, "membership:\n- what are the dues\n")

    assert faq.read_bytes() == b"\xef\xbb\xbf" + FAQ.replace("\n", "\r\n").encode() + (
        b"    phrasings:\r\n      - what are the dues\r\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_and_links_stay(club: Path) -> None:
    faq, data = club / "faq.yaml", club / "..data"
    data.mkdir()
    faq.rename(data / "faq.yaml")
    faq.symlink_to("..data/faq.yaml")
    (data / "faq.yaml").chmod(0o640)

    add(club, "membership:\n- what are the dues\n")

    assert faq.is_symlink()
    assert stat.S_IMODE((data / "faq.yaml").stat().st_mode) == 0o640
    assert "what are the dues" in load_knowledge(club).entry("membership").phrasings


def test_a_file_that_somebody_else_changed_meanwhile_is_left_alone(club: Path) -> None:
    planned = plan(club, "membership:\n- what are the dues\n")
    (club / "faq.yaml").write_text(FAQ, encoding="utf-8")

    with pytest.raises(ChangedSinceRead, match="Run the command again"):
        replace_files(planned.edits)

    assert contents(club) == {"faq.yaml": FAQ.encode()}


def test_if_one_file_cannot_be_replaced_the_other_gets_back_what_it_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1", encoding="utf-8")
    other.write_text("2", encoding="utf-8")
    replace = Path.replace

    def fail_for_the_other(self: Path, target: str) -> Path:
        if Path(target).name == "other":
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_for_the_other)
    with pytest.raises(PermissionError):
        replace_files({one: (b"1", b"new"), other: (b"2", b"new")})

    assert contents(tmp_path) == {"one": b"1", "other": b"2"}
