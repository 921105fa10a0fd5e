"""The job description as a page, and what is said about its posts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import discord

from bot.discord_app.page import (
    MAX_CHOICES,
    MAX_CONTENT,
    MAX_LIST,
    MAX_OPTION,
    Card,
    Page,
    render_attribution,
    shorten,
    whole_lines,
)
from bot.discord_app.permissions import GRANT, PERMISSION_NAMES, MissingPermission
from bot.discord_app.posts import Whereabouts
from bot.knowledge.job_description import (
    JobDescription,
    NothingLeft,
    Particulars,
    as_markdown,
    describe,
    read_particulars,
)
from bot.knowledge.model import KnowledgeBase, RoleSection
from bot.storage.job_posts import JobPost, JobPostOptions

MAX_PARTICULAR = 100  # characters of a company or a location
MAX_APPLY_LINK = 400
MAX_REFRESHED = 800  # characters about the posts to update, above what they will say
UNCHANGED = JobPostOptions()
_LEFT_OUT = re.compile(r"^Left out: (.+)$", re.MULTILINE)
_ID = re.compile(r"`([^`]+)`")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class PostState:
    """A remembered post, and whether it is up to date."""

    post: JobPost
    is_current: bool

    @property
    def where(self) -> Whereabouts:
        """Where the post is."""
        return whereabouts(self.post)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The result of an update: how many posts were updated, were deleted, or failed, and missing permissions."""

    updated: int = 0
    gone: int = 0
    lacking: tuple[MissingPermission, ...] = ()
    failed: int = 0


def whereabouts(post: JobPost) -> Whereabouts:
    """Return where a post is."""
    return Whereabouts(post.server_id, post.channel_id, post.message_id)


def render_job_description(knowledge: KnowledgeBase, options: JobPostOptions = UNCHANGED) -> Page:
    """Return the job description of the role.

    Raises:
        NothingLeft: The options leave out every section, or the knowledge has no role.
    """
    if knowledge.role is None:
        raise NothingLeft
    description = describe(
        knowledge.role,
        company=_escaped(options.company),
        location=_escaped(options.location),
        link=options.link,
        left_out=options.left_out,
    )
    return _page(description, render_attribution(knowledge.source) if knowledge.source else "")


def version_of(page: Page) -> str:
    """Return a hash of what a job description says."""
    return hashlib.sha256(repr(page.cards).encode()).hexdigest()


def render_preview(page: Page, channel_id: int, left_out: AbstractSet[str] = frozenset()) -> Page:
    """Return a preview for the person who can post it, with the ids of the sections left out."""
    head = f"Preview of the post in <#{channel_id}>. Only you can see it."
    if left_out:
        head += "\nLeft out: " + ", ".join(f"`{id_}`" for id_ in sorted(left_out))
    return replace(page, content=shorten(head, MAX_CONTENT))


def read_options(texts: Sequence[str]) -> JobPostOptions:
    """Return the options that a preview was made with, from its texts: a head, and the description."""
    found = map(read_particulars, texts)
    particulars = next((each for each in found if each != Particulars()), Particulars())
    left_out = _LEFT_OUT.search(texts[0] if texts else "")
    return JobPostOptions(
        company=_unescaped(particulars.company),
        location=_unescaped(particulars.location),
        link=particulars.link,
        left_out=frozenset(_ID.findall(left_out[1]) if left_out else ()),
    )


def render_posted(url: str, *, is_remembered: bool = True) -> Page:
    """Confirm that the job description was posted."""
    if is_remembered:
        return Page(content=f"Posted: {url}")
    return Page(
        content=f"Posted: {url}\nI can't reach my database right now, so `/manage jd-refresh` won't update this post."
    )


def render_no_job_description() -> Page:
    """Say that the knowledge has no role, and so no job description."""
    return Page(content="I have no job description to post.")


def render_gone_preview() -> Page:
    """Say that a preview can't be used: it was used already, is somebody else's, or is too old."""
    return Page(content="This preview has expired. Please use `/jd` again.")


def render_gone_channel() -> Page:
    """Say that a channel was deleted or can't be seen."""
    return Page(content="I can't see that channel, or it was deleted. I didn't post anything.")


def render_not_posted(preview: Page) -> Page:
    """Return the preview again after Discord rejected the post."""
    return preview.headed("Discord rejected the post. Please try again in a moment.")


