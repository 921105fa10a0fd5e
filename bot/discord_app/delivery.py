"""Bring a reply to Discord: exactly one, in the form that the place allows."""

from __future__ import annotations

import logging
from typing import Any

import discord

from bot.discord_app.buttons import view_of
from bot.discord_app.rendering import Page, Reaction, Reply

logger = logging.getLogger(__name__)

silent = discord.AllowedMentions.none()


class Delivery:
    """Send what was rendered. Nothing it sends ever pings anybody."""

    async def reply_to(self, message: discord.Message, reply: Reply) -> None:
        """Reply to a message; where the bot may not, write one log line."""
        permissions = _permissions(message)
        try:
            if isinstance(reply, Reaction):
                await self._react(message, reply, permissions)
            elif _may_send(message, permissions):
                await self._send(message, reply, permissions)
            else:
                logger.warning("Can't answer in channel %s: Send Messages is not allowed there.", message.channel.id)
        except discord.HTTPException as error:
            logger.warning(
                "Can't answer in channel %s: Discord says %s/%s.", message.channel.id, error.status, error.code
            )

    async def respond(self, interaction: discord.Interaction[Any], page: Page, *, private: bool) -> None:
        """Answer a command, a button or a menu with a message of its own."""
        page = _fitting(interaction, page)
        await interaction.response.send_message(
            page.content or None,
            embeds=page.embeds,
            view=view_of(page) or discord.utils.MISSING,
            ephemeral=private,
            allowed_mentions=silent,
        )

    async def show_instead(self, interaction: discord.Interaction[Any], page: Page) -> None:
        """Answer a button by replacing the message that it stands below."""
        page = _fitting(interaction, page)
        await interaction.response.edit_message(
            content=page.content or None, embeds=page.embeds, view=view_of(page), allowed_mentions=silent
        )

    async def _react(self, message: discord.Message, reply: Reaction, permissions: discord.Permissions) -> None:
        if permissions.add_reactions and permissions.read_message_history:
            await message.add_reaction(reply.emoji)

    async def _send(self, message: discord.Message, page: Page, permissions: discord.Permissions) -> None:
        page = page if permissions.embed_links else page.without_embeds()
        quoted = message.to_reference(fail_if_not_exists=False) if permissions.read_message_history else None
        await message.channel.send(
            page.content or None,
            embeds=page.embeds,
            view=view_of(page) or discord.utils.MISSING,
            reference=quoted or discord.utils.MISSING,
            mention_author=False,
            allowed_mentions=silent,
            nonce=str(message.id),
        )


def _permissions(message: discord.Message) -> discord.Permissions:
    if message.guild is None:
        return discord.Permissions.all()
    return message.channel.permissions_for(message.guild.me)


def _may_send(message: discord.Message, permissions: discord.Permissions) -> bool:
    in_thread = isinstance(message.channel, discord.Thread)
    return permissions.send_messages_in_threads if in_thread else permissions.send_messages


def _fitting(interaction: discord.Interaction[Any], page: Page) -> Page:
    """Use embeds only where the bot may."""
    allowed = interaction.guild_id is None or interaction.app_permissions.embed_links
    return page if allowed else page.without_embeds()
