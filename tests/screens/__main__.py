"""Draw the pictures of the documentation: `PYTHONPATH=tests:tests/support python -m screens`."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path

from screens.browser import Browser
from screens.flows import FLOWS, recorded
from screens.page import page

HERE = Path(__file__).parent
IMAGES = HERE.parents[1] / "docs" / "images"
MODULES = HERE / "node_modules"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Record the flows that are named, or all of them, and draw each."""
    parser = argparse.ArgumentParser(prog="python -m screens", description="Draw the pictures of the documentation.")
    parser.add_argument("flows", nargs="*", metavar="FLOW", help=f"one of {', '.join(FLOWS)}; all if none is named")
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
    asyncio.run(_draw(chosen.flows or list(FLOWS), program, chosen.into))


async def _draw(names: list[str], program: str, into: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        flows = await recorded(directory / "bot", names)
        async with Browser.started(program, directory / "profile") as browser:
            for name, shown in flows.items():
                document = directory / f"{name}.html"
                document.write_text(page(shown, MODULES), encoding="utf-8")
                picture = await browser.picture(document)
                (into / f"{name}.png").write_bytes(picture)
                print(f"{into.name}/{name}.png, {len(picture) // 1024} kB")  # noqa: T201


main()
