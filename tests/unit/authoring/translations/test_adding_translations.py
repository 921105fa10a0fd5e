"""A model's translations are written, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from checked import edit
from pictures import PNG
from translated import GERMAN, translate

from bot.authoring.edits import NothingAdded
from bot.authoring.replacing import ChangedSinceRead, replace_files
from bot.authoring.translations.adding import Plan, plan_additions
from bot.knowledge.loading import load_knowledge
from bot.knowledge.originals import Key
from bot.language.languages import Language

DE = Language("de")
FILE = "translations/de.yaml"
NIGHTS = Key("entries", "night-shift")
REPLY = """\
entries:
  night-shift:
    of: mggjsmc
    question: Arbeitet ein Wärter nachts?
    answer: |-
      Ja, **meistens**.

      Das Feuer wird in der Dämmerung entzündet.
"""


def add(folder: Path, reply: str, *, replace: bool = False) -> Plan:
    plan = plan_additions(folder, DE, reply, replace=replace)
    replace_files(plan.edits)
    return plan


def content(folder: Path) -> str:
    return (folder / FILE).read_text(encoding="utf-8")


def test_a_first_reply_makes_the_file(knowledge_dir: Path) -> None:
    plan = add(knowledge_dir, REPLY)

    assert plan.added == (NIGHTS,)
    assert content(knowledge_dir) == (
        "# yaml-language-server: $schema=../schemas/translation.schema.json\n"
        "#\n"
        "# The answers in German. Each `of` says which version of the original it translates.\n\n" + REPLY
    )
    assert (knowledge_dir / FILE).stat().st_mode & 0o777 == 0o644
    assert load_knowledge(knowledge_dir).in_language(DE).entry("night-shift").language == DE


def test_a_whole_reply_translates_everything(knowledge_dir: Path) -> None:
    add(knowledge_dir, GERMAN)

    assert {entry.language for entry in load_knowledge(knowledge_dir).in_language(DE).entries} == {DE}


def test_what_is_new_goes_below_its_key_and_the_rest_stays(knowledge_dir: Path) -> None:
    before = GERMAN[: GERMAN.index("off_topic:")].replace("entries:\n", "entries:\n  # Read by Anna.\n")
    translate(knowledge_dir, before)

    plan = add(knowledge_dir, GERMAN)

    assert plan.added == (Key("off_topic", "salary"), Key("off_topic", "thanks"))
    assert content(knowledge_dir).startswith(before)


def test_an_outdated_translation_is_replaced_in_place_and_keeps_its_phrasings(knowledge_dir: Path) -> None:
    translate(knowledge_dir, GERMAN.replace("mggjsmc", "bbbbbbb"))

    plan = add(knowledge_dir, REPLY.replace("meistens", "fast immer"))

    assert (plan.added, plan.renewed) == ((), (NIGHTS,))
    assert content(knowledge_dir) == GERMAN.replace("meistens", "fast immer")


def test_an_existing_translation_is_replaced_only_on_request(knowledge_dir: Path) -> None:
    translate(knowledge_dir)
    reply = REPLY.replace("meistens", "fast immer")

    assert add(knowledge_dir, reply).unchanged == (NIGHTS,)
    assert content(knowledge_dir) == GERMAN
    assert add(knowledge_dir, reply, replace=True).renewed == (NIGHTS,)
    assert content(knowledge_dir) == GERMAN.replace("meistens", "fast immer")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("mggjsmc", "bbbbbbb", "The original has changed since you printed the request. Print it again."),
        ("    question:", "    alt: Ein Turm.\n    question:", "The original has no alt."),
        ("**meistens**", "[meistens](nachts.example)", 'The link "[meistens](nachts.example)" has something other'),
        ("**meistens**", "https://nachts.example", "The address https://nachts.example was made up."),
        ("**meistens**", "x" * 1500, "The key entries.night-shift.answer has 15"),
        (
            REPLY[REPLY.index("    answer") :],
            "",
            "The key entries.night-shift isn't fully translated: it has no answer.",
        ),
    ],
)
def test_unusable_translations_are_left_out_with_the_reason(
    knowledge_dir: Path, old: str, new: str, reason: str
) -> None:
    assert old in REPLY

    plan = add(knowledge_dir, REPLY.replace(old, new))

    assert plan.refused[NIGHTS].startswith(reason)
    assert not (knowledge_dir / FILE).exists()


def test_a_lost_address_and_an_untranslated_answer_are_left_out(knowledge_dir: Path) -> None:
    edit(knowledge_dir, "faq.yaml", "**most** nights", "see https://night.example")
    plan = add(knowledge_dir, REPLY.replace("    of: mggjsmc\n", ""))
    assert plan.refused == {NIGHTS: "The address https://night.example is missing."}

    same = "sections:\n  jd:\n    question: Is there a job description?\n"
    assert add(knowledge_dir, same).refused == {Key("sections", "jd"): "It's the same as the original."}


def test_a_section_needs_all_that_its_original_has(knowledge_dir: Path) -> None:
    plan = add(knowledge_dir, GERMAN.replace("    heading: Aufgaben\n", ""))

    assert plan.refused == {Key("sections", "duties"): "It has no heading, but the original does."}
    assert len(plan.added) == 7


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ("Sorry.", "No translations found."),
        ("entries:\n  nightshift:\n    question: x\n", r"called nightshift. Does nightshift mean night-shift\?"),
        (f"```yaml\n{REPLY}", "The reply is cut off at night-shift, before anything is complete."),
    ],
)
def test_a_reply_without_translations_for_this_folder_is_refused(
    knowledge_dir: Path, reply: str, complaint: str
) -> None:
    with pytest.raises(NothingAdded, match=complaint):
        plan_additions(knowledge_dir, DE, reply)


def test_a_file_that_cannot_be_added_to_is_left_alone(knowledge_dir: Path) -> None:
    before = "{sections: {jd: {of: bbbbbbb, question: Gibt es eine?}}}\n"
    translate(knowledge_dir, before)

    with pytest.raises(NothingAdded, match="written in a way that this command can't add to"):
        plan_additions(knowledge_dir, DE, GERMAN)

    assert content(knowledge_dir) == before


def test_an_edit_in_between_is_not_lost(knowledge_dir: Path) -> None:
    plan = plan_additions(knowledge_dir, DE, REPLY)
    translate(knowledge_dir)

    with pytest.raises(ChangedSinceRead):
        replace_files(plan.edits)

    assert content(knowledge_dir) == GERMAN


def test_images_and_other_translations_do_no_harm(knowledge_dir: Path) -> None:
    (knowledge_dir / "map.png").write_bytes(PNG)
    edit(
        knowledge_dir,
        "role.yaml",
        "    heading: Interested?\n",
        "    heading: Interested?\n    image: map.png\n    alt: A map.\n",
    )
    translate(knowledge_dir, "entries:\n  night-shift:\n    phrasings: [la nuit]\n", code="fr")

    assert add(knowledge_dir, REPLY).added == (NIGHTS,)


def test_a_servers_folder_is_translated_by_itself(knowledge_dir: Path) -> None:
    server = knowledge_dir / "servers/north"
    server.mkdir(parents=True)
    (server / "server.yaml").write_text('servers: ["112233445566778899"]\n', encoding="utf-8")
    (server / "faq.yaml").write_text(
        "entries:\n  parking:\n    question: Where can I park?\n    answer: Behind.\n    related: [duties]\n",
        encoding="utf-8",
    )

    plan = add(server, "entries:\n  parking:\n    question: Wo kann ich parken?\n    answer: Dahinter.\n")

    assert plan.added == (Key("entries", "parking"),)
    assert load_knowledge(server).in_language(DE).entry("parking").answer == "Dahinter."
