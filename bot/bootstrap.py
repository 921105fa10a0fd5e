"""The composition root: the only module that sees every layer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bot.answering import Answering
from bot.authoring.snapshot import Snapshot, take_snapshot
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge, load_with_documents
from bot.library import FolderNews, Library
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice, Encoders
from bot.operations import memory
from bot.operations.background import begin, end

if TYPE_CHECKING:
    from bot.authoring.watching import KnowledgeWatcher, Reload
    from bot.discord_app.client import CareerBot
    from bot.discord_app.sharding.division import Sharding
    from bot.knowledge.model import KnowledgeBase
    from bot.operations import metrics
    from bot.settings import Settings
    from bot.storage.stores import Stores

logger = logging.getLogger(__name__)

TIME_TO_STOP = 7.5  # seconds, of the 10 that containers and services usually have
OWN_DATABASE = "sqlite:///data/bot.db"  # below the folder where the bot starts


def build_answering(settings: Settings, encoders: EncoderChoice | None = None) -> Answering:
    """Return the service that answers from the knowledge the settings name, with the encoders they ask for.

    Raises:
        KnowledgeError: The knowledge can't be used.
    """
    knowledge = load_knowledge(
        folder_of(settings),
        source_url=settings.source_url,
        contact_url=settings.contact_url,
    )
    matcher = Matcher(knowledge, encoders=build_encoders(settings) if encoders is None else encoders)
    return Answering(knowledge=knowledge, matcher=matcher)


def build_encoders(settings: Settings) -> EncoderChoice:
    """Return what encodes the meaning of questions, unless that is switched off; no model is loaded yet."""
    if settings.encoder == "off":
        return Encoders()
    from bot.encoders.installed import InstalledEncoders

    return InstalledEncoders(folder=_data_folder(settings))


def build_watcher(
    settings: Settings, answering: Answering, report: Callable[[Reload], None], *, loaded_from: Snapshot
) -> KnowledgeWatcher:
    """Return what keeps a service up with the knowledge the settings name, and reports each outcome.

    `loaded_from` is what the files were like before the service was built.
    """
    from bot.authoring.watching import KnowledgeWatcher

    load = partial(load_with_documents, source_url=settings.source_url, contact_url=settings.contact_url)
    return KnowledgeWatcher(answering=answering, loaded_from=loaded_from, load=load, report=report)


def folder_of(settings: Settings) -> Path:
    """Return the folder of the knowledge that the settings name."""
    return settings.knowledge_dir or SHIPPED_KNOWLEDGE


@asynccontextmanager
async def _in_background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do work that never ends by itself until the block does."""
    tasks = [begin(each) for each in work]
    try:
        yield
    finally:
        await end(tasks)


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
    """Answer on Discord until SIGTERM or SIGINT; then finish what is in flight, while there is time.

    A second signal ends it at once.

    Raises:
        ConfigurationError: Discord refuses the token or the intents, or a setting or the database can't be used.
        KnowledgeError: The knowledge can't be used.
    """
    serving = asyncio.create_task(_serve(settings))

    def stop(number: int) -> None:
        if serving.cancelling():
            os._exit(128 + number)  # as a shell reports it; what is claimed is taken up by the next start
        serving.cancel()
        asyncio.get_running_loop().call_later(TIME_TO_STOP, give_up)

    def give_up() -> None:
        logger.warning("Closing takes too long. What isn't finished is left to the next start.")
        _end_now()

    with contextlib.suppress(NotImplementedError):  # on Windows, where Ctrl-C works anyway
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        await serving
    except asyncio.CancelledError:
        if not serving.cancelled():
            raise
        _end_now()


def _end_now() -> NoReturn:
    """End without waiting, as Python would, for threads that encode knowledge or wait for a database."""
    logging.shutdown()
    os._exit(0)


