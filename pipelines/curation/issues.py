"""Issues: what is wrong, where exactly, and what to do.

Belongs here: collecting and rendering located issues. Does not belong here: the rules that find them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.catalogue import CATALOGUE, Severity
from pipelines.text import fold
from pipelines.texts import as_arrow, as_series

COLUMNS = ("code", "severity", "file", "sheet", "cell", "row", "column", "value", "message", "advice")
PLACE = ("file", "sheet", "cell", "row", "column", "value")
GUARDS = frozenset({"identifiant-disparu", "table-hors-bornes"})
GUARDING_FILE = "assertions.csv"
UNREADABLE_FILES = frozenset(
    {
        "fichier-illisible",
        "fichier-chiffre",
        "fichier-demesure",
        "fichier-piege",
        "format-inattendu",
        "encodage-inconnu",
        "cellule-lointaine",
        "lien-hors-dossier",
    }
)
"""Kinds of issues of a file of which nothing is read."""
CORRECTIONS_FILE = "corrections.csv"
HALVED = frozenset({"colonne-absente", "colonne-doublee"})
UNREADABLE = UNREADABLE_FILES | {"feuille-absente", "entete-introuvable"}
_TEXT = pa.large_string()
_UNKNOWN = pa.scalar("nan", _TEXT)
"""How a message shows a value that is missing."""
_ORDER = {Severity.ERROR.value: 0, Severity.WARNING.value: 1, Severity.INFO.value: 2}


def place(file: str, sheet: str = "", cell: str = "", row: int = 0, column: str = "", value: str = "") -> pd.DataFrame:
    """One place as a frame of one row; ``row`` 0 stands for the whole sheet or file."""
    return pd.DataFrame([[file, sheet, cell, row, column, value]], columns=list(PLACE))


def suggestion(candidates: Iterable[str]) -> str:
    """« Vouliez-vous dire … ? », with a leading space, or nothing."""
    shown = [f"« {candidate} »" for candidate in candidates]
    return f" Vouliez-vous dire {' ou '.join(shown)} ?" if shown else ""


def nearest(value: str, among: Sequence[str], limit: int = 3, cutoff: float = 70.0) -> list[str]:
    """The texts that ``value`` most likely stands for, best first; none rather than a far-fetched one.

    Case, accents and the order of words do not count. A text is likely by its edit distance, if no long word of it is
    another word altogether (« Office de tourisme de Lyon » is not that of Bordeaux), if one holds the other, or if
    ``value`` is its initials.
    """
    from rapidfuzz import fuzz, process

    wanted = fold(value)
    texts = {fold(text): text for text in reversed(among)}
    scores: dict[str, float] = {}
    for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
        for text, score, _ in process.extract(wanted, list(texts), scorer=scorer, limit=None, score_cutoff=cutoff):
            if _same_words(wanted, text):
                scores[text] = max(score, scores.get(text, 0))
    for text in texts:
        score = max(_holding(wanted, text), _INITIALS if wanted in _initials(text) else 0)
        if score >= max(cutoff, scores.get(text, 0)):
            scores[text] = score
    ranked = sorted(scores, key=lambda text: (-scores[text], text))
    return [texts[text] for text in ranked[:limit] if scores[text] >= scores[ranked[0]] - _MARGIN]


_MARGIN = 10.0
LONG_WORD, SAME_WORD = 4, 60.0
LEAST_SHARE, LEAST_HELD = 0.25, 3
_INITIALS = 85.0
SMALL_WORDS = frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"])


def _same_words(one: str, other: str) -> bool:
    """Whether each long word of the text with fewer words is spelled nearly as a word of the other text."""
    from rapidfuzz import fuzz

    fewer, more = sorted((one.split(), other.split()), key=len)
    long = [word for word in fewer if len(word) >= LONG_WORD]
    return all(any(fuzz.ratio(word, near) >= SAME_WORD for near in more) for word in long)


def _initials(text: str) -> set[str]:
    """« gta » of « grande traversee des alpes », « ccira » of « cci rhone alpes »."""
    words = [word for word in text.split() if word not in SMALL_WORDS]
    if len(words) < 2:
        return set()
    others = "".join(word[0] for word in words[1:])
    return {words[0][0] + others, words[0] + others}


def _holding(one: str, other: str) -> float:
    """How likely (0 to 100) is a text that holds all the words of the other, or starts with it."""
    short, long = sorted((one, other), key=len)
    share = len(short) / max(len(long), 1)
    held = set(short.split()) <= set(long.split()) or long.startswith(short)
    return 70 + 30 * share if held and share >= LEAST_SHARE and len(short) >= LEAST_HELD else 0


_NONE = pd.DataFrame({column: pd.Series(dtype="int64" if column == "row" else "str") for column in COLUMNS})


class IssueLog:
    """Collects issues; renders them as one frame with the columns `COLUMNS`, in a stable order."""

    def __init__(self) -> None:
        self._frames: list[pd.DataFrame] = []

    @classmethod
    def of(cls, issues: pd.DataFrame) -> IssueLog:
        """A log that already holds the issues of a frame."""
        log = cls()
        if len(issues):
            log._frames.append(issues)
        return log

    def add(
        self,
        code: str,
        places: pd.DataFrame,
        *,
        expected: str | Sequence[str] = "",
        near: str | Sequence[str] = "",
    ) -> None:
        """Adds one issue per row of ``places`` (columns `PLACE`, and ``note``, which ends the message, if any).

        The words are one text, or one per row.
        """
        if places.empty:
            return
        kind = CATALOGUE[code]
        words = {
            "value": pc.fill_null(as_arrow(places["value"]), _UNKNOWN),
            "expected": _words(expected),
            "near": _words(near),
        }
        note = [as_arrow(places["note"])] if "note" in places else []
        self._frames.append(
            places.assign(
                code=code,
                severity=kind.severity.value,
                message=_worded(kind.message, words, places.index, *note),
                advice=_worded(kind.advice, words, places.index),
            )[list(COLUMNS)]
        )

    def has(self, code: str) -> bool:
        """Whether an issue of this kind was collected."""
        return any((frame["code"] == code).any() for frame in self._frames)

    def misses_files(self) -> bool:
        """Whether some file could not be read."""
        return any(map(self.has, UNREADABLE_FILES))

    def extend(self, other: IssueLog) -> None:
        """Takes over the issues of another log."""
        self._frames.extend(other._frames)

    def frame(self) -> pd.DataFrame:
        """All issues, errors first, then by file, sheet and row."""
        return _ordered(self._frames)

    def errors(self) -> pd.DataFrame:
        """Those of `frame` that refuse a row, in the same order."""
        return _ordered([errors(frame) for frame in self._frames])


def _words(words: str | Sequence[str]) -> pa.Array | pa.Scalar:
    return pa.scalar(words, _TEXT) if isinstance(words, str) else pa.array([str(word) for word in words], _TEXT)


def _worded(
    sentence: str, words: Mapping[str, pa.Array | pa.Scalar], index: pd.Index, *after: pa.Array
) -> pd.Series[str]:
    """A sentence of the catalogue with the words of each issue in it, and what comes after it."""
    parts: list[pa.Array | pa.Scalar] = []
    for text, name, _, _ in Formatter().parse(sentence):
        parts += [pa.scalar(text, _TEXT), words[name]] if name else [pa.scalar(text, _TEXT)]
    found = pc.binary_join_element_wise(*parts, *after, pa.scalar("", _TEXT))
    return as_series(found if isinstance(found, pa.Array) else pa.repeat(found, len(index)), index)


def _ordered(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The issues of frames, each once, by severity, file, sheet, row, cell, code and value."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return _NONE.copy()
    joined = pd.concat(filled, ignore_index=True)
    severity = joined["severity"].map(_ORDER).to_numpy()
    file, sheet, cell, code = (_ranks(joined[name]) for name in ("file", "sheet", "cell", "code"))
    keys = [code, cell, joined["row"].to_numpy(), sheet, file, severity]
    order = np.lexsort(keys)
    again = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    if again.any():  # only two issues of one kind and place can be the same, or in the order of their values
        alike = joined.iloc[np.sort(order[np.append(again, False) | np.append(False, again)])]
        once = alike.drop_duplicates(list(COLUMNS))
        value = np.zeros(len(joined), dtype=np.int64)
        value[once.index] = _ranks(once["value"])
        kept = np.ones(len(joined), dtype=bool)
        kept[alike.index.difference(once.index)] = False
        order = np.lexsort([value, *keys])
        order = order[kept[order]]
    return joined.take(order).reset_index(drop=True)


def _ranks(texts: pd.Series[str]) -> np.ndarray:
    """The place of each text among the distinct ones in order; a missing one comes last."""
    coded = as_arrow(texts).dictionary_encode()
    ranks = np.empty(len(coded.dictionary) + 1, dtype=np.int64)
    ranks[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(coded.dictionary))
    ranks[-1] = len(coded.dictionary)
    found: np.ndarray = ranks[pc.fill_null(coded.indices, -1).to_numpy()]
    return found


def errors(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues that refuse a row, and in strict mode the release."""
    return issues[issues["severity"] == Severity.ERROR.value]


def blocking(issues: pd.DataFrame, *, partial: bool) -> pd.DataFrame:
    """The issues that refuse the release: every error, or, in partial mode, those that no quarantine can answer.

    These are the guards of the whole (an identifier lost, a table out of bounds, a mistake in the bounds themselves)
    and a reference list that is missing or cannot be read; and corrections that cannot, since what they correct would
    go out uncorrected.
    """
    wrong = errors(issues)
    if not partial:
        return wrong
    listed = wrong["file"].str.startswith("referentiels/") & wrong["code"].isin(UNREADABLE)
    taken_back = issues.loc[issues["code"] == "version-precedente-reprise", "file"]
    lost = wrong["code"].isin(UNREADABLE | HALVED) & ~wrong["file"].isin(taken_back)
    listed |= (wrong["file"] == CORRECTIONS_FILE) & lost
    return wrong[wrong["code"].isin(GUARDS) | (wrong["file"] == GUARDING_FILE) | listed]
