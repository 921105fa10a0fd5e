"""The job description as a page, and what is said about its posts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
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
from bot.discord_app.permissions import MissingPermission, permission_name, who_can_grant
from bot.discord_app.posts import Edit, Whereabouts
from bot.knowledge.job_description import (
    JobDescription,
    NothingLeft,
    Particulars,
    as_markdown,
    describe,
    read_particulars,
    split_at_commas,
)
from bot.knowledge.model import KnowledgeBase, RoleSection
from bot.knowledge.translation_format import LANGUAGES
from bot.language.formats import sentences, series
from bot.language.languages import Language
from bot.language.names import called, own_name
from bot.language.speech import _, ngettext, read_back, speaking
from bot.storage.job_posts import JobPost, JobPostOptions

MAX_PARTICULAR = 100  # characters of a company or a location
MAX_APPLY_LINK = 400
MAX_REFRESHED = 800  # characters about the posts to update, above what they will say
UNCHANGED = JobPostOptions()
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


def whereabouts(post: JobPost) -> Whereabouts:
    """Return where a post is."""
    return Whereabouts(post.server_id, post.channel_id, post.message_id)


def render_job_description(knowledge: KnowledgeBase, options: JobPostOptions = UNCHANGED) -> Page:
    """Return the job description of the role, in the language of the options if it is translated into that.

    Raises:
        NothingLeft: The options leave out every section, or the knowledge has no role.
    """
    language = language_of(knowledge, options)
    said = knowledge.in_language(language)
    if said.role is None:
        raise NothingLeft
    description = describe(
        said.role,
        company=_escaped(options.company),
        location=_escaped(options.location),
        link=options.link,
        left_out=options.left_out,
    )
    with speaking(language):  # the language of the post's readers, not of whoever posts it
        return _page(description, render_attribution(said.source) if said.source else "")


def language_of(knowledge: KnowledgeBase, options: JobPostOptions) -> Language:
    """Return the language of the options, or that of the knowledge if there is no job description in it (anymore)."""
    wanted = options.language
    return wanted if wanted is not None and wanted in languages_of(knowledge) else knowledge.language


def languages_of(knowledge: KnowledgeBase) -> tuple[Language, ...]:
    """Return the languages that the job description is in; the one that the knowledge is written in comes first."""
    translated = (language for language, said in knowledge.translations.items() if said.role)
    return tuple(dict.fromkeys((knowledge.language, *translated)))


def version_of(page: Page) -> str:
    """Return a hash of what a job description says."""
    return hashlib.sha256(repr(page.cards).encode()).hexdigest()


def render_preview(page: Page, channel_id: int, options: JobPostOptions = UNCHANGED) -> Page:
    """Return a preview for the person who can post it, with the language and the ids of the sections left out."""
    head = _("Preview of the post in <#{channel}>. Only you can see it.", channel=channel_id)
    if options.language:
        head += "\n" + _in_language(own_name(options.language))
    if options.left_out:
        head += "\n" + _left_out(series(f"`{id_}`" for id_ in sorted(options.left_out)))
    return replace(page, content=shorten(head, MAX_CONTENT))


def read_options(texts: Sequence[str]) -> JobPostOptions:
    """Return the options that a preview was made with, from its texts: a head, and the description."""
    found = map(read_particulars, texts)
    particulars = next((each for each in found if each != Particulars()), Particulars())
    head = texts[0].splitlines() if texts else []
    left_out = next(filter(None, (read_back(line, _left_out) for line in head)), "")
    language = next(filter(None, (read_back(line, _in_language) for line in head)), "")
    return JobPostOptions(
        company=_unescaped(particulars.company),
        location=_unescaped(particulars.location),
        link=particulars.link,
        left_out=frozenset(_ID.findall(left_out)),
        language=called(language, map(Language, LANGUAGES)),
    )


def render_posted(url: str, *, is_remembered: bool = True) -> Page:
    """Confirm that the job description was posted."""
    posted = _("Posted: {address}", address=url)
    if is_remembered:
        return Page(content=posted)
    away = _("I can't reach my database right now, so `/manage jd-refresh` may not update this post.")
    return Page(content=f"{posted}\n{away}")


def render_no_job_description() -> Page:
    """Say that the knowledge has no role, and so no job description."""
    return Page(content=_("I have no job description to post."))


def render_gone_preview() -> Page:
    """Say that a preview can't be used: it was used already, is somebody else's, or is too old."""
    return Page(content=_("This preview has expired. Please use `/jd` again."))


def render_gone_channel() -> Page:
    """Say that a channel was deleted or can't be seen."""
    return Page(content=_("I can't see that channel, or it was deleted. I didn't post anything."))


def render_not_posted(preview: Page) -> Page:
    """Return the preview again after Discord rejected the post."""
    return preview.headed(_("Discord rejected the post. Please try again in a moment."))


def render_changed_preview(preview: Page) -> Page:
    """Return a preview in place of an older one that says something else."""
    return preview.headed(
        _("The job description has changed since this preview, so I didn't post it. Here's the new one.")
    )


