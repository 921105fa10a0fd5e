"""What `check` finds in translations."""

from __future__ import annotations

from pathlib import Path

import pytest
from checked import TODAY, edit, findings, line_of
from translated import translate

from bot.authoring.checking import check_folder
from bot.authoring.findings import Kind, Severity

FILE = "translations/de.yaml"
OF_TRANSLATIONS = (Kind.MISPLACED, Kind.TOO_LONG, Kind.OUTDATED, Kind.INCOMPLETE, Kind.UNTRANSLATED)


@pytest.fixture
def folder(knowledge_dir: Path) -> Path:
    translate(knowledge_dir)
    return knowledge_dir


def all_findings(folder: Path) -> list[tuple[Kind, str, str]]:
    """Return the kind, the place and the problem of all that is found in translations."""
    found = check_folder(folder, today=TODAY)[1]
    return [(each.kind, str(each.place), each.problem) for each in found if each.kind in OF_TRANSLATIONS]


def test_a_complete_translation_has_no_findings(folder: Path) -> None:
    assert all_findings(folder) == []


def test_knowledge_without_translations_lacks_none(knowledge_dir: Path) -> None:
    assert all_findings(knowledge_dir) == []


def test_an_outdated_translation_is_reported_with_the_version_to_write(folder: Path) -> None:
    edit(folder, "faq.yaml", "**most** nights", "all nights")

    [found] = findings(folder, Kind.OUTDATED)

    assert found.place == (FILE, line_of(folder, FILE, "of: mggjsmc"))
    assert found.problem == "night-shift has changed since it was translated, so the bot gives the original."
    assert found.severity is Severity.WARNING
    version = found.remedy.removeprefix("Update this, then write of: ").removesuffix(".")
    edit(folder, FILE, "mggjsmc", version)
    assert all_findings(folder) == []


def test_an_incomplete_translation_is_reported_with_what_it_lacks(folder: Path) -> None:
    edit(folder, FILE, "    items:\n      - die Linse putzen\n      - das Logbuch führen\n", "")

    [found] = findings(folder, Kind.INCOMPLETE)

    assert found.place == (FILE, line_of(folder, FILE, "  duties:"))
    assert (found.problem, found.remedy) == (
        "duties isn't fully translated, so the bot gives the original.",
        "Add items.",
    )


