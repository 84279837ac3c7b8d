"""Many texts compared letter by letter: which pairs may be alike, cheaply, and how much they are, exactly.

The likeness of two texts is `rapidfuzz.fuzz.ratio`, from 0 to 100: with ``d`` the letters to insert and to delete to
make one of the other, 100 × (1 − d / (sum of their lengths)). Inserting or deleting a letter changes by one the length,
and the number of one letter only. So ``d`` is at least the difference of lengths, and at least the sum, letter by
letter, of the differences of their numbers (the bag distance: I. Bartolini, P. Ciaccia, M. Patella, « String matching
with metric trees using an approximate distance », SPIRE 2002); counting some of « has at least k times the letter c »
that hold of one text only gives no more than this sum. A pair that these bounds exclude is below the cutoff for sure.

Belongs here: bounds and scores of pairs, whatever the texts are. Does not belong here: which rows are compared, and
what is said of them (``likeness``, ``namesakes``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.texts import as_arrow, folded

Positions = npt.NDArray[np.int64]
Pairs = tuple[Positions, Positions]
Questions = tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp]]

CHUNK = 1 << 17
"""Pairs looked at together: what bounds the memory."""
_WORDS, _MOST = 4, 15
"""Words of 64 bits of a print, and occurrences of a letter that are counted."""
_TEXTS = 1 << 15
_STRIP = 128
"""Texts compared with all of their run at a time: what is between them stays in the processor's cache."""
_ALPHABET = b" 0123456789abcdefghijklmnopqrstuvwxyz"
_LETTER = np.zeros(256, dtype=np.int64)
_LETTER[list(_ALPHABET)] = np.arange(len(_ALPHABET))


@dataclass(frozen=True)
class Words:
    """The words of each text in order: ``codes`` in the ordered ``vocabulary``, ``ends[i]`` where those of i begin."""

    vocabulary: pa.Array
    codes: Positions
    ends: Positions

    @classmethod
    def of(cls, texts: pd.Series[str]) -> Words:
        """The words of the texts, folded; a blank or missing one has one word, which is blank."""
        split = pc.split_pattern(pc.fill_null(as_arrow(folded(texts)), ""), " ")
        coded = split.values.dictionary_encode()
        order = pc.sort_indices(coded.dictionary).to_numpy()
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        ends = split.offsets.to_numpy().astype(np.int64)
        keys = np.repeat(np.arange(len(texts)) * len(order), np.diff(ends)) + rank[coded.indices.to_numpy()]
        for start in range(0, len(texts), _TEXTS):  # a few texts at a time, whose words the processor's cache holds
            keys[ends[start] : ends[min(start + _TEXTS, len(texts))]].sort()
        return cls(coded.dictionary.take(pa.array(order)).cast(pa.string()), keys % max(len(order), 1), ends)

    def without(self, words: Collection[str]) -> Words:
        """The same, but for some words."""
        kept = ~pc.is_in(self.vocabulary, pa.array(sorted(words))).to_numpy(zero_copy_only=False)[self.codes]
        return Words(self.vocabulary, self.codes[kept], np.append(0, np.cumsum(kept))[self.ends])

    def joined(self) -> pa.Array:
        """Each text as one, its words in order."""
        words = pa.ListArray.from_arrays(pa.array(self.ends, pa.int32()), self.vocabulary.take(pa.array(self.codes)))
        return pc.binary_join(words, " ").cast(pa.large_string())


