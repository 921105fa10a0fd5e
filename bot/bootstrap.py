"""The composition root: the only module that sees every layer."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering import Answering
from bot.knowledge.file_format import FORMATS
from bot.knowledge.loading import load_knowledge, shipped_knowledge
from bot.matching.matcher import Matcher

if TYPE_CHECKING:
    from bot.knowledge.model import KnowledgeBase
    from bot.knowledge.watching import KnowledgeWatcher, Outcome
    from bot.settings import Settings

Stamps = tuple[tuple[int, ...], ...]

own_database = "sqlite:///data/bot.db"  # below the folder where the bot starts


def build_answering(settings: Settings) -> Answering:
    """Return the service that answers from the knowledge the settings name.

    Raises:
        KnowledgeError: The knowledge can't be used.
    """
    knowledge = load_knowledge(
        folder_of(settings),
        source_url=settings.source_url,
        contact_url=settings.contact_url,
    )
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge))


def build_watcher(
    settings: Settings, answering: Answering, report: Callable[[Outcome], None], *, stamps: Stamps | None
) -> KnowledgeWatcher:
    """Return what keeps a service up with the knowledge the settings name, and reports each outcome.

    `stamps` are those that the files had before the service was built: while they are the same, nothing is read again,
    which would take much memory for a moment.
    """
    from bot.knowledge.watching import KnowledgeWatcher

    is_first = True

    def load(folder: Path) -> KnowledgeBase:
        nonlocal is_first
        was_first, is_first = is_first, False
        if was_first and stamps is not None and stamps_of(folder) == stamps:
            return answering.knowledge
        return load_knowledge(folder, source_url=settings.source_url, contact_url=settings.contact_url)

    return KnowledgeWatcher(answering=answering, directory=folder_of(settings), load=load, report=report)


def stamps_of(folder: Path) -> Stamps | None:
    """Return what differs once one of the knowledge files is written or replaced; None if one can't be looked at."""
    try:
        found = [(folder / name).stat() for name in FORMATS]
    except OSError:
        return None
    return tuple((file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns) for file in found)


def folder_of(settings: Settings) -> Path:
    """Return the folder of the knowledge that the settings name."""
    return settings.knowledge_dir or shipped_knowledge


@asynccontextmanager
async def _in_background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do work that never ends by itself until the block does."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reload_on_hangup(watcher: KnowledgeWatcher) -> None:
    loop = asyncio.get_running_loop()
    underway: set[asyncio.Task[Any]] = set()  # the loop itself forgets tasks

    def reload() -> None:
        task = loop.create_task(watcher.reload())
        underway.add(task)
        task.add_done_callback(underway.discard)

    with contextlib.suppress(NotImplementedError, AttributeError):  # on Windows, which has no SIGHUP
        loop.add_signal_handler(signal.SIGHUP, reload)


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
    from bot.discord_app.owner_notices import OwnerNotices
    from bot.monitoring import AddressUnusable, serve_monitoring
    from bot.settings import ConfigurationError
    from bot.storage.errors import NewerSchema, UnusableDatabase
    from bot.storage.stores import Stores
    from bot.unanswered import QuestionKeeper

    token = settings.token()
    stamps = stamps_of(folder_of(settings))
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
            keeper = QuestionKeeper(
                questions=stores.unanswered, secret=stores.secret, keeps_text=settings.question_text == "on"
            )
            notices = OwnerNotices(find_bot=lambda: current[0] if current else None)

            def report(outcome: Outcome) -> None:
                _hand_back_memory()
                notices.note(outcome)

            watcher = build_watcher(settings, answering, report, stamps=stamps)

            def build() -> CareerBot:
                bot = CareerBot(
                    answering=answering,
                    delivery=delivery,
                    stores=stores,
                    keeper=keeper,
                    watcher=watcher,
                    gateway_url=settings.discord_gateway_url,
                )
                current[:] = [bot]
                return bot

            async with _in_background(watcher.watch(), keeper.keep_to_the_deadline()):
                _reload_on_hangup(watcher)
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
