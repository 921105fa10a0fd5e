"""A role as a job description: who looks for somebody, where, and without the sections that were left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.job_description import (
    NothingLeft,
    UnknownSection,
    as_markdown,
    describe,
    is_web_address,
    read_sections,
)
from bot.knowledge.model import RoleProfile, RoleSection

ABOUT = RoleSection("definition", "About the role", "A keeper looks after the lamp.", ())
DUTIES = RoleSection("duties", "Duties, by day and night", "Every day:", ("clean the lens",))
CONTACT = RoleSection("contact", "Interested?", "Write to us.", (), "https://lighthouse.example/jobs")
ROLE = RoleProfile("Lighthouse Keeper", (ABOUT, DUTIES, CONTACT))


def test_without_options_it_is_the_role_as_it_stands() -> None:
    assert as_markdown(describe(ROLE)) == as_markdown(ROLE)
    assert as_markdown(ROLE).startswith("**Lighthouse Keeper**\n\n**About the role**\n")


def test_company_and_location_stand_below_the_title_and_the_link_at_the_end() -> None:
    text = as_markdown(describe(ROLE, company="Acme", location="Tokyo", link="https://acme.example/jobs"))

    assert text.startswith("**Lighthouse Keeper**\nCompany: Acme\nLocation: Tokyo\n\n**About the role**\n")
    assert text.endswith("\n\n**Apply here**\n<https://acme.example/jobs>")


def test_sections_are_left_out_by_their_ids_and_the_others_keep_their_order() -> None:
    assert describe(ROLE, left_out={"duties"}).sections == (ABOUT, CONTACT)


def test_a_section_that_is_gone_since_it_was_left_out_changes_nothing() -> None:
    assert describe(ROLE, left_out={"perks"}).sections == ROLE.sections


def test_leaving_out_everything_is_refused() -> None:
    with pytest.raises(NothingLeft):
        describe(ROLE, left_out={"definition", "duties", "contact"})


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", set()),
        (" , ,", set()),
        ("duties", {"duties"}),
        ("DUTIES,contact", {"duties", "contact"}),
        ("interested? , About the Role", {"contact", "definition"}),
        ("Duties, by day and night, contact", {"duties", "contact"}),
        ("contact,contact", {"contact"}),
        ("duties、contact，", {"duties", "contact"}),  # noqa: RUF001 - as a Japanese keyboard has them
    ],
)
def test_sections_are_read_by_id_or_heading_with_commas_between_them(typed: str, ids: set[str]) -> None:
    assert read_sections(typed, ROLE) == ids


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [("salary", "salary"), ("contact, perks, duties", "perks"), ("perks、contact", "perks"), ("contacts", "contacts")],
)
def test_the_first_section_that_is_unknown_is_named(typed: str, unknown: str) -> None:
    with pytest.raises(UnknownSection, match=f"^{unknown}$"):
        read_sections(typed, ROLE)


@given(st.lists(st.sampled_from([name for s in ROLE.sections for name in (s.id, s.heading, s.heading.upper())])))
def test_any_list_of_sections_is_read_whole(names: list[str]) -> None:
    ids = {name.casefold(): section.id for section in ROLE.sections for name in (section.id, section.heading)}

    assert read_sections(", ".join(names), ROLE) == {ids[name.casefold()] for name in names}


@given(st.text())
def test_whatever_is_typed_is_either_read_or_refused(typed: str) -> None:
    try:
        assert read_sections(typed, ROLE) <= {"definition", "duties", "contact"}
    except UnknownSection as unknown:
        assert str(unknown)  # noqa: PT017 - either end is right


@pytest.mark.parametrize(
    "address", ["https://acme.example", "http://acme.example:8080/jobs?id=1#apply", "HTTPS://Acme.example/a,b;c"]
)
def test_a_web_address_is_taken(address: str) -> None:
    assert is_web_address(address)


@pytest.mark.parametrize(
    "text",
    [
        "acme.example",
        "ftp://acme.example",
        "javascript://acme.example/%0aalert(1)",
        "https://localhost/jobs",
        "https://user@acme.example",
        "https://acme.example/a b",
        "https://acme.example/<@1>",
        "https://acme.example/(1)",
        "https://acme..example",
        "https://acme.example/\n",
        "",
    ],
)
def test_what_a_reader_could_not_follow_is_not_taken(text: str) -> None:
    assert not is_web_address(text)
