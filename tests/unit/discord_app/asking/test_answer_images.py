"""An answer's image: in its card, or in words, as the bot's permissions allow."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from pictured import MAP, MAP_ALT, OVEN, OVEN_ALT, SHOP, SHOP_ADDRESS, WAY, write_pictured
from pictures import GIF
from sendable import components_of

from bot.answering import Answering
from bot.discord_app.asking.buttons import render_answers
from bot.discord_app.forms import form_of, parameters_of, replacing
from bot.discord_app.page import Page
from bot.outcomes import Answered
from lighthouse import answering_from

ALL = discord.Permissions(attach_files=True)
NO_FILES = discord.Permissions()
ESCAPED = MAP_ALT.replace("*", r"\*")


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    return answering_from(write_pictured(tmp_path_factory.mktemp("pictured") / "bakery"))


def page(answering: Answering, *ids: str) -> Page:
    return render_answers(Answered(tuple(map(answering.topic, ids)), confidence=1.0, decisions=()))


def one(answering: Answering, permissions: discord.Permissions, *ids: str) -> Page:
    return form_of(page(answering, *ids), permissions)


def sent(form: Page) -> list[tuple[str, str | None, bytes]]:
    return [(file.filename, file.description, file.fp.read()) for file in parameters_of(form).get("files", [])]


def galleries(form: Page) -> list[dict[str, Any]]:
    parts = [part for card in components_of(form) for part in card.get("components", ())]
    return [part["items"][0] for part in parts if part["type"] == discord.ComponentType.media_gallery.value]


def test_a_card_shows_the_file_under_the_name_of_its_entry(answering: Answering) -> None:
    form = one(answering, ALL, "way")

    [image] = galleries(form)
    assert (image["media"]["url"], image["description"]) == ("attachment://way.png", MAP_ALT)
    assert form.cards[0].text == "Take tram 5 to the river."
    assert sent(form) == [("way.png", MAP_ALT, MAP)]


def test_each_of_several_answers_shows_its_own_image(answering: Answering) -> None:
    form = one(answering, ALL, "way", "shop", "oven")

    assert [(card.title, card.picture and card.picture.address) for card in form.cards] == [
        (WAY, "attachment://way.png"),
        (SHOP, SHOP_ADDRESS),
        (OVEN, "attachment://oven.gif"),
    ]
    assert sent(form) == [("way.png", MAP_ALT, MAP), ("oven.gif", OVEN_ALT, GIF)]


def test_where_files_are_not_allowed_the_card_says_what_they_show(answering: Answering) -> None:
    form = one(answering, NO_FILES, "way", "shop")

    way, shop = form.cards
    assert (way.picture, way.text) == (None, f"Take tram 5 to the river.\n\n*Image: {ESCAPED}*")
    assert shop.picture is not None
    assert shop.picture.address == SHOP_ADDRESS
    assert "files" not in parameters_of(form)


def test_each_attempt_to_send_gets_files_of_its_own(answering: Answering) -> None:
    form = one(answering, ALL, "way")

    assert sent(form) == sent(form)
    assert [file.fp.read() for _ in range(2) for file in replacing(form, layout=True)["attachments"]] == [MAP, MAP]


def test_an_edit_takes_away_the_files_that_were_there(answering: Answering) -> None:
    assert replacing(one(answering, ALL, "shop"), layout=True)["attachments"] == []
    assert replacing(one(answering, NO_FILES, "way"), layout=True)["attachments"] == []
