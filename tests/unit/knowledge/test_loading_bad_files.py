"""Files that vanish, turn into folders, may not be read, or lead elsewhere: loading says so, and never more."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_knowledge

NOBODY = 65534
FILES = ("faq.yaml", "role.yaml", "phrasings.yaml")
every_file = pytest.mark.parametrize("file", FILES)
with_links = pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make symbolic links")


def faults_of(directory: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(directory)
    return caught.value.faults


@pytest.fixture
def readable_by_all(knowledge_dir: Path) -> Iterator[Path]:
    """A copy in a place that others than its owner may enter, as pytest's folders are not."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(shutil.copytree(knowledge_dir, Path(place) / "knowledge"))


@contextmanager
def as_one_whom_permissions_bind() -> Iterator[None]:
    """Be nobody for a while, if we are root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    codecs.lookup("utf-8-sig")  # Python reads its module when it is first needed, which nobody may not be allowed to
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions otherwise")
@every_file
def test_a_file_that_may_not_be_read_is_told(readable_by_all: Path, file: str) -> None:
    with as_one_whom_permissions_bind():
        assert load_knowledge(readable_by_all)
    (readable_by_all / file).chmod(0)

    with as_one_whom_permissions_bind():
        [fault] = faults_of(readable_by_all)

    assert (fault.file, fault.problem) == (file, "The file can't be read: Permission denied.")
    assert str(readable_by_all / file) in fault.remedy


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions otherwise")
def test_a_folder_that_may_not_be_entered_is_told(readable_by_all: Path) -> None:
    readable_by_all.chmod(0)
    try:
        with as_one_whom_permissions_bind():
            faults = faults_of(readable_by_all)
    finally:
        readable_by_all.chmod(0o755)

    assert {fault.problem for fault in faults} == {"The file can't be read: Permission denied."}


@with_links
@every_file
def test_a_link_out_of_the_folder_is_refused_and_where_it_leads_is_told(
    knowledge_dir: Path, tmp_path: Path, file: str
) -> None:
    outside = tmp_path / "outside.yaml"
    (knowledge_dir / file).rename(outside)
    (knowledge_dir / file).symlink_to(outside)

    [fault] = faults_of(knowledge_dir)
    assert (fault.file, fault.line) == (file, 1)
    assert fault.problem == f"The file is a symbolic link to something outside its folder: {outside}."
    assert "copy" in fault.remedy


@with_links
@pytest.mark.parametrize("target", ["../outside.yaml", "/etc/hostname", "/dev/zero", "../knowledge-of-others/faq.yaml"])
def test_a_link_out_is_refused_whatever_is_there(knowledge_dir: Path, target: str) -> None:
    (knowledge_dir / "faq.yaml").unlink()
    (knowledge_dir / "faq.yaml").symlink_to(target)

    [fault] = faults_of(knowledge_dir)
    assert fault.problem.startswith("The file is a symbolic link to something outside its folder: /")


@with_links
def test_a_link_out_by_way_of_a_folder_inside_is_refused(knowledge_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    (knowledge_dir / "faq.yaml").rename(tmp_path / "others/faq.yaml")
    (knowledge_dir / "inside").symlink_to(tmp_path / "others")
    (knowledge_dir / "faq.yaml").symlink_to("inside/faq.yaml")

    [fault] = faults_of(knowledge_dir)
    assert str(tmp_path / "others/faq.yaml") in fault.problem


@with_links
def test_links_inside_the_folder_are_followed_as_kubernetes_makes_them(knowledge_dir: Path) -> None:
    (knowledge_dir / "..2026_11_23").mkdir()
    (knowledge_dir / "..data").symlink_to("..2026_11_23")
    for file in FILES:
        (knowledge_dir / file).rename(knowledge_dir / "..2026_11_23" / file)
        (knowledge_dir / file).symlink_to(f"..data/{file}")

    assert load_knowledge(knowledge_dir)


@with_links
def test_the_folder_itself_may_be_a_link(knowledge_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(knowledge_dir)

    assert load_knowledge(tmp_path / "link") == load_knowledge(knowledge_dir)


@with_links
def test_a_link_to_itself_is_told(knowledge_dir: Path) -> None:
    (knowledge_dir / "faq.yaml").unlink()
    (knowledge_dir / "faq.yaml").symlink_to("faq.yaml")

    [fault] = faults_of(knowledge_dir)
    assert fault.problem.startswith("The file can't be read: ")
