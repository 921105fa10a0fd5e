"""What is too long, too much or malformed is refused, and what comes too fast is told to wait."""

from __future__ import annotations

import os
from typing import Any

import aiohttp
import pytest

from fake_discord import (
    Channel,
    FakeDiscord,
)
from fake_discord.errors import InvalidForm
from fake_discord.validation import check_body
from fake_discord_tests.raw import field, post, row


class TestLimits:
    @pytest.mark.parametrize(
        "body",
        [
            {"content": "x" * 2001},
            {"embeds": [{"title": "x" * 257}]},
            {"embeds": [{"description": "x" * 4097}]},
            {"embeds": [{"description": "x" * 3500}, {"description": "x" * 2501}]},
            {"embeds": [{"title": "t"}] * 11},
            {"embeds": [{"fields": [field()] * 26}]},
            {"embeds": [{"fields": [field(name=" ")]}]},
            {"embeds": [{"fields": [field(value="x" * 1025)]}]},
            {"content": "x", "components": [row(str(n)) for n in range(6)]},
            {"content": "x", "components": [row(*"abcdef")]},
            {"content": "x", "components": [row("same"), row("same")]},
            {"content": "x", "components": [row("a", label="x" * 81)]},
            {"content": "x", "components": [row("x" * 101)]},
            {"content": "x", "nonce": "x" * 26},
            {"content": "x", "colour": 1},
            {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]},
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ],
    )
    async def test_a_message_over_a_limit_is_refused_and_recorded(
        self, fake: FakeDiscord, channel: Channel, body: dict[str, Any]
    ) -> None:
        assert await post(fake, f"/channels/{channel.id}/messages", body) == (400, 50035)
        assert len(fake.violations) == 1
        with pytest.raises(AssertionError, match="Discord would have refused"):
            fake.assert_clean()

    @pytest.mark.parametrize(
        "commands",
        [
            [{"name": "Ask", "description": "d"}],
            [{"name": "ask"}],
            [{"name": "ask", "description": "d"}] * 2,
            [{"name": "ask", "description": "x" * 101}],
            [{"name": "ask", "description": "d", "description_localizations": {"de": "x" * 101}}],
            [{"name": "ask", "description": "d", "description_localizations": {"es": "d"}}],
            [{"name": "ask", "description": "d", "name_localizations": {"de": "Frag mich"}}],
            [{"name": "Ask", "type": 3, "name_localizations": {"de": "x" * 33}}],
            [{"name": f"m{n}", "type": 3} for n in range(16)],
            [
                {
                    "name": "ask",
                    "description": "d",
                    "options": [
                        {"name": "a", "description": "d", "type": 3},
                        {"name": "b", "description": "d", "type": 3, "required": True},
                    ],
                }
            ],
        ],
    )
    async def test_commands_over_a_limit_are_refused(self, fake: FakeDiscord, commands: list[dict[str, Any]]) -> None:
        path = f"{fake.api_url}/applications/{fake.bot.id}/commands"
        headers = {"Authorization": f"Bot {fake.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.put(path, json=commands) as response,
        ):
            assert response.status == 400
        assert fake.take_violations()

    async def test_an_empty_message_is_refused_with_its_own_code(self, fake: FakeDiscord, channel: Channel) -> None:
        assert await post(fake, f"/channels/{channel.id}/messages", {}) == (400, 50006)
        assert fake.take_violations()

    async def test_a_body_that_makes_no_sense_is_a_failure_of_the_test(
        self, fake: FakeDiscord, channel: Channel
    ) -> None:
        status, _ = await post(fake, f"/channels/{channel.id}/messages", {"embeds": "none"})

        assert status in (400, 500)
        assert len(fake.take_violations()) == 1

    async def test_an_unknown_route_is_a_failure_of_the_test(self, fake: FakeDiscord) -> None:
        assert await post(fake, "/nowhere", {}) == (404, 0)
        assert len(fake.take_violations()) == 1

    @pytest.mark.skipif("DISCORD_OPENAPI" not in os.environ, reason="no OpenAPI document")
    async def test_a_body_that_only_the_document_knows_to_be_wrong_is_refused(
        self, fake: FakeDiscord, channel: Channel
    ) -> None:
        body = {"embeds": [{"title": "t", "color": "red"}]}

        assert await post(fake, f"/channels/{channel.id}/messages", body) == (400, 50035)
        assert fake.take_violations()[0].faults[0].path == ("embeds", 0, "color")


CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


def typed(**changes: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": "line", "style": 1} | changes


def picked(*options: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "menu", "options": [*options]} | changes


def modal(field: dict[str, Any], **changes: Any) -> dict[str, Any]:
    label = {"type": 18, "label": "Line", "component": field}
    return {"type": 9, "data": {"title": "Form", "custom_id": "form", "components": [label]} | changes}


OPTION = {"label": "One", "value": "1"}


class TestModals:
    @pytest.mark.parametrize(
        "body", [modal(typed()), modal(typed(value="x" * 4000)), modal(picked(OPTION | {"default": True}))]
    )
    def test_a_modal_within_the_limits_is_taken(self, body: dict[str, Any]) -> None:
        check_body(CALLBACK, body)

    @pytest.mark.parametrize(
        "body",
        [
            modal(typed(), title="x" * 46),
            modal(typed(), custom_id="x" * 101),
            modal(typed(), components=[]),
            modal(typed(), components=[{"type": 18, "label": "x" * 46, "component": typed()}]),
            modal(typed(), components=[{"type": 18, "label": "x", "description": "x" * 101, "component": typed()}]),
            modal(typed(), components=[{"type": 18, "label": "x", "component": typed(custom_id="same")}] * 2),
            modal(typed(), components=[typed()]),
            modal(typed(label="twice")),
            modal(typed(max_length=4001)),
            modal(typed(max_length=10, value="x" * 11)),
            modal({"type": 2, "custom_id": "button", "label": "x", "style": 1}),
            modal(picked()),
            modal(picked(OPTION | {"label": "x" * 101})),
            modal(picked(OPTION, {"label": "Two", "value": "1"})),
            modal(picked(OPTION | {"default": True}, {"label": "Two", "value": "2", "default": True})),
            modal(picked(OPTION, disabled=True)),
        ],
    )
    def test_a_modal_over_a_limit_is_refused(self, body: dict[str, Any]) -> None:
        with pytest.raises(InvalidForm):
            check_body(CALLBACK, body)
