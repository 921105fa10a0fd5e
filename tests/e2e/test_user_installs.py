"""People who install the bot for themselves use it in servers it isn't in, and in group DMs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot_process import BotProcess
from e2e.database import counted, rows
from e2e.questions import CODING, VAGUE, titles, topics
from fake_discord import Channel, FakeDiscord, Guild, Interaction, InteractionKind, Member, Message, Permission, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

NONSENSE = "xqzt vlrm wpfk"
NOT_HERE = "I can't do that here"
PUBLIC_ITEMS = ("publish:", "vote:", "delete:", "mistaken:")


@pytest.fixture
def abroad(fake: FakeDiscord) -> Guild:
    """A server that the bot isn't in."""
    return fake.add_guild("Abroad", has_bot=False)


@pytest.fixture
def there(abroad: Guild) -> Channel:
    return abroad.add_text_channel("general")


@pytest.fixture
def sam(abroad: Guild) -> Member:
    """A member of that server who has installed the bot, and may do everything there."""
    person = abroad.add_member("sam", abroad.add_role("admins", Permission.ADMINISTRATOR))
    person.installs_app()
    return person


@pytest.fixture
def group(fake: FakeDiscord, sam: Member) -> Channel:
    return fake.add_group_dm("friends", sam, fake.add_stranger("kim"))


async def asks(person: Member, where: Channel, question: str) -> Message:
    interaction = await person.slash(where, "ask", question=question)
    return await private_answer(interaction)


async def private_answer(interaction: Interaction) -> Message:
    """Return the answer, which only the person who asked sees, and which has nothing for anybody else."""
    answer = await interaction.answer()
    assert answer.ephemeral
    assert [each for each in custom_ids(answer) if each.startswith(PUBLIC_ITEMS)] == []
    return answer


def custom_ids(message: Message) -> list[str]:
    return [each["custom_id"] for each in (*message.buttons, *message.selects) if "custom_id" in each]


async def suggestions(person: Member, where: Channel) -> Message:
    for question in VAGUE:
        answer = await asks(person, where, question)
        if "Did you mean" in answer.said:
            return answer
    raise AssertionError("the bot is sure about each of these: make VAGUE vaguer")


