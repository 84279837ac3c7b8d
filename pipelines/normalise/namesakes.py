"""Organisations of the registry that may be the same under two names: the pairs, and their warning.

Small words (« de », « la »…) do not count. Two names are likely to be the same organisation's when

1. their words, folded and put in order, are alike (`letters`) to at least `THRESHOLD` of 100, and
2. each word of one has its counterpart in the other: the same word, or, without digits, a word alike to at least
   `SAME_WORD` of 100. « Office de tourisme de Lyon » is not that of Bordeaux, nor « la Loire » « la Haute-Loire ».

Names of the very same words count as one: each later one goes with the first, and only the first meets other names.

The pairs are those of an exhaustive search. By 2, a pair shares, up to a counterpart, every word of a name, so its
rarest one too: a name is compared with those that hold a counterpart of its rarest word, if the bounds of `letters` let
them reach 1. Counterparts are found among all the words by the same bounds. (The prefix filter of S. Chaudhuri, V.
Ganti and R. Kaushik, « A primitive operator for similarity joins in data cleaning », ICDE 2006, for a prefix of one
word, since all words must be matched.)

Belongs here: likeness of names of organisations. Does not belong here: rows of a contract (``likeness``), what a name
that is not known may stand for (``lookups``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.issues import SMALL_WORDS
from pipelines.normalise.letters import Pairs, Positions, Prints, Words, in_chunks
from pipelines.normalise.likeness import compatible
from pipelines.normalise.rows import Rows, Workspace
from pipelines.texts import as_series

THRESHOLD, SAME_WORD = 90, 80
TELLING = ("siren", "zone_type_code", "zone_code", "est_groupe")
"""What tells two organisations apart: another SIREN, another zone, or several organisations and one."""
_PAIRS_OF_NAMES = 1 << 14


def report_namesakes(workspace: Workspace) -> None:
    """Warns of partners of the registry that may be an earlier one under another name, and that nothing tells apart.

    A partner is known by its name and by its spellings that hold for all contracts.
    """
    rows = workspace.rows["partenaires"]
    names = _names(rows, workspace.rows["partenaires_denominations"])
    found = likely_pairs(names["name"])
    one, other = (names.loc[found[side]].reset_index(drop=True) for side in ("left", "right"))
    later = one["row"] > other["row"]
    pairs = pd.DataFrame(
        {
            "row": one["row"].where(later, other["row"]),
            "other": other["row"].where(later, one["row"]),
            "as": other["name"].where(later, one["name"]),
            "score": found["score"],
        }
    )
    pairs = pairs[pairs["row"] != pairs["other"]].sort_values(["row", "score"], ascending=[True, False], kind="stable")
    pairs = pairs[compatible(rows.frame, pairs, list(TELLING))].drop_duplicates("row")
    pairs = pairs[rows.frame.loc[pairs["row"], "remarque"].isna().to_numpy()]
    shown = [
        f"« {name} » ({rows.typed.source.where(int(place))}, ressemblance {score:.0f} %)"
        for name, place, score in zip(pairs["as"], pairs["other"], pairs["score"], strict=True)
    ]
    workspace.log.add("partenaire-ressemblant", rows.typed.source.cells(pairs["row"].to_numpy(), "Nom"), expected=shown)


def _names(registry: Rows, spellings: Rows) -> pd.DataFrame:
    """``name`` and ``row`` of its partner in the registry: names first, then the spellings that hold everywhere."""
    own = pd.DataFrame({"name": registry.frame["nom"], "row": registry.frame.index})
    row_of = pd.Series(registry.frame.index, index=registry.frame["partenaire_id"])
    everywhere = spellings.frame[spellings.frame["contrat_id"].isna()]
    places = everywhere["partenaire_id"].map(row_of[~row_of.index.duplicated()])
    others = pd.DataFrame({"name": everywhere["denomination"], "row": places}).dropna()
    return pd.concat([own, others.astype({"row": "int64"})], ignore_index=True)


def likely_pairs(names: pd.Series[str]) -> pd.DataFrame:
    """``left`` and ``right`` (labels of the index, the earlier first) and ``score`` of names that are likely the same.

    In order of their places. A name that is missing, or of small words only, has no pair.
    """
    texts = as_series(Words.of(names).without(SMALL_WORDS).joined(), pd.RangeIndex(len(names)))
    blank = (texts == "").to_numpy()
    first = (~texts.duplicated().to_numpy() & ~blank).nonzero()[0]
    later = (texts.duplicated().to_numpy() & ~blank).nonzero()[0]
    distinct = texts.iloc[first]
    same = first[pd.Index(distinct).get_indexer(pd.Index(texts.iloc[later]))]
    ordered = np.argsort(distinct.str.len().to_numpy(dtype=np.int64), kind="stable")
    one, other, scores = _search(distinct.iloc[ordered])
    ends = first[ordered[one]], first[ordered[other]]
    left, right = np.append(np.minimum(*ends), same), np.append(np.maximum(*ends), later)
    found = pd.DataFrame({"left": left, "right": right, "score": np.append(scores, np.full(len(same), 100.0))})
    found = found.sort_values(["left", "right"], ignore_index=True)
    return found.assign(left=names.index[found["left"]], right=names.index[found["right"]])


def _search(texts: pd.Series[str]) -> tuple[Positions, Positions, npt.NDArray[np.float64]]:
    """Positions and scores of the pairs among different texts, which come by length."""
    words = Words.of(texts)
    held = _Held.of(words)
    prints = Prints.of(words.joined())
    longest = prints.lengths * (200 - THRESHOLD) // THRESHOLD
    last = np.searchsorted(prints.lengths, longest, side="right") - 1
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for candidates in held.sharing_rarest(last):
        pairs = prints.near(candidates, THRESHOLD)
        scores = prints.scores(pairs, THRESHOLD)
        alike = scores > 0
        found.append((pairs[0][alike], pairs[1][alike], scores[alike]))
    one, other, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    _, once = np.unique(one * len(texts) + other, return_index=True)
    matched = once[held.matched((one[once], other[once]))]
    return one[matched], other[matched], scores[matched]


@dataclass(frozen=True)
class _Held:
    """Which texts hold which words.

    ``by_text`` holds text × ``size`` + word, ``by_word`` word × ``texts`` + text, ``near`` word × ``size`` +
    counterpart: each once, in order.
    """

    texts: int
    size: int
    by_text: Positions
    by_word: Positions
    near: Positions

    @classmethod
    def of(cls, words: Words) -> _Held:
        """The words of texts, with their counterparts."""
        texts, size = len(words.ends) - 1, max(len(words.vocabulary), 1)
        text, word = np.divmod(np.unique(np.repeat(np.arange(texts), np.diff(words.ends)) * size + words.codes), size)
        return cls(texts, size, text * size + word, np.sort(word * texts + text), _counterparts(words.vocabulary))

    def sharing_rarest(self, last: Positions) -> Iterator[Pairs]:
        """Each text with the ones after it, up to ``last``, that hold a counterpart of its rarest word."""
        word, counterpart = np.divmod(self.near, self.size)
        holders = np.bincount(self.by_word // max(self.texts, 1), minlength=self.size)
        spread = np.bincount(word, weights=holders[counterpart], minlength=self.size).astype(np.int64)
        rarest = self._rarest(spread)
        starts = np.searchsorted(word, rarest)
        sizes = np.searchsorted(word, rarest, side="right") - starts
        for one, place in in_chunks(np.arange(self.texts), starts, sizes):
            of_word = counterpart[place] * self.texts
            begin = np.searchsorted(self.by_word, of_word + one, side="right")
            end = np.searchsorted(self.by_word, of_word + last[one], side="right")
            for each, holder in in_chunks(one, begin, np.maximum(end - begin, 0)):
                yield each, self.by_word[holder] % self.texts

    def _rarest(self, spread: Positions) -> Positions:
        """The word of each text that is least spread."""
        if not len(self.by_text):
            return self.by_text
        text, word = np.divmod(self.by_text, self.size)
        begins = np.flatnonzero(np.diff(text, prepend=-1))
        return np.minimum.reduceat(spread[word] * self.size + word, begins) % self.size

    def matched(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Whether each word of each text of a pair has its counterpart in the other text."""
        one, other = pairs
        found = [np.zeros(0, dtype=bool)]
        for start in range(0, len(one), _PAIRS_OF_NAMES):
            some = one[start : start + _PAIRS_OF_NAMES], other[start : start + _PAIRS_OF_NAMES]
            found.append(self._covered(*some) & self._covered(some[1], some[0]))
        matched: npt.NDArray[np.bool_] = np.concatenate(found)
        return matched

    def _covered(self, texts: Positions, by: Positions) -> npt.NDArray[np.bool_]:
        """Whether each word of a text has its counterpart in the text beside it."""
        pair, word = self._words_of(np.arange(len(texts)), texts)
        row, counterpart = self._words_of(np.arange(len(pair)), by[pair])
        wanted = word[row] * self.size + counterpart
        places = np.minimum(np.searchsorted(self.near, wanted), max(len(self.near) - 1, 0))
        matched = np.bincount(row[self.near[places] == wanted], minlength=len(pair)) > 0
        covered: npt.NDArray[np.bool_] = np.bincount(pair[~matched], minlength=len(texts)) == 0
        return covered

    def _words_of(self, rows: Positions, texts: Positions) -> Pairs:
        """Each row once for each word of its text, and these words."""
        begin = np.searchsorted(self.by_text, texts * self.size)
        sizes = np.searchsorted(self.by_text, (texts + 1) * self.size) - begin
        parts = list(in_chunks(rows, begin, sizes))
        if not parts:
            return rows[:0], rows[:0]
        row, place = (np.concatenate(part) for part in zip(*parts, strict=True))
        return row, self.by_text[place] % self.size


def _counterparts(vocabulary: pa.Array) -> Positions:
    """Word × size + counterpart, in order; a word is its own counterpart."""
    size = max(len(vocabulary), 1)
    itself = np.arange(len(vocabulary))
    spelled = itself[~pc.match_substring_regex(vocabulary, "[0-9]").to_numpy(zero_copy_only=False)]
    lengths = pc.binary_length(vocabulary).to_numpy()[spelled]
    spelled = spelled[np.argsort(lengths, kind="stable")]
    prints = Prints.of(vocabulary.take(pa.array(spelled)).cast(pa.large_string()))
    rows = np.arange(len(spelled))
    ends = np.searchsorted(prints.lengths, prints.lengths * (200 - SAME_WORD) // SAME_WORD, side="right")
    found = [itself * size + itself]
    for candidates in in_chunks(rows, rows + 1, ends - rows - 1):
        pairs = prints.near(candidates, SAME_WORD)
        alike = prints.scores(pairs, SAME_WORD) > 0
        one, other = (spelled[side[alike]] for side in pairs)
        found += [one * size + other, other * size + one]
    return np.sort(np.concatenate(found))
