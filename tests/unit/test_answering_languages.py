from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from translated import translate

from bot.answering import Answering
from bot.knowledge.loading import load_knowledge
from bot.language.detection import Detector
from bot.language.languages import ENGLISH, Language
from bot.language.latin import LatinLanguages
from bot.language.speech import speaking
from bot.matching.matcher import Matcher
from bot.outcomes import Answered, Social, Unanswered, remark_on_language
from lighthouse import write_knowledge

GERMAN, JAPANESE = Language("de"), Language("ja")


class Untouched(Detector):
    """A detector that must not be asked."""

    def __init__(self) -> None:
        super().__init__(latin=LatinLanguages())

    def prepare(self) -> None:
        raise AssertionError

    def detect(self, text: str, **_: object) -> Language:
        raise AssertionError(text)


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    return write_knowledge(tmp_path / "knowledge")


@pytest.fixture
def bilingual(knowledge_dir: Path) -> Answering:
    translate(knowledge_dir)
    return loaded(knowledge_dir)


def loaded(directory: Path, *, detector: Detector | None = None) -> Answering:
    knowledge = load_knowledge(directory)
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge), detector=detector)


def test_a_question_is_answered_in_its_own_language(bilingual: Answering) -> None:
    outcome = bilingual.answer("Arbeitet ein Wärter nachts?")

    assert isinstance(outcome, Answered)
    assert outcome.language == GERMAN
    assert [answer.entry.question for answer in outcome.answers] == ["Arbeitet ein Wärter nachts?"]
    assert [entry.question for entry in outcome.offers] == ["Was ist ein Leuchtturmwärter?"]
    assert remark_on_language(outcome) == ""


async def test_a_german_word_is_not_a_typo_of_an_english_one(bilingual: Answering) -> None:
    text = "Wird ein Wärter nachts im Leuchtturm schlafen, auch bei lightx?"
    outcomes = [bilingual.answer(text), await bilingual.read(text).answer_beside()]

    assert [outcome.language for outcome in outcomes] == [GERMAN, GERMAN]
    assert all(each.ranking.is_foreign for outcome in outcomes for each in outcome.decisions)
    assert not any(each.ranking.repairs for outcome in outcomes for each in outcome.decisions)
    [decision] = bilingual.answer("lightx?").decisions
    assert [repair.taken_for for repair in decision.ranking.repairs] == ["light"]
    assert not decision.ranking.is_foreign


def test_an_english_question_stays_english(bilingual: Answering) -> None:
    outcome = bilingual.answer("Does a keeper work at night?")

    assert isinstance(outcome, Answered)
    assert (outcome.language, outcome.answers[0].entry.question) == (ENGLISH, "Does a keeper work at night?")


async def test_a_language_can_be_chosen(bilingual: Answering) -> None:
    outcome = await bilingual.read("Does a keeper work at night?").answer_beside(language=GERMAN)

    assert isinstance(outcome, Answered)
    assert (outcome.language, outcome.answers[0].entry.language) == (GERMAN, GERMAN)


def test_a_refusal_is_in_the_language_of_the_question(bilingual: Answering) -> None:
    outcome = bilingual.answer("was verdient man da")

    assert isinstance(outcome, Unanswered)
    assert outcome.off_topic
    assert (outcome.language, outcome.off_topic.reply) == (GERMAN, "Zu Gehältern habe ich noch nichts.")


def test_manners_are_in_the_language_of_the_message(bilingual: Answering) -> None:
    assert [bilingual.answer(text).language for text in ("hallo", "good morning")] == [GERMAN, ENGLISH]
    assert isinstance(bilingual.answer("hallo"), Social)
    assert bilingual.read("hallo").is_social


def test_a_language_without_answers_gets_the_original_with_a_remark_in_it(bilingual: Answering) -> None:
    outcome = bilingual.answer("Does a keeper work at night?", language=JAPANESE)

    assert isinstance(outcome, Answered)
    assert outcome.answers[0].entry.language == ENGLISH
    with speaking(JAPANESE):
        assert "英語" in remark_on_language(outcome)


def test_someone_speaking_another_language_is_told_which_ones_there_are(bilingual: Answering) -> None:
    outcome = bilingual.answer("등대지기는 밤에 일하나요? night-shift?")

    assert outcome.language == "ko"
    assert remark_on_language(outcome) == "I only speak English and German."


def test_manners_need_no_remark() -> None:
    assert remark_on_language(Social("hello", "Hi!", language=Language("ko"))) == ""


def test_what_was_taught_needs_no_remark(bilingual: Answering) -> None:
    answer = bilingual.topic("night-shift")
    taught = replace(answer, entry=replace(answer.entry, is_taught=True))

    remarks = [remark_on_language(Answered((each,), 1.0, (), language=GERMAN)) for each in (answer, taught)]
    assert remarks == ["I only have this in English.", ""]


def test_an_answer_is_picked_in_a_language(bilingual: Answering) -> None:
    picked = bilingual.pick("night-shift", language=Language("de-CH"))

    assert (picked.language, picked.answers[0].entry.question) == (GERMAN, "Arbeitet ein Wärter nachts?")
    assert [answer.entry.language for answer in picked.answers] == [GERMAN]


def test_a_reader_of_an_unknown_language_is_answered_in_english(bilingual: Answering) -> None:
    picked = bilingual.pick("night-shift", language=Language("ko"))

    assert picked.language == ENGLISH
    assert remark_on_language(picked) == ""


def test_suggestions_while_typing_are_in_a_language(bilingual: Answering) -> None:
    complete = bilingual.complete("nachts", 5, language=GERMAN)

    assert [entry.question for entry in complete][:1] == ["Arbeitet ein Wärter nachts?"]
    assert bilingual.complete("", 1, language=GERMAN)[0].language == GERMAN


def test_the_likeliest_entries_are_in_a_language(bilingual: Answering) -> None:
    likeliest = bilingual.likeliest("Does a keeper work at night?", 1, language=GERMAN)

    assert [each.entry.question for each in likeliest] == ["Arbeitet ein Wärter nachts?"]


def test_an_unclear_message_is_taken_to_be_in_a_likely_language(bilingual: Answering) -> None:
    assert bilingual.read("logbuch?").language_if(GERMAN) == GERMAN
    assert bilingual.read("scrum?").language_if(Language("de-AT")) == GERMAN
    assert bilingual.read("scrum?").language == ENGLISH
    assert bilingual.read("scrum?").language_if(Language("ko")) == ENGLISH


def test_without_translations_no_language_is_looked_for(knowledge_dir: Path) -> None:
    answering = loaded(knowledge_dir, detector=Untouched())
    answering.prepare()

    assert answering.answer("was verdient man da").language == ENGLISH
    assert answering.with_knowledge(answering.knowledge).answer("arbeitet man nachts").language == ENGLISH


def test_german_knowledge_gives_german_answers(knowledge_dir: Path) -> None:
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(f"language: de\n{faq.read_text(encoding='utf-8')}", encoding="utf-8")

    assert loaded(knowledge_dir).answer("Does a keeper work at night?").language == GERMAN