def render_changed_preview(preview: Page) -> Page:
    """Return a preview in place of an older one that says something else."""
    return preview.headed(
        "The job description has changed since this preview, so I didn't post it. Here's the new one."
    )


def render_unknown_section(name: str, sections: Sequence[RoleSection]) -> Page:
    """Say that a section doesn't exist."""
    known = ", ".join(f"`{section.id}`" for section in sections)
    return Page(content=shorten(f"There's no section “{_escaped(name)}”. You can leave out {known}.", MAX_CONTENT))


def render_nothing_left() -> Page:
    """Say that at least one section must stay."""
    return Page(content="That leaves out every section. Please keep at least one.")


def render_bad_link() -> Page:
    """Say that a link isn't a URL."""
    return Page(content="The link must be a URL without spaces or brackets, such as https://example.org/jobs/tpm.")


def render_section_choices(typed: str, sections: Sequence[RoleSection]) -> tuple[tuple[str, str], ...]:
    """Suggest sections to leave out, as pairs of a name and a value: those typed so far, each with one more.

    Names that are too long lose their beginning, because they differ at the end.
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
    """Return as many of the last names as fit into an option."""
    ends = (", ".join(["…", *names[first:]] if first else names) for first in range(len(names)))
    return next((end for end in ends if len(end) <= MAX_OPTION), shorten(names[-1], MAX_OPTION))


def render_job_posts(states: Sequence[PostState]) -> Page:
    """List the posts of the job description."""
    if not states:
        return Page(content="There are no posts of the job description in this server.")
    return _listed("Job description posts", states)


def render_nothing_to_refresh(count: int, gone: int) -> Page:
    """Say that every post is up to date."""
    if not count:
        return Page(
            content=" ".join(
                filter(None, ["There are no posts of the job description in this server.", _forgotten(gone)])
            )
        )
    state = "The only post is" if count == 1 else f"All {count} posts are"
    return Page(content=" ".join(filter(None, [f"{state} up to date.", _forgotten(gone)])))


def render_refresh_preview(page: Page, stale: Sequence[PostState], gone: int) -> Page:
    """Return what the posts will say. If they differ, in their company for example, show the newest."""
    count = len(stale)
    where = "\n".join(f"- {state.where.url}" for state in stale)
    head = f"I'll update {_posts(count)}" + (" like this" if count == 1 else "; the newest will look like this")
    text = whole_lines("\n".join(filter(None, [f"{head}. {_forgotten(gone)}".strip(), where])), MAX_REFRESHED)
    return replace(page, content=text)


def render_changed_since_preview() -> Page:
    """Say that the knowledge changed since the preview."""
    return Page(content="My knowledge has changed since this preview. Please use `/manage jd-refresh` again.")


def render_refreshed(done: Refreshed) -> Page:
    """Report the result of an update."""
    lines = [f"Updated {_posts(done.updated)}. {_forgotten(done.gone)}".strip()]
    lines += [
        f"I couldn't update the post in <#{missing.channel_id}>: I need the "
        f"**{PERMISSION_NAMES[missing.permission]}** permission there. {GRANT}"
        for missing in done.lacking
    ]
    if done.failed:
        lines.append(f"Discord rejected {_posts(done.failed)}. Please try again in a moment.")
    return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))


def _page(description: JobDescription, attribution: str) -> Page:
    return Page(cards=(Card(text=as_markdown(description), source=attribution),))


def _listed(title: str, states: Sequence[PostState]) -> Page:
    lines = []
    for state in states:
        parts = [
            state.where.url,
            discord.utils.format_dt(state.post.posted_at, "d"),
            _escaped(state.post.options.company),
            _escaped(state.post.options.location),
            "up to date" if state.is_current else "**out of date**",
        ]
        lines.append("- " + " · ".join(filter(None, parts)))
    if not all(state.is_current for state in states):
        lines.append("Use `/manage jd-refresh` to update them.")
    return Page(cards=(Card(title=title, text=whole_lines("\n".join(lines), MAX_LIST)),))


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count} posts"


def _deleted(count: int) -> str:
    return "1 deleted post" if count == 1 else f"{count} deleted posts"


def _forgotten(gone: int) -> str:
    return f"I removed {_deleted(gone)} from my list." if gone else ""


def _escaped(text: str | None) -> str:
    return discord.utils.escape_markdown(text) if text else ""


def _unescaped(text: str | None) -> str | None:
    return _ESCAPED.sub(r"\1", text) if text else None
