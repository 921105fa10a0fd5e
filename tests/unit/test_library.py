"""Which knowledge answers where."""

from __future__ import annotations

import asyncio
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from home_brewers import FAQ, FIRST_QUESTION, write_faq
from pictures import GIF, PNG

from bot.answering import Answering
from bot.encoders.installed import InstalledEncoders
from bot.knowledge.loading import load_knowledge, load_server
from bot.knowledge.model import ImageFile, KnowledgeBase
from bot.knowledge.taught import Taught
from bot.library import Edited, FolderNews, Library, Recovered, Refused, Scope
from bot.matching.matcher import Matcher
from bot.outcomes import Answered

NORTH, SOUTH = 111111111111111111, 222222222222222222
HERE, ELSEWHERE = 333333333333333333, 444444444444444444
OWN = """\
entries:
  meetings:
    question: When do you meet?
    answer: On Fridays.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_faq(tmp_path / "brewers")


def add_server(folder: Path, name: str, server: str, faq: str = OWN) -> Path:
    own = folder / "servers" / name
    own.mkdir(parents=True)
    (own / "server.yaml").write_text(server, encoding="utf-8")
    (own / "faq.yaml").write_text(faq, encoding="utf-8")
    return own / "faq.yaml"


class Loads:
    """Load servers' folders, and remember which."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, directory: Path, shared: KnowledgeBase | None) -> KnowledgeBase:
        self.names.append(directory.name)
        return load_server(directory, shared)


async def opened(folder: Path, *, capacity: int = 10_000_000) -> tuple[Library, Loads, list[FolderNews]]:
    knowledge, loads, news = load_knowledge(folder), Loads(), list[FolderNews]()
    library = Library(
        shared=Answering(knowledge=knowledge, matcher=Matcher(knowledge)),
        directory=folder,
        load=loads,
        report=news.append,
        capacity=capacity,
        pause=0.02,
    )
    await library.open()
    return library, loads, news


def size_of(directory: Path) -> int:
    return Matcher(load_server(directory, load_knowledge(directory.parent.parent))).size


