"""What a hostile client makes up: every button, menu, and form with the ids of another person or another server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from every_page import every_kind

from bot.storage.schema import metadata
from bot_process import BotProcess
from e2e.database import counted, rows
from e2e.questions import CODING
from e2e.teaching.lessons import drafts, shown_first, teaches
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, ResponseKind

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

UNKNOWN = "xqzt vlrm wpfk"
VERSION = "0123456789abcdef"
BUTTON, TEXT_MENU, ROLE_MENU, CHANNEL_MENU = 2, 3, 6, 8
LACKS_MESSAGES = "You need the **Manage Messages** permission in this server."
LACKS_SERVER = "You need the **Manage Server** permission in this server."
NO_BUTTON = "I don't know this button anymore."
NO_CHOICE = "That's no longer an option."
NO_DRAFT = "That draft is gone"
NO_ENTRY = "I no longer have an answer for that."
NO_ITEM = "That isn't taught here anymore"
NO_PREVIEW = "This preview has expired."
NO_QUESTION = "That one is already gone"
NO_SCREEN = "This has expired."
NO_TAG = "This forum has no tag for solved posts"
THEIR_LIST = "Nobody has taught me anything here yet."
THEIR_PLAN = "### Weekly digest"
THEIR_SETTINGS = "### Settings of this server"
WHAT_EVERYBODY_SEES = "### What I can answer"
DELETED = "their own message is deleted"
FORM = "a form that is empty"


@dataclass(frozen=True)
class Forgery:
    """What a client sends, and what a member of the same server and a moderator of another one read then."""

    custom_id: str
    member: str
    stranger: str
    kind: int = BUTTON
    value: str = ""


def setting(name: str, value: str, told: str = THEIR_SETTINGS, *, kind: int = TEXT_MENU) -> Forgery:
    return Forgery(f"settings:{name}", LACKS_SERVER, told, kind, value)


def plan(name: str, value: str, told: str = THEIR_PLAN, *, kind: int = TEXT_MENU) -> Forgery:
    return Forgery(f"digest:{name}", LACKS_MESSAGES, told, kind, value)


FORGERIES = {
    "AllTopicsButton": Forgery("all-topics", WHAT_EVERYBODY_SEES, WHAT_EVERYBODY_SEES),
    "AnswerButton": Forgery("point:{question}:{mia}::coding", LACKS_MESSAGES, "That message was deleted"),
    "ApproveButton": Forgery("taught-approve:{item}:1:", LACKS_SERVER, NO_ITEM),
    "AskHumanButton": Forgery("ask-human:m:{server}:{question}:{mia}", "Only the person who asked", NO_BUTTON),
    "ChangeButton": Forgery("teach-change:{draft}", NO_DRAFT, NO_DRAFT),
    "ConfidenceMenu": setting("confidence", "0.0", NO_CHOICE),
    "DeleteButton": Forgery("delete:{mia}:{answer}", "Only the person who asked", DELETED),
    "DigestChannelMenu": plan("channel", "{channel}", NO_CHOICE, kind=CHANNEL_MENU),
    "DiscardButton of /jd": Forgery("jd-discard:{mia}", NO_PREVIEW, NO_PREVIEW),
    "DiscardButton of a draft": Forgery("teach-discard:{draft}", NO_DRAFT, NO_DRAFT),
    "DismissButton": Forgery("gap-dismiss::{question}", LACKS_MESSAGES, NO_QUESTION),
    "EditButton": Forgery("taught-edit:{item}:1:", LACKS_MESSAGES, NO_ITEM),
    "ExpiredButton": Forgery("jd-post:1", NO_PREVIEW, NO_PREVIEW),
    "ForumsMenu": setting("forums", "{channel}", NO_CHOICE, kind=CHANNEL_MENU),
    "HandoffChannelMenu": setting("handoff-channel", "{channel}", NO_CHOICE, kind=CHANNEL_MENU),
    "HandoffPingsMenu": setting("handoff-pings", "20"),
    "HandoffRoleMenu": setting("handoff-role", "{server}", NO_CHOICE, kind=ROLE_MENU),
    "HelpChannelMenu": setting("help", "{channel}", NO_CHOICE, kind=CHANNEL_MENU),
    "HourMenu": plan("hour", "3"),
    "ItemMenu": Forgery("taught-pick:", LACKS_MESSAGES, NO_ITEM, TEXT_MENU, "{item}"),
    "LanguageMenu": setting("language", "xx", NO_CHOICE),
    "MentionChannelsMenu": setting("mentions", "{channel}", NO_CHOICE, kind=CHANNEL_MENU),
    "MistakenButton": Forgery("mistaken:{mia}:{answer}:coding", "Only the post's author", DELETED),
    "PageButton": Forgery("taught-page:0:", LACKS_MESSAGES, THEIR_LIST),
    "PostBoardButton": Forgery("board-post:{max}::{channel}", NO_SCREEN, NO_SCREEN),
    "PostButton": Forgery(f"jd-post:{{max}}::{{channel}}:{VERSION}", NO_PREVIEW, NO_PREVIEW),
    "PrivacyMenu": setting("privacy", "public"),
    "PublishButton": Forgery("publish:coding,nonsense", NO_ENTRY, NO_ENTRY),
    "RefreshButton": Forgery(f"jd-refresh:{{max}}::{VERSION}", NO_PREVIEW, NO_PREVIEW),
    "RemoveBoardButton": Forgery("board-remove:{max}::{channel}", NO_SCREEN, NO_SCREEN),
    "SaveButton": Forgery(f"teach-save:{{draft}}:1:{VERSION}", NO_DRAFT, NO_DRAFT),
    "SolvedButton": Forgery("solved", NO_TAG, NO_TAG),
    "SuggestionButton": Forgery("suggestion:{mia}:nonsense", NO_ENTRY, NO_ENTRY),
    "TagsMenu": setting("tags", "Bug", NO_CHOICE),
    "TeachBetterButton": Forgery("teach-better:{answer}:{question}:coding", LACKS_MESSAGES, FORM),
    "TeachButton": Forgery("teach-none", LACKS_MESSAGES, FORM),
    "TeachForm of a draft": Forgery("teach:{draft}:0:0:", NO_DRAFT, NO_DRAFT),
    "TeachForm of an item": Forgery("teach:0:{item}:1:", LACKS_MESSAGES, NO_ITEM),
    "TeachingMenu": setting("teaching", "at-once"),
    "TimeZoneMenu": plan("time-zone", "Asia/Tokyo"),
    "TopicButton": Forgery("topic:nonsense", NO_ENTRY, NO_ENTRY),
    "TopicMenu": Forgery("topics:0", NO_ENTRY, NO_ENTRY, TEXT_MENU, "nonsense"),
    "UndoButton": Forgery("taught-undo:{item}:1:", LACKS_MESSAGES, NO_ITEM),
    "VoteButton": Forgery("vote:up:nonsense", NO_ENTRY, NO_ENTRY),
    "WeekdayMenu": plan("weekday", "3"),
    "WriteAnswerButton": Forgery("digest-answer:{question}", LACKS_MESSAGES, "That question is gone"),
}


@dataclass(frozen=True)
class Home:
    """A server whose moderator taught the bot, and where questions were answered and not."""

    channel: Channel
    ids: dict[str, int]

    def stored(self, directory: Path) -> dict[str, list[Any]]:
        """Return all that is stored about the server."""
        tables = [table.name for table in metadata.sorted_tables if "server_id" in table.c]
        query = "SELECT * FROM {} WHERE server_id = ?"
        return {name: rows(directory, query.format(name), self.ids["server"]) for name in tables if name != "claims"}

    def shown(self) -> list[str]:
        """Return all that the server sees of the bot."""
        return [message.text for message in self.channel.history() if message.author is self.channel.fake.bot]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(fake: FakeDiscord, guild: Guild, bot: BotProcess, directory: Path) -> Home:
    assert bot.pid
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
    moderator = guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES))
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    asked = await mia.asks(channel, UNKNOWN)
    await fake.reply_to(asked)
    await counted(directory, guild.id, "refused")
    said = await mia.says(channel, "when does the ferry leave?")
    await teaches(moderator, said)
    shown = await shown_first(moderator, channel)
    preview = await drafts(moderator, said, "Where is the pier?")
    item, draft = (_number_in(message.buttons[0]["custom_id"]) for message in (shown, preview))
    people = {"mia": mia.id, "max": moderator.id}
    places = {"server": guild.id, "channel": channel.id}
    return Home(channel, {"answer": answer.id, "question": asked.id, "item": item, "draft": draft, **people, **places})


def _number_in(custom_id: str) -> int:
    return int(re.findall(r":(\d+)", custom_id)[0])


async def test_every_button_menu_and_form_is_forged() -> None:
    assert {name.split()[0] for name in FORGERIES} == {kind.__name__ for kind in every_kind()}


async def test_a_member_does_nothing_with_what_is_anothers(guild: Guild, home: Home, directory: Path) -> None:
    eve, channel = guild.add_member("eve"), guild.add_text_channel("other")
    before = home.stored(directory), home.shown()

    told = {name: await sends(eve, channel, forgery, home) for name, forgery in FORGERIES.items()}

    assert {name: said for name, said in told.items() if not said.startswith(FORGERIES[name].member)} == {}
    assert (home.stored(directory), home.shown()) == before


async def test_a_moderator_does_nothing_with_what_is_another_servers(
    fake: FakeDiscord, home: Home, directory: Path
) -> None:
    elsewhere = fake.add_guild("Elsewhere")
    mods = elsewhere.add_role("mods", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD)
    sam, channel = elsewhere.add_member("sam", mods), elsewhere.add_text_channel("general")
    before = home.stored(directory), home.shown()

    told = {name: await sends(sam, channel, forgery, home) for name, forgery in FORGERIES.items()}

    assert {name: said for name, said in told.items() if not said.startswith(FORGERIES[name].stranger)} == {}
    assert (home.stored(directory), home.shown()) == before


async def sends(person: Member, channel: Channel, forgery: Forgery, home: Home) -> str:
    """Send it as if it stood below a message of the bot's, and return what it is answered with."""
    custom_id, value = forgery.custom_id.format(**home.ids), forgery.value.format(**home.ids)
    if custom_id.startswith("teach:"):
        submission = await person.forges_modal(channel, custom_id, question="Mine?", answer="Mine.")
        return (await submission.answer()).text
    options = {"options": [{"label": "one", "value": value}]} if forgery.kind == TEXT_MENU else {}
    label = {"label": "a button", "style": 2} if forgery.kind == BUTTON else {}
    row = {"type": 1, "components": [{"type": forgery.kind, "custom_id": custom_id, **options, **label}]}
    screen = channel.fake.seed(channel, channel.fake.bot, "a screen", components=[row])
    values = [value] if value else None
    click = await person.forges_click(screen, custom_id, component_type=forgery.kind, values=values)
    response = await click.response()
    if response.modal:
        prefilled = {field["component"].get("value") for field in response.modal["components"]}
        return FORM if prefilled == {None} else str(prefilled)
    if response.kind is ResponseKind.DEFERRED_UPDATE and DELETED in {forgery.member, forgery.stranger}:
        await channel.fake.wait_for(lambda: screen.deleted, what="the end of the message")
        return DELETED
    return (await click.answer()).text
