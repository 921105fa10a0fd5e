from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from bot.answering import Answering
from bot.knowledge.job_description import DOCUMENT_WIDTH, as_document
from bot.knowledge.model import Image, ImageFile, Link, OffTopic
from bot.matching.decision import SUGGEST_THRESHOLD, decide
from bot.matching.lexicon import Repair
from bot.matching.matcher import Ranking, Subject
from bot.outcomes import Answer, Answered, Outcome, Social, Suggested, Unanswered
from bot.terminal.outcomes import MAX_WIDTH, offered, open_console, print_explanation, print_outcome
from lighthouse import answering_from


@pytest.fixture
def answering(knowledge_dir: Path) -> Answering:
    return answering_from(knowledge_dir)


class Screen:
    """What a person sees of an outcome."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.is_wide(80)

    def is_wide(self, columns: int) -> None:
        self._monkeypatch.setenv("COLUMNS", str(columns))

    def shows(self, outcome: Outcome, *, numbered: bool = False) -> str:
        print_outcome(open_console(), outcome, numbered=numbered)
        return self._capsys.readouterr().out

    def explains(self, outcome: Outcome) -> str:
        """Return the words of an explanation, wherever its lines end."""
        print_explanation(open_console(), outcome)
        return " ".join(self._capsys.readouterr().out.split())


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Screen:
    return Screen(monkeypatch, capsys)


def told(*answers: Answer) -> Answered:
    return Answered(answers, confidence=1.0, decisions=())


def declined(subject: OffTopic) -> Unanswered:
    return Unanswered(subject, confidence=0.0, decisions=())


def ranking_with(answering: Answering, *, confidence: float, subject: Subject | None = None) -> Ranking:
    """Return a ranking of the definition alone, with this confidence."""
    [decision] = answering.answer("What is a keeper?").decisions
    ranking = decision.ranking
    best = replace(ranking.candidates[0], confidence=confidence)
    return replace(ranking, candidates=(best,), subject=subject)


def changed(answer: Answer, **parts: Any) -> Answer:
    return replace(answer, entry=replace(answer.entry, **parts))


def test_an_answer_shows_its_question_source_and_related_entries(answering: Answering, screen: Screen) -> None:
    assert screen.shows(told(answering.topic("night-shift"))) == (
        "Does a keeper work at night?\n"
        "  Yes, most nights.\n"
        "\n"
        "  The lamp is lit at dusk.\n"
        "\n"
        "  Source: The Lighthouse Society, On keeping a light (Nights)\n"
        "  https://lighthouse.example/keeping\n"
        "\n"
        "Related\n"
        "  - What is a lighthouse keeper?\n"
    )


def test_lines_and_lists_of_an_answer_stand_as_on_discord(answering: Answering, screen: Screen) -> None:
    entry = replace(answering.knowledge.entry("duties"), answer="Every day:\nnearly.\n- clean the **lens**\n- rest")

    shown = screen.shows(told(replace(answering.topic("duties"), entry=entry)))

    assert "  Every day:\n  nearly.\n\n   • clean the lens\n   • rest\n" in shown


def test_the_link_of_an_answer_is_shown_and_not_broken(answering: Answering, screen: Screen) -> None:
    address = "https://lighthouse.example/" + "long-" * 30 + "way"
    contact = changed(answering.topic("contact"), links=(Link("Get in touch", address),))

    assert f"  {address}\n" in screen.shows(told(contact))


def test_an_image_is_told_in_words_with_where_it_is(answering: Answering, screen: Screen) -> None:
    image = Image(ImageFile(Path("keeping/lamp.png"), "png", b""), "A lamp in its lens.")
    night = changed(answering.topic("night-shift"), image=image)

    assert "  The lamp is lit at dusk.\n\n  Image: A lamp in its lens.\n  keeping/lamp.png\n\n  Source" in (
        screen.shows(told(night))
    )


def test_links_are_shown_with_their_addresses(answering: Answering, screen: Screen) -> None:
    links = (Link("Lenses", "https://lens.example"), Link("Lamps [new]", "https://lamp.example"))
    night = changed(answering.topic("night-shift"), links=links)

    assert "dusk.\n\n  Lenses\n  https://lens.example\n  Lamps [new]\n  https://lamp.example\n\n  Source" in (
        screen.shows(told(night))
    )


def test_two_answers_follow_one_another_and_are_not_related_to_themselves(answering: Answering, screen: Screen) -> None:
    outcome = told(answering.topic("definition"), answering.topic("duties"))

    shown = screen.shows(outcome)

    assert shown.index("What is a lighthouse keeper?") < shown.index("What are a keeper's duties?")
    assert [entry.id for entry in offered(outcome)] == ["night-shift"]
    assert shown.endswith("Related\n  - Does a keeper work at night?\n")


def test_what_is_declined_beside_an_answer_is_said_and_thanks_are_not(answering: Answering, screen: Screen) -> None:
    subjects = tuple(map(answering.knowledge.off_topic, ("salary", "thanks")))

    shown = screen.shows(replace(told(answering.topic("contact")), declined=subjects))

    assert "I have nothing on salaries yet." in shown
    assert "thanks" not in shown
    assert "💙" not in shown


def test_suggestions_beside_an_answer_are_told_from_related_topics(answering: Answering, screen: Screen) -> None:
    outcome = replace(told(answering.topic("contact")), suggestions=(answering.knowledge.entry("duties"),))

    shown = screen.shows(outcome)

    assert "I'm not sure about the rest." in shown
    assert "  - What are a keeper's duties?\n" in shown
    assert "Related" not in shown


def test_an_unsure_bot_asks_what_was_meant(answering: Answering, screen: Screen) -> None:
    entries = answering.knowledge.entries[:2]

    shown = screen.shows(Suggested(entries, confidence=0.2, decisions=()))

    assert shown == (
        "I'm not sure what you mean. Did you mean one of these?\n"
        "  - What is a lighthouse keeper?\n"
        "  - What are a keeper's duties?\n"
    )


def test_what_can_be_picked_by_number_is_numbered(answering: Answering, screen: Screen) -> None:
    outcome = Suggested(answering.knowledge.entries[:2], confidence=0.2, decisions=())

    shown = screen.shows(outcome, numbered=True)

    assert "  1. What is a lighthouse keeper?\n  2. What are a keeper's duties?\n" in shown


def test_manners_are_returned_and_explained_in_one_line(screen: Screen) -> None:
    hello = Social("hello", "Hello! I know about **lamps**.")

    assert screen.shows(hello) == "Hello! I know about lamps.\n"
    assert screen.shows(Social("thanks", "💙")) == "💙\n"
    assert screen.explains(hello) == "Why decision manners: hello"


@pytest.mark.parametrize(("id_", "said"), [("salary", "I have nothing on salaries yet.\n"), ("thanks", "💙\n")])
def test_an_off_topic_subject_is_met_with_its_own_reply_or_reaction(
    answering: Answering, screen: Screen, id_: str, said: str
) -> None:
    assert screen.shows(declined(answering.knowledge.off_topic(id_))) == said


def test_an_answer_without_a_source_shows_none(answering: Answering, screen: Screen) -> None:
    answer = replace(answering.topic("duties"), source=None, related=())

    assert screen.shows(told(answer)).endswith("• fill in the log\n\n")


def test_an_answer_without_a_section_names_its_source_alone(answering: Answering, screen: Screen) -> None:
    answer = answering.topic("duties")

    shown = screen.shows(told(replace(answer, entry=replace(answer.entry, source_section=None))))

    assert "Source: The Lighthouse Society, On keeping a light\n" in shown


def test_an_off_topic_subject_without_a_reply_is_named(answering: Answering, screen: Screen) -> None:
    subject = replace(answering.knowledge.off_topic("salary"), reply=None)

    assert screen.shows(declined(subject)) == "I don't have anything on salaries.\n"


def test_what_is_not_known_is_said_to_be_unknown(answering: Answering, screen: Screen) -> None:
    ranking = ranking_with(answering, confidence=0.0)

    assert screen.shows(Unanswered(None, 0.0, (decide(ranking),))) == "I don't know the answer to that.\n"


def test_a_message_without_words_is_told_from_one_without_an_answer(answering: Answering, screen: Screen) -> None:
    assert screen.shows(answering.answer("?!")) == "I don't see a question there.\n"


def test_nothing_is_taken_for_markup_of_the_terminal(answering: Answering, screen: Screen) -> None:
    text = "[red]a[/red] [/b] :smile:"
    entry = replace(answering.knowledge.entry("duties"), question=text, source_section=text)
    subject = replace(answering.knowledge.off_topic("salary"), reply=text)

    assert screen.shows(told(replace(answering.topic("duties"), entry=entry))).count(text) == 2
    assert screen.shows(Suggested((entry,), 0.2, ())).count(text) == 1
    assert screen.shows(declined(subject)).count(text) == 1
    decisions = answering.answer("[red]what[/red] is a [/b] keeper").decisions
    assert "[red]what[/red] is a [/b] keeper" in screen.explains(Unanswered(None, 0.0, decisions))


@pytest.mark.parametrize("sentence", ["A keeper keeps the lamp. ", "등대지기는 등불을 지킨다. ", "灯台守は灯を守る。"])
@pytest.mark.parametrize("columns", [10, 20, 80, 120, 300])
def test_lines_are_as_wide_as_the_terminal_and_never_too_wide_to_read(
    answering: Answering, screen: Screen, columns: int, sentence: str
) -> None:
    screen.is_wide(columns)
    entry = replace(answering.knowledge.entry("duties"), answer=sentence * 40)

    lines = screen.shows(told(replace(answering.topic("duties"), entry=entry))).splitlines()

    prose = [line for line in lines if line.startswith("  ") and "https://" not in line]
    assert max(map(cell_len, prose)) <= min(columns, MAX_WIDTH)
    assert not [line for line in lines if line != line.rstrip()]


def test_an_explanation_shows_what_was_read_and_what_spoke_for_the_likeliest(
    answering: Answering, screen: Screen
) -> None:
    outcome = answering.answer("Does a keeper work at night?")
    assert isinstance(outcome, Answered)
    [decision] = outcome.decisions
    ranking = replace(decision.ranking, repairs=(Repair("nihgt", "night"),), unknown=("gizmo", "doodah"))

    explained = screen.explains(replace(outcome, decisions=(replace(decision, ranking=ranking),)))

    assert "does a keeper work at night?" in explained
    assert "nihgt → night" in explained
    assert "gizmo, doodah" in explained
    assert "nearest in words Does a keeper work at night?" in explained
    assert "words shared keeper, work, night" in explained
    runner_up = ranking.candidates[1]
    assert f" {runner_up.entry_id} {runner_up.confidence:.2f} nearest in words" in explained
    assert f"vote {ranking.candidates[0].explanation.evidence.vote:.2f}" in explained


def test_an_explanation_tells_why_something_was_answered(answering: Answering, screen: Screen) -> None:
    ranking = ranking_with(answering, confidence=0.9)
    outcome = replace(told(answering.topic("definition")), decisions=(decide(ranking),))

    needed = f"an answer needs {ranking.threshold:.2f}"
    assert f"answered with definition, confidence 0.90; {needed}" in screen.explains(outcome)


def test_an_explanation_tells_why_a_part_of_a_message_was_left_out(answering: Answering, screen: Screen) -> None:
    ranking = ranking_with(answering, confidence=0.9)
    outcome = replace(told(answering.topic("duties")), decisions=(decide(ranking),))

    assert "left out: another question in the message has higher confidence than definition" in screen.explains(outcome)


def test_an_explanation_tells_why_something_was_only_suggested(answering: Answering, screen: Screen) -> None:
    unsure = 2 * SUGGEST_THRESHOLD
    ranking = ranking_with(answering, confidence=unsure)
    outcome = Suggested(answering.knowledge.entries[:1], unsure, (decide(ranking),))

    assert f"suggested: the best entry, definition, has confidence {unsure:.2f}" in screen.explains(outcome)


def test_an_explanation_tells_why_something_was_refused(answering: Answering, screen: Screen) -> None:
    ranking = ranking_with(answering, confidence=0.01)
    outcome = Unanswered(None, 0.01, (decide(ranking),))

    assert "refused: the best entry, definition, has confidence 0.01" in screen.explains(outcome)


def test_an_explanation_tells_which_subject_something_was_refused_for(answering: Answering, screen: Screen) -> None:
    subject = Subject("salary", confidence=0.96, example="What does a keeper earn?")
    ranking = ranking_with(answering, confidence=0.01, subject=subject)
    outcome = Unanswered(answering.knowledge.off_topic("salary"), 0.01, (decide(ranking),))

    explained = screen.explains(outcome)

    assert "refused: off topic, salary has confidence 0.96" in explained
    assert "nearest example What does a keeper earn?" in explained


def test_the_job_description_is_a_file_with_headings_lists_links_and_its_source(answering: Answering) -> None:
    assert answering.knowledge.role
    assert as_document(answering.knowledge.role, answering.knowledge.source) == (
        "# Lighthouse Keeper\n"
        "\n"
        "## About the role\n"
        "\n"
        "A keeper looks after the lamp.\n"
        "\n"
        "## Duties\n"
        "\n"
        "Every day a keeper has to:\n"
        "\n"
        "- clean the lens\n"
        "- fill in the log\n"
        "\n"
        "## Interested?\n"
        "\n"
        "Write to the society.\n"
        "\n"
        "<https://lighthouse.example/jobs>\n"
        "\n"
        "---\n"
        "\n"
        "Source: The Lighthouse Society, [On keeping a\nlight](<https://lighthouse.example/keeping>)\n"
    )


def test_long_lines_of_the_job_description_are_broken_where_that_changes_nothing(answering: Answering) -> None:
    role, words = answering.knowledge.role, "keeper " * 20
    assert role
    lamps = "lamp " * 15 + "out - and on"  # broken, it would be a list in a list
    section = replace(role.sections[0], text=f"{words}\n- {words}", items=(words, lamps))

    lines = as_document(replace(role, sections=(section,)), answering.knowledge.source).splitlines()

    assert [line for line in lines if len(line) > DOCUMENT_WIDTH] == [f"- {lamps}"]
    assert lines.count("  " + ("keeper " * 9).strip()) == 2


def test_wide_letters_of_the_job_description_take_two_columns(answering: Answering) -> None:
    role = answering.knowledge.role
    assert role
    korean, japanese = "등대지기는 등불을 지킨다. " * 20, "灯台守は灯を守る。" * 20
    section = replace(role.sections[0], text=f"{korean}\n{japanese}", items=(korean,))

    lines = as_document(replace(role, sections=(section,)), answering.knowledge.source).splitlines()

    assert [line for line in lines if cell_len(line) > DOCUMENT_WIDTH] == [japanese]  # it has no place to break
    assert "".join(lines).replace(" ", "").count("등대지기는등불을지킨다.") == 40