def stored_in(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*.npz")}


async def answer_at(library: Library, scope: Scope, question: str = FIRST_QUESTION) -> str | None:
    outcome = (await library.at(scope)).answer(question)
    return outcome.answers[0].entry.answer if isinstance(outcome, Answered) else None


async def test_a_server_gets_its_own_answer_and_all_others_the_shared_one(folder: Path) -> None:
    add_server(folder, "north", f'servers: ["{NORTH}"]\n')
    library, _, _ = await opened(folder)

    assert await answer_at(library, Scope(NORTH)) == "On Fridays."
    assert "first Tuesday" in str(await answer_at(library, Scope(SOUTH)))
    assert "first Tuesday" in str(await answer_at(library, Scope()))


async def test_a_folder_is_loaded_once_when_it_is_first_needed(folder: Path) -> None:
    add_server(folder, "north", f'servers: ["{NORTH}"]\n')
    library, loads, _ = await opened(folder)
    assert loads.names == []

    await asyncio.gather(*(library.at(Scope(NORTH)) for _ in range(5)))

    assert loads.names == ["north"]


async def test_what_was_asked_longest_ago_makes_room(folder: Path) -> None:
    for number, name in enumerate(("a", "b", "c")):
        add_server(folder, name, f'servers: ["{NORTH + number}"]\n')
    library, loads, _ = await opened(folder, capacity=5 * size_of(folder / "servers" / "a") // 2)

    for number in (0, 1, 0, 2, 0, 1):
        await library.at(Scope(NORTH + number))

    assert loads.names == ["a", "b", "c", "b"]


async def test_a_servers_vectors_are_stored_by_themselves_for_as_long_as_it_has_a_folder(
    folder: Path, tmp_path: Path
) -> None:
    for name, server_id in (("north", NORTH), ("south", SOUTH)):
        add_server(
            folder, name, f'servers: ["{server_id}"]\n', OWN.replace("When do you", f"Where in the {name} do we")
        )
    knowledge, vectors = load_knowledge(folder), tmp_path / "data" / "vectors"
    shared = Answering(
        knowledge=knowledge, matcher=Matcher(knowledge, encoders=InstalledEncoders(folder=tmp_path / "data"))
    )
    shared.prepare()
    library = Library(shared=shared, directory=folder)
    await library.open()
    common = stored_in(vectors)

    for server_id in (NORTH, SOUTH):
        await library.of_server(server_id)
    assert stored_in(vectors) == common | {
        f"servers/{name}/{encoder}.npz" for name in ("north", "south") for encoder in ("minilm", "universal")
    }

    await asyncio.to_thread(shutil.rmtree, folder / "servers" / "north")
    await library.reload()
    assert stored_in(vectors) == common | {f"servers/south/{encoder}.npz" for encoder in ("minilm", "universal")}


async def test_an_edit_of_a_server_is_reloaded_alone(folder: Path) -> None:
    file = add_server(folder, "north", f'servers: ["{NORTH}"]\n')
    add_server(folder, "south", f'servers: ["{SOUTH}"]\n')
    library, loads, _ = await opened(folder)
    for server_id in (NORTH, SOUTH):
        await library.at(Scope(server_id))

    file.write_text(OWN.replace("Fridays", "Sundays"), encoding="utf-8")
    await library.reload()

    assert await answer_at(library, Scope(NORTH)) == "On Sundays."
    assert loads.names == ["north", "south", "north"]


async def test_an_edit_of_the_shared_knowledge_reaches_servers_that_extend_it(folder: Path) -> None:
    add_server(folder, "north", f'servers: ["{NORTH}"]\n')
    library, _, _ = await opened(folder)
    fee = "How much is the membership fee?"
    assert await answer_at(library, Scope(NORTH), fee) == "Twenty dollars a year."

    (folder / "faq.yaml").write_text(FAQ.replace("Twenty", "Thirty"), encoding="utf-8")
    edited = load_knowledge(folder)
    library.shared.replace(knowledge=edited, matcher=Matcher(edited))

    assert await answer_at(library, Scope(NORTH), fee) == "Thirty dollars a year."


async def test_where_a_folder_is_broken_the_shared_knowledge_answers_and_it_is_reported_once(folder: Path) -> None:
    file = add_server(folder, "north", f'servers: ["{NORTH}"]\n', "entries: [\n")
    library, _, news = await opened(folder)

    for _ in range(3):
        assert "first Tuesday" in str(await answer_at(library, Scope(NORTH)))
    file.write_text(OWN, encoding="utf-8")
    await library.reload()

    assert await answer_at(library, Scope(NORTH)) == "On Fridays."
    refused, recovered, edited = news
    assert isinstance(refused, Refused)
    assert not refused.has_last_good
    assert recovered == Recovered("north")
    assert edited == Edited()


async def test_a_broken_edit_of_a_server_keeps_what_was_loaded(folder: Path) -> None:
    file = add_server(folder, "north", f'servers: ["{NORTH}"]\n')
    library, _, news = await opened(folder)
    await library.at(Scope(NORTH))

    file.write_text("entries: [\n", encoding="utf-8")
    await library.reload()

    assert await answer_at(library, Scope(NORTH)) == "On Fridays."
    refused, _ = news
    assert isinstance(refused, Refused)
    assert refused.has_last_good


async def test_an_entry_for_one_channel_is_unknown_in_the_others(tmp_path: Path) -> None:
    faq = FAQ.replace("    answer: On", f'    channels: ["{HERE}"]\n    answer: On')
    library, _, _ = await opened(write_faq(tmp_path / "brewers", faq))

    assert "first Tuesday" in str(await answer_at(library, Scope(NORTH, frozenset({HERE}))))
    for scope in (Scope(NORTH, frozenset({ELSEWHERE})), Scope()):
        assert await answer_at(library, scope) is None


async def test_a_new_server_folder_is_found_while_running(folder: Path) -> None:
    library, _, _ = await opened(folder)
    watching = asyncio.create_task(library.watch())
    add_server(folder, "north", f'servers: ["{NORTH}"]\n')

    async with asyncio.timeout(60):
        while await answer_at(library, Scope(NORTH)) != "On Fridays.":  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
    watching.cancel()


async def test_a_role_in_any_server_is_known_without_loading_it(folder: Path) -> None:
    file = add_server(folder, "north", f'servers: ["{NORTH}"]\n')
    library, loads, _ = await opened(folder)
    assert not library.has_role

    (file.parent / "role.yaml").touch()
    await library.open()

    assert library.has_role
    assert loads.names == []


PICTURED = OWN + "    image: map.png\n    alt: A map.\n"


async def image_at(library: Library, scope: Scope) -> bytes | None:
    image = (await library.at(scope)).topic("meetings").entry.image
    return image.source.content if image and isinstance(image.source, ImageFile) else None


async def test_a_changed_image_of_a_server_is_an_edit_of_its_folder_alone(folder: Path) -> None:
    image = add_server(folder, "north", f'servers: ["{NORTH}"]\n', PICTURED).with_name("map.png")
    add_server(folder, "south", f'servers: ["{SOUTH}"]\n')
    image.write_bytes(PNG)
    library, loads, news = await opened(folder)
    assert (await image_at(library, Scope(NORTH)), await image_at(library, Scope(SOUTH))) == (PNG, None)
    await library.reload()
    assert (loads.names, news) == (["north", "south"], [])

    image.write_bytes(GIF)
    await library.reload()

    assert await image_at(library, Scope(NORTH)) == GIF
    assert (loads.names, news) == (["north", "south", "north"], [Edited()])


async def test_a_server_keeps_an_image_that_is_gone_until_it_is_back(folder: Path) -> None:
    image = add_server(folder, "north", f'servers: ["{NORTH}"]\n', PICTURED).with_name("map.png")
    image.write_bytes(PNG)
    library, _, news = await opened(folder)
    await library.at(Scope(NORTH))

    image.unlink()
    await library.reload()
    assert await image_at(library, Scope(NORTH)) == PNG
    image.write_bytes(GIF)
    await library.reload()

    assert await image_at(library, Scope(NORTH)) == GIF
    assert [type(each) for each in news] == [Refused, Edited, Recovered, Edited]


async def test_images_take_room_but_those_that_servers_share_only_once(folder: Path) -> None:
    for name, server_id in (("north", NORTH), ("south", SOUTH)):
        add_server(folder, name, f'servers: ["{server_id}"]\n')
    (folder / "map.png").write_bytes(PNG.ljust(1024 * 1024))
    (folder / "faq.yaml").write_text(FAQ + "    image: map.png\n    alt: A map.\n", encoding="utf-8")
    library, loads, _ = await opened(folder, capacity=1024 * 1024)
    for server_id in (NORTH, SOUTH, NORTH):
        await library.at(Scope(server_id))
    assert loads.names == ["north", "south"]

    own = folder / "servers" / "north"
    (own / "faq.yaml").write_text(PICTURED, encoding="utf-8")
    (own / "map.png").write_bytes(PNG.ljust(1024 * 1024))
    await library.reload()
    await library.at(Scope(SOUTH))

    assert loads.names == ["north", "south", "north", "south"]


class TaughtInNorth:
    """What the server in the north was taught, which may change."""

    def __init__(self, *items: Taught) -> None:
        self.items = items

    def of(self, server_id: int) -> tuple[Taught, ...]:
        return self.items if server_id == NORTH else ()


PIER = Taught(1, "place", "Where is the pier?", "By the river.")


async def opened_with(folder: Path, taught: TaughtInNorth) -> Library:
    knowledge = load_knowledge(folder)
    library = Library(
        shared=Answering(knowledge=knowledge, matcher=Matcher(knowledge)), directory=folder, taught=taught, pause=0.02
    )
    await library.open()
    return library


@pytest.mark.parametrize("has_folder", [True, False])
async def test_what_a_server_was_taught_answers_there_alone_and_at_once(folder: Path, *, has_folder: bool) -> None:
    if has_folder:
        add_server(folder, "north", f'servers: ["{NORTH}", "{SOUTH}"]\n')
    taught = TaughtInNorth()
    library = await opened_with(folder, taught)
    assert await answer_at(library, Scope(NORTH), PIER.question) is None

    taught.items = (PIER,)

    assert await answer_at(library, Scope(NORTH), PIER.question) == "By the river."
    for scope in (Scope(SOUTH), Scope()):
        assert await answer_at(library, scope, PIER.question) is None
    assert (await library.of_server(NORTH)).knowledge.entry("place").answer == "By the river."
    assert "place" not in [entry.id for entry in (await library.folder_of_server(NORTH)).entries]


async def test_what_answers_is_made_anew_only_after_a_change(folder: Path) -> None:
    taught = TaughtInNorth(PIER)
    library = await opened_with(folder, taught)
    first = await library.at(Scope(NORTH))
    taught.items = (PIER,)
    assert await library.at(Scope(NORTH)) is first

    taught.items = ()

    assert await answer_at(library, Scope(NORTH), PIER.question) is None


async def test_an_edit_of_the_folder_reaches_a_server_that_was_taught(folder: Path) -> None:
    library = await opened_with(folder, TaughtInNorth(PIER))
    fee = "How much is the membership fee?"
    assert await answer_at(library, Scope(NORTH), fee) == "Twenty dollars a year."

    (folder / "faq.yaml").write_text(FAQ.replace("Twenty", "Thirty"), encoding="utf-8")
    edited = load_knowledge(folder)
    library.shared.replace(knowledge=edited, matcher=Matcher(edited))

    assert await answer_at(library, Scope(NORTH), fee) == "Thirty dollars a year."
    assert await answer_at(library, Scope(NORTH), PIER.question) == "By the river."


async def test_an_entry_for_one_channel_stays_there_in_a_server_that_was_taught(tmp_path: Path) -> None:
    faq = FAQ.replace("    answer: On", f'    channels: ["{HERE}"]\n    answer: On')
    library = await opened_with(write_faq(tmp_path / "brewers", faq), TaughtInNorth(PIER))

    for channel, answers in ((HERE, True), (ELSEWHERE, False)):
        scope = Scope(NORTH, frozenset({channel}))
        assert (await answer_at(library, scope) is not None) is answers
        assert await answer_at(library, scope, PIER.question) == "By the river."


async def test_while_what_was_taught_is_being_learned_what_was_there_answers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = TaughtInNorth(PIER)
    library = await opened_with(folder, taught)
    await library.at(Scope(NORTH))
    learn, may_go_on = Answering.with_knowledge, threading.Event()

    def learn_slowly(answering: Answering, knowledge: KnowledgeBase) -> Answering:
        assert may_go_on.wait(60)
        return learn(answering, knowledge)

    monkeypatch.setattr(Answering, "with_knowledge", learn_slowly)
    taught.items = (replace(PIER, answer="By the sea."),)

    assert await answer_at(library, Scope(NORTH), PIER.question) == "By the river."
    may_go_on.set()
    await library.learned(NORTH)
    assert await answer_at(library, Scope(NORTH), PIER.question) == "By the sea."
