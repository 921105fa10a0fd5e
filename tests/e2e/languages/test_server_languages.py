"""A server's language: for what the bot posts unprompted, and for everything there if a moderator fixes one."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.language.languages import Language
from bot.storage.servers import ServerSettings
from e2e.database import counted, set_beforehand
from e2e.digest.digests import passes, planned, posted
from e2e.questions import titles
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Member, Message

NIGHT, NIGHT_IN_GERMAN = "Does a keeper work at night?", "Arbeitet ein Wärter nachts?"
FRENCH_REMARK = "-# Je n'ai cette réponse qu'en anglais."


async def asked(fake: FakeDiscord, member: Member, channel: Channel, text: str) -> Message:
    return await fake.reply_to(await member.asks(channel, text))


async def test_a_server_can_fix_a_language(
    fake: FakeDiscord, start: Start, manager: Member, mia: Member, channel: Channel
) -> None:
    await start()
    screen = await (await manager.slash(channel, "manage settings")).answer()
    assert "Language: same as the question" in screen.text

    await (await manager.selects(screen, "settings:language", "fr")).answer()

    assert "Langue\N{NO-BREAK SPACE}: français" in screen.text  # said in it at once
    mia.locale = "ja"
    by_message = await asked(fake, mia, channel, NIGHT)
    by_command = await (await mia.slash(channel, "ask", question=NIGHT_IN_GERMAN)).answer()
    in_private = await fake.reply_to(await mia.sends_dm(NIGHT_IN_GERMAN))
    assert (titles(by_message), by_message.said) == ([NIGHT], FRENCH_REMARK)
    assert "Supprimer" in by_message.labels
    assert (titles(by_command), by_command.said) == ([NIGHT], FRENCH_REMARK)
    assert titles(in_private) == [NIGHT_IN_GERMAN]  # the server is nowhere near

    await (await manager.selects(screen, "settings:language", "by-question")).answer()

    assert "Language: same as the question" in screen.text
    assert titles(await asked(fake, mia, channel, NIGHT_IN_GERMAN)) == [NIGHT_IN_GERMAN]


async def test_only_an_offered_language_can_be_fixed(start: Start, manager: Member, channel: Channel) -> None:
    await start()
    screen = await (await manager.slash(channel, "manage settings")).answer()
    menu = next(menu for menu in screen.selects if menu["custom_id"] == "settings:language")

    assert [option["value"] for option in menu["options"]] == ["by-question", "en", "ja", "de", "es", "fr", "pt-BR"]


async def test_a_board_is_in_the_language_of_its_server_and_follows_it(
    fake: FakeDiscord, guild: Guild, start: Start, manager: Member, channel: Channel
) -> None:
    await start()
    screen = await (await manager.slash(channel, "manage board")).answer()
    await (await manager.clicks(screen, "Post")).answer()
    [board] = channel.history()
    assert NIGHT in board.labels

    guild.prefer("de")
    await fake.wait_for(lambda: NIGHT_IN_GERMAN in board.labels, what="the German board")
    assert "Häufige Fragen" in board.text

    settings = await (await manager.slash(channel, "manage settings")).answer()
    await (await manager.selects(settings, "settings:language", "en")).answer()
    await fake.wait_for(lambda: NIGHT in board.labels, what="the English board")


async def test_a_digest_is_in_the_language_of_its_server(
    fake: FakeDiscord, guild: Guild, start: Start, manager: Member, mia: Member, channel: Channel, tmp_path: Path
) -> None:
    guild.preferred_locale = "de"
    await start()
    due_at = await planned(fake, manager, channel, digest := guild.add_text_channel("digest"))
    await asked(fake, mia, channel, NIGHT)
    await counted(tmp_path, guild.id, "answered", "night-shift")

    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)

    assert message.cards[0].title == "Wochenrückblick"
    assert message.cards[0].text.endswith(f"Am häufigsten gefragt:\n- {NIGHT_IN_GERMAN} (1)")


@pytest.mark.parametrize(("locale", "question"), [("de", NIGHT_IN_GERMAN), ("ko", NIGHT), ("en-US", NIGHT)])
async def test_a_board_is_in_the_language_that_discord_has_for_the_server(
    guild: Guild, start: Start, manager: Member, channel: Channel, locale: str, question: str
) -> None:
    guild.preferred_locale = locale
    await start()

    screen = await (await manager.slash(channel, "manage board")).answer()
    await (await manager.clicks(screen, "Post")).answer()

    assert screen.said.startswith("The board is here")  # to whoever posted it
    assert question in channel.history()[0].labels


async def test_a_call_without_a_question_is_answered_in_the_servers_language(
    fake: FakeDiscord, guild: Guild, start: Start, mia: Member, channel: Channel
) -> None:
    guild.preferred_locale = "de"
    await start()

    assert "Leuchtturmwärter" in (await asked(fake, mia, channel, "")).said


async def test_a_missed_question_is_answered_in_its_language(
    fake: FakeDiscord, start: Start, mia: Member, channel: Channel
) -> None:
    bot = await start()
    await asked(fake, mia, channel, NIGHT)
    bot.send(signal.SIGTERM)
    await bot.ended()
    missed = await mia.asks(channel, NIGHT_IN_GERMAN)

    await start()

    assert titles(await fake.reply_to(missed, 30)) == [NIGHT_IN_GERMAN]


async def test_a_forum_post_is_answered_in_the_language_of_its_title(
    fake: FakeDiscord, guild: Guild, start: Start, mia: Member, tmp_path: Path
) -> None:
    forum = guild.add_forum("help")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    await start()

    post, _ = await mia.opens_post(forum, NIGHT_IN_GERMAN, "Wer weiß das?")
    answer = await fake.next_message(post)

    assert titles(answer) == [NIGHT_IN_GERMAN]
    assert "Löschen" not in answer.labels
    assert "Automatische Antwort" in answer.said


async def test_a_job_description_is_posted_in_the_servers_language_unless_another_is_chosen(
    guild: Guild, start: Start, manager: Member, channel: Channel
) -> None:
    guild.preferred_locale = "de"
    await start()

    german = await (await manager.slash(channel, "jd")).answer()
    english = await (await manager.slash(channel, "jd", language="English")).answer()

    assert "Über die Stelle" in german.text
    assert "Language: Deutsch" in german.text
    assert "About the role" in english.text


async def test_a_posted_job_description_stays_in_its_language_when_it_is_updated(
    knowledge_dir: Path, start: Start, manager: Member, channel: Channel
) -> None:
    bot = await start()
    preview = await (await manager.slash(channel, "jd", language="Deutsch")).answer()
    await (await manager.clicks(preview, "Post")).answer()
    [post] = channel.history()
    assert "Quelle: " in post.text

    german = knowledge_dir / "translations" / "de.yaml"
    german.write_text(german.read_text(encoding="utf-8").replace("Über die Stelle", "Über den Turm"), encoding="utf-8")
    await bot.logged("The knowledge is now version")
    shown = await (await manager.slash(channel, "manage jd-refresh")).answer()
    await (await manager.clicks(shown, "Update posts")).answer()

    assert "Über den Turm" in post.text
    assert "Quelle: " in post.text


async def test_a_moderators_answer_is_in_the_language_of_the_message(
    fake: FakeDiscord, start: Start, manager: Member, mia: Member, channel: Channel
) -> None:
    await start()
    message = await mia.says(channel, NIGHT_IN_GERMAN)

    offer = await (await manager.message_command(channel, "Answer this", message)).answer()
    assert NIGHT in offer.said
    channel.unheard.clear()
    await (await manager.clicks(offer, next(label for label in offer.labels if NIGHT in label))).answer()

    posted = await fake.next_message(channel)
    assert titles(posted) == [NIGHT_IN_GERMAN]
    assert "Löschen" in posted.labels


async def test_the_fixed_language_survives_a_restart(
    fake: FakeDiscord, guild: Guild, start: Start, mia: Member, channel: Channel, tmp_path: Path
) -> None:
    await set_beforehand(tmp_path, {guild.id: ServerSettings(language=Language("de"))})
    await start()

    assert titles(await asked(fake, mia, channel, NIGHT)) == [NIGHT_IN_GERMAN]


async def test_without_translations_nothing_changes_for_a_question(
    fake: FakeDiscord, knowledge_dir: Path, start: Start, mia: Member, channel: Channel
) -> None:
    (knowledge_dir / "translations" / "de.yaml").unlink()
    await start()

    answer = await asked(fake, mia, channel, f"{NIGHT} Weiß das jemand?")

    assert titles(answer) == [NIGHT]
    assert "Delete" in answer.labels
