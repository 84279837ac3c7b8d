"""Issues: what is wrong, where exactly, and what to do.

Belongs here: collecting and rendering located issues. Does not belong here: the rules that find them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from pipelines.curation.catalogue import CATALOGUE, Severity

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
UNREADABLE = UNREADABLE_FILES | {"feuille-absente", "entete-introuvable"}
_ORDER = {Severity.ERROR.value: 0, Severity.WARNING.value: 1, Severity.INFO.value: 2}


def place(file: str, sheet: str = "", cell: str = "", row: int = 0, column: str = "", value: str = "") -> pd.DataFrame:
    """One place as a frame of one row; ``row`` 0 stands for the whole sheet or file."""
    return pd.DataFrame([[file, sheet, cell, row, column, value]], columns=list(PLACE))


def suggestion(candidates: Iterable[str]) -> str:
    """« Vouliez-vous dire … ? », with a leading space, or nothing."""
    shown = [f"« {candidate} »" for candidate in candidates]
    return f" Vouliez-vous dire {' ou '.join(shown)} ?" if shown else ""


def nearest(value: str, among: Sequence[str], limit: int = 3, cutoff: float = 70.0) -> list[str]:
    """The texts closest to ``value`` by edit distance, best first."""
    from rapidfuzz import fuzz, process, utils

    found = process.extract(
        value, among, scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=cutoff
    )
    return [text for text, _score, _index in found]


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
        count = len(places)
        expecteds = [expected] * count if isinstance(expected, str) else list(expected)
        nears = [near] * count if isinstance(near, str) else list(near)
        values = places["value"].astype("str").tolist()
        notes = places["note"].tolist() if "note" in places else [""] * count
        words = [
            {"value": value, "expected": wanted, "near": close}
            for value, wanted, close in zip(values, expecteds, nears, strict=True)
        ]
        self._frames.append(
            places.assign(
                code=code,
                severity=kind.severity.value,
                message=[kind.message.format(**word) + note for word, note in zip(words, notes, strict=True)],
                advice=[kind.advice.format(**word) for word in words],
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
        if not self._frames:
            return pd.DataFrame({column: pd.Series(dtype="int64" if column == "row" else "str") for column in COLUMNS})
        joined = pd.concat(self._frames, ignore_index=True).drop_duplicates(list(COLUMNS))
        rank = joined["severity"].map(_ORDER)
        return (
            joined.assign(_rank=rank)
            .sort_values(["_rank", "file", "sheet", "row", "cell", "code", "value"], kind="stable")
            .drop(columns="_rank")
            .reset_index(drop=True)
        )


def errors(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues that refuse a row, and in strict mode the release."""
    return issues[issues["severity"] == Severity.ERROR.value]


def blocking(issues: pd.DataFrame, *, partial: bool) -> pd.DataFrame:
    """The issues that refuse the release: every error, or, in partial mode, those that no quarantine can answer.

    These are the guards of the whole (an identifier lost, a table out of bounds, a mistake in the bounds themselves)
    and a reference list that is missing or cannot be read.
    """
    wrong = errors(issues)
    if not partial:
        return wrong
    listed = wrong["file"].str.startswith("referentiels/") & wrong["code"].isin(UNREADABLE)
    return wrong[wrong["code"].isin(GUARDS) | (wrong["file"] == GUARDING_FILE) | listed]
