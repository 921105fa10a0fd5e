"""Rank each phrasing as if it had not been learned: which of them would something else than its owner get?"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.confidence import logits
from bot.matching.corpus import Corpus, Floats, Integers
from bot.matching.decision import answer_threshold, subject_threshold
from bot.matching.left_out_votes import left_out_votes
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher, Ranking, most_counted_words, ranked_entries, similarity_share
from bot.matching.nearest import function_word_weight, tiny

frequent_words = 128  # that are looked at in all phrasings at once; the others by the few phrasings that have them
phrasings_at_once = 256
margin = 1e-3  # by which a fast look may differ from a close one


class LeftOut:
    """The phrasings of a knowledge base, each left out in turn; an owner with a single one keeps it."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        *,
        lexicon: Lexicon,
        matcher: Matcher,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Measure all phrasings that the matcher has learned; `progress` is told which share is done, from 0 to 1."""
        owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
        positions = [position for position, owner in enumerate(owners) for _ in owner.phrasings]
        corpus = Corpus.of(lexicon.phrasings, positions, owner_count=len(owners), size=lexicon.size)
        self._matcher = matcher
        self._owners = corpus.owners
        self._entry_count = len(knowledge.entries)
        self._words = _Words(corpus)
        self._votes = left_out_votes(corpus)
        progress(0.5)
        self._likeness = self._words.likeness(lambda share: progress(0.5 + share / 2))

    def rank(self, position: int) -> Ranking:
        """Rank the entries for one phrasing."""
        return self._matcher.rank_left_out(position, self._votes[position])

    def contested(self) -> list[int]:
        """Return the positions of the phrasings that something else than its owner may get; a close look will tell.

        The evidence is that of `Matcher`, for all phrasings at once.
        """
        entries, rows = self._entry_count, np.arange(len(self._owners))
        votes, likeness = self._votes[:, :entries], self._likeness[:, :entries]
        off_topic_votes = _highest(self._votes[:, entries:])
        logit = logits(
            vote=votes,
            rival_vote=_highest_of_others(votes),
            off_topic_vote=off_topic_votes,
            similarity=likeness,
            off_topic_similarity=_highest(self._likeness[:, entries:]),
            unexplained=self._words.unexplained()[:, :entries],
            unknown=np.zeros((len(rows), 1), np.float32),
            length=np.log1p(np.minimum(self._words.content_counts, most_counted_words))[:, np.newaxis],
        )
        order = np.argsort(-(votes + similarity_share * likeness), axis=1, kind="stable")
        np.put_along_axis(logit, order[:, ranked_entries:], -np.inf, axis=1)
        is_entrys = self._owners < entries
        own = np.where(is_entrys, logit[rows, np.minimum(self._owners, entries - 1)], -np.inf)
        logit[rows[is_entrys], self._owners[is_entrys]] = -np.inf
        other = logit.max(axis=1)
        least = math.log(answer_threshold / (1 - answer_threshold)) - margin
        is_taken = (other >= least) & (other >= own - margin)
        is_refused = is_entrys & (own < least + 2 * margin) & (off_topic_votes[:, 0] >= subject_threshold - margin)
        is_alone = np.bincount(self._owners)[self._owners] == 1
        contested: list[int] = np.flatnonzero((is_taken | is_refused) & ~is_alone).tolist()
        return contested


def _highest(values: Floats) -> Floats:
    """Return the highest of each row, as a column; 0 where there is none."""
    return values.max(axis=1, keepdims=True) if values.shape[1] else np.zeros((len(values), 1), np.float32)


def _highest_of_others(votes: Floats) -> Floats:
    """Return for each vote the highest other one of its row."""
    if votes.shape[1] == 1:
        return np.zeros_like(votes)
    second, first = np.partition(votes, -2, axis=1)[:, -2:].T[:, :, np.newaxis]
    others: Floats = np.where(votes == first, second, first)
    return others


class _Words:
    """Which words each phrasing has, each once, and which phrasings have each word."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        places = np.unique(corpus.rows * corpus.size + corpus.numbers, return_index=True)[1]
        self._rows, self._numbers = corpus.rows[places], corpus.numbers[places]
        self._is_content = corpus.is_content[places]
        self.content_counts = np.bincount(self._rows[self._is_content], minlength=len(corpus.lengths))

    def unexplained(self) -> Floats:
        """Return for each phrasing and owner the share of its content words that no other phrasing of the owner has."""
        corpus = self._corpus
        rows, numbers = self._rows[self._is_content], self._numbers[self._is_content]
        having = np.zeros((corpus.size, corpus.owner_count), np.int32)
        np.add.at(having, (self._numbers, corpus.owners[self._rows]), 1)
        others = having[numbers]
        others[np.arange(len(rows)), corpus.owners[rows]] -= 1
        missing = np.zeros((len(corpus.lengths), corpus.owner_count), np.float32)
        np.add.at(missing, rows, (others == 0).astype(np.float32))
        missing /= np.maximum(1, self.content_counts)[:, np.newaxis]
        return missing

    def likeness(self, progress: Callable[[float], None]) -> Floats:
        """Return for each phrasing and owner how like it is to the nearest other phrasing of the owner."""
        owners, count = self._corpus.owners, len(self._corpus.lengths)
        starts = np.searchsorted(owners, np.arange(self._corpus.owner_count))
        weights = np.where(self._is_content, np.float32(1), function_word_weight)
        totals = np.bincount(self._rows, weights, count).astype(np.float32)
        is_frequent, has, weighted = self._frequent(weights)
        rare = _Meetings(self._rows[~is_frequent], self._numbers[~is_frequent], weights[~is_frequent])
        nearest = np.empty((count, self._corpus.owner_count), np.float32)
        for first in range(0, count, phrasings_at_once):
            block = slice(first, min(first + phrasings_at_once, count))
            likeness = weighted[block] @ has.T
            left, right, shared = rare.of_rows(block)
            np.add.at(likeness, (left - first, right), shared)
            likeness *= 2
            likeness /= totals + totals[block, np.newaxis] + np.float32(tiny)
            own = np.arange(block.start, block.stop)
            likeness[own - first, own] = 0
            nearest[block] = np.maximum.reduceat(likeness, starts, axis=1)
            progress(block.stop / count)
        return nearest

    def _frequent(self, weights: Floats) -> tuple[NDArray[np.bool_], Floats, Floats]:
        """Return which of the words are frequent, and for these, which phrasing has which and what it counts there."""
        frequency = np.bincount(self._numbers, minlength=self._corpus.size)
        frequent = np.argsort(-frequency, kind="stable")[:frequent_words]
        column = np.full(self._corpus.size, -1)
        column[frequent] = np.arange(len(frequent))
        is_frequent = column[self._numbers] >= 0
        places = self._rows[is_frequent], column[self._numbers[is_frequent]]
        has = np.zeros((len(self._corpus.lengths), len(frequent)), np.float32)
        weighted = np.zeros_like(has)
        has[places], weighted[places] = 1, weights[is_frequent]
        return is_frequent, has, weighted


class _Meetings:
    """Which phrasings share words, found from the words: as few as have one that is rare."""

    def __init__(self, rows: Integers, numbers: Integers, weights: Floats) -> None:
        """Take in the words of all phrasings, those of one after those of another."""
        order = np.argsort(numbers, kind="stable")
        first, last = (np.searchsorted(numbers[order], numbers, side) for side in ("left", "right"))
        self._rows, self._weights, self._having = rows, weights, rows[order]
        self._first, self._counts = first, last - first

    def of_rows(self, block: slice) -> tuple[Integers, Integers, Floats]:
        """Return each pair of one of these phrasings and any other that share a word, and what it counts."""
        part = slice(*np.searchsorted(self._rows, (block.start, block.stop)))
        counts = self._counts[part]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        others = self._having[np.repeat(self._first[part], counts) + within]
        return np.repeat(self._rows[part], counts), others, np.repeat(self._weights[part], counts)
