from __future__ import annotations

import string
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.answering import Answering
from bot.discord_app.privacy.redaction import MAX_REDACTED_LENGTH, redact
from bot.discord_app.unanswered.keeper import QuestionKeeper, RawQuestion
from bot.storage.database import Database
from bot.storage.secret import SecretKey
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions
from lighthouse import answering_from

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=365)


@pytest.mark.parametrize(
    "planted",
    [
        "<@123456789012345678>",
        "<@!123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "<id:customize>",
        "</ask:123456789012345678>",
        "<a:party:123456789012345678>",
        "<t:1700000000:R>",
        "@everyone",
        "@jane_doe",
        "jane.doe+tpm@mail.example.org",
        "ｊａｎｅ＠example.org",  # noqa: RUF001
        "ja\u200bne@exam\u200bple.org",
        "имя@пример.рф",
        "jane (at) example (dot) org",
        "jane [at] example.org",
        "https://example.org/profile?id=jane#me",
        "http://127.0.0.1:8080",
        "[jane](https://example.org/jane)",
        "www.example.org",
        "discord.gg/AbCdE",
        "linkedin.com/in/jane-doe",
        "+49 151 23456789",
        "(555) 123-4567",
        "0151/2345678",
        "555.123.4567",
        "123456789012345678",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.AbCdEf-gh_ijklmnop123",
        "ghp_abcdefghijklmnopqrstuvwx1234",
        "AKIAIOSFODNN7EXAMPLE",
        "9f86d081884c7d659a2feaa0c55ad015",
        "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "password: hunter2",
        "my api key = abc-def",
        "password is: hunter2",
        "my key sk-abc123def456",
        "sk-abc123def456",
        "tok_12345abcde",
        "AB12-CD34-EF56",
        "example.shop/foo?x=1",
        "jane.example:8080/cv",
        "jane at example dot com",
        "jane dot doe at example dot co dot uk",
        "jane(at)example(dot)org",
        "jane.doe at example.org",
        "jane at gmail.com",
        "pw: hunter2",
        "password hunter2",
        "PIN 4711",
        "pin was 4711",
        "Passwort lautet Kirsche!17",
        "jane_doe#0042",
        "192.168.17.4",
        "2001:db8:85a3:0:0:8a2e:370:7334",
        "fe80::1ff:fe23",
        "DE89 3704 0044 0532 0130 00",
        "221B Baker Street",
        "Hauptstraße 17a",
        "12 rue Victor Hugo",
        "Calle Mayor 17",
    ],
)
def test_what_may_tell_who_wrote_it_or_give_something_away_is_taken_out(planted: str) -> None:
    pieces = [piece for piece in planted.split() if len(piece) > 3 and piece != "password"]

    redacted = redact(f"Does a keeper, {planted} work at night?")

    assert redacted.startswith("Does a keeper,")
    assert redacted.endswith("work at night?")
    assert not any(piece in redacted for piece in pieces)
    assert "jane" not in redacted


@pytest.mark.parametrize(
    "text",
    [
        "Does a TPM need to code, e.g. in C++ or C#?",
        "TPM vs. PM: what's the difference?",
        "is internationalisation/localisation part of the role",
        "Is the password policy his job? And what is a token?",
        "What happens in 2026, at 12:30, for 10 000 dollars?",
        "does node.js matter; what about ISO27001 or a level-2 TPM",
        "What is the key to a good roadmap, and which key 30-day goals come first?",
        "the key: is it communication, or coding in node.js/react and CI/CD?",
        "Is B2B-focused work with a 5-10-person team usual for an entry-level-2 TPM?",
        "Do I need python3-skills or GPT-4o-based tools, and/or a Q3/Q4-planning?",
        "Would a TPM work at a dot com, at night or at weekends?",
        "how good at SQL do I need to be to talk to developers?",
        "Does the role report to the CTO/CPO, e.g. in a start-up of 10-50 people?",
        "who writes the user stories/tickets: the TPM, the PO or the tech lead?",
        "I'm a QA engineer with 3-5 years of experience. Is TPM my next step?",
        "¿Qué hace un TPM? 日本語でもいいですか 🦊",
        "Would I work at home from 9:30 to 17:45:00, and is there a way in after 10 Years in QA?",
        "the pin code of a SIM; is a password manager needed? std::vector",
    ],
)
def test_an_ordinary_question_stays_as_it_is(text: str) -> None:
    assert redact(text, names=["Mia Keller"]) == text


