"""What became of each workbook at a reading: read, taken from an earlier release, left out; its rows, its issues.

Belongs here: that one table. Does not belong here: reading (``gather``), how it is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

import pandas as pd

from pipelines.curation.catalogue import Severity
from pipelines.curation.issues import UNREADABLE_FILES
from pipelines.curation.units import CONTRACTS_FOLDER, NATIONAL

READ, TAKEN_BACK, LEFT_OUT, UNREADABLE = "lu", "repris d’une version", "laissé de côté", "illisible"
_TOLD = {"version-precedente-reprise": TAKEN_BACK, "fichier-laisse-de-cote": LEFT_OUT}


def workbook_states(files: pd.DataFrame, issues: pd.DataFrame, read: Collection[str]) -> pd.DataFrame:
    """One row for each workbook, those with errors first.

    ``files``: file, sha256, rows; ``issues``: those known so far; ``read``: the files that did not come from the cache.
    Returns classeur, fichier, etat, lignes, erreurs, avertissements, relu (bool), sha256.
    """
    mine = files["file"].str.startswith(f"{CONTRACTS_FOLDER}/") | (
        files["file"].map(lambda name: PurePosixPath(name).stem) == NATIONAL
    )
    found = files[mine].reset_index(drop=True)

    def counted(severity: Severity) -> pd.Series:
        of_files = issues.loc[issues["severity"] == severity.value, "file"].value_counts()
        return found["file"].map(of_files.to_dict()).fillna(0).astype("int64")

    others = _states(issues)
    states = found["file"].map(lambda name: others.get(name, READ)).astype("str")
    table = pd.DataFrame(
        {
            "classeur": found["file"].map(lambda name: PurePosixPath(name).stem).astype("str"),
            "fichier": found["file"],
            "etat": states,
            "lignes": found["rows"],
            "erreurs": counted(Severity.ERROR),
            "avertissements": counted(Severity.WARNING),
            "relu": found["file"].isin(list(read)),
            "sha256": found["sha256"],
        }
    )
    return table.sort_values(["erreurs", "avertissements", "fichier"], ascending=[False, False, True], kind="stable")


def _states(issues: pd.DataFrame) -> dict[str, str]:
    """The state of the files that were not simply read."""
    wrong = issues[issues["code"].isin(UNREADABLE_FILES)]
    found = dict.fromkeys(wrong["file"], UNREADABLE)
    for code, state in _TOLD.items():
        found |= dict.fromkeys(issues.loc[issues["code"] == code, "file"], state)
    return found
