"""Images and links as a maintainer meets them: in the terminal, in checks, and in edits while the bot runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import tpm_bot
from pictured import LINKS, MAP, MAP_ALT, SHOP, SHOP_ADDRESS, SHOP_ALT, WAY, map_file, write_pictured
from pictures import png

from bot_process import BotProcess
from fake_discord import FakeDiscord, Member, Message

OTHER = png(64, 48, (200, 30, 30))


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    return write_pictured(tmp_path / "bakery")


def image_in(answer: Message) -> bytes:
    [image] = answer.images
    return answer.channel.fake.stored_files[image["url"]]


@pytest.mark.parametrize(("arguments", "typed"), [(("ask", WAY), ""), (("chat",), f"{WAY}\n")])
async def test_a_terminal_says_what_an_image_shows_and_where_it_and_the_links_lead(
    knowledge_dir: Path, arguments: tuple[str, ...], typed: str
) -> None:
    code, out, _ = await tpm_bot(knowledge_dir, *arguments, typed=typed)

    assert code == 0
    assert f"  Image: {MAP_ALT}\n  {map_file(knowledge_dir)}\n" in out
    for label, address in LINKS:
        assert f"  {label}\n  {address}\n" in out


async def test_a_batch_has_images_and_links_beside_the_entries(knowledge_dir: Path) -> None:
    questions = "".join(json.dumps({"text": text}) + "\n" for text in (WAY, SHOP))

    _, out, _ = await tpm_bot(knowledge_dir, "ask", "--batch", "-", typed=questions)

    way, shop = map(json.loads, out.splitlines())
    assert way["images"] == [{"entry": "way", "alt": MAP_ALT, "location": str(map_file(knowledge_dir))}]
    assert way["links"] == [{"entry": "way", "label": label, "url": url} for label, url in LINKS]
    assert shop["images"] == [{"entry": "shop", "alt": SHOP_ALT, "location": SHOP_ADDRESS}]
    assert "links" not in shop


async def test_a_check_names_the_line_of_a_missing_image(knowledge_dir: Path) -> None:
    assert (await tpm_bot(knowledge_dir, "check", str(knowledge_dir)))[0] == 0
    map_file(knowledge_dir).unlink()

    code, out, _ = await tpm_bot(knowledge_dir, "check", str(knowledge_dir))

    assert code == 1
    assert f"{knowledge_dir}/faq.yaml:6: There's no image images/map of 2026.jpeg" in " ".join(out.split())


async def test_a_diff_tells_that_an_image_changed(knowledge_dir: Path, tmp_path: Path) -> None:
    after = write_pictured(tmp_path / "after")
    map_file(after).write_bytes(OTHER)

    _, out, _ = await tpm_bot(knowledge_dir, "diff", str(knowledge_dir), str(after))

    assert "~ entry way: image\n" in out


async def test_a_changed_image_is_served_and_one_that_is_gone_stays(
    fake: FakeDiscord, bot: BotProcess, owner: Member, knowledge_dir: Path, mia: Member
) -> None:
    assert image_in(await fake.reply_to(await mia.sends_dm(WAY))) == MAP

    map_file(knowledge_dir).write_bytes(OTHER)
    await bot.logged("The knowledge is now version")
    assert image_in(await fake.reply_to(await mia.sends_dm(WAY))) == OTHER

    map_file(knowledge_dir).unlink()
    notice = await fake.next_message(owner.dm)
    assert "There's no image images/map of 2026.jpeg" in notice.said
    assert image_in(await fake.reply_to(await mia.sends_dm(WAY))) == OTHER

    map_file(knowledge_dir).write_bytes(MAP)
    await bot.logged("The knowledge is now version", times=2)
    assert image_in(await fake.reply_to(await mia.sends_dm(WAY))) == MAP