@pytest.mark.parametrize(
    ("names", "text", "left"),
    [
        (["Mia Keller"], "mia here, MIA KELLER asks: what is Mia's role? Keller.", "here, asks: what is 's role? ."),
        (["mia_k", "𝓜𝓲𝓪"], "I am mia_k, call me Mia or 𝓜𝓲𝓪", "I am , call me or"),  # noqa: RUF001
        (["Al"], "Al also asks, al", "also asks,"),
        (["I"], "I want what I want", "I want what I want"),
        (["🦊🦊"], "the 🦊🦊 asks", "the asks"),
        (["a.*"], "is a.* in about?", "is in about?"),
        (["李小龍"], "我是 李小龍", "我是"),
        (["李小龍"], "我是李小龍嗎", "我是 嗎"),
        (["민수"], "민수는 개발자", "는 개발자"),
        (["สมชาย"], "ผมชื่อสมชายครับ", "ผมชื่อ ครับ"),
    ],
)
def test_the_names_of_the_author_are_taken_out_as_words(names: list[str], text: str, left: str) -> None:
    assert redact(text, names=names) == left


words = st.lists(st.sampled_from("does a keeper work at night and (who) pays? ok!".split()), max_size=6).map(" ".join)
letters = st.text(string.ascii_lowercase, min_size=3, max_size=12)
keys = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["sk", "pk", "ghp", "xoxb"]),
    st.sampled_from("-_"),
    st.text(string.ascii_lowercase, min_size=6),
    st.integers(10, 10**6),
)


@given(
    words,
    words,
    st.one_of(
        st.emails(),
        st.builds("{}@{}.org".format, letters, letters),
        st.builds("{} at {} dot {}".format, letters, letters, letters),
        st.builds("https://{}.example/{}".format, letters, letters),
        st.builds("{}.{}/{}".format, letters, letters.filter(lambda ending: ending not in {"js", "ts"}), st.emails()),
        keys,
        st.integers(10**6, 10**19).map(str),
        st.integers(10**15, 10**19).map("<@{}>".format),
        st.builds("{}{}{}".format, st.integers(10, 99), letters, st.text(string.ascii_letters, min_size=14)),
    ),
)
def test_nothing_planted_between_words_comes_through(before: str, after: str, planted: str) -> None:
    redacted = redact(f"{before} {planted} {after}")

    assert planted not in redacted
    assert redacted == " ".join(f"{before} {after}".split())


@given(
    words,
    st.sampled_from(["password", "passwd", "passcode", "pin", "token", "secret", "api key"]),
    st.sampled_from([" is ", ": ", "=", " = ", " is: ", " is : ", " is = "]),
    st.text(string.ascii_letters + string.digits + "-_!#$", min_size=4),
)
def test_no_secret_that_is_called_one_comes_through(before: str, called: str, how: str, secret: str) -> None:
    assert redact(f"{before} {called}{how}{secret}") == before


@given(
    st.lists(st.sampled_from("what key skills does a TPM need at work and which token 30-day B2B-goals".split())),
)
def test_no_order_of_ordinary_words_looks_like_a_secret(order: list[str]) -> None:
    assert redact(" ".join(order)) == " ".join(order)


@given(st.text(max_size=5000), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_is_redacted_into_one_short_printable_line(text: str, names: list[str]) -> None:
    redacted = redact(text, names=names)

    assert len(redacted) <= MAX_REDACTED_LENGTH
    assert len(redacted.splitlines()) <= 1
    assert "@" not in redacted
    assert redacted.isprintable()


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "@",
        "1 ",
        "a:",
        "a.",
        "(at)",
        "a (at) ",
        "://",
        "<@",
        "aA",
        "www.",
        "a-",
        "\ufdfa",
        "key:",
        "a1-",
        "a at ",
        "a dot ",
    ],
)
def test_no_text_takes_long(part: str) -> None:
    begun = time.process_time()
    redact(part * 4000, names=["Mia Keller"])
    assert time.process_time() - begun < 0.5


