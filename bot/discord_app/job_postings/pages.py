"""Say what there is to say about the job description: itself, its preview, where it stands, and its update."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.discord_app.moderation.pages import PERMISSION_NAMES
from bot.discord_app.page import (
    COLOR,
    MAX_CHOICES,
    MAX_CONTENT,
    MAX_EMBED_DESCRIPTION,
    MAX_OPTION,
    Page,
    render_attribution,
    shorten,
    whole_lines,
)
from bot.discord_app.permissions import MissingPermission
from bot.knowledge.job_description import JobDescription, as_markdown, describe
from bot.knowledge.model import KnowledgeBase, RoleSection
from bot.storage.job_posts import JobPost, JobPostOptions

MAX_PARTICULAR = 100  # characters of a company or a location
MAX_APPLY_LINK = 400
UNCHANGED = JobPostOptions()


@dataclass(frozen=True, slots=True)
class PostState:
    """A remembered post, and whether it says what it would say if it were made now."""

    post: JobPost
    is_current: bool

    @property
    def url(self) -> str:
        """Return where the post can be seen."""
        return f"https://discord.com/channels/{self.post.server_id}/{self.post.channel_id}/{self.post.message_id}"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of the posts that were to be brought up to date."""

    updated: int = 0
    gone: int = 0
    lacking: tuple[MissingPermission, ...] = ()
    """What the bot would need to change the others."""
    failed: int = 0
    """How many Discord didn't take for another reason."""


def render_job_description(knowledge: KnowledgeBase, options: JobPostOptions = UNCHANGED) -> Page:
    """Return the job description of the role.

    Raises:
        NothingLeft: The options leave out every section.
    """
    description = describe(
        knowledge.role,
        company=_escaped(options.company),
        location=_escaped(options.location),
        link=options.link,
        left_out=options.left_out,
    )
    return _page(description, render_attribution(knowledge.source))


def version_of(page: Page) -> str:
    """Return a name for what a page with the job description says."""
    return hashlib.sha256(page.plain.encode()).hexdigest()


def render_preview(page: Page, channel_id: int) -> Page:
    """Return a preview of the job description for whoever may post it."""
    head = f"This is what I'll post in <#{channel_id}>. Only you see this preview."
    return Page(content=head, embeds=page.embeds, plain=f"{head}\n\n{page.plain}")


def render_posted(url: str, *, is_remembered: bool = True) -> Page:
    """Return what to say when the job description has been posted."""
    if is_remembered:
        return Page(content=f"Posted: {url}")
    return Page(
        content=f"Posted: {url}\nI can't reach my records at the moment, so `/manage jd-refresh` won't find this post."
    )


def render_cancelled() -> Page:
    """Return what takes the place of a preview that isn't wanted."""
    return Page(content="Nothing was posted.")


def render_gone_preview() -> Page:
    """Return what to say about the buttons of a preview that has been forgotten or used."""
    return Page(
        content="I keep a preview for 15 minutes at most and don't have this one any more. Please use `/jd` again."
    )


def render_already_posting() -> Page:
    """Return what to say to a second click while the first is being carried out."""
    return Page(content="I'm already doing that; one moment, please.")


def render_gone_channel() -> Page:
    """Return what to say about a channel that isn't there, or that the bot was never shown."""
    return Page(content="That channel isn't there any more, or I can't see it. Nothing was posted.")


def render_not_posted(page: Page) -> Page:
    """Return the preview again when Discord doesn't take the post although nothing seems to be missing."""
    head = "Discord didn't take the post, so nothing was posted. Please try again in a moment."
    return Page(content=head, embeds=page.embeds, plain=f"{head}\n\n{page.plain}")


def render_unknown_section(name: str, sections: Sequence[RoleSection]) -> Page:
    """Return what to say about a section that the job description hasn't."""
    known = ", ".join(f"`{section.id}`" for section in sections)
    return Page(
        content=shorten(f"There is no section “{_escaped(name)}”. Those to leave out are {known}.", MAX_CONTENT)
    )


def render_nothing_left() -> Page:
    """Return what to say when all sections are left out."""
    return Page(content="That leaves out every section. Please keep at least one.")


def render_bad_link() -> Page:
    """Return what to say about a link that nobody could follow."""
    return Page(
        content="The link should be a web address without spaces or brackets, such as https://example.org/jobs/tpm."
    )