def mentioning(directory: Path, *ids: int) -> list[Any]:
    """Return all rows of the database with one of some ids in them."""
    tables = [name for (name,) in rows(directory, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    read = 'SELECT * FROM "{}"'.format
    everything = [(table, *row) for table in tables for row in rows(directory, read(table))]
    return [row for row in everything if {str(value) for value in row} & set(map(str, ids))]


async def test_only_asking_and_peoples_rights_can_be_brought_along(fake: FakeDiscord) -> None:
    commands = fake.commands[None]

    assert {each["name"] for each in commands if 1 in each["integration_types"]} == {
        "ask",
        "faq",
        "privacy",
        "forget-me",
    }
    assert all(set(each["contexts"]) == {0, 1, 2} for each in commands if 1 in each["integration_types"])


async def test_ask_answers_privately_in_a_server_without_the_bot(sam: Member, there: Channel) -> None:
    assert titles(await asks(sam, there, "does a tpm code?")) == [CODING]


async def test_ask_answers_privately_in_a_group_dm(sam: Member, group: Channel) -> None:
    assert titles(await asks(sam, group, "does a tpm code?")) == [CODING]


async def test_suggestions_are_offered_while_typing_there(sam: Member, there: Channel) -> None:
    choices = await (await sam.autocomplete(there, "ask", question="do i have to write progams")).choices()

    assert choices[0]["value"] == "coding"


async def test_related_questions_can_be_clicked_there(sam: Member, there: Channel, group: Channel) -> None:
    for place in (there, group):
        answer = await asks(sam, place, "does a tpm code?")
        label = topics(answer)[0]

        related = await private_answer(await sam.clicks(answer, label))

        assert titles(related) == [label]


async def test_a_question_can_be_picked_from_the_list_there(sam: Member, there: Channel, group: Channel) -> None:
    for place in (there, group):
        listed = await private_answer(await sam.slash(place, "faq"))

        picked = await private_answer(await sam.selects(listed, "topics:0", "coding"))

        assert titles(picked) == [CODING]


async def test_a_refusal_there_leads_to_the_list(sam: Member, there: Channel) -> None:
    refusal = await asks(sam, there, NONSENSE)

    listed = await private_answer(await sam.clicks(refusal, "What I can answer"))

    assert titles(listed) == ["What I can answer"]


async def test_a_suggestion_can_be_chosen_there(sam: Member, there: Channel) -> None:
    offer = await suggestions(sam, there)
    label = topics(offer)[0]

    chosen = await private_answer(await sam.clicks(offer, label))

    assert titles(chosen) == [label]


async def test_nothing_is_kept_of_what_is_asked_there(
    fake: FakeDiscord, bot: BotProcess, directory: Path, guild: Guild, channel: Channel, sam: Member, there: Channel
) -> None:
    group = fake.add_group_dm("others", sam)
    before = rows(directory, "SELECT * FROM statistics WHERE server_id = 0")
    for place in (there, group):
        await asks(sam, place, NONSENSE)
        offer = await suggestions(sam, place)
        await private_answer(await sam.clicks(offer, topics(offer)[0]))
        fake.faults.on("POST /interactions/*", Status(404, 10062, "Unknown interaction"), times=1)
        refused = await sam.slash(place, "ask", question=CODING)
        await bot.logged(str(refused.id))
    mia = guild.add_member("mia")
    asked_before = sum(n for (n,) in rows(directory, "SELECT count FROM statistics WHERE server_id = ?", guild.id))
    await (await mia.slash(channel, "ask", question="degree")).answer()

    await counted(directory, guild.id, "answered", "degree", times=1)  # written after all the rest
    assert asked_before == 0
    assert mentioning(directory, there.id, group.id, sam.id, *([there.guild.id] if there.guild else [])) == []
    assert rows(directory, "SELECT * FROM statistics WHERE server_id = 0") == before


async def test_people_can_see_and_delete_what_is_kept_about_them_anywhere(
    sam: Member, there: Channel, group: Channel
) -> None:
    for place in (there, group):
        assert "What I keep" in (await private_answer(await sam.slash(place, "privacy"))).text
        assert "I don't have any" in (await private_answer(await sam.slash(place, "forget-me"))).said


@pytest.mark.parametrize("name", ["manage stats", "manage settings", "manage gaps", "manage taught", "jd", "help"])
async def test_no_other_command_works_there_however_it_is_sent(sam: Member, there: Channel, name: str) -> None:
    assert not sam.sees_command(there, name.split(maxsplit=1)[0])

    refusal = await private_answer(await sam.forges_slash(there, name))

    assert refusal.said.startswith(NOT_HERE)


async def test_answer_this_does_not_work_there_however_it_is_sent(
    fake: FakeDiscord, sam: Member, there: Channel
) -> None:
    said = fake.seed(there, sam, "does a tpm code?")
    data = {"id": "1", "name": "Answer this", "type": 3, "target_id": str(said.id)}
    data["resolved"] = {"messages": {}}

    forged = fake.interactions.begin(InteractionKind.COMMAND, sam, there, data, None)

    assert (await private_answer(forged)).said.startswith(NOT_HERE)


@pytest.mark.parametrize(
    "custom_id",
    ["vote:up:coding", "publish:coding", "delete:1", "mistaken:1::coding", "point:1:1:1:coding", "jd-discard:1"],
)
async def test_what_the_bot_left_behind_in_a_server_does_nothing_there(
    fake: FakeDiscord, sam: Member, there: Channel, custom_id: str
) -> None:
    button = {"type": 2, "style": 2, "label": "Old", "custom_id": custom_id, "id": 2}
    left_behind = fake.seed(there, fake.bot, "An answer", components=[{"type": 1, "id": 1, "components": [button]}])

    refusal = await private_answer(await sam.clicks(left_behind, "Old"))

    assert refusal.said.startswith(NOT_HERE)
    assert not left_behind.deleted


async def test_settings_left_behind_in_a_server_cannot_be_changed_there(
    fake: FakeDiscord, sam: Member, there: Channel
) -> None:
    options = [{"label": "Public", "value": "public"}]
    menu = {"type": 3, "custom_id": "settings:privacy", "options": options, "id": 2}
    left_behind = fake.seed(there, fake.bot, "Settings", components=[{"type": 1, "id": 1, "components": [menu]}])

    refusal = await private_answer(await sam.selects(left_behind, "settings:privacy", "public"))

    assert refusal.said.startswith(NOT_HERE)


async def test_no_form_is_taken_there_however_it_is_sent(fake: FakeDiscord, sam: Member, there: Channel) -> None:
    data = {"custom_id": "no-form-at-all", "components": []}

    forged = fake.interactions.begin(InteractionKind.MODAL, sam, there, data, None)

    assert (await private_answer(forged)).said.startswith(NOT_HERE)


async def test_in_a_server_with_the_bot_an_install_of_ones_own_changes_nothing(guild: Guild, channel: Channel) -> None:
    kim = guild.add_member("kim")
    kim.installs_app()

    answer = await (await kim.slash(channel, "ask", question="does a tpm code?")).answer()

    assert titles(answer) == [CODING]
    assert "Post publicly" in answer.labels
    assert not kim.sees_command(channel, "manage")


async def test_a_dm_with_the_bot_is_the_same_for_who_has_installed_it(sam: Member) -> None:
    answer = await (await sam.slash(sam.dm, "ask", question="does a tpm code?")).answer()

    assert titles(answer) == [CODING]
    assert [each for each in custom_ids(answer) if each.startswith("vote:")]
