from __future__ import annotations

import os
from pathlib import Path

import pytest
from pictures import GIF, JPEG, PNG, WEBP

from bot.knowledge.faults import Fault
from bot.knowledge.images import MAX_IMAGE_SIZE, MAX_IMAGES_SIZE
from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.knowledge.model import Image, ImageFile, KnowledgeBase, Link

FAQ = """\
name: Corner Bakery School
entries:
  way:
    question: How do I get there?
    answer: By tram.
"""
LINE = FAQ.count("\n") + 1  # of what a test adds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    directory = tmp_path / "bakery"
    directory.mkdir()
    return directory


def load(folder: Path, *lines: str, faq: str = FAQ) -> KnowledgeBase:
    (folder / "faq.yaml").write_text(faq + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    return load_knowledge(folder)


def fault(folder: Path, *lines: str, faq: str = FAQ) -> Fault:
    with pytest.raises(KnowledgeError) as caught:
        load(folder, *lines, faq=faq)
    [only] = caught.value.faults
    return only


@pytest.mark.parametrize(
    ("content", "extension"),
    [(PNG, "png"), (JPEG, "jpg"), (GIF, "gif"), (WEBP, "webp")],
    ids=["png", "jpg", "gif", "webp"],
)
def test_the_type_of_an_image_is_that_of_its_content(folder: Path, content: bytes, extension: str) -> None:
    (folder / "map.txt").write_bytes(content)

    knowledge = load(folder, "image: map.txt", "alt: A map.")

    assert knowledge.entry("way").image == Image(ImageFile(folder / "map.txt", extension, content), "A map.")


def test_an_image_may_be_in_a_folder_within(folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "the map.png").write_bytes(PNG)

    image = load(folder, "image: images/the map.png", "alt: A map.").entry("way").image

    assert image is not None
    assert image.location == str(folder / "images" / "the map.png")


def test_an_image_may_be_a_link_within_the_folder_as_kubernetes_makes_them(folder: Path) -> None:
    (folder / "..data").mkdir()
    (folder / "..data" / "map.png").write_bytes(PNG)
    (folder / "map.png").symlink_to("..data/map.png")

    assert load(folder, "image: map.png", "alt: A map.").entry("way").image is not None


def test_an_image_may_be_at_an_address(folder: Path) -> None:
    image = load(folder, "image: https://bakery.example/map.png?size=2", "alt: A map.").entry("way").image

    assert image == Image("https://bakery.example/map.png?size=2", "A map.")


def test_the_section_of_a_role_may_have_an_image_and_links(folder: Path) -> None:
    (folder / "map.png").write_bytes(PNG)
    (folder / "role.yaml").write_text(
        """\
title: Baker
sections:
  contact:
    question: Who can I write to?
    text: Write to us.
    link: https://bakery.example/jobs
    image: map.png
    alt: A map.
    links:
      - label: All jobs
        url: https://bakery.example/all
""",
        encoding="utf-8",
    )

    contact = load(folder).entry("contact")

    assert contact.image is not None
    assert contact.links == (
        Link("Get in touch", "https://bakery.example/jobs"),
        Link("All jobs", "https://bakery.example/all"),
    )


def test_the_links_of_an_answer_stand_in_their_order(folder: Path) -> None:
    lines = [
        "links:",
        "  - {label: Trams, url: 'https://tram.example'}",
        "  - {label: Buses, url: 'https://bus.example/5'}",
    ]

    assert load(folder, *lines).entry("way").links == (
        Link("Trams", "https://tram.example"),
        Link("Buses", "https://bus.example/5"),
    )


def test_a_missing_image_is_named_with_the_closest_there_is(folder: Path) -> None:
    (folder / "Map.png").write_bytes(PNG)

    assert fault(folder, "image: map.png", "alt: A map.") == Fault(
        "faq.yaml",
        LINE,
        "There's no image map.png in this folder.",
        "Put it there, or fix its path. The closest name there is Map.png.",
    )


@pytest.mark.parametrize("path", ["../map.png", "images/../../map.png", "/dev/null"])
def test_an_image_outside_the_folder_is_refused_whether_it_is_there_or_not(folder: Path, path: str) -> None:
    absent = fault(folder, f"image: {path}", "alt: A map.")
    (folder.parent / "map.png").write_bytes(PNG)

    assert (absent.line, absent.problem) == (LINE, f"The image {path} is outside its folder.")
    assert fault(folder, f"image: {path}", "alt: A map.") == absent


def test_a_symbolic_link_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder.parent / "secret.png").write_bytes(PNG)
    (folder / "map.png").symlink_to("../secret.png")
    (folder / "images").symlink_to(folder.parent)

    for path in ("map.png", "images/secret.png"):
        assert fault(folder, f"image: {path}", "alt: A map.").problem == f"The image {path} is outside its folder."


def test_an_image_larger_than_the_limit_is_refused(folder: Path) -> None:
    (folder / "map.png").write_bytes(PNG.ljust(MAX_IMAGE_SIZE, b"\0"))
    load(folder, "image: map.png", "alt: A map.")

    (folder / "map.png").write_bytes(PNG.ljust(MAX_IMAGE_SIZE + 1, b"\0"))

    found = fault(folder, "image: map.png", "alt: A map.")
    assert (found.line, found.problem) == (LINE, "The image map.png is larger than 1 MiB.")


