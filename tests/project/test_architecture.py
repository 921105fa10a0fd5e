"""The layout of the code is as the design says: it shows in the imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from house_rules import LAYERS, ROOT, breaches, circle


def modules() -> dict[str, Path]:
    """Return the files of the package by their modules' names; packages without content aside."""
    names = {path: path.relative_to(ROOT).with_suffix("").parts for path in sorted((ROOT / "bot").rglob("*.py"))}
    return {
        ".".join(parts if parts[-1] != "__init__" else parts[:-1]): path
        for path, parts in names.items()
        if path.read_text(encoding="utf-8").strip()
    }


@pytest.mark.parametrize("module", modules())
def test_a_module_keeps_the_rules_of_the_house(module: str) -> None:
    assert breaches(module, modules()[module].read_text(encoding="utf-8")) == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert circle({module: path.read_text(encoding="utf-8") for module, path in modules().items()}) == []


def test_there_are_modules_to_look_at() -> None:
    assert {"bot.knowledge.model", "bot.matching.text", "bot.discord_app.client", "bot.__main__"} <= set(modules())


def test_no_module_stands_in_two_layers() -> None:
    named = [module for layer in LAYERS for module in layer.modules]

    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "core", "misc"])
def test_a_module_is_named_for_what_is_in_it(name: str) -> None:
    assert [module for module in modules() if name in module.split(".")] == []


def test_asking_in_the_terminal_does_not_pay_for_discord() -> None:
    code = "import sys, bot.cli, bot.bootstrap, bot.terminal.outcomes; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603

    assert {"discord", "aiohttp", "sqlalchemy"} & set(loaded.stdout.split()) == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.language.speech", "from bot.bounded import Bounded"),
        ("bot.language.speech", "import discord"),
        ("bot.knowledge.model", "from bot.matching.text import clean"),
        ("bot.knowledge.loading", "from bot import settings"),
        ("bot.knowledge.loading", "import discord"),
        ("bot.knowledge.loading", "from ..matching.text import clean"),
        ("bot.matching.text", "import yaml"),
        ("bot.matching.text", "from bot.language.speech import _"),
        ("bot.matching.text", "import random"),
        ("bot.matching.text", "from pathlib import Path"),
        ("bot.matching.text", "def clean():\n    from discord import Message"),
        ("bot.matching.text", "if TYPE_CHECKING:\n    from bot.answering import Answering"),
        ("bot.matching.brand.new", "import discord"),
        ("bot.answering", "import rapidfuzz"),
        ("bot.answering", "import bot.storage"),
        ("bot.answering", "from bot.discord_app.page import render"),
        ("bot.authoring.evaluation", "import discord"),
        ("bot.authoring.checking", "from discord.ext import commands"),
        ("bot.authoring.unanswered", "from sqlalchemy import select"),
        ("bot.storage.questions", "from bot.knowledge.model import Entry"),
        ("bot.storage", "from bot.matching.matcher import Matcher"),
        ("bot.operations.metrics", "from bot.discord_app.client import CareerBot"),
        ("bot.operations.monitoring", "from bot.matching.matcher import Matcher"),
        ("bot.terminal.outcomes", "import discord"),
        ("bot.terminal.chat", "from bot.discord_app.page import render"),
        ("bot.discord_app.page", "from rapidfuzz import fuzz"),
        ("bot.discord_app.asking.mentions", "import yaml"),
        ("bot.discord_app.client", "from bot.bootstrap import run_discord"),
        ("bot.discord_app.client", "import bot.settings"),
        ("bot.settings", "from bot.knowledge.loading import SHIPPED_KNOWLEDGE"),
        ("bot.cli", "import discord"),
        ("bot.bootstrap", "from bot.cli import main"),
        ("bot.bootstrap", "import bot.unheard_of"),
        ("bot.unheard_of", ""),
    ],
)
def test_a_forbidden_import_is_seen(module: str, source: str) -> None:
    assert len(breaches(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.language.speech", "from babel import Locale\nfrom bot.language.languages import Language"),
        ("bot.knowledge.model", "from dataclasses import dataclass"),
        ("bot.knowledge.loading", "from bot.knowledge.model import Entry"),
        ("bot.knowledge.loading", "from .model import Entry"),
        ("bot.matching.matcher", "import numpy as np\nfrom bot.matching.text import clean"),
        ("bot.matching.matcher", "import discordant"),
        ("bot.discord_app.client", "import discord\nfrom bot.answering import Answering"),
        ("bot.settings", "import os"),
        ("bot.bootstrap", "from bot.discord_app.client import CareerBot\nimport bot.storage"),
    ],
)
def test_an_allowed_import_is_let_pass(module: str, source: str) -> None:
    assert breaches(module, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import bot.lamp",
        "import bot.lamp as lamp",
        "from bot import lamp",
        "from bot.lamp import Light",
        "from . import lamp",
        "from .lamp import Light",
        "from bot.lamp import *",
        "if TYPE_CHECKING:\n    from bot.lamp import Light",
        "def f():\n    from bot.lamp import Light",
        "class A:\n    def f(self):\n        import bot.lamp",
    ],
)
def test_a_circle_of_imports_is_seen_wherever_they_stand(source: str) -> None:
    sources = {"bot.keeper": source, "bot.lamp": "from bot.lens import Lens", "bot.lens": "import bot.keeper"}

    found = circle(sources)

    assert found[0] == found[-1]
    assert set(found) == set(sources)
    assert found[found.index("bot.lamp") + 1] == "bot.lens"


def test_modules_may_share_what_they_import() -> None:
    sources = {"bot.keeper": "import bot.lamp, bot.lens", "bot.lamp": "from .lens import Lens", "bot.lens": "import re"}

    assert circle(sources) == []


@pytest.mark.parametrize(
    "source",
    [
        "main()",
        "TEXT = open('a').read()",
        "TEXT = Path('a').read_text()",
        "for x in []:\n    pass",
        "while False:\n    pass",
        "with lock:\n    pass",
        "try:\n    import x\nexcept ImportError:\n    x = None",
        "if True:\n    x = 1",
        "del x",
        "x: str = input()",
        "x = [run(y) for y in z]",
        "def f(now=datetime.now()): ...",
        "@register(connect())\nasync def f(): ...",
        "class A:\n    here = Path.cwd()",
    ],
)
def test_doing_more_than_define_at_import_is_seen(source: str) -> None:
    assert breaches("bot.bootstrap", source)


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "import re\nX = re.compile('x')",
        "if TYPE_CHECKING:\n    import x",
        "if __name__ == '__main__':\n    main()",
        "def f():\n    return open('a').read()",
        "x = lambda: open('a')",
        "class A:\n    def f(self):\n        print()",
    ],
)
def test_defining_at_import_is_let_pass(source: str) -> None:
    assert breaches("bot.bootstrap", source) == []


@pytest.mark.parametrize(
    "source",
    ["import os\ndef f():\n    os.environ['A']", "from os import environ", "import os\nx = lambda: os.getenv('A')"],
)
def test_reading_the_environment_is_seen_but_in_the_settings(source: str) -> None:
    assert len(breaches("bot.bootstrap", source)) == 1
    assert breaches("bot.settings", source) == []


def test_a_breach_names_its_module_line_and_import() -> None:
    source = "import re\n\nimport discord\n"

    assert breaches("bot.terminal.outcomes", source) == [
        "bot.terminal.outcomes:3: imports discord, which it must never know of"
    ]
