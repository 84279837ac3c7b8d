"""Many known names, of which few may be meant by one that is unknown: those that `nearest` is to choose from.

`nearest` reads every name that it is given. This leaves it those that it may answer, by what makes a name likely there:

- spelled alike: the bounds of `letters`, then the score, then the rule of its long words, from words that are compared
  once whatever the number of names that hold them;
- held by the other, or its beginning: the best few by the share held, which is their score;
- its initials: the first few, for all have the same score.

Belongs here: leaving out names that cannot be answered. Does not belong here: what makes a name likely (``nearest`` in
``curation.issues``), which spellings are known (``lookups``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.issues import LEAST_HELD, LEAST_SHARE, LONG_WORD, SAME_WORD, SMALL_WORDS
from pipelines.normalise.letters import Positions, Prints, Words

CUTOFF = 70
"""That of `nearest`."""
_AFTER_LETTERS = "{"
_KEPT_WORDS = 256
_HAIR = 0.01
"""Scores of words are taken a hair too low rather than too high: `nearest` decides."""

Flags = npt.NDArray[np.bool_]


class Names:
    """Folded texts, all different and none blank, made ready to be searched."""

    def __init__(self, folded: Iterable[str]) -> None:
        self.texts = sorted(folded)
        words = Words.of(pd.Series(self.texts, dtype="str"))
        self._codes, self._ends = words.codes, words.ends
        self._numbers = np.diff(words.ends)
        self._vocabulary = words.vocabulary.to_pylist()
        self._place = {word: place for place, word in enumerate(self._vocabulary)}
        self._long = pc.greater_equal(pc.binary_length(words.vocabulary), LONG_WORD).to_numpy(zero_copy_only=False)
        size = max(len(self._vocabulary), 1)
        rows, codes = np.divmod(
            np.unique(np.repeat(np.arange(len(self.texts)), self._numbers) * size + words.codes), size
        )
        self._different = np.bincount(rows, minlength=len(self.texts))
        self._holders = rows[np.argsort(codes, kind="stable")]
        self._held = np.append(0, np.cumsum(np.bincount(codes, minlength=size)))
        self._prints = Prints.of(pa.array(self.texts, pa.large_string()))
        self._sorted = words.joined().to_numpy(zero_copy_only=False)
        self._initials = _initials(pa.array(self.texts, pa.large_string()))
        self._near = lru_cache(_KEPT_WORDS)(self._near_word)

    def likely(self, wanted: str, limit: int) -> list[str]:
        """Texts among which are the ``limit`` first that `nearest` answers for a folded one."""
        if not self.texts or not wanted:
            return []
        rows = np.concatenate([self._alike(wanted), self._holding(wanted, limit), self._initialled(wanted, limit)])
        return [self.texts[row] for row in np.unique(rows)]

    def _alike(self, wanted: str) -> Positions:
        from rapidfuzz import fuzz, process

        rows = self._prints.like(wanted, CUTOFF)
        if not len(rows):
            return rows
        ordered = " ".join(sorted(wanted.split()))
        scores = [
            process.cdist([text], texts[rows], scorer=fuzz.ratio, score_cutoff=CUTOFF - _HAIR, dtype=np.float64)[0]
            for text, texts in ((wanted, self._prints.texts), (ordered, self._sorted))
        ]
        rows = rows[np.maximum(*scores) > 0]
        found: Positions = rows[self._same_words(wanted.split(), rows)]
        return found

    def _same_words(self, words: list[str], rows: Positions) -> Flags:
        """Whether each long word of what has fewer words is spelled nearly as one of the other (as in `nearest`)."""
        sizes = self._numbers[rows]
        begins = np.cumsum(sizes) - sizes
        row = np.repeat(np.arange(len(rows)), sizes)
        codes = self._codes[np.arange(len(row)) + np.repeat(self._ends[rows] - begins, sizes)]
        own = np.ones(len(rows), dtype=bool)
        any_near = np.zeros(len(codes), dtype=bool)
        for word in dict.fromkeys(words):
            near = self._near(word)[codes]
            any_near |= near
            if len(word) >= LONG_WORD:
                own &= np.bincount(row[near], minlength=len(rows)) > 0
        theirs = np.bincount(row[self._long[codes] & ~any_near], minlength=len(rows)) == 0
        found: Flags = np.where(len(words) <= sizes, own, theirs)
        return found

    def _near_word(self, word: str) -> Flags:
        """Which words of the vocabulary are spelled nearly as this one."""
        from rapidfuzz import fuzz, process

        cutoff = SAME_WORD - _HAIR
        scores = process.cdist([word], self._vocabulary, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float32)
        near: Flags = scores[0] > 0
        return near

    def _holding(self, wanted: str, limit: int) -> Positions:
        words = set(wanted.split())
        places = [self._place[word] for word in words if word in self._place]
        holders = [self._holders[self._held[place] : self._held[place + 1]] for place in places]
        common = np.bincount(np.concatenate([np.zeros(0, np.int64), *holders]), minlength=len(self.texts))
        begun = range(bisect_left(self.texts, wanted), bisect_left(self.texts, wanted + _AFTER_LETTERS))
        lengths = self._prints.lengths
        longer = lengths >= len(wanted)
        held = np.where(longer, common == len(words), common == self._different)
        held[begun.start : begun.stop] = True
        for end in range(1, len(wanted)):
            place = bisect_left(self.texts, wanted[:end])
            if place < len(self.texts) and self.texts[place] == wanted[:end]:
                held[place] = True
        rows = np.flatnonzero(held)
        short, long = np.minimum(lengths[rows], len(wanted)), np.maximum(lengths[rows], len(wanted))
        share = short / long
        best = (share >= LEAST_SHARE) & (short >= LEAST_HELD)
        rows, share = rows[best], share[best]
        return rows[np.argsort(-share, kind="stable")[:limit]]

    def _initialled(self, wanted: str, limit: int) -> Positions:
        rows, initials = self._initials
        found: Positions = rows[pc.equal(initials, wanted).to_numpy(zero_copy_only=False)][:limit]
        return found


def _initials(texts: pa.Array) -> tuple[Positions, pa.Array]:
    """The rows that have initials, each with one form of them, in order of rows."""
    split = pc.split_pattern(texts, " ")
    words = split.values
    kept = ~pc.is_in(words, pa.array(sorted(SMALL_WORDS), words.type)).to_numpy(zero_copy_only=False)
    words = words.filter(pa.array(kept))
    ends = np.append(0, np.cumsum(kept))[split.offsets.to_numpy()]
    several = np.flatnonzero(np.diff(ends) >= 2)
    letters = pc.utf8_slice_codeunits(words, 0, 1).cast(pa.string())
    short = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), letters), "").take(pa.array(several))
    first = words.take(pa.array(ends[several])).cast(pa.string())
    long = pc.binary_join_element_wise(first, pc.utf8_slice_codeunits(short, 1), "")
    order = np.argsort(np.append(several, several), kind="stable")
    return np.append(several, several)[order], pa.concat_arrays([short, long]).take(pa.array(order))
