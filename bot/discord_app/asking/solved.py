"""The button that marks a forum post as solved, for its author and moderators.

It sets a tag, which takes Manage Threads. The invitation doesn't ask for that, so the button is offered only where the
bot has it, and `/manage settings` names it where it's missing.
"""

from __future__ import annotations

import logging
from typing import Any

import discord

from bot.discord_app.asking.posts import solved_tag
from bot.discord_app.clicks import Clickable, reply_privately, responses_of
from bot.discord_app.page import LAST_ROW, Page
from bot.discord_app.permissions import MissingPermission, own_permissions, permission_name, render_missing_permission
from bot.discord_app.sender import NotTaken, refusals_raised
from bot.language.speech import _

logger = logging.getLogger(__name__)

MAX_TAGS = 5  # of a post


class SolvedButton(Clickable[discord.ui.Button[Any]], template="^solved$"):
    """Tag the post that the button is in. Whose post it is stands in the post."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label=_("Solved"), emoji="✅", custom_id="solved", row=LAST_ROW))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Set the tag, or say who can or what is missing."""
        post = interaction.channel
        if not isinstance(post, discord.Thread):
            await reply_privately(interaction, render_no_tag())
        elif post.owner_id == interaction.user.id or _moderates(interaction):
            await responses_of(interaction).acknowledged(interaction, _mark(interaction, post))
        else:
            await reply_privately(interaction, render_not_theirs())


def is_offered_in(post: discord.Thread) -> bool:
    """Return whether the button would work for the author of a post."""
    permissions = own_permissions(post)
    may = permissions is not None and permissions.manage_threads
    return may and solved_tag(post, moderated=False) is not None


def render_not_theirs() -> Page:
    """Say who can mark a post as solved."""
    return Page(
        content=_(
            "Only the post's author can mark it as solved, or someone with **{messages}** or **{threads}**.",
            messages=permission_name("manage_messages"),
            threads=permission_name("manage_threads"),
        )
    )


def render_no_tag() -> Page:
    """Say that there is no tag to set."""
    return Page(content=_("This forum has no tag for solved posts that you can set."))


async def _mark(interaction: discord.Interaction[Any], post: discord.Thread) -> Page:
    if not interaction.app_permissions.manage_threads:
        missing = MissingPermission("manage_threads", is_the_bots=True, channel_id=post.parent_id)
        return render_missing_permission(missing)
    try:
        with refusals_raised():
            current = await post.guild.fetch_channel(post.id)  # its tags and whether it's archived, as they are now
            if not isinstance(current, discord.Thread):
                return render_no_tag()
            return await _tag(current, moderated=interaction.permissions.manage_threads)
    except NotTaken as refusal:
        logger.warning("Can't mark post %s as solved: %s.", post.id, refusal)
        return Page(content=_("Discord didn't let me set the tag. Please try again in a moment."))


async def _tag(post: discord.Thread, *, moderated: bool) -> Page:
    if post.archived:  # to change it, one would have to unarchive it
        return Page(content=_("This post is closed, so I left it as it is. Reopen it to mark it as solved."))
    if (tag := solved_tag(post, moderated=moderated)) is None:
        return render_no_tag()
    if tag not in post.applied_tags:
        if len(post.applied_tags) >= MAX_TAGS:
            full = _("This post has {count} tags, the most Discord allows. Remove one and try again.", count=MAX_TAGS)
            return Page(content=full)
        await post.add_tags(tag)
    return Page(content=_("This post is now tagged **{tag}**.", tag=discord.utils.escape_markdown(tag.name)))


def _moderates(interaction: discord.Interaction[Any]) -> bool:
    return interaction.permissions.manage_messages or interaction.permissions.manage_threads
