"""What becomes of drafts and of what was taught when the files change."""

from __future__ import annotations

from pathlib import Path

from pictures import PNG

from bot_process import BotProcess
from e2e.database import eventually
from e2e.maintainers.lighthouses import NIGHT
from e2e.starting import Start
from e2e.teaching.lessons import FERRY, NINE, clicks, drafts, right_clicks, stored, submits, taught, teaches
from fake_discord import Channel, FakeDiscord, Member, Message

OWLS = "are keepers nocturnal creatures"
SECTION = "    source_section: Nights\n"
IMAGE = "    image: images/lamp.png\n    alt: A lamp\n"
IN_FOLDER = f"""\
  ferry:
    question: {FERRY}
    answer: "{NINE}"
"""


async def test_the_copy_retires_once_the_files_say_the_same(
    fake: FakeDiscord,
    bot: BotProcess,
    asked: Message,
    channel: Channel,
    knowledge_dir: Path,
    max_: Member,
    mia: Member,
    tmp_path: Path,
) -> None:
    await teaches(max_, asked)
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(faq.read_text(encoding="utf-8").replace("off_topic:", f"{IN_FOLDER}off_topic:"), encoding="utf-8")

    await bot.logged("so that was deleted")

    await eventually(lambda: len(stored(tmp_path)), 0, "taught items")
    answer = await fake.reply_to(await mia.asks(channel, FERRY))
    assert answer.cards[0].text == NINE
    assert "Lighthouse Society" in answer.cards[0].source
    assert (await taught(max_, channel)).said.startswith("Nobody has taught me anything here yet.")


async def test_a_form_submitted_after_its_entry_vanished_says_so(
    bot: BotProcess, asked: Message, knowledge_dir: Path, max_: Member, tmp_path: Path
) -> None:
    form = await right_clicks(max_, asked)
    preview = await drafts(max_, asked, OWLS, "", entry=NIGHT)
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(faq.read_text(encoding="utf-8").replace("night-shift:", "nights:"), encoding="utf-8")
    for file in ("role.yaml", "phrasings.yaml"):
        text = (knowledge_dir / file).read_text(encoding="utf-8")
        (knowledge_dir / file).write_text(text.replace("night-shift", "nights"), encoding="utf-8")
    await bot.logged("The knowledge is now version")

    late = await submits(max_, form, question="are keepers owls", answer="", entry=NIGHT)
    saved = await clicks(max_, preview, "Save")

    for answer in (late, saved):
        assert answer.said.startswith("The entry that you chose is gone. Choose another one."), answer.said
        assert answer.labels == ["Change", "Discard"]
    assert stored(tmp_path) == []


async def test_a_phrasing_whose_entry_vanished_is_listed_as_without_effect(
    bot: BotProcess, asked: Message, channel: Channel, knowledge_dir: Path, max_: Member
) -> None:
    await teaches(max_, asked, OWLS, "", entry=NIGHT)
    for file in ("faq.yaml", "role.yaml", "phrasings.yaml"):
        text = (knowledge_dir / file).read_text(encoding="utf-8")
        (knowledge_dir / file).write_text(text.replace("night-shift", "nights"), encoding="utf-8")
    await bot.logged("The knowledge is now version")

    assert "**has no effect**: the entry “night-shift” is gone" in (await taught(max_, channel)).text


async def test_a_preview_whose_image_is_gone_is_shown_again_without_it_before_it_is_saved(
    fake: FakeDiscord,
    start: Start,
    asked: Message,
    channel: Channel,
    knowledge_dir: Path,
    max_: Member,
    mia: Member,
    tmp_path: Path,
) -> None:
    faq, image = knowledge_dir / "faq.yaml", knowledge_dir / "images" / "lamp.png"
    image.parent.mkdir()
    image.write_bytes(PNG)
    without = faq.read_text(encoding="utf-8")
    faq.write_text(
        without.replace("    source_section: Nights\n", f"    source_section: Nights\n{IMAGE}"), encoding="utf-8"
    )
    bot = await start()
    preview = await drafts(max_, asked, OWLS, "", entry=NIGHT)
    shown = len(preview.images)
    faq.write_text(without, encoding="utf-8")
    image.unlink()
    await bot.logged("The knowledge is now version")

    again = await clicks(max_, preview, "Save")
    first_line, images, unsaved = again.said.splitlines()[0], again.images, stored(tmp_path)
    saved = await clicks(max_, again, "Save")

    assert (shown, len(images), unsaved) == (1, 0, [])
    assert first_line == "What I know has changed since the last preview."
    assert saved.said.startswith("Saved")
    answer = await fake.reply_to(await mia.asks(channel, OWLS))
    assert (answer.cards[0].title, answer.images) == (NIGHT, [])
