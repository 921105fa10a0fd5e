"""What commands, buttons and whoever else answers people work with; each client has its own."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.answering import Answering
from bot.discord_app.admission import Admission
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.asking.questions import Questions
from bot.discord_app.catch_up.clock import DiscordsClock
from bot.discord_app.catch_up.direct_messages import DirectMessages
from bot.discord_app.delivery import Delivery
from bot.discord_app.in_flight import InFlight
from bot.discord_app.interactions import Responses
from bot.discord_app.job_postings.board import JobBoard
from bot.discord_app.posting import Posting
from bot.discord_app.services import Services
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.discord_app.unanswered.tracking import AskedInVain
from bot.discord_app.underway import Underway
from bot.discord_app.voting.votes import Voting
from bot.operations.metrics import Metrics
from bot.storage.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolkit:
    """The parts of the Discord face that commands and buttons stand on; none of them knows a command or a button."""

    admission: Admission
    answering: Answering
    asked_in_vain: AskedInVain
    clock: DiscordsClock
    delivery: Delivery
    direct_messages: DirectMessages
    in_flight: InFlight
    job_board: JobBoard
    keeper: QuestionKeeper
    limits: FloodLimits
    metrics: Metrics
    posting: Posting
    questions: Questions
    responses: Responses
    stores: Stores
    underway: Underway
    voting: Voting


class Equipped:
    """A client that carries a toolkit, which is where a button that is clicked finds it."""

    tools: Toolkit


def tools_for(client: discord.Client, services: Services) -> Toolkit:
    """Return what is made anew for each client, together with what it is made of."""
    answering, stores, metrics = services.answering, services.stores, services.metrics
    delivery = Delivery(claims=stores.claims, in_flight=services.in_flight, metrics=metrics)
    posting = Posting(delivery=delivery)
    return Toolkit(
        admission=Admission(circuit=services.circuit),
        answering=answering,
        asked_in_vain=AskedInVain(keeper=services.keeper, answering=answering),
        clock=services.clock,
        delivery=delivery,
        direct_messages=DirectMessages(stores=stores),
        in_flight=services.in_flight,
        job_board=JobBoard(client=client, job_posts=stores.job_posts, posting=posting),
        keeper=services.keeper,
        limits=services.limits,
        metrics=metrics,
        posting=posting,
        questions=Questions(answering=answering, stores=stores, metrics=metrics),
        responses=Responses(
            circuit=services.circuit,
            claims=stores.claims,
            in_flight=services.in_flight,
            metrics=metrics,
        ),
        stores=stores,
        underway=Underway(),
        voting=Voting(stores=stores),
    )
