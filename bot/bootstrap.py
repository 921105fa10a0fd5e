"""The composition root: the only module that sees every layer."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import signal
from typing import TYPE_CHECKING

from bot.answering import Answering
from bot.knowledge.loading import load_knowledge, shipped_knowledge
from bot.matching.matcher import Matcher

if TYPE_CHECKING:
    from bot.settings import Settings

own_database = "sqlite:///data/bot.db"  # below the folder where the bot starts


def build_answering(settings: Settings) -> Answering:
    """Return the service that answers from the knowledge the settings name.

    Raises:
        KnowledgeError: The knowledge can't be used.
    """
    knowledge = load_knowledge(
        settings.knowledge_dir or shipped_knowledge,
        source_url=settings.source_url,
        contact_url=settings.contact_url,
    )
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge))


async def run_discord(settings: Settings) -> None:
    """Answer on Discord until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: Discord refuses the token or the intents, or a setting or the database can't be used.
        KnowledgeError: The knowledge can't be used.
    """
    serving = asyncio.create_task(_serve(settings))
    with contextlib.suppress(NotImplementedError):  # on Windows, where Ctrl-C works all the same
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        if not serving.cancelled():
            raise


async def _serve(settings: Settings) -> None:
    from bot.discord_app.client import CareerBot
    from bot.discord_app.connection import DiscordRefuses, run_until_closed, use_addresses
    from bot.discord_app.delivery import Delivery
    from bot.monitoring import AddressUnusable, serve_monitoring
    from bot.settings import ConfigurationError
    from bot.storage.errors import NewerSchema, UnusableDatabase
    from bot.storage.stores import Stores

    token = settings.token()
    answering = build_answering(settings)
    delivery = Delivery()
    current: list[CareerBot] = []

    def checks() -> dict[str, bool]:
        return {"gateway": any(bot.is_connected for bot in current), "knowledge": True}

    use_addresses(api=settings.discord_api_url, gateway=settings.discord_gateway_url)
    try:
        async with (
            serve_monitoring(settings.monitoring_address, checks),
            Stores.open(_database_address(settings)) as stores,
        ):

            def build() -> CareerBot:
                bot = CareerBot(
                    answering=answering,
                    delivery=delivery,
                    stores=stores,
                    gateway_url=settings.discord_gateway_url,
                )
                current[:] = [bot]
                return bot

            _hand_back_memory()
            await run_until_closed(build, token)
    except (DiscordRefuses, AddressUnusable, UnusableDatabase, NewerSchema) as error:
        raise ConfigurationError(str(error)) from None


def _database_address(settings: Settings) -> str:
    return settings.database_url.get_secret_value() if settings.database_url else own_database


def _hand_back_memory() -> None:
    """Give the system what reading the knowledge and bringing the database up to date needed for a moment."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no glibc here
        ctypes.CDLL(None).malloc_trim(0)
