"""Draw the pictures of the documentation: `PYTHONPATH=tests:tests/support python -m screens`."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from screens.browser import Browser
from screens.flows import FLOWS, recorded
from screens.page import Look, page

HERE = Path(__file__).parent
IMAGES = HERE.parents[1] / "docs" / "images"
MODULES = HERE / "node_modules"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Pictures = dict[str, list[Sequence[str]]]
"""The flows in each picture, by its name."""


def main() -> None:
    """Record the flows that are named, or all of them, and draw each."""
    parser = argparse.ArgumentParser(prog="python -m screens", description="Draw the pictures of the documentation.")
    parser.add_argument("flows", nargs="*", metavar="FLOW", help=f"one of {', '.join(FLOWS)}; all if none is named")
    parser.add_argument("--light", action="store_true", help="in Discord's light theme")
    parser.add_argument("--phone", action="store_true", help="as wide as on a phone")
    parser.add_argument("--as", dest="name", metavar="NAME", help="all in one picture with this name, side by side")
    parser.add_argument("--into", type=Path, default=IMAGES, help="the folder for the pictures (docs/images)")
    chosen = parser.parse_args()
    if unknown := set(chosen.flows) - set(FLOWS):
        parser.error(f"no flow is called {', '.join(sorted(unknown))}")
    if not MODULES.is_dir():
        parser.error("the drawing isn't installed yet: npm ci --prefix tests/screens")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        parser.error("no Chromium is installed: apt-get install chromium fonts-noto-core fonts-noto-color-emoji")
    chosen.into.mkdir(parents=True, exist_ok=True)
    look = Look(is_light=chosen.light, is_phone=chosen.phone)
    asyncio.run(_draw(chosen.flows or list(FLOWS), look, program, into=chosen.into, sheet=chosen.name))


async def _draw(names: list[str], look: Look, program: str, *, into: Path, sheet: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        flows = await recorded(directory / "bot", names)
        each: Pictures = {name: [shown] for name, shown in flows.items()}
        pictures = each if sheet is None else {sheet: list(flows.values())}
        width = look.width * (1 if sheet is None else len(flows))
        async with Browser.started(program, directory / "profile", width=width) as browser:
            for name, shown in pictures.items():
                document = directory / f"{name}.html"
                document.write_text(page(shown, MODULES, look), encoding="utf-8")
                picture = await browser.picture(document)
                (into / f"{name}.png").write_bytes(picture)
                print(f"{into.name}/{name}.png, {len(picture) // 1024} kB")  # noqa: T201


main()
