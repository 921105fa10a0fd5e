"""Commands, clicks, menus and forms, and what may be answered to them."""

from __future__ import annotations

import pytest

from fake_discord import (
    Channel,
    FakeDiscord,
    Flag,
    Guild,
    Member,
    ResponseKind,
)
from fake_discord_tests.bot import running
from fake_discord_tests.raw import callback, post


class TestInteractions:
    async def test_a_slash_command_is_answered_in_private_and_its_buttons_work(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            asked = await mia.slash(channel, "ask", question="coding")
            first = await asked.response()
            answer = await asked.answer()
            with pytest.raises(LookupError):
                await guild.add_member("max").clicks(answer, "More")
            clicked = await (await mia.clicks(answer, "More")).response()

        assert (first.kind, first.ephemeral) == (ResponseKind.MESSAGE, True)
        assert first.after < 1
        assert answer.flags & Flag.EPHEMERAL
        assert clicked.kind is ResponseKind.UPDATE
        assert (answer.content, answer.buttons) == ("more of it", [])
        assert channel.history() == []
        fake.assert_clean()

    async def test_autocomplete_gives_choices(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            choices = await (await mia.autocomplete(channel, "ask", question="cod")).choices()

        assert choices == [{"name": "cod?", "value": "coding"}]

    async def test_a_deferred_answer_is_shown_when_it_is_filled_in(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            asked = await mia.slash(channel, "later")
            first = await asked.response()
            answer = await asked.answer()
            followup = await asked.followup()

        assert first.kind is ResponseKind.DEFERRED_MESSAGE
        assert (answer.content, answer.ephemeral) == ("at last", True)
        assert followup.content == "and this"
        fake.assert_clean()

    async def test_a_form_is_opened_and_submitted(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            answer = await (await mia.slash(channel, "ask", question="x")).answer()
            opened = await mia.clicks(answer, "Form")
            await opened.response()
            read = await (await mia.submits_modal(opened, line="my words")).answer()

        assert read.content == "read: my words"
        fake.assert_clean()

    async def test_subcommands_and_message_commands_arrive_with_what_they_name(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            why = await (await mia.slash(channel, "manage why", question="coding")).answer()
            said = await mia.says(channel, "not for the bot")
            handed = await (await mia.message_command(channel, "Answer this", said)).answer()

        assert why.content == "because coding"
        assert handed.content == "it says: not for the bot"
        fake.assert_clean()

    async def test_an_interaction_dies_after_three_seconds_and_its_token_after_fifteen_minutes(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            never = await mia.slash(channel, "never")
            later = await mia.slash(channel, "later")
            await later.followup()
            fake.clock.advance(4)
            too_late = await post(fake, callback(never), {"type": 5})
            fake.clock.advance(900)
            expired = await post(fake, f"/webhooks/1/{later.token}", {"content": "hi"})

        assert too_late == (404, 10062)
        assert expired == (401, 50027)

    async def test_a_second_first_response_is_refused(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            asked = await mia.slash(channel, "ask", question="x")
            await asked.response()
            second = await post(fake, callback(asked), {"type": 5})

        assert second == (400, 40060)
