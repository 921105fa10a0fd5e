"""Messages that ask nothing about the knowledge: greetings, thanks, questions about the bot."""

from __future__ import annotations

import pytest

from bot.answering import Answering
from bot.knowledge.manners import manners
from bot.matching.lexicon import Lexicon
from bot.matching.manners import Manners, Told, foremost
from bot.matching.text import clean
from bot.outcomes import Answered, Social

EVERYTHING = Manners([], knows=lambda _: False)


def kind_of(text: str) -> str | None:
    return EVERYTHING.read(clean(text)).kind


@pytest.mark.parametrize(
    ("kind", "messages"),
    [
        (
            "hello",
            ["hi", "Hello!", "hey there", "good morning everyone!", "helo", "hiii all", "anyone there?", "HELLO??"],
        ),
        ("thanks", ["thanks!", "thx", "ty so much", "cheers, that worked", "ok cool thanks", "great, that helped"]),
        ("thanks", ["thank you so much for your help!", "thanks for clearing up the manager thing", "good bot"]),
        ("goodbye", ["bye", "see you later", "Goodbye!", "good night all", "thanks, bye", "have a nice day :)"]),
        (
            "who-are-you",
            ["Who are you?", "who r u", "so who are you exactly", "whats ur name", "hey bot, what are you?"],
        ),
        (
            "what-can-you-do",
            ["What can you do?", "what can u do", "hello, what can you do", "help", "can you help me pls"],
        ),
        (
            "are-you-a-bot",
            ["Are you a bot?", "r u a bot lol", "are you human", "are you chatgpt?", "is this a real person"],
        ),
        (
            "where-from",
            ["Where is this from?", "what's your source", "source?", "where did you get that from", "says who"],
        ),
        ("who-wrote-this", ["Who wrote this?", "who made you", "who wrote your answers", "was this written by AI"]),
        ("privacy", ["do you store my messages?", "what's your privacy policy"]),
        (
            "insult",
            ["you suck", "you're so stupid", "dumb bot", "this bot is useless", "shut up", "that's not what I asked"],
        ),
        ("how-are-you", ["how are you?", "what's up", "hey, how's it going"]),
        ("aside", ["ok", "lol", "no worries", "got it", "never mind"]),
        ("who-are-you", ["Wer bist du?", "¿Quién eres?", "Qui es-tu ?", "Quem é você?", "あなたは誰ですか"]),
        ("what-can-you-do", ["Was kannst du?", "ayuda", "Tu sais faire quoi ?", "o que você faz?", "何ができますか"]),
        ("are-you-a-bot", ["Bist du ein Bot?", "¿eres un bot?", "Tu es un bot ?", "Você é um robô?", "ボットですか"]),
        ("where-from", ["Woher weißt du das?", "¿fuente?", "D'où ça vient ?", "Qual é a fonte?", "出典は"]),
        ("who-wrote-this", ["Wer hat dich gemacht?", "¿Quién te hizo?", "Qui t'a fait ?", "誰が作りましたか"]),
        ("more", ["Erzähl mir mehr", "Cuéntame más", "Dis-m'en plus", "Me conta mais", "もっと教えてください"]),
        ("how-are-you", ["Wie geht's?", "¿Cómo estás?", "Tu vas bien ?", "Como você está?", "元気ですか"]),
    ],
)
def test_manners_are_recognized_by_their_words_alone(kind: str, messages: list[str]) -> None:
    assert {message: kind_of(message) for message in messages} == dict.fromkeys(messages, kind)


@pytest.mark.parametrize(
    ("kind", "messages"),
    [
        ("hello", ["hola", "buenos días", "guten Morgen", "Servus!", "bonjour", "olá", "ciao", "cześć", "merhaba"]),
        ("hello", ["привет", "こんにちは", "おはようございます", "你好", "안녕하세요", "สวัสดีครับ"]),
        ("thanks", ["gracias", "muchas gracias", "danke schön", "vielen Dank!", "merci beaucoup", "muito obrigado"]),
        (
            "thanks",
            ["grazie", "dank je wel", "dziękuję", "teşekkürler", "спасибо", "ありがとう", "ありがとうございました"],
        ),
        ("thanks", ["谢谢", "謝謝你", "감사합니다", "ขอบคุณครับ"]),
        ("goodbye", ["tschüss", "adiós", "au revoir", "boa noite", "пока"]),
    ],
)
def test_greetings_and_thanks_are_known_in_other_languages(kind: str, messages: list[str]) -> None:
    assert {message: kind_of(message) for message in messages} == dict.fromkeys(messages, kind)


