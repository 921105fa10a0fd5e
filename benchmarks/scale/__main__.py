"""Prove that several processes lose nothing, and measure what many servers take: `python -m benchmarks.scale`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))  # where the stand-in for Discord is

from benchmarks.scale.command import main

if __name__ == "__main__":
    main()
