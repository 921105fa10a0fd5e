"""Answer interactions (commands, buttons, and menus), which must be acknowledged within 3 seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord

from bot.discord_app.forms import form_of, layout_of, parameters_of, replacing
from bot.discord_app.in_flight import InFlight
from bot.discord_app.page import Page, render_failure, render_storage_away
from bot.discord_app.recent import RecentIds
from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.retrying import retrying_requests, temporary_failure
from bot.discord_app.sender import address, resolution_of, say
from bot.discord_app.user_installs import is_brought_along
from bot.operations.logs import question_logged
from bot.operations.metrics import Metrics
from bot.storage.claimed_clicks import ClaimedClicks
from bot.storage.claims import Claims
from bot.storage.claims_table import Claim
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import QuestionSource, Resolution

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_SILENCE = 0.5  # seconds; then an interaction is acknowledged before its answer is known
TIME_FOR_ACKNOWLEDGEMENT = 2.9  # seconds; Discord gives 3
TIME_FOR_ATTEMPT = 1.2  # seconds; one that hangs leaves time for another, and a busy host half a second to start it
TIME_FOR_LAST_ATTEMPT = 0.4  # seconds that are left for it: a response often arrived though a busy host saw it too late
TIME_FOR_COMPLETION = 60.0  # seconds for all attempts to do what is left after the acknowledgement
TIME_FOR_COMPLETING_ATTEMPT = 8.0  # seconds
ALREADY_ACKNOWLEDGED = 40060  # what a repetition is told when the first attempt had arrived after all
_TOO_LATE = {10015, 10062, 50027}  # unknown webhook, unknown interaction, invalid webhook token


class Responses:
    """Answer interactions with pages. Nothing that is sent ever pings anybody.

    A response to an interaction may always have files (discord.py, `Context.bot_permissions`), so one message is
    enough. A follow-up has no nonce, so Discord couldn't recognize one that is sent twice. Files may take longer to
    send than Discord waits for the first response, so an interaction is acknowledged before them.

    | to answer | use |
    | --- | --- |
    | with a page that is ready | `respond` |
    | with what some work returns, which may be repeated | `acknowledged` |
    | with what some work returns, which must not run if the click seems to fail | `carry_out` |
    | by replacing the message with the button | `show_instead` |
    | for everyone | `publish` |
    | with a form to fill in | `open_form` |

    Args:
        circuit: holds requests back while Cloudflare blocks them.
        claims: record interactions that couldn't be answered.
        clicks: which process carries out what.
        in_flight: knows what is being answered.
        metrics: counts what became of each interaction.
    """

    def __init__(
        self, *, circuit: Circuit, claims: Claims, clicks: ClaimedClicks, in_flight: InFlight, metrics: Metrics
    ) -> None:
        self._circuit = circuit
        self._claims = claims
        self._clicks = clicks
        self._in_flight = in_flight
        self._metrics = metrics
        self._settled = RecentIds()
        last_attempt = TIME_FOR_ACKNOWLEDGEMENT - TIME_FOR_LAST_ATTEMPT
        note = metrics.request_retried
        self._acknowledging = retrying_requests(deadline=last_attempt, first_pause=0.1, note=note)
        self._completing = retrying_requests(deadline=TIME_FOR_COMPLETION, first_pause=0.5, note=note)

    async def respond(
        self,
        interaction: discord.Interaction[Any],
        page: Page,
        *,
        private: bool,
        resolution: Resolution = Resolution.answered,
    ) -> str | None:
        """Answer in a new message and return its address. `resolution` is what the answer means for the question."""
        with self._answering(interaction) as outcome:
            outcome.resolution = resolution
            if page.files:
                await self._acknowledge(partial(interaction.response.defer, ephemeral=private, thinking=True))
                return _address(interaction, (await self._edit(interaction, page)).id)
            send = partial(interaction.response.send_message, **parameters_of(page), ephemeral=private)
            sent = await self._acknowledge(send)
            return _address(interaction, sent.message_id) if sent and sent.message_id else None
        return None

    async def open_form(self, interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
        """Answer with a form to fill in, which has to be the first response."""
        with self._answering(interaction):
            await self._acknowledge(partial(interaction.response.send_modal, form))

    async def tell_of_fault(self, interaction: discord.Interaction[Any]) -> None:
        """Say that something went wrong, unless there already is an answer, and record a fault."""
        if interaction.response.is_done():
            self._settle(interaction, Resolution.closed_fault)
        else:
            await self.respond(interaction, render_failure(), private=True, resolution=Resolution.closed_fault)

    async def acknowledged(
        self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, Page], *, private: bool = True
    ) -> None:
        """Answer with the page that some work returns, which may wait for the database.

        If the work takes long, acknowledge the interaction first. If the database can't be used, or the work fails, say
        so.
        """
        working = asyncio.ensure_future(_page_of(work))
        with self._in_flight.doing(interaction.id):
            await asyncio.wait({working}, timeout=MAX_SILENCE)
            if working.done():
                page, resolution = await working
                await self.respond(interaction, page, private=private, resolution=resolution)
                return
            with self._answering(interaction) as outcome:
                defer = partial(interaction.response.defer, ephemeral=private, thinking=True)
                await self._acknowledge(defer, spent=MAX_SILENCE)
                page, outcome.resolution = await working
                await self._edit(interaction, page)
            await working  # finish it, even if nobody can be told

    async def carry_out(
        self,
        interaction: discord.Interaction[Any],
        work: Coroutine[Any, Any, Page],
        *,
        turn: asyncio.Lock | None = None,
    ) -> None:
        """Answer a button by replacing its message with the page that some work returns.

        The work changes something, so it starts only after Discord has accepted the acknowledgment. Otherwise Discord
        might tell somebody that their click failed although it worked. Of several processes that received the click,
        one does the work: Discord's acceptance doesn't tell which, since a retry is refused in the same words. It waits
        for its `turn` if it changes what others change, too, until their pages are shown.
        """
        with self._answering(interaction) as outcome, closing(work):
            await self._acknowledge(interaction.response.defer)
            if await self._claim(interaction):
                async with turn or nullcontext():
                    page, outcome.resolution = await _page_of(work)
                    await self._edit(interaction, page, layout=_has_layout(interaction))

    async def show_instead(self, interaction: discord.Interaction[Any], page: Page) -> str | None:
        """Answer a button by replacing its message, and return that message's address."""
        below = clicked_message(interaction)
        with self._answering(interaction):
            form = form_of(page, _permissions(interaction, below))
            if form.files:
                await self._acknowledge(interaction.response.defer)
                await self._edit(interaction, form, layout=_has_layout(interaction))
            else:
                changes = replacing(form, layout=_has_layout(interaction))
                await self._acknowledge(partial(interaction.response.edit_message, **changes))
            return _address(interaction, below.id)
        return None

    async def publish(self, interaction: discord.Interaction[Any], *, left: Page, public: Page) -> str | None:
        """Answer a button below a private message with a public message, and return its address.

        The private message gets the buttons of `left`.
        """
        with self._answering(interaction):
            await self._acknowledge(partial(interaction.response.edit_message, view=layout_of(left)))
            form = form_of(public, interaction.app_permissions)
            return _address(interaction, await say(_place_of(interaction), form, nonce=f"{interaction.id}.1"))
        return None

    async def remove(
        self, interaction: discord.Interaction[Any], parts: tuple[int, ...], on_success: Callable[[], None]
    ) -> None:
        """Answer a button by deleting its message, after the earlier `parts` of the same answer.

        If one of them can't be deleted, the button stays, so that the click can be repeated.
        """
        place = _place_of(interaction)
        with self._answering(interaction):
            await self._acknowledge(interaction.response.defer)
            for part in parts:
                with suppress(discord.NotFound):
                    await place.get_partial_message(part).delete()
            with suppress(discord.NotFound):  # by somebody else, or by an attempt that seemed to fail
                await self._complete(interaction.delete_original_response)
                on_success()

    async def _acknowledge(self, respond: Callable[[], Awaitable[T]], *, spent: float = 0.0) -> T | None:
        """Send the first response, with retries while there is time; return None if one arrived that seemed to fail.

        `spent` seconds have passed already.
        """

        async def attempt() -> T:
            async with asyncio.timeout(TIME_FOR_ATTEMPT):
                return await respond()

        begun = time.monotonic() - spent
        response: T | None = None
        try:
            async with asyncio.timeout(TIME_FOR_ACKNOWLEDGEMENT - spent):
                response = await self._acknowledging(partial(self._circuit.call, attempt))
        except discord.HTTPException as error:
            if _came_too_late(error):
                raise _Expired from error
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
        except (OSError, aiohttp.ClientError) as error:
            raise _Expired from error
        self._metrics.interaction_acknowledged(time.monotonic() - begun)
        return response

    async def _claim(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether this process is to carry out a click; while the database is away, each does."""
        try:
            return await self._clicks.claim(interaction.id)
        except StorageUnavailable:
            return True

    async def _edit(
        self, interaction: discord.Interaction[Any], page: Page, *, layout: bool = False
    ) -> discord.InteractionMessage:
        """Change what the first response says, and return it; `layout` as in `replacing`."""
        return await self._complete(lambda: interaction.edit_original_response(**replacing(page, layout=layout)))

    async def _complete(self, request: Callable[[], Awaitable[T]]) -> T:
        """Make a request that is safe to repeat, with retries."""

        async def attempt() -> T:
            async with asyncio.timeout(TIME_FOR_COMPLETING_ATTEMPT):
                return await request()

        async with asyncio.timeout(TIME_FOR_COMPLETION + TIME_FOR_COMPLETING_ATTEMPT):  # the circuit may wait longer
            return await self._completing(partial(self._circuit.call, attempt))

    @contextmanager
    def _answering(self, interaction: discord.Interaction[Any]) -> Iterator[_Outcome]:
        """Note what becomes of an interaction; log one line if it can't be answered."""
        outcome = _Outcome()
        with question_logged(interaction.id), self._in_flight.doing(interaction.id):
            try:
                yield outcome
            except (discord.HTTPException, aiohttp.ClientError, OSError, _Expired) as error:
                _log(interaction, error)
                is_expired = isinstance(error, _Expired)
                outcome.resolution = (
                    Resolution.closed_expired if is_expired else resolution_of(error) or Resolution.closed_unconfirmed
                )
            except BaseException as error:  # the bot is being stopped, or this is a fault
                is_stopped = isinstance(error, asyncio.CancelledError)
                self._settle(interaction, Resolution.closed_unconfirmed if is_stopped else Resolution.closed_fault)
                raise
            self._settle(interaction, outcome.resolution)

    def _settle(self, interaction: discord.Interaction[Any], resolution: Resolution) -> None:
        """Note what became of an interaction, once."""
        if interaction.id in self._settled:
            return
        self._settled.add((interaction.id,))
        self._metrics.question_settled(QuestionSource.interaction, resolution)
        if resolution.is_closed and not is_brought_along(interaction):
            claim = Claim(
                message_id=interaction.id,
                channel_id=interaction.channel_id or 0,
                server_id=interaction.guild_id,
                source=QuestionSource.interaction,
                claimed_at=interaction.created_at,
            )
            self._claims.settle(claim, resolution)


def clicked_message(interaction: discord.Interaction[Any]) -> discord.Message:
    """Return the message that a button or a menu belongs to."""
    if interaction.message is None:
        raise AssertionError("a button belongs to a message")
    return interaction.message


@dataclass(slots=True)
class _Outcome:
    """What becomes of an interaction unless something fails."""

    resolution: Resolution = Resolution.answered


class _Expired(Exception):
    """An interaction couldn't be acknowledged in time."""


def _came_too_late(error: discord.HTTPException) -> bool:
    return error.code in _TOO_LATE or temporary_failure(error) is not None


def _log(interaction: discord.Interaction[Any], error: Exception) -> None:
    cause = error.__cause__ if isinstance(error, _Expired) else error
    says = f"Discord says {cause.status}/{cause.code}" if isinstance(cause, discord.HTTPException) else None
    logger.warning("Can't answer interaction %s: %s.", interaction.id, says or type(cause).__name__)


async def _page_of(work: Coroutine[Any, Any, Page]) -> tuple[Page, Resolution]:
    try:
        return await work, Resolution.answered
    except StorageUnavailable as error:
        logger.warning("Somebody was told to try again. %s", error)
        return render_storage_away(error), Resolution.declined_unavailable
    except Exception:
        logger.exception("An interaction could not be answered.")
        return render_failure(), Resolution.closed_fault


def _address(interaction: discord.Interaction[Any], message_id: int) -> str:
    return address(interaction.guild_id, interaction.channel_id, message_id)


def _has_layout(interaction: discord.Interaction[Any]) -> bool:
    """Return whether the clicked message has Components V2."""
    return clicked_message(interaction).flags.components_v2


def _place_of(interaction: discord.Interaction[Any]) -> discord.PartialMessageable:
    client: discord.Client = interaction.client
    return client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)


def _permissions(interaction: discord.Interaction[Any], message: discord.Message) -> discord.Permissions:
    """Return what a message may be given: a response to an interaction may have everything, as discord.py documents."""
    may_all = message.interaction_metadata is not None or interaction.guild_id is None
    return discord.Permissions.all() if may_all else interaction.app_permissions
