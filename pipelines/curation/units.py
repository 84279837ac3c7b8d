"""Which files make up a folder of sources, in the order in which they are read.

Belongs here: finding the files, and what is wrong with the folder itself (a workbook twice, a list that is not there, a
file that nothing reads). Does not belong here: opening a file (``gather``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.curation.issues import IssueLog, nearest, place, suggestion
from pipelines.sheets.files import OTHER_SUFFIXES, WORKBOOK_SUFFIXES, ignored, is_folder, workbooks
from schemas.assertions import SHEET as ASSERTIONS
from schemas.declaration import Sheet
from schemas.registry import sheets as declared_sheets

CONTRACTS_FOLDER = "contrats"
NATIONAL = "national"
REFERENCES_FOLDER = "referentiels"


@dataclass(frozen=True)
class Unit:
    """A file, or a workbook that is a folder: ``name`` in the folder of sources, ``path`` where it is read.

    ``listed``: the one sheet that a list holds; blank for a workbook.
    """

    name: str
    path: Path
    listed: str = ""

    @property
    def of_contract(self) -> bool:
        """Whether this is the workbook of a contract."""
        return self.name.startswith(f"{CONTRACTS_FOLDER}/")

    @property
    def replaceable(self) -> bool:
        """Whether an earlier copy may stand in for it: not for a reference list, which everything hangs on."""
        return not self.name.startswith(f"{REFERENCES_FOLDER}/")

    @property
    def sheets(self) -> dict[str, Sheet]:
        """The sheets that it may hold."""
        if self.listed:
            return {self.listed: declared_sheets()[self.listed]}
        return {
            name: sheet
            for name, sheet in declared_sheets().items()
            if sheet.place == "classeur" and (self.of_contract or sheet.national)
        }


def workbook_units(root: Path) -> list[Unit]:
    """The workbooks of contracts, by name, then the national one."""
    contracts = [Unit(f"{CONTRACTS_FOLDER}/{path.name}", path) for path in workbooks(root / CONTRACTS_FOLDER)]
    return [*contracts, *(Unit(path.name, path) for path in workbooks(root) if path.stem == NATIONAL)]


def reading_order(names: Iterable[str]) -> list[str]:
    """The names of workbooks in the order in which they are read: that of `workbook_units`."""
    return sorted(names, key=lambda name: (not name.startswith(f"{CONTRACTS_FOLDER}/"), name))


def list_units(root: Path) -> list[Unit]:
    """The corrections and the reference lists that are there."""
    places = {
        sheet.name: f"{sheet.name}.csv" if sheet.place == "corrections" else f"{REFERENCES_FOLDER}/{sheet.name}.csv"
        for sheet in declared_sheets().values()
        if sheet.place in ("corrections", "referentiel")
    }
    return [Unit(name, root / name, sheet) for sheet, name in places.items() if (root / name).is_file()]


def report_folder(root: Path, log: IssueLog, units: Sequence[Unit] | None = None) -> None:
    """What is wrong with the folder, whatever its files hold; ``units``: its workbooks, if they are known."""
    stems: dict[str, str] = {}
    found = workbook_units(root) if units is None else units
    for unit in found:
        if unit.of_contract and unit.path.stem in stems:
            log.add("fichier-double", place(unit.name, value=f"{stems[unit.path.stem]}, {unit.name}"))
        if unit.of_contract:
            stems[unit.path.stem] = unit.name
    lists = list_units(root)
    here = {unit.listed for unit in lists}
    for sheet in declared_sheets().values():
        if sheet.place == "referentiel" and sheet.name not in here:
            name = f"{REFERENCES_FOLDER}/{sheet.name}.csv"
            log.add("feuille-absente", place(name, value=PurePosixPath(name).name), expected="")
    for name in _unread(root, {unit.name for unit in (*found, *lists)}):
        log.add("fichier-inattendu", place(name, value=PurePosixPath(name).name), near=_near_list(name))


def _unread(root: Path, read: set[str]) -> Iterator[str]:
    """The files of sheets that stand among the sources and that nothing reads, by name.

    A workbook kept in a second format beside the one that is read is none of them.
    """
    for folder in (root, root / CONTRACTS_FOLDER, root / REFERENCES_FOLDER):
        suffixes = {".csv"} if folder.name == CONTRACTS_FOLDER else {".csv", *WORKBOOK_SUFFIXES, *OTHER_SUFFIXES}
        if not folder.is_dir():
            continue
        inside = "" if folder == root else f"{folder.name}/"
        with os.scandir(folder) as entries:
            files = sorted(entry.name for entry in entries if not is_folder(entry))
        for path in (Path(name) for name in files if f"{inside}{name}" not in read):
            name = f"{inside}{path.name}"
            if path.suffix.lower() in suffixes and not ignored(path) and name != f"{ASSERTIONS.name}.csv":
                yield name


def _near_list(name: str) -> str:
    """The reference list that a file may have been meant to be."""
    if not name.startswith(f"{REFERENCES_FOLDER}/"):
        return ""
    lists = [sheet.name for sheet in declared_sheets().values() if sheet.place == "referentiel"]
    return suggestion(f"{near}.csv" for near in nearest(PurePosixPath(name).stem, lists, limit=1))
