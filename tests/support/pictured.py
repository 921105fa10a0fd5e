"""Knowledge of which some answers have an image or links."""

from __future__ import annotations

from pathlib import Path

from pictures import GIF, png

WAY, OVEN, SHOP = "How do I get to the school?", "What does the oven look like?", "Where is the shop?"
MAP = png(64, 48)
MAP_ALT, OVEN_ALT, SHOP_ALT = "A map: the school is *right* behind the bridge.", "A stone oven.", "A red door."
SHOP_ADDRESS = "https://bakery.example/shop.webp"
LINKS = [("Tram times", "https://tram.example/5"), ("Bus times", "https://bus.example/?line=7")]
FAQ = f"""\
name: the Corner Bakery School
entries:
  way:
    question: {WAY}
    answer: Take tram 5 to the river.
    image: images/map of 2026.jpeg
    alt: "{MAP_ALT}"
    related: [oven]
    links:
      - label: {LINKS[0][0]}
        url: {LINKS[0][1]}
      - label: {LINKS[1][0]}
        url: {LINKS[1][1]}
  oven:
    question: {OVEN}
    answer: It's as big as a car.
    image: oven.gif
    alt: {OVEN_ALT}
  shop:
    question: {SHOP}
    answer: Next to the school.
    image: {SHOP_ADDRESS}
    alt: {SHOP_ALT}
"""


def write_pictured(directory: Path) -> Path:
    """Write the knowledge to a new folder and return it."""
    (directory / "images").mkdir(parents=True)
    (directory / "faq.yaml").write_text(FAQ, encoding="utf-8")
    map_file(directory).write_bytes(MAP)
    (directory / "oven.gif").write_bytes(GIF)
    return directory


def map_file(directory: Path) -> Path:
    """Return the image of the way, whose name is not that of its type."""
    return directory / "images" / "map of 2026.jpeg"