def render_section_choices(typed: str, sections: Sequence[RoleSection]) -> tuple[tuple[str, str], ...]:
    """Return what to suggest while sections to leave out are typed: what stands there, and one more; as name, value.

    A name that is too long lacks its beginning: what differs is the end.
    """
    *done, last = [part.strip().casefold() for part in typed.split(",")]
    ids = {name: section.id for section in sections for name in (section.heading.casefold(), section.id)}
    taken = list(dict.fromkeys(ids[part] for part in (*done, last) if part in ids))
    wanted = "" if last in ids else last
    headings = {section.id: section.heading for section in sections}
    further = [id_ for name, id_ in ids.items() if id_ not in taken and wanted in name]
    lists = [taken] if taken and not wanted else []
    lists += [[*taken, id_] for id_ in dict.fromkeys(further)]
    choices: dict[str, str] = {}
    for each in lists:
        choices.setdefault(_end_of([headings[id_] for id_ in each]), ",".join(each))
    return tuple((name, value) for name, value in choices.items() if len(value) <= MAX_OPTION)[:MAX_CHOICES]


def _end_of(names: Sequence[str]) -> str:
    """Return as many of the last names as an option has room for."""
    ends = (", ".join(["…", *names[first:]] if first else names) for first in range(len(names)))
    return next((end for end in ends if len(end) <= MAX_OPTION), shorten(names[-1], MAX_OPTION))


def render_job_posts(states: Sequence[PostState]) -> Page:
    """Return where the job description stands."""
    if not states:
        return Page(content="I haven't posted the job description here, or every post of it has been deleted.")
    return _listed("Where the job description stands", states)


def render_nothing_to_refresh(count: int, gone: int) -> Page:
    """Return what to say when every post says what it should."""
    if not count:
        return Page(content=" ".join(filter(None, ["There is no post of the job description here.", _forgotten(gone)])))
    state = "The one post is" if count == 1 else f"All {count} posts are"
    return Page(content=" ".join(filter(None, [f"{state} up to date.", _forgotten(gone)])))


def render_refresh_preview(page: Page, stale: Sequence[PostState], gone: int) -> Page:
    """Return what the posts will say; of posts that differ in company or such, the newest is shown."""
    count = len(stale)
    where = "\n".join(f"- {state.url}" for state in stale)
    head = f"{_posts(count)} will be brought up to date" + (" like this" if count == 1 else ", the newest like this")
    text = whole_lines("\n".join(filter(None, [f"{head}. {_forgotten(gone)}".strip(), where])), MAX_CONTENT)
    return Page(content=text, embeds=page.embeds, plain=f"{text}\n\n{page.plain}")


def render_changed_since_preview() -> Page:
    """Return what to say when the texts have changed since they were shown."""
    return Page(content="The texts have changed since this preview. Please use `/manage jd-refresh` again.")


def render_refreshed(done: Refreshed) -> Page:
    """Return what became of the posts."""
    lines = [f"{_posts(done.updated)} brought up to date. {_forgotten(done.gone)}".strip()]
    lines += [
        f"I couldn't change the one in <#{missing.channel_id}>: I need **{PERMISSION_NAMES[missing.permission]}** "
        "there, which somebody with **Manage Roles** can grant."
        for missing in done.lacking
    ]
    if done.failed:
        lines.append(f"Discord didn't take {_posts(done.failed)}. Please try again in a moment.")
    return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))


def _page(description: JobDescription, attribution: str) -> Page:
    text = as_markdown(description)
    embed = discord.Embed(description=shorten(text, MAX_EMBED_DESCRIPTION), colour=COLOR)
    embed.add_field(name="Source", value=attribution, inline=False)
    return Page(embeds=(embed,), plain=f"{text}\n\n-# Source: {attribution}")


def _listed(title: str, states: Sequence[PostState]) -> Page:
    lines = []
    for state in states:
        parts = [
            state.url,
            discord.utils.format_dt(state.post.posted_at, "d"),
            _escaped(state.post.options.company),
            _escaped(state.post.options.location),
            "up to date" if state.is_current else "**out of date**",
        ]
        lines.append("- " + " · ".join(filter(None, parts)))
    if not all(state.is_current for state in states):
        lines.append("`/manage jd-refresh` brings the posts up to date.")
    text = whole_lines("\n".join(lines), MAX_EMBED_DESCRIPTION)
    embed = discord.Embed(title=title, description=text, colour=COLOR)
    return Page(embeds=(embed,), plain=f"**{title}**\n{text}")


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count} posts"


def _forgotten(gone: int) -> str:
    return f"{_posts(gone)} had been deleted by hand, and I have forgotten that." if gone else ""


def _escaped(text: str | None) -> str:
    return discord.utils.escape_markdown(text) if text else ""