@pytest.mark.parametrize(
    "message",
    [
        "hi, does a TPM code?",
        "hi what is a tpm",
        "thanks, does a tpm code?",
        "thanks for the answer, but what about the pay",
        "thanks for any info on salaries",
        "who is a TPM",
        "what can a TPM do",
        "are you a TPM",
        "who are the stakeholders",
        "what are the responsibilities",
        "what do I need to do",
        "how do I thank a mentor",
        "is a degree useless",
        "where do TPMs come from",
        "who wrote the job description",
        "great role?",
        "what is it",
        "good",
        "",
        "hello " * 30,
    ],
)
def test_what_asks_or_says_anything_else_is_no_manners(message: str) -> None:
    assert kind_of(message) is None


def test_the_longest_phrasing_says_what_a_message_is() -> None:
    assert kind_of("hi, thanks, who are you?") == "who-are-you"


@pytest.mark.parametrize("concepts", [{}, {"origin": ("who are",)}])
def test_a_phrasing_that_an_entry_has_is_left_to_the_entry(concepts: dict[str, tuple[str, ...]]) -> None:
    read = Lexicon(concepts, ["so who are you", "when do you meet"]).texts
    manners = Manners(read, knows=lambda _: False)

    for message in ("who are you?", "hi, who r u guys"):
        assert manners.read(message) == Told(None, "so who are you")
    assert manners.read("what are you") == Told("who-are-you", "what are you")


def test_a_word_of_the_knowledge_is_no_typo() -> None:
    assert kind_of("dovetail") == "more"  # for "detail"

    lexicon = Lexicon({}, ["dovetail"])
    manners = Manners(lexicon.texts, knows=lexicon.knows)
    assert manners.read("dovetail") == Told(None, "dovetail")


def test_of_several_kinds_that_of_the_question_goes_first() -> None:
    assert foremost(["hello", "thanks", "who-are-you"]) == "who-are-you"
    assert foremost(["hello", "thanks"]) == "thanks"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Hi! Who are you?", "who-are-you"),
        ("Thanks! That was very helpful.", "thanks"),
        ("hello\nthanks\nbye", "goodbye"),
        ("who are you and what can you do?", "who-are-you"),
    ],
)
def test_a_message_of_several_sentences_is_manners_if_each_is(answering: Answering, message: str, kind: str) -> None:
    outcome = answering.answer(message)

    assert isinstance(outcome, Social)
    assert outcome.kind == kind


@pytest.mark.parametrize(
    "message",
    [
        "Hello! Does a TPM need to code?",
        "hi, does a tpm code?",
        "Thanks! And does a TPM need to code?",
        "does a tpm need to code? thanks in advance",
        "Does a TPM need to code? Can you help me?",
        "who are you and does a tpm need to code?",
        "A TPM has to write code. Can you help?",
    ],
)
def test_a_question_beside_manners_is_answered(answering: Answering, message: str) -> None:
    outcome = answering.answer(message)

    assert isinstance(outcome, Answered)
    assert outcome.topics == ("coding",)


def test_no_phrasing_that_an_entry_is_shipped_with_is_manners(answering: Answering) -> None:
    phrasings = [phrasing for entry in answering.knowledge.entries for phrasing in entry.phrasings]

    assert [phrasing for phrasing in phrasings if answering.read(phrasing).is_social] == []


def test_every_phrasing_is_recognized_as_what_it_stands_below() -> None:
    missed = [
        (manner.kind, phrasing)
        for manner in manners().values()
        for phrasing in manner.phrasings
        if kind_of(phrasing) != manner.kind
    ]

    assert missed == []
