from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.answering import Answering
from bot.authoring.evaluation import (
    EvaluationFileError,
    LabeledQuestion,
    Share,
    Verdict,
    by_kind,
    by_language,
    by_topic,
    evaluate,
    false_answers_by_subject,
    found_language,
    judge,
    read_questions,
    share,
    to_answer,
    to_refuse,
    unknown_topics,
    worst,
)
from bot.language.languages import ENGLISH, Language
from bot.outcomes import Answered
from bot.terminal.evaluation_report import as_json, print_evaluation


def question(text: str, *topics: str, kind: str = "plain") -> LabeledQuestion:
    """Return a question that each of the topics, on its own, answers; none: it must be refused."""
    return LabeledQuestion("1", text, kind, (frozenset(topics),) if topics else (), kind)


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


CODE, BOTH, SALARY = (
    "Does a TPM need to code?",
    "Does a TPM need to code? Do they need a degree?",
    "What does a TPM earn?",
)


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (question(CODE, "coding"), Verdict.RIGHT),
        (question(CODE, "degree", "coding"), Verdict.RIGHT),
        (question(CODE, "degree"), Verdict.WRONG),
        (question(CODE), Verdict.FALSE_ANSWER),
        (question(SALARY), Verdict.REFUSED),
        (question("frobnicate the gizmo", "coding"), Verdict.MISSED),
        (question("who are you?"), Verdict.REFUSED),
        (question("who are you?", "coding"), Verdict.MISSED),
    ],
)
def test_an_outcome_is_judged_by_the_topics_that_answer_the_question(
    answering: Answering, asked: LabeledQuestion, verdict: Verdict
) -> None:
    assert judge(asked, answering.answer(asked.text)) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"), [(BOTH, Verdict.RIGHT), (CODE, Verdict.PARTLY), ("What is a TPM?", Verdict.WRONG)]
)
def test_a_message_with_two_questions_is_right_only_if_both_are_answered(
    answering: Answering, text: str, verdict: Verdict
) -> None:
    asked = LabeledQuestion("1", text, "multi", (frozenset({"coding"}), frozenset({"degree"})), "multi")

    assert judge(asked, answering.answer(text)) is verdict


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (replace(question(SALARY), off_topic=frozenset({"salary", "job-market"})), Verdict.REFUSED),
        (replace(question(SALARY), off_topic=frozenset({"interview"})), Verdict.WRONG_SUBJECT),
        (replace(question(SALARY), off_topic=frozenset()), Verdict.WRONG_SUBJECT),
        (replace(question(SALARY), subject="salary"), Verdict.REFUSED),
        (replace(question(SALARY), subject="interview"), Verdict.WRONG_SUBJECT),
        (replace(question(SALARY), subject="anything"), Verdict.REFUSED),
        (question(SALARY), Verdict.REFUSED),
        (question(SALARY, "coding"), Verdict.WRONG_SUBJECT),
        (replace(question("frobnicate the gizmo"), off_topic=frozenset({"salary"})), Verdict.REFUSED),
    ],
)
def test_an_off_topic_subject_that_the_label_rules_out_is_a_fault(
    answering: Answering, asked: LabeledQuestion, verdict: Verdict
) -> None:
    [result] = evaluate(answering, [asked])

    assert result.verdict is verdict


def test_results_are_grouped_and_counted(answering: Answering) -> None:
    results = evaluate(
        answering,
        [question(CODE, "coding"), question(CODE, "degree", "jd", kind="odd"), question(SALARY), question(CODE)],
    )

    assert [len(to_answer(results)), len(to_refuse(results))] == [2, 2]
    assert {kind: len(group) for kind, group in by_kind(results).items()} == {"odd": 1, "plain": 3}
    assert {topic: len(group) for topic, group in by_topic(results).items()} == {"coding": 1, "degree": 1, "jd": 1}
    assert share(results, Verdict.RIGHT, Verdict.REFUSED) == Share(2, 4)
    assert false_answers_by_subject(results) == {"plain": 1}
    assert [result.verdict for result in worst(results)] == [Verdict.WRONG, Verdict.FALSE_ANSWER]


def test_progress_is_told_after_each_question(answering: Answering) -> None:
    ticks: list[None] = []

    evaluate(answering, [question(CODE, "coding")] * 3, progress=lambda: ticks.append(None))

    assert len(ticks) == 3


def test_the_interval_is_wilsons() -> None:
    low, high = Share(8, 10).interval

    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_questions_are_read_with_their_labels(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '{"id": "a", "text": "x", "topics": ["coding", "degree"], "kind": "slang", "subject": "s"}',
        "",
        '{"text": "y", "topics": ["coding", "degree"], "topics_all": [["coding"], ["degree"]]}',
        '{"text": "z", "topics": []}',
        '{"text": "w", "topics": [], "off_topic": ["salary"]}',
    )

    assert read_questions(file) == (
        LabeledQuestion("a", "x", "slang", (frozenset({"coding", "degree"}),), "s"),
        LabeledQuestion("3", "y", "plain", (frozenset({"coding"}), frozenset({"degree"})), "plain"),
        LabeledQuestion("4", "z", "plain", (), "plain"),
        LabeledQuestion("5", "w", "plain", (), "plain", off_topic=frozenset({"salary"})),
    )


