"""Encode the shipped knowledge again, after its texts or an encoder have changed.

A test holds that the vectors match the texts. Run:

    python -m benchmarks.shipped_vectors
"""

from __future__ import annotations

from pathlib import Path

from bot.encoders.installed import SHIPPED_VECTORS
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.encoders.vectors import KeepingEncoder
from bot.knowledge.loading import load_knowledge
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoders


def main() -> None:
    """Write the vectors anew."""
    for file in SHIPPED_VECTORS.glob("*.npz"):
        file.unlink()
    minilm, universal = (
        KeepingEncoder(encoder, dimensions=encoder.dimensions, shipped=Path("nowhere"), folder=SHIPPED_VECTORS)
        for encoder in (MiniLM(), UniversalSentenceEncoder())
    )
    Matcher(load_knowledge(), encoders=Encoders(english=minilm, multilingual=universal)).prepare()
    for file in sorted(SHIPPED_VECTORS.glob("*.npz")):
        print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
