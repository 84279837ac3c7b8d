"""The issues of files, put back into copies of these files for the people who typed them.

Belongs here: which issue goes to which file, what each copy is called, where copies may be written. Does not belong
here: how a file is marked (``pipelines.sheets.annotations_*``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pandas as pd

from pipelines.curation.catalogue import Severity
from pipelines.curation.units import REFERENCES_FOLDER
from pipelines.sheets.annotations import Line
from pipelines.sheets.files import UnreadableFileError, digest, read_grids

_WORDS = ("severity", "sheet", "cell", "row", "value", "message", "advice")
REPORT_SUFFIX = ".rapport.xlsx"
WRITTEN = ".copies-annotees.json"
"""What was written in a folder of copies, by name, with its SHA-256: a copy that someone has since worked in is told
from one that may be replaced."""


class AnnotationRefusedError(Exception):
    """Copies may not be written there; the reason is in French, for the person who typed the command."""


def annotate(files: Mapping[str, Path], issues: pd.DataFrame, folder: Path) -> list[Path]:
    """Writes a copy of each file with its errors and warnings in it, under the name that it has among ``files``.

    An XLSX workbook is copied with its marks; an ODS workbook is copied as it is, beside a report; CSV files and files
    that cannot be read get a report. The marks of an earlier annotation are taken off.

    Args:
        files: By the name that issues give them, the files (or folders of CSV files), which are only read.
        issues: The columns of `issues.COLUMNS`; what concerns no file of ``files`` is left out.
        folder: Where the copies go; made if it is not there. Copies written by an earlier call are replaced.

    Returns:
        What was written, in the order of ``files``.

    Raises:
        AnnotationRefusedError: the folder is among sources, or a copy would replace what was read, a copy that
            someone has worked in since, or any other file.
        OSError: the folder cannot be written.
    """
    refuse_among_sources(folder)
    targets = _targets(files, folder)
    _refuse_to_replace(files, targets)
    before = _written(folder)
    _refuse_to_lose(folder, targets, before)
    told = issues[issues["severity"] != Severity.INFO.value]
    by_file = dict(list(told.groupby("file", sort=False)))
    written: list[Path] = []
    for name, path in files.items():
        mine = by_file.get(name)
        lines = [] if mine is None else [Line(*words) for words in mine[list(_WORDS)].itertuples(index=False)]
        targets[name][0].parent.mkdir(parents=True, exist_ok=True)
        written += _annotate_one(path, targets[name], lines)
    now = {path.relative_to(folder).as_posix(): digest(path) for path in written}
    (folder / WRITTEN).write_text(json.dumps(before | now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return written


def _written(folder: Path) -> dict[str, str]:
    """What earlier calls wrote in a folder; nothing when that is not known."""
    try:
        found = json.loads((folder / WRITTEN).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refuse_to_lose(folder: Path, targets: Mapping[str, tuple[Path, Path]], before: Mapping[str, str]) -> None:
    """Nothing that a person typed is replaced: a copy corrected since, or a file that is none of our copies."""
    for target in (target for pair in targets.values() for target in pair):
        if target.exists() and digest(target) != before.get(target.relative_to(folder).as_posix()):
            raise AnnotationRefusedError(
                f"Ce fichier serait remplacé, et il a changé depuis qu’il a été écrit : {target}. Si ce sont vos "
                "corrections, contrôlez-le lui-même et mettez-le à sa place ; sinon, indiquez un autre dossier."
            )


def _annotate_one(path: Path, targets: tuple[Path, Path], lines: list[Line]) -> list[Path]:
    from pipelines.sheets.annotations_workbook import write_report
    from pipelines.sheets.annotations_xlsx import annotate_workbook

    copy, report = targets
    suffix = path.suffix.lower()
    written = []
    if suffix == ".xlsx" and path.is_file():
        try:
            annotate_workbook(path, copy, lines, path.name)
        except UnreadableFileError:
            copy.unlink(missing_ok=True)
        else:
            report.unlink(missing_ok=True)
            return [copy]
    elif suffix == ".ods" and path.is_file():
        shutil.copyfile(path, copy)
        written.append(copy)
    grids = []
    if suffix == ".csv" or path.is_dir():
        try:
            grids = read_grids(path)
        except UnreadableFileError:
            grids = []
    write_report(report, lines, path.name, grids)
    return [*written, report]


def _targets(files: Mapping[str, Path], folder: Path) -> dict[str, tuple[Path, Path]]:
    """The copy and the report of each file, no two of them the same."""
    taken: set[Path] = set()
    found = {}
    for name, path in files.items():
        parts = PurePosixPath(name).parts
        inside = not PurePosixPath(name).is_absolute() and ".." not in parts
        parent = folder.joinpath(*parts[:-1]) if inside else folder
        copy = _free([path.name, *(f"{path.stem} ({number}){path.suffix}" for number in range(2, 99))], parent, taken)
        stems = [copy.stem if path.suffix.lower() in (".xlsx", ".ods", ".csv") else copy.name, copy.name]
        report = _free([stem + REPORT_SUFFIX for stem in stems], parent, taken)
        found[name] = (copy, report)
    return found


def _free(names: list[str], parent: Path, taken: set[Path]) -> Path:
    path = next((parent / name for name in names if parent / name not in taken), parent / names[-1])
    taken.add(path)
    return path


def refuse_among_sources(folder: Path) -> None:
    """Refuses a folder that lies among sources, where a copy would be read as one more file.

    Raises:
        AnnotationRefusedError: it does.
    """
    place = folder.resolve()
    if any(any((parent / REFERENCES_FOLDER).glob("*.csv")) for parent in (place, *place.parents)):
        raise AnnotationRefusedError(
            f"Les copies annotées ne s’écrivent pas parmi les sources : {folder}. Indiquez un autre dossier."
        )


def _refuse_to_replace(files: Mapping[str, Path], targets: Mapping[str, tuple[Path, Path]]) -> None:
    read = {path.resolve() for path in files.values()}
    for target in (target for pair in targets.values() for target in pair):
        place = target.resolve()
        if place in read or not read.isdisjoint(place.parents):
            raise AnnotationRefusedError(
                f"La copie remplacerait le fichier contrôlé : {target}. Indiquez un autre dossier."
            )