async def _serve(settings: Settings) -> None:
    from prometheus_client import CollectorRegistry

    from bot.authoring.taught import TaughtKnowledge, retire_repeatedly
    from bot.discord_app.asking.flood import FloodLimits
    from bot.discord_app.client import CareerBot
    from bot.discord_app.connection import DiscordRefuses, run_until_closed
    from bot.discord_app.moderation.owner_notices import OwnerNotices
    from bot.discord_app.patches import reconnect_patiently, refuse_unreadable_responses, use_addresses
    from bot.discord_app.unanswered.keeper import QuestionKeeper
    from bot.operations.metrics import Metrics
    from bot.operations.monitoring import AddressUnusable, LoopLag, serve_monitoring
    from bot.settings import ConfigurationError
    from bot.storage.errors import NewerSchema, OldServer, UnusableDatabase
    from bot.storage.purging import purge_repeatedly
    from bot.storage.stores import Stores

    memory.collect_less_often()
    memory.share_between_threads()
    token, sharding = settings.token(), _sharding(settings)
    loaded_from = take_snapshot(folder_of(settings))
    encoders = build_encoders(settings)
    answering = build_answering(settings, encoders)
    encoders.best_for(english=True)  # checks the models' files, and warns about bad ones, before anyone asks
    _log_effects(settings, answering.knowledge)
    metrics = Metrics(registry := CollectorRegistry())

    use_addresses(api=settings.discord_api_url, gateway=settings.discord_gateway_url)
    reconnect_patiently()
    refuse_unreadable_responses()
    try:
        async with (
            LoopLag(metrics.loop_lagged) as loop_lag,
            Stores.open(database_address(settings), process=_name_of_process()) as stores,
        ):
            keeper = QuestionKeeper(
                questions=stores.unanswered, secret=stores.secret, keeps_text=settings.question_text == "on"
            )

            def report(outcome: Reload) -> None:
                memory.hand_back_former()
                metrics.knowledge_reloaded(_label_of(outcome))
                notices.note(outcome)
                bot.note_reload()

            def report_folder(news: FolderNews) -> None:
                notices.note_folder(news)
                bot.note_reload()

            watcher = build_watcher(settings, answering, report, loaded_from=loaded_from)
            library = Library(
                shared=answering,
                directory=folder_of(settings),
                taught=TaughtKnowledge(items=stores.taught),
                report=report_folder,
            )
            await library.open()
            bot = CareerBot(
                library=library,
                keeper=keeper,
                limits=FloodLimits.of(settings.questions_a_minute),
                metrics=metrics,
                sharding=sharding,
                stores=stores,
                watcher=watcher,
                gateway_url=settings.discord_gateway_url,
            )
            notices = OwnerNotices(bot)

            metrics.watch(partial(_state_of, bot, answering, stores))

            def checks() -> dict[str, bool]:
                return {
                    "gateway": bot.is_connected,
                    "knowledge": answering.is_prepared and bool(answering.knowledge.entries),
                    "database": stores.database.is_available,
                    "loop": loop_lag.keeps_up,
                }

            async with (
                serve_monitoring(settings.monitoring_address, checks, registry),
                _in_background(
                    _prepare(answering),
                    watcher.watch(),
                    library.watch(),
                    purge_repeatedly(
                        keeper.forget_expired,
                        stores.claims.forget_expired,
                        stores.direct_channels.forget_expired,
                        stores.handoffs.forget_expired,
                        stores.drafts.forget_expired,
                        stores.digests.forget_expired,
                        stores.claimed_clicks.forget_expired,
                    ),
                    stores.servers.watch(),
                    stores.taught.watch(),
                    retire_repeatedly(library, stores.taught),
                    memory.trim_repeatedly(),
                ),
            ):
                _reload_on_hangup(watcher)
                await run_until_closed(bot, token)
    except (DiscordRefuses, AddressUnusable, UnusableDatabase, NewerSchema, OldServer) as error:
        raise ConfigurationError(str(error)) from None


async def _prepare(answering: Answering) -> None:
    await answering.prepare_beside()
    memory.hand_back()


def _sharding(settings: Settings) -> Sharding:
    from bot.discord_app.sharding.division import BadShards, choose_shards
    from bot.settings import ConfigurationError

    try:
        chosen = choose_shards(
            count=settings.shard_count,
            ids=settings.shard_ids,
            processes=settings.shard_processes,
            process=settings.shard_process,
            host=socket.gethostname(),
        )
    except BadShards as error:
        raise ConfigurationError(str(error)) from None
    if chosen.is_part and database_address(settings).startswith("sqlite"):
        raise ConfigurationError(
            "This process has only some of the shards, so it needs a database that all processes share. Set "
            "DATABASE_URL to one on PostgreSQL, the same for all of them."
        )
    return chosen


def _name_of_process() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _log_effects(settings: Settings, knowledge: KnowledgeBase) -> None:
    """Say which settings have no effect, or one that people may not expect."""
    if settings.claims:
        logger.warning("CLAIMS no longer has any effect. Remove it from the settings.")
    if settings.encoder == "off":
        logger.info("ENCODER is off, so questions are understood by their words alone.")
    if settings.source_url and knowledge.source is None:
        logger.warning("SOURCE_URL has no effect: faq.yaml names no source.")
    if settings.contact_url and all(
        link.url != settings.contact_url for entry in knowledge.entries for link in entry.links
    ):
        logger.warning("CONTACT_URL has no effect: there's no section contact in role.yaml.")


def _label_of(outcome: Reload) -> metrics.Reload:
    """Return how metrics call what became of an edit."""
    from bot.authoring.watching import Kept, Served, Unchanged
    from bot.operations import metrics

    match outcome:
        case Served():
            return metrics.Reload.replaced
        case Kept():
            return metrics.Reload.refused
        case Unchanged():
            return metrics.Reload.unchanged


def _state_of(bot: CareerBot, answering: Answering, stores: Stores) -> metrics.State:
    """Return the current state, for whoever monitors the bot."""
    from bot.operations import metrics

    return metrics.State(
        knowledge_version=answering.knowledge.version,
        database_up=stores.database.is_available,
        circuit_open=bot.circuit.is_open,
        circuit_opened=bot.circuit.opened,
        questions_in_flight=len(bot.in_flight),
        shards=bot.shard_states,
        dropped={
            metrics.Dropped.statistics: stores.recorder.dropped,
            metrics.Dropped.claims: stores.claims.dropped,
        },
    )


def _data_folder(settings: Settings) -> Path:
    """Return where the bot may write: where its SQLite file is, else `data` below the folder where it starts."""
    address = database_address(settings)
    scheme, _, path = address.partition(":///")
    return Path(path).parent if scheme.startswith("sqlite") else Path("data")


def database_address(settings: Settings) -> str:
    """Return the address of the database that the settings name."""
    return settings.database_address() or OWN_DATABASE