def render_unknown_section(name: str, sections: Sequence[RoleSection]) -> Page:
    """Say that a section doesn't exist."""
    known = series(f"`{section.id}`" for section in sections)
    text = _("There's no section “{name}”. You can leave out {known}.", name=_escaped(name), known=known)
    return Page(content=shorten(text, MAX_CONTENT))


def render_nothing_left() -> Page:
    """Say that at least one section must stay."""
    return Page(content=_("That leaves out every section. Please keep at least one."))


def render_unknown_language(languages: Sequence[Language]) -> Page:
    """Say in which languages there is a job description."""
    text = _("I have the job description in these languages: {languages}.", languages=series(map(own_name, languages)))
    return Page(content=shorten(text, MAX_CONTENT))


def render_language_choices(typed: str, languages: Sequence[Language]) -> tuple[tuple[str, str], ...]:
    """Suggest languages by what is typed of their names or codes, as pairs of a name and a value."""
    wanted = typed.strip().casefold()
    named = ((own_name(language), language) for language in languages)
    return tuple((name, code) for name, code in named if wanted in f"{name} {code}".casefold())[:MAX_CHOICES]


def render_bad_link() -> Page:
    """Say that a link isn't a URL."""
    example = "https://example.org/jobs/tpm"
    return Page(content=_("The link must be a URL without spaces or brackets, such as {example}.", example=example))


def render_section_choices(typed: str, sections: Sequence[RoleSection]) -> tuple[tuple[str, str], ...]:
    """Suggest sections to leave out, as pairs of a name and a value: those typed so far, each with one more.

    Names that are too long lose their beginning, because they differ at the end.
    """
    *done, last = split_at_commas(typed.casefold())
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
    ends = (series(["…", *names[first:]] if first else names) for first in range(len(names)))
    return next((end for end in ends if len(end) <= MAX_OPTION), shorten(names[-1], MAX_OPTION))


def render_job_posts(states: Sequence[PostState]) -> Page:
    """List the posts of the job description."""
    if not states:
        return Page(content=_no_posts())
    return _listed(_("Job description posts"), states)


def render_nothing_to_refresh(count: int, gone: int) -> Page:
    """Say that every post is up to date."""
    if not count:
        return Page(content=sentences(_no_posts(), _forgotten(gone)))
    current = ngettext("The only post is up to date.", "All {count} posts are up to date.", count, count=count)
    return Page(content=sentences(current, _forgotten(gone)))


def render_refresh_preview(page: Page, stale: Sequence[PostState], gone: int) -> Page:
    """Return what the posts will say. If they differ, in their company for example, show the newest."""
    count = len(stale)
    where = "\n".join(f"- {state.where.url}" for state in stale)
    head = ngettext(
        "I'll update {count} post like this.",
        "I'll update {count} posts; the newest will look like this.",
        count,
        count=count,
    )
    text = whole_lines("\n".join([sentences(head, _forgotten(gone)), where]), MAX_REFRESHED)
    return replace(page, content=text)


def render_changed_since_preview() -> Page:
    """Say that the knowledge changed since the preview."""
    text = _("My knowledge has changed since this preview. Please use `/manage jd-refresh` again.")
    return Page(content=text)


def render_refreshed(edits: Sequence[Edit | MissingPermission]) -> Page:
    """Report what became of each post that was to be updated."""
    done, failed = edits.count(Edit.done), edits.count(Edit.failed)
    updated = ngettext("Updated {count} post.", "Updated {count} posts.", done, count=done)
    lines = [sentences(updated, _forgotten(edits.count(Edit.gone)))]
    lines += [_not_updated(edit) for edit in edits if isinstance(edit, MissingPermission)]
    if failed:
        rejected = ngettext(
            "Discord rejected {count} post. Please try again in a moment.",
            "Discord rejected {count} posts. Please try again in a moment.",
            failed,
            count=failed,
        )
        lines.append(rejected)
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
            _("up to date") if state.is_current else _("**out of date**"),
        ]
        lines.append("- " + " · ".join(filter(None, parts)))
    if not all(state.is_current for state in states):
        lines.append(_("Use `/manage jd-refresh` to update them."))
    return Page(cards=(Card(title=title, text=whole_lines("\n".join(lines), MAX_LIST)),))


def _in_language(name: str) -> str:
    return _("Language: {language}", language=name)


def _left_out(ids: str) -> str:
    return _("Left out: {sections}", sections=ids)


def _no_posts() -> str:
    return _("There are no posts of the job description in this server.")


def _not_updated(missing: MissingPermission) -> str:
    needed = _(
        "I couldn't update the post in <#{channel}>: I need the **{permission}** permission there.",
        channel=missing.channel_id,
        permission=permission_name(missing.permission),
    )
    return sentences(needed, who_can_grant())


def _forgotten(gone: int) -> str:
    if not gone:
        return ""
    return ngettext(
        "I removed {count} deleted post from my list.",
        "I removed {count} deleted posts from my list.",
        gone,
        count=gone,
    )


def _escaped(text: str | None) -> str:
    return discord.utils.escape_markdown(text) if text else ""


def _unescaped(text: str | None) -> str | None:
    return _ESCAPED.sub(r"\1", text) if text else None
