"""Knowledge that a cluster mounts: each edit is a link that leads elsewhere from one moment to the next."""

from __future__ import annotations

import shutil
from pathlib import Path

from home_brewers import FAQ, FIRST_QUESTION, write_faq
from pictured import MAP, WAY, map_file, write_pictured
from pictures import png

from bot_process import BotProcess, answering
from discords import stop_cleanly
from fake_discord import FakeDiscord, Guild, Member

OTHER = png(64, 48, (200, 30, 30))


def lead(link: Path, target: str) -> None:
    """Let a link lead elsewhere in one step, as kubelet and git-sync do."""
    new = link.with_name(f"{link.name}_tmp")
    new.symlink_to(target)
    new.replace(link)


def update_config_map(mount: Path, edition: str, content: str) -> None:
    """Do what kubelet does when a ConfigMap changes: fill a new folder, and swap the link `..data`."""
    write_faq(mount / f"..2026_11_30_{edition}", content)
    former = (mount / "..data").resolve() if (mount / "..data").exists() else None
    lead(mount / "..data", f"..2026_11_30_{edition}")
    if former:
        shutil.rmtree(former)
    else:
        (mount / "faq.yaml").symlink_to("..data/faq.yaml")


def sync(root: Path, commit: str) -> Path:
    """Do what git-sync does after a push: swap the link, and remove the former work tree."""
    former = (root / "current").resolve() if (root / "current").exists() else None
    lead(root / "current", f".worktrees/{commit}")
    if former:
        shutil.rmtree(former)
    return root / "current"


def board(color: str) -> str:
    return f"entries:\n  board:\n    question: Where is the notice board?\n    answer: On the {color} door.\n"


async def image_for(fake: FakeDiscord, member: Member) -> bytes:
    [image] = (await fake.reply_to(await member.sends_dm(WAY))).images
    return fake.stored_files[image["url"]]


async def answer_for(fake: FakeDiscord, member: Member, question: str = FIRST_QUESTION) -> str:
    return (await fake.reply_to(await member.sends_dm(question))).text


async def reloaded(bot: BotProcess, times: int) -> None:
    await bot.logged("The knowledge is now version", times=times)


async def test_an_edited_config_map_is_served(fake: FakeDiscord, guild: Guild, mia: Member, tmp_path: Path) -> None:
    assert guild.me
    mount = tmp_path / "knowledge"
    mount.mkdir()
    update_config_map(mount, "one", FAQ)

    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(mount)) as bot:
        assert "first Tuesday" in await answer_for(fake, mia)

        update_config_map(mount, "two", FAQ.replace("first Tuesday", "second Friday"))
        await reloaded(bot, 1)
        assert "second Friday" in await answer_for(fake, mia)

        update_config_map(mount, "three", FAQ.replace("answer: On", "anwser: On"))
        await bot.logged("Keeping the last good knowledge.")
        assert "second Friday" in await answer_for(fake, mia)

        update_config_map(mount, "four", FAQ.replace("first Tuesday", "third Sunday"))
        await reloaded(bot, 2)
        assert "third Sunday" in await answer_for(fake, mia)
        await stop_cleanly(bot)


async def test_a_commit_is_served_with_its_images_and_servers_own_knowledge(
    fake: FakeDiscord, guild: Guild, mia: Member, tmp_path: Path
) -> None:
    root, channel = tmp_path / "git", guild.add_text_channel("general")
    for commit, picture, own in (
        ("aaa", MAP, board("red")),
        ("bbb", OTHER, "entries: ["),
        ("ccc", OTHER, board("blue")),
    ):
        tree = write_pictured(root / ".worktrees" / commit)
        map_file(tree).write_bytes(picture)
        here = tree / "servers" / "here"
        here.mkdir(parents=True)
        (here / "server.yaml").write_text(f'servers: ["{guild.id}"]\n', encoding="utf-8")
        (here / "faq.yaml").write_text(own, encoding="utf-8")

    async def own_answer() -> str:
        return (await (await mia.slash(channel, "ask", question="board")).answer()).text

    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(sync(root, "aaa"))) as bot:
        assert await image_for(fake, mia) == MAP
        assert "red door" in await own_answer()

        sync(root, "bbb")
        await reloaded(bot, 1)
        assert await image_for(fake, mia) == OTHER
        await bot.logged("The knowledge in here can't be used.")
        assert "red door" in await own_answer()

        sync(root, "ccc")
        await bot.logged("The knowledge in here can be used again")
        assert "blue door" in await own_answer()
        await stop_cleanly(bot)
