"""What the bot looks at in a forum before it answers a post: its tags, who replied, and what was answered before."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import discord

from bot.bounded import BoundedMap

MAX_MESSAGES = 50  # that are looked at for replies by staff
MAX_PEOPLE = 5  # who are looked up; among more, nobody waits for an automatic answer
MAX_REMEMBERED = 1000  # posts

_SOLVED = frozenset(  # in the languages that the bot speaks
    {
        *("answered", "resolved", "solved"),
        *("解決", "解決済", "解決済み", "回答済み"),
        *("beantwortet", "erledigt", "geklärt", "gelöst"),
        *("contestada", "contestado", "respondida", "respondido", "resuelta", "resuelto", "solucionada", "solucionado"),
        *("répondu", "répondue", "résolu", "résolue"),
        *("resolvida", "resolvido"),
    }
)


def means_solved(tag_name: str) -> bool:
    """Return whether a tag marks a post as solved, by its name in any case and with any emoji."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFC", tag_name))).casefold() in _SOLVED


def is_open(post: discord.Thread, skipped_tags: Collection[str]) -> bool:
    """Return whether a post may be answered: it isn't archived, which a message would undo, or tagged to be skipped."""
    names = [tag.name for tag in post.applied_tags]
    return not post.archived and not any(means_solved(name) or name in skipped_tags for name in names)


def solved_tag(post: discord.Thread, *, moderated: bool) -> discord.ForumTag | None:
    """Return the tag of a post's forum that means solved, if any; only moderators may use a `moderated` one."""
    forum = post.parent
    tags = forum.available_tags if isinstance(forum, discord.ForumChannel) else ()
    found = [tag for tag in tags if means_solved(tag.name) and (moderated or not tag.moderated)]
    return found[0] if found else None


async def has_reply_by_staff(post: discord.Thread) -> bool:
    """Return whether someone who may manage messages or threads there, other than its author, replied to a post.

    So much is read only of a post with more than its first message. Say so as well where many people talk, or where the
    messages can't be read.

    Raises:
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    if post.last_message_id in {None, post.id}:
        return False
    authors = [message.author async for message in post.history(limit=MAX_MESSAGES)]
    people = {author.id for author in authors if not author.bot} - {post.owner_id}
    if not authors or len(people) > MAX_PEOPLE:
        return True
    for person_id in people:
        try:
            may = post.permissions_for(await post.guild.fetch_member(person_id))
        except discord.NotFound:  # they have left
            continue
        if may.manage_messages or may.manage_threads:
            return True
    return False


class AnsweredPosts:
    """The last post that was answered with the same entries in each forum: ids and addresses, in memory only."""

    def __init__(self, *, capacity: int = MAX_REMEMBERED) -> None:
        self._answers: BoundedMap[tuple[int, tuple[str, ...]], tuple[int, str]] = BoundedMap(capacity)

    def before(self, forum_id: int, topics: tuple[str, ...], post_id: int) -> str | None:
        """Return the address of the answer to an earlier post."""
        earlier, address = self._answers.get((forum_id, topics), (post_id, None))
        return address if earlier != post_id else None

    def remember(self, forum_id: int, topics: tuple[str, ...], post_id: int, address: str) -> None:
        """Remember an answer."""
        self._answers[forum_id, topics] = (post_id, address)

    def forget(self, gone_id: int) -> None:
        """Forget a post or an answer that was deleted."""
        gone = [key for key, (_, address) in self._answers.items() if str(gone_id) in address.split("/")[-2:]]
        for key in gone:
            del self._answers[key]
