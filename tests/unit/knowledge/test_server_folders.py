"""Knowledge for one server, or for some of its channels."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from home_brewers import FAQ, NAME, write_faq
from translated import translate

from bot.knowledge.combining import restricted_to
from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.knowledge.server_folders import find_server_folders, stamps_of_servers
from bot.language.languages import Language

NORTH, SOUTH, EAST = 111111111111111111, 222222222222222222, 333333333333333333
PARTIES = """\
entries:
  meetings:
    question: When do you meet?
    answer: In the north, on Fridays.
    related: [membership]
  parking:
    question: Where can I park?
    answer: Behind the mill.
"""


GERMAN = """\
head:
  of: kvcccfv
  name: die Hobbybrauer
entries:
  meetings:
    of: gtsgcbk
    question: Wann trefft ihr euch?
    answer: Jeden ersten Dienstag um sieben.
  membership:
    of: nqjfdcn
    question: Was kostet die Mitgliedschaft?
    answer: Zwanzig Dollar im Jahr.
"""
NORTHERN_GERMAN = """\
entries:
  meetings:
    of: ktpcdcm
    question: Wann trefft ihr euch?
    answer: Im Norden freitags.
"""


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    return write_faq(tmp_path / "brewers")


def add_server(shared: Path, name: str, server: str, faq: str = PARTIES) -> Path:
    """Make a server's folder below the shared knowledge."""
    folder = shared / "servers" / name
    folder.mkdir(parents=True)
    (folder / "server.yaml").write_text(server, encoding="utf-8")
    (folder / "faq.yaml").write_text(faq, encoding="utf-8")
    return folder