def test_half_an_address_is_no_remainder() -> None:
    assert redact("word " * 799 + "jane.doe@example.org").endswith("word")
    assert "jane" not in redact("word " * 98 + "jane.doe " * 10, names=["jane.doe"])


ASKED = RawQuestion(
    text="Mia here <@1>: how high is the tower? mia@example.org",
    message_id=1,
    channel_id=2,
    server_id=3,
    asker_id=4,
    names=("mia",),
    asked_at=NOON,
)


class Kept:
    """A keeper with its store, in a real database."""

    def __init__(self, database: Database, answering: Answering) -> None:
        self.questions = UnansweredQuestions(database=database)
        self.secret = SecretKey(database=database)
        self.answering = answering

    async def after(self, asked: RawQuestion, *, keeps_text: bool = True) -> tuple[UnansweredQuestion, ...]:
        keeper = self.keeper(keeps_text=keeps_text)
        await keeper.keep(asked, Reason.refused, self.answering.answer(asked.text))
        return await self.questions.asked_since(NOON)

    def keeper(self, *, keeps_text: bool = True) -> QuestionKeeper:
        return QuestionKeeper(questions=self.questions, secret=self.secret, keeps_text=keeps_text, clock=lambda: NOON)


@pytest.fixture
def answering(knowledge_dir: Path) -> Answering:
    return answering_from(knowledge_dir)


async def test_a_question_is_kept_redacted_and_its_asker_as_a_hash(tmp_path: Path, answering: Answering) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        kept = Kept(database, answering)
        asker = await kept.secret.hash_of(4, "asker")

        (question,) = await kept.after(ASKED)

        assert question.text == "here : how high is the tower?"
        assert (question.message_id, question.channel_id, question.server_id) == (1, 2, 3)
        assert (question.asker, question.reason, question.asked_at) == (asker, Reason.refused, NOON)
        assert question.nearest in {entry.id for entry in answering.knowledge.entries}

        assert await kept.keeper().forget_asker(5) == 0
        assert await kept.questions.asked_since(NOON) == (question,)
        assert await kept.keeper().forget_asker(4) == 1
        assert await kept.questions.asked_since(NOON) == ()


async def test_what_somebody_had_forgotten_does_not_come_back(tmp_path: Path, answering: Answering) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        kept = Kept(database, answering)
        await kept.keeper().forget_asker(4)

        assert await kept.after(ASKED) == ()
        assert len(await kept.after(replace(ASKED, asked_at=NOON + timedelta(seconds=1)))) == 1


async def test_a_question_is_kept_for_30_days_from_when_it_was_asked(tmp_path: Path, answering: Answering) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        kept = Kept(database, answering)
        earlier = replace(ASKED, asked_at=NOON - timedelta(days=29))

        await kept.after(earlier)
        await kept.after(replace(earlier, message_id=2, asked_at=NOON - timedelta(days=30)))

        assert [each.asked_at for each in await kept.questions.asked_since(LONG_AGO)] == [earlier.asked_at]


async def test_direct_messages_and_unwanted_questions_are_not_kept(tmp_path: Path, answering: Answering) -> None:
    direct = RawQuestion(ASKED.text, 1, 2, None, 4, ("mia",), ASKED.asked_at)
    nothing = RawQuestion("<@1> https://example.org", 1, 2, 3, 4, ("mia",), ASKED.asked_at)
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        kept = Kept(database, answering)

        assert await kept.after(direct) == ()
        assert await kept.after(nothing) == ()
        assert await kept.after(ASKED, keeps_text=False) == ()


async def test_a_database_that_fails_is_no_error_once_the_answer_is_given(
    tmp_path: Path, answering: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        kept = Kept(database, answering)
        async with database.writing() as connection:
            await connection.execute(text("DROP TABLE unanswered"))
        await kept.keeper().keep(ASKED, Reason.refused, answering.answer(ASKED.text))

    assert "Can't keep an unanswered question." in caplog.text
    assert "tower" not in caplog.text
