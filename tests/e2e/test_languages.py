"""The bot speaks people's language: the one they write in, or the one of their Discord."""

from __future__ import annotations

import pytest

from e2e.questions import CODING, DEGREE, suggestion, titles, topics
from fake_discord import Channel, FakeDiscord, Guild, Member, Message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

CODING_IN = {
    "de": "Muss man als TPM programmieren?",
    "ja": "TPMはコードを書く必要がありますか？",  # noqa: RUF001
    "pt-BR": "Um TPM precisa programar?",
}


@pytest.fixture
def hiroko(guild: Guild) -> Member:
    """Somebody whose Discord is Japanese."""
    return speaker(guild, "hiroko", "ja")


@pytest.fixture
def heidi(guild: Guild) -> Member:
    """Somebody whose Discord is German."""
    return speaker(guild, "heidi", "de")


def speaker(guild: Guild, name: str, locale: str) -> Member:
    member = guild.add_member(name)
    member.locale = locale
    return member


async def asked(fake: FakeDiscord, member: Member, channel: Channel, text: str) -> Message:
    return await fake.reply_to(await member.asks(channel, text))


async def test_a_german_question_gets_the_german_answer_and_german_buttons(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    answer = await asked(fake, mia, channel, CODING_IN["de"])

    assert titles(answer) == [CODING_IN["de"]]
    assert "Löschen" in answer.labels
    assert "Braucht man als TPM ein Studium?" in topics(answer)
    assert answer.cards[0].source.startswith("-# Quelle: ")
    assert answer.said == ""


async def test_a_refusal_and_manners_are_german_too(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    refusal = await asked(fake, mia, channel, "xqzt oder vlrm?")

    assert refusal.said.startswith("Darauf weiß ich keine Antwort.")
    assert refusal.labels == ["Was ich beantworten kann"]
    assert "Hallo" in (await asked(fake, mia, channel, "Hallo!")).said


async def test_in_a_mixed_conversation_each_gets_an_answer_of_their_own(
    fake: FakeDiscord, mia: Member, channel: Channel, hiroko: Member, heidi: Member
) -> None:
    answers = [
        await asked(fake, mia, channel, CODING),
        await asked(fake, heidi, channel, CODING_IN["de"]),
        await asked(fake, hiroko, channel, CODING_IN["ja"]),
    ]
    again = await asked(fake, mia, channel, CODING_IN["de"])

    assert [titles(answer) for answer in answers] == [[CODING], [CODING_IN["de"]], [CODING_IN["ja"]]]
    assert "https://discord.com/channels/" in again.said  # a German one was just given


async def test_a_button_answers_in_the_language_of_whoever_clicks(
    fake: FakeDiscord, mia: Member, channel: Channel, hiroko: Member
) -> None:
    answer = await asked(fake, mia, channel, CODING)

    click = await hiroko.clicks(answer, topics(answer)[0])
    vote = await hiroko.clicks(answer, "👍")

    assert "TPM" in titles(await click.answer())[0]
    assert titles(await click.answer())[0] != topics(answer)[0]
    assert "👍" in (await vote.answer()).said
    assert "Thanks" not in (await vote.answer()).said


async def test_a_suggestion_becomes_the_answer_in_the_language_of_the_question(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    shown = await asked(fake, mia, channel, "womit verbringt ein TPM seine zeit")
    label = topics(shown)[0]

    await (await mia.clicks(shown, label)).answer()  # her own Discord is English

    assert titles(shown) == [label]
    assert "Löschen" in shown.labels


async def test_a_suggestion_of_an_earlier_version_still_works(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    shown = await suggestion(fake, mia, channel)
    [first, *_] = [button for button in shown.buttons if button["custom_id"].startswith("suggestion:")]
    assert first["custom_id"].startswith(f"suggestion:{mia.id}:en~")
    first["custom_id"] = first["custom_id"].replace("en~", "")  # as it was

    await (await mia.clicks(shown, first["label"])).answer()

    assert titles(shown) == [first["label"]]


async def test_faq_is_in_the_language_of_the_persons_discord(channel: Channel, hiroko: Member) -> None:
    shown = await (await hiroko.slash(channel, "faq")).answer()

    assert shown.cards[0].title == "答えられること"
    assert CODING_IN["ja"] in shown.text


@pytest.mark.parametrize(
    ("locale", "title"),
    [("es-419", "Qué puedo responder"), ("ko", "What I can answer"), ("tlh-KX", "What I can answer")],
)
async def test_other_locales_get_the_closest_language_or_english(
    guild: Guild, channel: Channel, locale: str, title: str
) -> None:
    shown = await (await speaker(guild, "somebody", locale).slash(channel, "faq")).answer()

    assert shown.cards[0].title == title


async def test_ask_answers_in_the_language_of_what_is_typed(channel: Channel, heidi: Member) -> None:
    english = await (await heidi.slash(channel, "ask", question="does a tpm need to know how to code?")).answer()
    portuguese = await (await heidi.slash(channel, "ask", question=CODING_IN["pt-BR"])).answer()

    assert titles(english) == [CODING]
    assert titles(portuguese) == [CODING_IN["pt-BR"]]


async def test_ask_uses_the_persons_discord_language_if_the_text_is_unclear(channel: Channel, heidi: Member) -> None:
    choices = await (await heidi.autocomplete(channel, "ask", question="program")).choices()
    picked = await (await heidi.slash(channel, "ask", question="coding")).answer()

    assert choices[0] == {"name": CODING_IN["de"], "value": "coding"}
    assert titles(picked) == [CODING_IN["de"]]
    assert "Öffentlich posten" in picked.labels


async def test_what_is_posted_publicly_stays_in_its_language(
    fake: FakeDiscord, channel: Channel, heidi: Member
) -> None:
    private = await (await heidi.slash(channel, "ask", question=DEGREE)).answer()

    channel.unheard.clear()
    await (await heidi.clicks(private, "Post publicly")).response()
    public = await fake.next_message(channel)

    assert titles(public) == [DEGREE]
    assert "Delete" in public.labels


async def test_someone_writing_in_another_language_is_told_which_ones_there_are(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    refusal = await asked(fake, mia, channel, "부산에서 제일 맛있는 국밥집이 어디예요?")
    answer = await asked(fake, mia, channel, "TPM은 코딩을 할 줄 알아야 하나요?")

    remark = "-# I only speak English, German, Spanish, French, Japanese, and Portuguese (Brazil)."
    assert refusal.said == f"I don't know the answer to that.\n{remark}"
    assert remark in answer.said
