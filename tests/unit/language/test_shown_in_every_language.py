"""In every language, Discord takes what the bot says, and the bot reads its own words again."""

from __future__ import annotations

import pytest
from every_page import every_item, every_page
from sendable import assert_sendable

from bot.discord_app.clicks import Form
from bot.discord_app.digest.answering import quoted
from bot.discord_app.handoff.texts import answered_in, render_still_looking
from bot.discord_app.job_postings.texts import read_options, render_preview
from bot.discord_app.page import Page
from bot.knowledge.job_description import Particulars, as_markdown, describe, read_particulars
from bot.knowledge.model import RoleProfile, RoleSection
from bot.language.languages import SPOKEN, Language
from bot.language.speech import read_back, speaking
from bot.storage.job_posts import JobPostOptions
from fake_discord.validation import check_body

OTHERS = [(language, other) for language in SPOKEN for other in SPOKEN if language != other]
ROLE = RoleProfile("Baker", (RoleSection("dough", "Dough", "Knead it.", ("by hand",)),))


@pytest.mark.parametrize("language", SPOKEN)
def test_every_page_stays_within_discords_limits(language: Language) -> None:
    with speaking(language):
        for _name, said in every_page():
            for page in said if isinstance(said, tuple) else (said,):
                if isinstance(page, Page):
                    assert_sendable(page)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_button_menu_and_form_stays_within_discords_limits(language: Language) -> None:
    with speaking(language):
        for item in every_item():
            if isinstance(item, Form):
                body = {"type": 9, "data": item.to_dict()}
                check_body("POST /interactions/{interaction_id}/{interaction_token}/callback", body)
            else:
                assert_sendable(Page(content="1", items=(item,)))


@pytest.mark.parametrize(("language", "other"), OTHERS)
def test_what_was_said_in_one_language_is_read_back_in_another(language: Language, other: Language) -> None:
    with speaking(language):
        looking = render_still_looking("Thanks.", "Is bread baked?", ["Baking", "Bread"])
        ad = as_markdown(describe(ROLE, company="Rye & Co", location="Oslo", link="https://bakery.example/jobs"))
        options = JobPostOptions(left_out=frozenset({"dough", "oven"}), language=Language("pt-BR"))
        preview = render_preview(Page(), 1, options).content
        question = quoted("Is „bread“ baked?")

    with speaking(other):
        assert answered_in([looking]) == "Baking · Bread"
        assert read_particulars(ad) == Particulars("Rye & Co", "Oslo", "https://bakery.example/jobs")
        assert read_options([preview, ad]).left_out == {"dough", "oven"}
        assert read_options([preview, ad]).language == "pt-BR"
        assert read_back(question, quoted) == "Is „bread“ baked?"


@pytest.mark.parametrize("language", SPOKEN)
def test_what_says_nothing_of_the_kind_is_not_read_back(language: Language) -> None:
    with speaking(language):
        plain = as_markdown(ROLE)

    assert read_particulars(plain) == Particulars()
    assert answered_in([plain, "My answer", ""]) == ""
    assert read_options(["Preview", plain]).left_out == frozenset()
    assert read_back("**Bread**", quoted) is None