def test_missing_translations_are_reported_together_with_each_place(folder: Path) -> None:
    content = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(content[: content.index("entries:")], encoding="utf-8")

    [found] = findings(folder, Kind.UNTRANSLATED)

    assert found.problem == "3 of 8 texts aren't translated into German."
    assert found.remedy == "tpm-bot translations prompt de prints a request for a language model."
    assert [(str(each.place), each.text) for each in found.details] == [
        (f"faq.yaml:{line_of(folder, 'faq.yaml', '  night-shift:')}", "night-shift"),
        (f"faq.yaml:{line_of(folder, 'faq.yaml', '  salary:')}", "salary"),
        (f"faq.yaml:{line_of(folder, 'faq.yaml', '  thanks:')}", "thanks"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem", "remedy"),
    [
        (
            "  night-shift:",
            "  nightshift:",
            "Nothing in faq.yaml has the id nightshift.",
            (
                "If it was removed there, remove it here, too. Otherwise, fix the id. "
                "The closest is night-shift (faq.yaml:7)."
            ),
        ),
        (
            "  duties:",
            "  parking:",
            "Nothing in role.yaml has the id parking.",
            "If it was removed there, remove it here, too. Otherwise, fix the id.",
        ),
    ],
)
def test_a_translation_of_nothing_is_an_error(folder: Path, old: str, new: str, problem: str, remedy: str) -> None:
    edit(folder, FILE, old, new)

    [found] = findings(folder, Kind.MISPLACED)

    assert found.place == (FILE, line_of(folder, FILE, new))
    assert (found.problem, found.remedy, found.severity) == (problem, remedy, Severity.ERROR)


def test_a_translation_below_the_wrong_key_is_reported_with_the_right_one(folder: Path) -> None:
    edit(folder, FILE, "entries:\n", "entries:\n  contact:\n    phrasings: [wer sucht wen]\n")

    [found] = findings(folder, Kind.MISPLACED)

    assert (found.problem, found.remedy) == ("contact isn't one of the entries.", "Move it below sections.")


def test_a_text_that_the_original_lacks_is_an_error(folder: Path) -> None:
    edit(folder, FILE, "Gibt es eine Stellenbeschreibung?\n", "Gibt es eine Stellenbeschreibung?\n    text: Ja.\n")

    [found] = findings(folder, Kind.MISPLACED)

    assert (str(found.place), found.problem) == (
        f"{FILE}:{line_of(folder, FILE, 'text: Ja.')}",
        "The original of jd has no text.",
    )


def test_each_link_needs_its_label(folder: Path) -> None:
    links = "    links:\n      - {label: Trams, url: https://tram.example}\n      - {label: Map, url: https://map.example}\n"
    edit(folder, "faq.yaml", "    source_section: Nights\n", f"    source_section: Nights\n{links}")
    edit(folder, FILE, "    phrasings:\n      - wann", "    links: [Bahn]\n    phrasings:\n      - wann")
    version = findings(folder, Kind.OUTDATED)[0].remedy.removesuffix(".").rpartition(" ")[2]
    edit(folder, FILE, "mggjsmc", version)

    [found] = findings(folder, Kind.INCOMPLETE)

    assert found.remedy == "Add a label for each of the 2 links."


def test_a_broken_link_in_a_translation_is_reported_with_its_line(folder: Path) -> None:
    edit(folder, FILE, "Ja, **meistens**.", "Ja, [meistens](nachts.example).")

    [found] = findings(folder, Kind.LINK)

    assert found.place == (FILE, line_of(folder, FILE, "    answer: |-"))


def test_a_job_description_too_long_for_discord_is_an_error(folder: Path) -> None:
    for old in ("kümmert sich", "Schreib", "Jeden"):
        edit(folder, FILE, old, f"{old} {'x' * 1000}")

    [(kind, place, problem)] = all_findings(folder)

    assert (kind, place) == (Kind.TOO_LONG, f"{FILE}:5")
    assert problem.startswith("The sections make a job description of 32")


def test_translated_phrasings_do_not_count_as_phrasings_of_the_original(folder: Path) -> None:
    before = findings(folder, Kind.FEW_PHRASINGS)
    (folder / FILE).unlink()

    assert findings(folder, Kind.FEW_PHRASINGS) == before


def test_a_translated_phrasing_of_two_entries_is_reported_with_its_line(folder: Path) -> None:
    edit(folder, FILE, "wann schlafen leuchtturmwärter", "Gibt es eine Stellenbeschreibung?")

    [found] = findings(folder, Kind.DUPLICATE)

    assert found.place.file == FILE
    assert str(line_of(folder, FILE, "      - Gibt es eine")) in f"{found.place} {found.problem}"


def add_server(shared: Path, translation: str) -> Path:
    folder = shared / "servers/north"
    folder.mkdir(parents=True)
    (folder / "server.yaml").write_text('servers: ["111111111111111111"]\n', encoding="utf-8")
    entries = "  night-shift:\n    question: Is there a night shift?\n    answer: Not in the north.\n"
    (folder / "faq.yaml").write_text(f"entries:\n{entries}", encoding="utf-8")
    translate(folder, translation)
    return folder


def test_a_servers_translation_is_checked_against_its_own_files(folder: Path) -> None:
    server = add_server(folder, "sections:\n  duties:\n    phrasings: [was macht man hier]\n")

    assert all_findings(server) == [
        (Kind.MISPLACED, f"{FILE}:2", "duties is in the shared knowledge."),
        (Kind.UNTRANSLATED, f"{FILE}:1", "1 of 1 texts isn't translated into German."),
    ]
