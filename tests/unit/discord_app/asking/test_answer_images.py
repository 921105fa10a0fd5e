"""An answer's image: in its embed, below plain text, or in words, as the bot's permissions allow."""

from __future__ import annotations

import discord
import pytest
from pictured import MAP, MAP_ALT, OVEN, OVEN_ALT, SHOP, SHOP_ADDRESS, SHOP_ALT, WAY, write_pictured
from pictures import GIF

from bot.answering import Answered, Answering
from bot.discord_app.asking.buttons import render_answers
from bot.discord_app.forms import forms_of, parameters_of, replacing
from bot.discord_app.page import Page
from lighthouse import answering_from

ALL = discord.Permissions(embed_links=True, attach_files=True)
NO_FILES = discord.Permissions(embed_links=True)
NO_EMBEDS = discord.Permissions(attach_files=True)
NEITHER = discord.Permissions()
ESCAPED = MAP_ALT.replace("*", r"\*")


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    return answering_from(write_pictured(tmp_path_factory.mktemp("pictured") / "bakery"))


def page(answering: Answering, *ids: str) -> Page:
    return render_answers(Answered(tuple(map(answering.topic, ids)), confidence=1.0, decisions=()))


def one(answering: Answering, permissions: discord.Permissions, *ids: str) -> Page:
    [form] = forms_of(page(answering, *ids), permissions)
    return form


def sent(form: Page) -> list[tuple[str, str | None, bytes]]:
    return [(file.filename, file.description, file.fp.read()) for file in parameters_of(form).get("files", [])]


def test_an_embed_shows_the_file_under_the_name_of_its_entry(answering: Answering) -> None:
    form = one(answering, ALL, "way")

    assert form.embeds[0].to_dict()["image"] == {"url": "attachment://way.png", "description": MAP_ALT}
    assert form.embeds[0].description == "Take tram 5 to the river."
    assert sent(form) == [("way.png", MAP_ALT, MAP)]


def test_each_of_several_answers_shows_its_own_image(answering: Answering) -> None:
    form = one(answering, ALL, "way", "shop", "oven")

    assert [(embed.title, embed.image.url) for embed in form.embeds] == [
        (WAY, "attachment://way.png"),
        (SHOP, SHOP_ADDRESS),
        (OVEN, "attachment://oven.gif"),
    ]
    assert sent(form) == [("way.png", MAP_ALT, MAP), ("oven.gif", OVEN_ALT, GIF)]


def test_where_files_are_not_allowed_the_embed_says_what_they_show(answering: Answering) -> None:
    form = one(answering, NO_FILES, "way", "shop")

    way, shop = form.embeds
    assert (way.image.url, [(field.name, field.value) for field in way.fields]) == (None, [("Image", ESCAPED)])
    assert (shop.image.url, shop.fields) == (SHOP_ADDRESS, [])
    assert "files" not in parameters_of(form)


def test_plain_text_names_each_image_and_has_the_files_below(answering: Answering) -> None:
    form = one(answering, NO_EMBEDS, "way", "shop")

    assert form.content == (
        f"**{WAY}**\nTake tram 5 to the river.\nImage: {ESCAPED}\n\n"
        f"**{SHOP}**\nNext to the school.\nImage: {SHOP_ALT} <{SHOP_ADDRESS}>"
    )
    assert form.embeds == ()
    assert sent(form) == [("way.png", MAP_ALT, MAP)]


def test_with_neither_embeds_nor_files_the_words_remain(answering: Answering) -> None:
    form = one(answering, NEITHER, "way")

    assert form.content == f"**{WAY}**\nTake tram 5 to the river.\nImage: {ESCAPED}"
    assert sent(form) == []


def test_the_files_of_a_long_plain_answer_come_with_its_last_message(answering: Answering) -> None:
    whole = page(answering, "way")
    long = Page(plain="word " * 500 + whole.plain, pictures=whole.pictures)

    *first, last = forms_of(long, NO_EMBEDS)

    assert [sent(form) for form in first] == [[]]
    assert len(sent(last)) == 1


def test_each_attempt_to_send_gets_files_of_its_own(answering: Answering) -> None:
    form = one(answering, ALL, "way")

    assert sent(form) == sent(form)
    assert [file.fp.read() for _ in range(2) for file in replacing(form)["attachments"]] == [MAP, MAP]


def test_an_edit_takes_away_the_files_that_were_there(answering: Answering) -> None:
    assert replacing(one(answering, ALL, "shop"))["attachments"] == []
    assert replacing(one(answering, NO_FILES, "way"))["attachments"] == []
