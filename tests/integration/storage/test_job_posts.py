from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.storage.database import Database
from bot.storage.job_posts import JobPost, JobPostOptions, JobPosts

POST = JobPost(
    message_id=1,
    channel_id=2,
    server_id=7,
    options=JobPostOptions(company="Ünïcode & Co", link="https://example.org", left_out=frozenset({"contact"})),
    version="a" * 64,
    posted_at=datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC),
)


async def test_a_post_is_remembered_as_it_was(database: Database) -> None:
    posts = JobPosts(database=database)
    await posts.remember(POST)

    assert await posts.of_server(7) == (POST,)
    assert await posts.of_server(8) == ()


async def test_posts_are_listed_the_newest_first(database: Database) -> None:
    posts = JobPosts(database=database)
    later = replace(POST, message_id=3, posted_at=POST.posted_at + timedelta(days=1))
    earlier = replace(POST, message_id=4, posted_at=POST.posted_at - timedelta(days=1))
    for post in (POST, later, earlier):
        await posts.remember(post)

    assert await posts.of_server(7) == (later, POST, earlier)


async def test_a_post_remembered_again_stands_there_once(database: Database) -> None:
    posts = JobPosts(database=database)
    await posts.remember(POST)
    changed = replace(POST, options=JobPostOptions(location="Tokyo"))
    await posts.remember(changed)

    assert await posts.of_server(7) == (changed,)


async def test_a_post_brought_up_to_date_has_another_version(database: Database) -> None:
    posts = JobPosts(database=database)
    await posts.remember(POST)

    await posts.update_version(POST.message_id, "b")

    assert await posts.of_server(7) == (replace(POST, version="b"),)


async def test_a_deleted_post_is_forgotten(database: Database) -> None:
    posts = JobPosts(database=database)
    second, elsewhere = replace(POST, message_id=3), replace(POST, message_id=4, server_id=8)
    for post in (POST, second, elsewhere):
        await posts.remember(post)

    await posts.forget(POST.message_id)
    assert await posts.of_server(7) == (second,)
    assert await posts.of_server(8) == (elsewhere,)


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=100)


@given(company=texts, location=texts, left_out=st.frozensets(st.text("abc-", max_size=10)))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_a_moderator_types_comes_back_as_it_was(
    database: Database, company: str | None, location: str | None, left_out: frozenset[str]
) -> None:
    posts = JobPosts(database=database)
    post = replace(POST, options=JobPostOptions(company=company, location=location, left_out=left_out))
    await posts.remember(post)

    assert await posts.of_server(7) == (post,)