def faults_of(directory: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(directory)
    return caught.value.faults


def test_a_server_adds_entries_and_replaces_those_with_the_same_id(shared: Path) -> None:
    knowledge = load_knowledge(add_server(shared, "north", f'servers: ["{NORTH}"]\n'))

    assert [entry.id for entry in knowledge.entries] == ["meetings", "beginners", "membership", "parking"]
    assert knowledge.entry("meetings").answer == "In the north, on Fridays."
    assert knowledge.name == NAME


def test_a_server_can_stand_alone(shared: Path) -> None:
    faq = f"name: North\n{PARTIES.replace('    related: [membership]', '')}"
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\nextends: false\n', faq)

    assert [entry.id for entry in load_knowledge(folder).entries] == ["meetings", "parking"]


def test_a_server_that_stands_alone_needs_a_name_and_its_own_related_entries(shared: Path) -> None:
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\nextends: false\n')

    problems = [fault.problem for fault in faults_of(folder)]

    assert problems == ["The key name is missing.", "No entry has the id membership."]


def test_a_server_keeps_the_shared_language_unless_it_names_one(tmp_path: Path) -> None:
    shared = write_faq(tmp_path / "brewers", f"language: de\n{FAQ}")

    assert load_knowledge(add_server(shared, "north", f'servers: ["{NORTH}"]\n')).language == "de"
    assert (
        load_knowledge(add_server(shared, "east", f'servers: ["{EAST}"]\n', f"language: en\n{PARTIES}")).language
        == "en"
    )


def test_the_version_changes_with_either_part(shared: Path) -> None:
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\n')
    versions = {load_knowledge(folder).version}
    (shared / "faq.yaml").write_text(FAQ.replace("Twenty", "Thirty"), encoding="utf-8")
    versions.add(load_knowledge(folder).version)
    (folder / "faq.yaml").write_text(PARTIES.replace("mill", "barn"), encoding="utf-8")
    versions.add(load_knowledge(folder).version)

    assert len(versions) == 3


def test_folders_are_found_by_server_and_by_channel(shared: Path) -> None:
    add_server(shared, "north", f'servers: ["{NORTH}", "{EAST}"]\n')
    add_server(shared, "cellar", f'servers: ["{NORTH}"]\nchannels: ["{SOUTH}"]\n')

    folders = find_server_folders(shared)

    def name_at(server_id: int | None, *channel_ids: int) -> str | None:
        folder = folders.of(server_id, frozenset(channel_ids))
        return folder.name if folder else None

    assert folders.faults == ()
    assert name_at(NORTH, 5, SOUTH) == "cellar"
    assert name_at(NORTH, 5) == name_at(EAST, SOUTH) == "north"
    assert name_at(SOUTH, SOUTH) is name_at(None) is None


def test_the_second_folder_that_names_a_server_is_reported_and_waits(shared: Path) -> None:
    add_server(shared, "a-north", f'servers: ["{NORTH}"]\n')
    add_server(shared, "b-north", f'servers:\n  - "{EAST}"\n  - "{NORTH}"\n')

    folders = find_server_folders(shared)

    [fault] = folders.faults
    assert (fault.file, fault.line) == ("servers/b-north/server.yaml", 3)
    assert fault.problem == f"The server {NORTH} is already named by the folder a-north."
    assert (folder := folders.of(NORTH, frozenset())) is not None
    assert folder.name == "a-north"


def test_a_server_file_with_a_fault_is_reported_and_the_others_are_found(shared: Path) -> None:
    add_server(shared, "broken", "servers: [123]\n")
    add_server(shared, "north", f'servers: ["{NORTH}"]\n')

    folders = find_server_folders(shared)

    assert [str(fault) for fault in folders.faults] == [
        'servers/broken/server.yaml:1: The 1st item of servers: YAML doesn\'t read 123 as text. Put it in quotes: "123"'
    ]
    assert folders.of(NORTH, frozenset()) is not None


def test_an_id_that_discord_could_not_have_given_is_a_fault(shared: Path) -> None:
    [fault] = faults_of(add_server(shared, "north", 'servers: ["north"]\n'))

    assert fault.problem == "The 1st item of servers isn't an id of Discord's."


def test_entries_for_other_channels_are_left_out_with_all_that_points_to_them(tmp_path: Path) -> None:
    faq = FAQ.replace("    answer: Twenty", f'    channels: ["{SOUTH}"]\n    answer: Twenty').replace(
        "    answer: On", "    related: [membership]\n    answer: On"
    )
    knowledge = load_knowledge(write_faq(tmp_path / "brewers", faq))

    elsewhere = restricted_to(knowledge, frozenset({NORTH}))

    assert [entry.id for entry in elsewhere.entries] == ["meetings", "beginners"]
    assert elsewhere.entry("meetings").related == ()
    assert restricted_to(knowledge, frozenset({NORTH, SOUTH})) == knowledge


def test_a_server_has_the_shared_translations_except_of_what_it_replaces(shared: Path) -> None:
    translate(shared, GERMAN)
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\n')

    knowledge = load_knowledge(folder).in_language(Language("de"))

    assert knowledge.name == "die Hobbybrauer"
    assert knowledge.entry("membership").answer == "Zwanzig Dollar im Jahr."
    assert knowledge.entry("meetings").answer == "In the north, on Fridays."


def test_a_server_translates_what_it_replaces(shared: Path) -> None:
    translate(shared, GERMAN)
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\n')
    translate(folder, NORTHERN_GERMAN)

    knowledge = load_knowledge(folder).in_language(Language("de"))

    assert knowledge.entry("meetings").answer == "Im Norden freitags."
    assert knowledge.entry("membership").answer == "Zwanzig Dollar im Jahr."


def test_a_server_with_a_name_of_its_own_is_not_called_by_the_shared_one(shared: Path) -> None:
    translate(shared, GERMAN)
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\n', f"name: North\n{PARTIES}")

    assert load_knowledge(folder).in_language(Language("de")).name == "North"


def test_a_german_server_among_english_ones_gives_shared_entries_in_german(shared: Path) -> None:
    translate(shared, GERMAN)
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\n', f"language: de\n{PARTIES}")

    knowledge = load_knowledge(folder)

    assert {entry.id: entry.language for entry in knowledge.entries if entry.id != "beginners"} == {
        "meetings": "de",
        "parking": "de",
        "membership": "en",
    }
    assert knowledge.in_language(Language("de")).entry("membership").answer == "Zwanzig Dollar im Jahr."


def test_a_servers_translation_is_an_edit_of_its_folder(shared: Path) -> None:
    folder = add_server(shared, "north", f'servers: ["{NORTH}"]\n')
    seen = [stamps_of_servers(shared)]
    file = translate(folder, NORTHERN_GERMAN)
    seen.append(stamps_of_servers(shared))
    file.write_text(NORTHERN_GERMAN.replace("freitags", "samstags"), encoding="utf-8")
    seen.append(stamps_of_servers(shared))
    file.unlink()
    seen.append(stamps_of_servers(shared))

    assert [one != next_ for one, next_ in pairwise(seen)] == [True, True, True]
    assert seen[0] == seen[-1]
