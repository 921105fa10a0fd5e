"""The encoders of meaning, and how the vectors of the knowledge are kept."""

from __future__ import annotations

import importlib.util
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from bot.encoders import files, installed, vectors
from bot.encoders.files import UnusableEncoder, check_file, package_file
from bot.encoders.installed import SHIPPED_VECTORS, InstalledEncoders
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.encoders.vectors import KeepingEncoder, KeptVectors, delete_other_names, digests_of
from bot.knowledge.loading import load_knowledge
from bot.language.languages import Language
from bot.matching.corpus import Floats
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoder, Encoders

KNOWN = ["what is a tpm?", "does it need a degree?", "how do i apply?"]
MODELS: list[MiniLM | UniversalSentenceEncoder] = [MiniLM(), UniversalSentenceEncoder()]


class Counted:
    """MiniLM, and which texts it was given."""

    name: ClassVar[str] = "minilm"

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.given += texts
        return MODELS[0].encode(texts)

    encode_knowledge = encode


def keeping(encoder: Encoder, folder: Path | None, kept_as: str | None = None) -> KeepingEncoder:
    return KeepingEncoder(encoder, dimensions=384, shipped=Path("nowhere"), folder=folder, kept_as=kept_as)


def kept_texts(file: Path) -> set[int]:
    kept = KeptVectors.read(file)
    assert kept is not None
    return set(kept.digests.tolist())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_texts_become_unit_vectors_and_like_ones_lie_near(model: MiniLM | UniversalSentenceEncoder) -> None:
    vectors = model.encode(["is a degree required?", "do i need to have studied?", "the weather is nice today"])

    assert vectors.dtype == np.float32
    assert vectors.shape == (3, model.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@pytest.mark.parametrize("encoder", ["minilm.MiniLM", "universal.UniversalSentenceEncoder"])
def test_an_encoder_reports_nothing_and_creates_no_machine_id(encoder: str, tmp_path: Path) -> None:
    module, _, name = encoder.partition(".")
    code = f"from bot.encoders.{module} import {name}; {name}().encode(['how bright is the lamp'])"

    subprocess.run(  # noqa: S603 - arguments of our own
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])},
        check=True,
    )

    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_text_gives_no_vector_and_a_long_one_is_cut(model: MiniLM | UniversalSentenceEncoder) -> None:
    assert model.encode([]).shape == (0, model.dimensions)
    assert model.encode(["word " * 4000, ""]).shape == (2, model.dimensions)


@pytest.mark.parametrize("question", ["Brauche ich ein Studium?", "学位は必要ですか", "¿Hace falta un título?"])
def test_the_multilingual_encoder_brings_languages_together(question: str) -> None:
    asked, near, far = MODELS[1].encode([question, "do i need a degree?", "how do i contact you?"])

    assert asked @ near > asked @ far + 0.1


def test_the_table_of_word_pieces_may_stay_on_disk(tmp_path: Path) -> None:
    on_disk = UniversalSentenceEncoder(folder=tmp_path)

    assert on_disk.encode(KNOWN) == pytest.approx(MODELS[1].encode(KNOWN))
    assert isinstance(on_disk._model._model.table, np.memmap)
    assert list(tmp_path.iterdir()) == []


def test_where_the_table_cannot_be_written_it_stays_in_memory(tmp_path: Path) -> None:
    assert UniversalSentenceEncoder(folder=tmp_path / "missing").encode(KNOWN).shape == (3, 512)


def test_what_was_encoded_once_is_kept(tmp_path: Path) -> None:
    first, second = Counted(), Counted()

    vectors = keeping(first, tmp_path).encode_knowledge(KNOWN)
    again = keeping(second, tmp_path).encode_knowledge(KNOWN)

    assert (first.given, second.given) == (KNOWN, [])
    assert (again * MODELS[0].encode(KNOWN)).sum(axis=1) == pytest.approx(1, abs=0.01)
    assert again == pytest.approx(vectors, abs=1e-6)


def test_after_an_edit_only_what_changed_is_encoded(tmp_path: Path) -> None:
    keeping(Counted(), tmp_path).encode_knowledge(KNOWN)
    encoder = Counted()

    keeping(encoder, tmp_path).encode_knowledge([*KNOWN[:2], "who pays for it?"])

    assert encoder.given == ["who pays for it?"]


def test_a_servers_vectors_are_in_a_file_of_its_own_without_the_shared_ones(tmp_path: Path) -> None:
    keeping(Counted(), tmp_path).encode_knowledge(KNOWN)
    shared, encoder = (tmp_path / "minilm.npz").read_bytes(), Counted()

    for name in ("north", "south"):
        for _ in range(2):
            keeping(encoder, tmp_path, kept_as=name).encode_knowledge([*KNOWN, f"where is {name}?"])

    assert encoder.given == ["where is north?", "where is south?"]
    assert (tmp_path / "minilm.npz").read_bytes() == shared
    for name in ("north", "south"):
        own = kept_texts(tmp_path / "servers" / name / "minilm.npz")
        assert own == set(digests_of([f"where is {name}?"]).tolist())