def test_the_images_of_a_folder_have_a_limit_together_and_count_once_each(folder: Path) -> None:
    most = MAX_IMAGES_SIZE // MAX_IMAGE_SIZE
    faq = "name: Corner Bakery School\nentries:\n"
    for number in range(most + 1):
        (folder / f"{number}.png").write_bytes(PNG.ljust(MAX_IMAGE_SIZE, b"\0"))
        faq += f"  way-{number}:\n    question: Way {number}?\n    answer: Yes.\n"
        faq += f"    image: {number}.png\n    alt: A map.\n"

    found = fault(folder, faq=faq)

    assert (found.line, found.problem) == (
        2 + 5 * most + 4,
        f"With {most}.png, the images of this folder are larger than 20 MiB.",
    )
    load(folder, faq=faq.replace(f"image: {most}.png", "image: 0.png"))


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"\x89PNG"], ids=str)
def test_a_file_that_is_no_image_is_refused_whatever_its_name(folder: Path, content: bytes) -> None:
    (folder / "map.png").write_bytes(content)

    found = fault(folder, "image: map.png", "alt: A map.")

    assert (found.line, found.problem) == (LINE, "The file map.png isn't a PNG, JPEG, GIF, or WebP image.")


def test_what_is_no_file_or_may_not_be_read_is_refused(folder: Path) -> None:
    (folder / "images").mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / "loop.png").symlink_to("loop.png")

    for path, reason in {
        "images": "Is a directory",
        "pipe.png": "it isn't a regular file",
        "loop.png": "Too many levels of symbolic links",
        f"{'x' * 300}.png": "File name too long",
        '"a\\0b.png"': "embedded null byte",
    }.items():
        found = fault(folder, f"image: {path}", "alt: A map.")
        assert found.line == LINE
        assert found.problem.endswith(f" can't be read: {reason}.")


@pytest.mark.parametrize(
    "place",
    [
        "http://bakery.example/map.png",
        "https:/bakery.example/map.png",
        "https://bakery",
        "https://bakery.example/the map.png",
        "https://user@bakery.example/map.png",
        "ftp://bakery.example/map.png",
        "C:\\map.png",
        "images\\map.png",
    ],
)
def test_what_is_neither_a_path_nor_an_https_address_is_no_image(folder: Path, place: str) -> None:
    found = fault(folder, f"image: '{place}'", "alt: A map.")

    assert (found.line, found.problem) == (
        LINE,
        "The key entries.way.image is neither a file nor an https address.",
    )


@pytest.mark.parametrize("place", ["map.png", "https://bakery.example/map.png"])
def test_an_image_needs_alt_text(folder: Path, place: str) -> None:
    (folder / "map.png").write_bytes(PNG)

    assert fault(folder, f"image: {place}") == Fault(
        "faq.yaml", LINE, "The image has no alt text.", "Add what it shows, such as alt: A map of the bakery."
    )


def test_alt_text_needs_an_image(folder: Path) -> None:
    found = fault(folder, "alt: A map.")

    assert (found.line, found.problem) == (LINE, "There's alt text but no image.")


@pytest.mark.parametrize(
    ("lines", "line", "problem"),
    [
        (["image: map.png", "alt: ''"], 1, "The key entries.way.alt is empty."),
        (["image: map.png", f"alt: {'x' * 301}"], 1, "The key entries.way.alt has 301 characters."),
        (["image: map.png", "alt: |-", "  A", "  map"], 1, "The key entries.way.alt has more than one line."),
        (["image: map.png", "alt: 'TODO: say it'"], 1, "The key entries.way.alt hasn't been written yet."),
        (["links:", "  - label: Trams"], 1, "The key entries.way.links.0.url is missing."),
        (["links:", "  - url: https://tram.example"], 1, "The key entries.way.links.0.label is missing."),
        (
            ["links:", "  - label: Trams", "    url: http://tram.example"],
            2,
            "The key entries.way.links.0.url isn't an https address.",
        ),
        (
            ["links:", f"  - label: {'x' * 81}", "    url: https://tram.example"],
            1,
            "The key entries.way.links.0.label has 81 characters.",
        ),
        (
            ["links:", "  - label: Trams", f"    url: https://tram.example/{'x' * 500}"],
            2,
            "The key entries.way.links.0.url has 521 characters.",
        ),
        (
            ["links:", *(f"  - {{label: '{number}', url: https://tram.example}}" for number in range(6))],
            0,
            "The key entries.way.links has 6 items.",
        ),
    ],
)
def test_each_mistake_is_told_at_its_line(folder: Path, lines: list[str], line: int, problem: str) -> None:
    (folder / "map.png").write_bytes(PNG)

    found = fault(folder, *lines)

    assert (found.line - LINE, found.problem) == (line, problem)


def test_faults_of_images_are_told_with_all_others(folder: Path) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(folder, "image: map.png", "alt: A map.", "related: [nowhere]", "answr: x")

    assert [each.line - LINE for each in caught.value.faults] == [0, 3, 2]
    assert {*caught.value.image_stamps} == {folder / "map.png"}


def test_another_image_of_the_same_size_makes_another_version(folder: Path) -> None:
    def version() -> str:
        return load(folder, "image: map.png", "alt: A map.").version

    (folder / "map.png").write_bytes(GIF + b"\0")
    before = version()
    (folder / "map.png").write_bytes(GIF + b"\1")

    assert version() != before
    (folder / "map.png").write_bytes(GIF + b"\0")
    assert version() == before


def test_alt_text_is_no_way_to_ask(folder: Path) -> None:
    entry = load(folder, "image: https://bakery.example/map.png", "alt: A map of the trams.").entry("way")

    assert entry.phrasings == ("How do I get there?",)