def test_wrong_subjects_are_reported_after_wrong_answers(answering: Answering) -> None:
    printed = io.StringIO()
    wrong_subject = replace(question(SALARY), off_topic=frozenset())
    results = evaluate(answering, [wrong_subject, question(CODE), question(SALARY, "coding")])

    print_evaluation(Console(file=printed, width=100), results)

    text = printed.getvalue()
    assert [result.question.text for result in worst(results)] == [CODE, SALARY, SALARY]
    assert re.search(r"^all +2 +50% +50% +0% +0%$", text, flags=re.MULTILINE)
    assert f"wrong subject: {SALARY}\n  expected a refusal; got a refusal as salary" in text


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"text": 1, "topics": []}',
        '{"text": "x"}',
        '{"text": "x", "topics": [1]}',
        "[" * 5000,
        '{"text": "x", "topics": [], "off_topic": 1}',
    ],
)
def test_a_line_that_is_no_labelled_question_is_named(tmp_path: Path, line: str) -> None:
    file = written(tmp_path, '{"text": "x", "topics": []}', line)

    with pytest.raises(EvaluationFileError, match=r"questions\.jsonl:2: .*Write it as"):
        read_questions(file)


@pytest.mark.parametrize(
    ("language", "in_german", "verdict"),
    [
        ("de", True, Verdict.RIGHT),
        ("de", False, Verdict.WRONG_LANGUAGE),
        ("en", False, Verdict.RIGHT),
        ("ja", False, Verdict.RIGHT),
        (None, True, Verdict.RIGHT),
    ],
)
def test_an_answer_in_another_language_than_the_question_is_a_fault_if_there_is_one_in_it(
    answering: Answering, *, language: str | None, in_german: bool, verdict: Verdict
) -> None:
    german = Language("de")
    asked = replace(
        question("Muss ein TPM programmieren?", "coding"), language=Language(language) if language else None
    )
    answer = answering.topic("coding")
    answer = replace(answer, entry=replace(answer.entry, language=german if in_german else ENGLISH))
    outcome = Answered((answer,), 0.9, (), answers_in=(ENGLISH, german))

    assert judge(asked, outcome) is verdict


def test_languages_are_counted_by_themselves(answering: Answering, tmp_path: Path) -> None:
    rows = ['{"text": "Muss ein TPM programmieren?", "topics": ["coding"], "lang": "de"}']
    rows += ['{"text": "what does a bus cost", "topics": [], "lang": "en"}', '{"text": "hi", "topics": []}']
    results = evaluate(answering, read_questions(written(tmp_path, *rows)))
    print_evaluation(Console(file=(printed := io.StringIO()), width=100), results)
    figures = as_json(results)["by_language"]

    assert {language: len(group) for language, group in by_language(results).items()} == {"de": 1, "en": 1}
    assert all(map(found_language, results))
    assert "Languages found: de 1 of 1, en 1 of 1" in printed.getvalue()
    assert isinstance(figures, dict)
    assert figures["found"] == {"de": 1, "en": 1}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationFileError, match="can't be read"):
        read_questions(tmp_path / "none.jsonl")


def test_topics_that_nobody_knows_are_found_once() -> None:
    questions = [question("x", "coding", "cooking"), question("y", "cooking")]

    assert unknown_topics(questions, (id_ for id_ in ["coding"])) == ("cooking",)


def test_the_report_shows_shares_and_the_worst_cases_with_their_reasons(answering: Answering) -> None:
    printed = io.StringIO()
    results = evaluate(answering, [question(CODE, "coding"), question(CODE), question(SALARY)])

    print_evaluation(Console(file=printed, width=100), results)

    text = printed.getvalue()
    assert "100%" in text
    assert "false answers on plain: 1" in text
    assert "false answer: Does a TPM need to code?" in text
    assert "expected a refusal; got coding" in text


@pytest.mark.parametrize("width", [60, 80])
def test_no_table_is_cut_off(answering: Answering, width: int) -> None:
    results = evaluate(answering, [question(CODE, "career-path-engineer"), question(SALARY)])
    printed = io.StringIO()

    print_evaluation(Console(file=printed, force_terminal=True, color_system=None, width=width), results)

    lines = printed.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert any(re.match(r"career-path-engineer\b.* 100%", line) for line in lines)
    assert "…" not in printed.getvalue()


def test_where_there_is_no_terminal_the_longest_id_stays_on_one_line(answering: Answering) -> None:
    results = evaluate(answering, [question(CODE, "an-id-as-long-as-an-id-may-ever-be-in-it"), question(SALARY)])
    printed = io.StringIO()

    print_evaluation(Console(file=printed, width=60), results)

    assert re.search(r"^an-id-as-long-as-an-id-may-ever-be-in-it .* 0%$", printed.getvalue(), flags=re.MULTILINE)
    assert "suggested" in printed.getvalue()


def test_the_figures_for_machines_are_json(answering: Answering) -> None:
    results = evaluate(answering, [question(CODE, "coding"), question(SALARY)])

    figures = json.loads(json.dumps(as_json(results)))

    assert figures["to_answer"]["right"]["count"] == 1
    assert figures["to_refuse"]["refused"]["share"] == 1.0
    assert figures["to_refuse"]["wrong subject"]["count"] == 0
    assert set(figures["by_topic"]) == {"coding"}