@pytest.mark.parametrize(("name", "limit"), [(None, "MAX_UNUSED"), ("north", "MAX_UNUSED_BY_NAME")])
def test_of_what_is_no_longer_used_the_latest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None, limit: str
) -> None:
    monkeypatch.setattr(vectors, limit, 1)
    for texts in (["one", "used"], ["two", "used"], ["three", "used"]):
        keeping(Counted(), tmp_path, kept_as=name).encode_knowledge(texts)

    (file,) = tmp_path.rglob("*.npz")
    assert kept_texts(file) == set(digests_of(["three", "used", "two"]).tolist())


def test_what_is_stored_under_other_names_is_deleted(tmp_path: Path) -> None:
    for name in (None, "north", "south"):
        keeping(Counted(), tmp_path, kept_as=name).encode_knowledge([f"where is {name}?"])

    delete_other_names(tmp_path, {"south", "west"})

    stored = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.npz")}
    assert stored == {"minilm.npz", "servers/south/minilm.npz"}


def test_a_question_is_never_kept(tmp_path: Path) -> None:
    encoder = keeping(Counted(), tmp_path)
    encoder.encode_knowledge(KNOWN)
    encoder.encode(["my secret question"])

    (file,) = tmp_path.iterdir()
    kept = KeptVectors.read(file)
    assert kept is not None
    assert set(kept.digests) == set(digests_of(KNOWN))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_said_and_made_anew(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "minilm.npz").write_bytes(content)
    encoder = Counted()

    with caplog.at_level(logging.WARNING):
        keeping(encoder, tmp_path).encode_knowledge(KNOWN)

    assert encoder.given == KNOWN
    assert "can't be used" in caplog.text
    assert KeptVectors.read(tmp_path / "minilm.npz") is not None


def test_where_nothing_can_be_written_it_works_in_memory(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()

    vectors = keeping(Counted(), tmp_path / "a file" / "below").encode_knowledge(KNOWN)

    assert vectors.shape == (3, 384)


def test_the_shipped_vectors_are_those_of_the_shipped_texts() -> None:
    class NothingToEncode(Counted):
        def encode(self, texts: Sequence[str]) -> Floats:
            if list(texts) == ["are you there?"]:
                return np.zeros((1, 1), np.float32)
            raise AssertionError(f"run python -m benchmarks.shipped_vectors: {texts[:3]}")

    knowledge = load_knowledge()
    for model in MODELS:
        encoder = NothingToEncode()
        encoder.name = model.name  # type: ignore[misc]
        kept = KeepingEncoder(encoder, dimensions=model.dimensions, shipped=SHIPPED_VECTORS, folder=None)
        Matcher(knowledge, encoders=Encoders(multilingual=kept)).prepare()
        texts = [entry.question.casefold() for entry in knowledge.entries]
        assert (kept.encode_knowledge(texts) * model.encode(texts)).sum(axis=1) == pytest.approx(1, abs=1e-2)


def test_the_shipped_vectors_take_at_most_8_megabytes() -> None:
    assert sum(file.stat().st_size for file in SHIPPED_VECTORS.iterdir()) <= 8_000_000


def test_a_model_with_another_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"something else")

    with pytest.raises(UnusableEncoder, match=r"needs another version of .*model: its SHA-256 is [0-9a-f]{64}, not"):
        check_file("minilm", tmp_path / "model", "0" * 64)


def test_a_missing_model_or_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableEncoder, match=r"can't read .*model: No such file"):
        check_file("minilm", tmp_path / "model", "0" * 64)
    with pytest.raises(UnusableEncoder, match=r"needs the package no_such_package, which isn't"):
        package_file("minilm", "no_such_package", "model")


def test_without_an_encoder_the_other_takes_over_and_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(files, "find_spec", lambda name: None if name == "onnxruntime" else found(name))
    encoders = InstalledEncoders(folder=None)

    with caplog.at_level(logging.WARNING, logger=installed.__name__):
        best = [encoders.best_for(english=english) for english in (True, False, True)]

    assert [encoder.name if encoder else None for encoder in best] == ["universal"] * 3
    assert len(caplog.messages) == 1
    assert caplog.messages[0].endswith("needs the package onnxruntime, which isn't installed.")


def test_english_and_other_languages_have_the_encoder_that_knows_them_best() -> None:
    matcher = Matcher(load_knowledge(), encoders=Encoders(english=MODELS[0], multilingual=MODELS[1]))

    names = {
        question: encoder.name if (encoder := matcher.encoder_for(question)) else None
        for question in (
            "do i have to know how to program?",
            "wird man damit chef?",
            "tpmになるには",
            "o que faz um tpm?",
        )
    }

    assert list(names.values()) == ["minilm", "universal", "universal", "universal"]


def test_knowledge_in_another_language_is_read_by_the_multilingual_encoder() -> None:
    knowledge = replace(load_knowledge(), language=Language("de"))
    matcher = Matcher(knowledge, encoders=Encoders(english=MODELS[0], multilingual=MODELS[1]))

    assert matcher.encoder_for("do i need a degree?") is MODELS[1]