@dataclass(frozen=True)
class Prints:
    """Folded texts, with what their bounds are computed from: their lengths, and bits (one array a word of 64).

    ``asked``: the question that each bit answers, a number of times and a letter.
    """

    texts: npt.NDArray[np.object_]
    lengths: Positions
    bits: npt.NDArray[np.uint64]
    asked: Questions

    @classmethod
    def of(cls, texts: pa.Array, asked: Questions | None = None) -> Prints:
        """The prints of texts made of letters, digits and spaces; only those ``asked`` the same compare."""
        _, offsets, letters = texts.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64, count=len(texts) + 1, offset=8 * texts.offset)
        counts = _counts(np.frombuffer(letters, dtype=np.uint8), ends)
        asked = asked or _questions(counts)
        return cls(texts.to_numpy(zero_copy_only=False), np.diff(ends), _bits(counts, asked), asked)

    def near(self, pairs: Pairs, cutoff: int) -> Pairs:
        """Those of the pairs that may be as alike as ``cutoff``: none that is gets lost."""
        one, other = pairs
        allowed = (100 - cutoff) * (self.lengths[one] + self.lengths[other]) // 100
        apart = np.zeros(len(one), dtype=np.int64)
        for word in self.bits:
            apart += np.bitwise_count(word[one] ^ word[other])
            kept = np.flatnonzero(apart <= allowed)
            one, other, allowed, apart = one[kept], other[kept], allowed[kept], apart[kept]
        return one, other

    def near_together(self, start: int, stop: int, cutoff: int) -> Pairs:
        """Those of all pairs of consecutive texts that may be as alike as ``cutoff``, the earlier one first.

        Many times faster than to write the pairs down and ask `near`, which then only sees those that the first word
        leaves.
        """
        word, most = self.bits[0][start:stop], ((100 - cutoff) * self.lengths[start:stop]).astype(np.int32)
        nothing = np.zeros(0, dtype=np.int64)
        found = [(nothing, nothing)]
        for first in range(0, stop - start, _STRIP):
            rows, others = slice(first, first + _STRIP), slice(first, stop - start)
            apart = np.bitwise_count(word[rows, None] ^ word[others]).astype(np.int32)
            kept = 100 * apart <= most[rows, None] + most[others]
            kept[:, :_STRIP] = np.triu(kept[:, :_STRIP], 1)
            one, other = np.divmod(np.flatnonzero(kept), kept.shape[1])
            found.append((start + first + one, start + first + other))
        earlier, later = (np.concatenate(side) for side in zip(*found, strict=True))
        return self.near((earlier, later), cutoff)

    def like(self, text: str, cutoff: int) -> Positions:
        """The texts that may be as alike as ``cutoff`` to a folded one, whatever the order of letters."""
        alone = Prints.of(pa.array([text], pa.large_string()), self.asked)
        allowed = (100 - cutoff) * (self.lengths + len(text)) // 100
        kept = np.flatnonzero(np.abs(self.lengths - len(text)) <= allowed)
        apart = np.zeros(len(kept), dtype=np.int64)
        for word, own in zip(self.bits, alone.bits, strict=True):
            apart += np.bitwise_count(word[kept] ^ own)
            near = apart <= allowed[kept]
            kept, apart = kept[near], apart[near]
        return kept

    def scores(self, pairs: Pairs, cutoff: int) -> npt.NDArray[np.float64]:
        """The likeness of each pair, 0 where it is under ``cutoff``."""
        from rapidfuzz import fuzz, process

        one, other = (self.texts[side] for side in pairs)
        if not len(one):
            return np.zeros(0)
        return process.cpdist(one, other, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float64)


def _counts(letters: npt.NDArray[np.uint8], ends: Positions) -> npt.NDArray[np.uint8]:
    """How many times each text holds each letter, up to `_MOST`; ``ends``: where each begins, and the last ends."""
    found = np.zeros((len(ends) - 1, len(_ALPHABET)), dtype=np.uint8)
    for start in range(0, len(found), _TEXTS):
        part = ends[start : start + _TEXTS + 1]
        rows = np.arange(len(part) - 1) * len(_ALPHABET)
        places = np.repeat(rows, np.diff(part)) + _LETTER[letters[part[0] : part[-1]]]
        counts = np.bincount(places, minlength=len(rows) * len(_ALPHABET)).reshape(len(rows), -1)
        found[start : start + _TEXTS] = np.minimum(counts, _MOST)
    return found


def _questions(counts: npt.NDArray[np.uint8]) -> Questions:
    """Whether a text has a letter so many times: the questions whose answers differ most."""
    counts = counts[:: max(len(counts) // _TEXTS, 1)]  # any questions do: they only decide how many pairs are scored
    shares = np.stack([(counts >= level).sum(axis=0) for level in range(1, _MOST + 1)]) / max(len(counts), 1)
    told = np.argsort(-(shares * (1 - shares)).ravel(), kind="stable")[: _WORDS * 64]
    levels, letters = np.unravel_index(told, shares.shape)
    return (levels + 1).astype(np.uint8), letters


def _bits(counts: npt.NDArray[np.uint8], asked: Questions) -> npt.NDArray[np.uint64]:
    """The answers of each text, packed."""
    levels, letters = asked
    found = np.zeros((_WORDS, len(counts)), dtype=np.uint64)
    for start in range(0, len(counts), _TEXTS):
        held = np.ascontiguousarray(counts[start : start + _TEXTS].T)
        answers = (held[letters] >= levels[:, None]).view(np.uint8).reshape(-1, 8, held.shape[1])
        packed = np.zeros((len(answers), held.shape[1]), dtype=np.uint8)
        for bit in range(8):
            packed |= answers[:, bit] << bit
        found[:, start : start + _TEXTS] = np.ascontiguousarray(packed.T).view(np.uint64).T
    return found


def in_chunks(first: Positions, starts: Positions, sizes: Positions) -> Iterator[Pairs]:
    """Pairs of each ``first[i]`` with the ``sizes[i]`` numbers from ``starts[i]`` on; about `CHUNK` pairs at once."""
    ends = np.cumsum(sizes)
    done = 0
    while done < len(sizes):
        before = ends[done - 1] if done else 0
        until = max(int(np.searchsorted(ends, before + CHUNK, side="right")), done + 1)
        size = sizes[done:until]
        shift = starts[done:until] - (ends[done:until] - size - before)
        yield np.repeat(first[done:until], size), np.arange(ends[until - 1] - before) + np.repeat(shift, size)
        done = until
