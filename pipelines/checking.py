"""Checks what a person names: whole folders of sources, or some files of sheets against the sources they belong to.

Belongs here: which files are meant, which sources stand beside them, and which issues are theirs. Does not belong
here: the stages themselves (``job``), how issues are shown (``curation.console``, ``curation.report``).

A file is read in its place among the other sources, so that whatever it refers to is found, and answered for alone:
issues of other files, and rules that only the whole can break (``WHOLE_FOLDER``), are left out.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import pandas as pd

from pipelines.curation.annotate import REPORT_SUFFIX
from pipelines.curation.catalogue import WHOLE_FOLDER, Severity
from pipelines.curation.gather import CONTRACT_SHEET
from pipelines.curation.issues import IssueLog, errors
from pipelines.curation.units import CONTRACTS_FOLDER, NATIONAL, REFERENCES_FOLDER
from pipelines.progress import file_read
from pipelines.sheets.files import WORKBOOK_SUFFIXES, UnreadableFileError, ignored, read_grids, workbooks
from pipelines.sheets.labels import find_sheet, label
from pipelines.text import clean, on_distinct
from schemas.assertions import SHEET as ASSERTIONS
from schemas.declaration import SLUG_PATTERN
from schemas.registry import sheets, workbook_sheets

DEFAULT_SOURCES = Path("sources")
KEY_LABEL = "Identifiant"
_SHEET_SUFFIXES = (*WORKBOOK_SUFFIXES, ".csv")


class NothingToCheckError(Exception):
    """What was named cannot be checked; the reason is in French, for the person who typed it."""


@dataclass(frozen=True)
class Checked:
    """What a check found.

    ``issues``: columns of `issues.COLUMNS`; ``files``: ``file`` (as the issues name it), ``rows``; ``paths``: where
    each of these files is.
    """

    issues: pd.DataFrame
    files: pd.DataFrame
    paths: dict[str, Path]

    @property
    def refused(self) -> bool:
        """Whether an error was found."""
        return len(errors(self.issues)) > 0

    def as_json(self) -> dict[str, object]:
        """What ``check --json`` prints."""
        return {
            "files": len(self.files),
            "rows": int(self.files["rows"].sum()),
            "errors": len(errors(self.issues)),
            "warnings": int((self.issues["severity"] == Severity.WARNING.value).sum()),
            "issues": self.issues.to_dict("records"),
        }


@dataclass
class Selection:
    """What to check of one folder of sources: all of it (``whole``), or files by the name they have in it.

    ``placed``: name in the folder → the file that stands there, which may be elsewhere for now; ``shown``: name in the
    folder → name in the issues.
    """

    root: Path
    whole: bool = False
    placed: dict[str, Path] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def in_place(self) -> bool:
        """Whether every file already stands where it is to be read."""
        return all(path == self.root / name for name, path in self.placed.items())

    def place(self, name: str, path: Path, shown: str) -> None:
        """Adds a file under a name of the folder.

        Raises:
            NothingToCheckError: another file was named for the same place.
        """
        other = self.placed.setdefault(name, path)
        if other != path:
            raise NothingToCheckError(
                f"{other} et {path} sont le même fichier des sources, {name} : contrôlez-les un à un."
            )
        self.shown[name] = shown


def select(paths: Sequence[Path], sources: Path | None = None) -> list[Selection]:
    """Finds what is meant by these files and folders, one selection per folder of sources.

    Raises:
        NothingToCheckError: a path that does not exist or holds no sheet, or no reference lists near it.
    """
    if sources is not None and not _holds_lists(sources):
        raise NothingToCheckError(
            f"Le dossier {sources} ne contient pas de dossier {REFERENCES_FOLDER}/ avec ses listes."
        )
    found: dict[Path, Selection] = {}
    for typed in paths:
        path = _resolved(typed)
        if _holds_lists(path):
            found.setdefault(path, Selection(path)).whole = True
            continue
        for unit in _units(path, typed):
            root = (sources or _sources_of(unit, typed)).resolve()
            name = _name_in(root, unit)
            inside = unit == root / name
            beside = typed / unit.relative_to(path) if unit.is_relative_to(path) else typed.parent
            shown = name if inside else beside.as_posix() if beside.name else unit.name
            found.setdefault(root, Selection(root)).place(name, unit, shown)
    return list(found.values())


def files_to_read(selections: Sequence[Selection]) -> int:
    """How many files a check of these selections reads."""
    return sum(
        len(list(workbooks(one.root / CONTRACTS_FOLDER)))
        + sum(path.stem == NATIONAL for path in workbooks(one.root))
        + sum((one.root / REFERENCES_FOLDER / f"{name}.csv").is_file() for name in sheets())
        + sum((one.root / f"{name}.csv").is_file() for name in (*sheets(), ASSERTIONS.name))
        for one in selections
    )


def check(selections: Sequence[Selection]) -> Checked:
    """Checks every selection; with several folders of sources, files are named with their folder."""
    parts = [_check_one(one) for one in selections]
    if len(parts) > 1:
        parts = [
            _renamed(part, {name: f"{_typed_from_here(one.root)}/{name}" for name in part.paths if one.whole})
            for one, part in zip(selections, parts, strict=True)
        ]
    log = IssueLog()
    for part in parts:
        log.extend(IssueLog.of(part.issues))
    paths = {name: path for part in parts for name, path in part.paths.items()}
    return Checked(log.frame(), pd.concat([part.files for part in parts], ignore_index=True), paths)


def _resolved(typed: Path) -> Path:
    """A path without links.

    Raises:
        NothingToCheckError: it leads nowhere, or to what is neither a file nor a folder.
    """
    try:
        path = typed.resolve()
    except RuntimeError as error:  # what pathlib raises of a link that leads to itself, before Python 3.13
        raise NothingToCheckError(f"Ce lien mène à lui-même : {typed}.") from error
    if not path.exists():
        raise NothingToCheckError(f"Ce fichier ou ce dossier n’existe pas : {typed}.")
    if not path.is_file() and not path.is_dir():
        raise NothingToCheckError(f"{typed} n’est ni un fichier ordinaire ni un dossier : il n’est pas lu.")
    return path


def _typed_from_here(root: Path) -> str:
    here = Path.cwd()
    return (root.relative_to(here) if root.is_relative_to(here) else root).as_posix()


# --- What is meant -------------------------------------------------------------------------------------------------


def _holds_lists(folder: Path) -> bool:
    """Whether this is a folder of sources; one of annotated copies has the same folders, and no list."""
    return any((folder / REFERENCES_FOLDER).glob("*.csv"))


def _units(path: Path, typed: Path) -> list[Path]:
    """The files meant by a path: itself, the workbook whose sheet it is, or what a folder holds."""
    if path.is_file():
        if ignored(path):
            raise NothingToCheckError(f"{typed} est un fichier caché ou de verrouillage : il n’est jamais lu.")
        if path.suffix.lower() not in _SHEET_SUFFIXES:
            raise NothingToCheckError(
                f"{typed} n’est pas une feuille de calcul lue ici : enregistrez-la au format .xlsx, .ods ou .csv."
            )
        return [path.parent if _is_workbook_part(path) else path]
    contracts = list(workbooks(path / CONTRACTS_FOLDER))
    found = [one for one in workbooks(path) if not contracts or one.name != CONTRACTS_FOLDER] + contracts
    found = [one for one in found if not one.name.endswith(REPORT_SUFFIX)]
    parts = [part for part in sorted(path.glob("*.csv")) if not ignored(part)]
    lists = [part for part in parts if _list_named(part) is not None]
    if len(parts) > len(lists):
        found.append(path)
    found += lists
    if not found:
        raise NothingToCheckError(f"Aucune feuille (.xlsx, .ods, .csv) dans le dossier {typed}.")
    return found


def _is_workbook_part(path: Path) -> bool:
    """Whether a CSV file is a sheet of a workbook that is a folder."""
    in_folder = path.parent.name == NATIONAL or (path.parent / f"{CONTRACT_SHEET}.csv").is_file()
    return in_folder and path.suffix.lower() == ".csv"


def _list_named(path: Path) -> str | None:
    """The place among the sources of a CSV file that bears the name of a list, of the corrections or assertions."""
    if path.suffix.lower() != ".csv" or _is_workbook_part(path):
        return None
    if path.stem == ASSERTIONS.name:
        return f"{path.stem}.csv"
    sheet = sheets().get(path.stem)  # « Partenaires » is a sheet of a workbook, « partenaires » a list
    if sheet is None or sheet.place == "classeur":
        return None
    return f"{REFERENCES_FOLDER}/{path.stem}.csv" if sheet.place == "referentiel" else f"{path.stem}.csv"


def _sources_of(unit: Path, typed: Path) -> Path:
    for parent in unit.parents:
        if _holds_lists(parent):
            return parent
    if _holds_lists(DEFAULT_SOURCES):
        return DEFAULT_SOURCES
    raise NothingToCheckError(
        f"Aucun dossier {REFERENCES_FOLDER}/ près de {typed} : indiquez le dossier des sources avec --sources."
    )


def _name_in(root: Path, unit: Path) -> str:
    """The name under which a file is read among the sources: its own when it is there, else that of its kind."""
    listed = _list_named(unit)
    if listed is not None:
        return listed
    if unit.parent == root / CONTRACTS_FOLDER:
        return f"{CONTRACTS_FOLDER}/{unit.name}"
    if unit.is_file() and unit.suffix.lower() == ".csv":
        sheet = find_sheet(unit.stem, workbook_sheets())
        folder = NATIONAL if sheet is None or sheet.national else f"{CONTRACTS_FOLDER}/{unit.parent.name}"
        return f"{folder}/{unit.name}"
    if unit.stem == NATIONAL:
        return unit.name
    known = {path.stem for path in workbooks(root / CONTRACTS_FOLDER)}
    stem = unit.stem if unit.stem in known else _contract_in(unit) or unit.stem
    return f"{CONTRACTS_FOLDER}/{stem}{unit.suffix}"


def _contract_in(path: Path) -> str | None:
    """The contract that a workbook says it holds; None when it cannot be read, which the check says."""
    with suppress(UnreadableFileError):
        for grid in read_grids(path):
            sheet = find_sheet(grid.sheet, {CONTRACT_SHEET: sheets()[CONTRACT_SHEET]})
            rows = label(grid, sheet).rows if sheet else None
            if rows is not None and KEY_LABEL in rows.text and len(rows.text):
                typed = clean(str(rows.text[KEY_LABEL].iloc[0])).lower()
                return typed if re.fullmatch(SLUG_PATTERN, typed) else None
    return None


# --- The check -----------------------------------------------------------------------------------------------------


def _check_one(one: Selection) -> Checked:
    from pipelines import job

    with ExitStack() as stack:
        root = one.root
        if not one.whole and not one.in_place:
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contrats-destination-")))
            _assemble(one, root)
        outcome = job.run(root)
        read = pd.concat([outcome.files[["file", "rows"]], _assertions_read(root)], ignore_index=True)
    if one.whole:
        return Checked(outcome.issues, read, {name: one.root / name for name in read["file"]})
    # A CSV file alone stands in a folder that takes the place of a workbook, and is named after it.
    names = {_unit_name(name): shown for name, shown in one.shown.items()}
    paths = {_unit_name(name): path for name, path in one.placed.items()}
    issues = outcome.issues
    theirs = issues["file"].isin(list(names))
    # A double is said once, at the second of its rows, which may be in another file.
    theirs |= on_distinct(issues["message"].where(~theirs, ""), _told_of(names)).astype(bool)
    lone = [name for name in names if paths[name].suffix.lower() == ".csv"]
    dropped = issues["code"].isin(WHOLE_FOLDER) | (issues["code"].eq("feuille-absente") & issues["file"].isin(lone))
    found = Checked(
        issues[theirs & ~dropped].reset_index(drop=True),
        read[read["file"].isin(list(names))].reset_index(drop=True),
        paths,
    )
    return _renamed(found, names)


def _assertions_read(root: Path) -> pd.DataFrame:
    """The file of assertions as a file read: it holds no row of any table, so that the stages do not list it."""
    name = f"{ASSERTIONS.name}.csv"
    if not (root / name).is_file():
        return pd.DataFrame({"file": pd.Series(dtype="str"), "rows": pd.Series(dtype="int64")})
    file_read(name)
    count = 0
    with suppress(UnreadableFileError):
        rows = label(read_grids(root / name)[0], ASSERTIONS).rows
        count = 0 if rows is None else len(rows)
    return pd.DataFrame({"file": [name], "rows": [count]})


def _unit_name(name: str) -> str:
    """The name that issues give to what stands there: a CSV file in a folder is a sheet of the folder."""
    path = PurePath(name)
    if path.suffix.lower() == ".csv" and path.parts[0] in (CONTRACTS_FOLDER, NATIONAL):
        return path.parent.as_posix()
    return name


def _named_in(text: str, lengths: Collection[int]) -> Iterator[tuple[int, int]]:
    """Where a text may hold a name of one of these lengths: « contrats/alpes.xlsx, Actions, ligne 4 »."""
    end = text.find(", ")
    while end >= 0:
        yield from ((end - length, end) for length in lengths if length <= end)
        end = text.find(", ", end + 1)


def _told_of(names: Collection[str]) -> Callable[[str], bool]:
    """Whether a message tells of a row of one of these files, among however many."""
    known, lengths = frozenset(names), {len(name) for name in names}

    def told(text: str) -> bool:
        return any(
            text[start:end] in known and text.endswith(": ", 0, start) for start, end in _named_in(text, lengths)
        )

    return told


def _shown_as(names: Mapping[str, str]) -> Callable[[str], str]:
    """A text in which these files, among however many, bear their other name; not the end of some other path."""
    lengths = sorted({len(name) for name in names}, reverse=True)

    def shown(text: str) -> str:
        done, parts = 0, []
        for start, end in _named_in(text, lengths):
            if start >= done and text[start:end] in names and not (start and _IN_A_PATH.match(text, start - 1)):
                parts += [text[done:start], names[text[start:end]]]
                done = end
        return "".join([*parts, text[done:]])

    return shown


_IN_A_PATH = re.compile(r"[\w./-]")


def _renamed(found: Checked, names: dict[str, str]) -> Checked:
    """The same with other names for the files, in what is said of them too."""
    issues, files = found.issues.copy(), found.files.copy()
    others = {name: shown for name, shown in names.items() if name != shown}
    for column in ("message", "advice") if others else ():
        issues[column] = on_distinct(issues[column], _shown_as(others)).astype("str")
    issues["file"] = issues["file"].replace(names)
    files["file"] = files["file"].replace(names)
    return Checked(issues, files, {names.get(name, name): path for name, path in found.paths.items()})


def _assemble(one: Selection, folder: Path) -> None:
    """Makes a folder of sources in which the files stand in their place, instead of what the sources hold there."""
    shutil.copytree(one.root, folder, symlinks=True, copy_function=_link, dirs_exist_ok=True, ignore=_lock_files)
    for name, path in one.placed.items():
        target = folder / name
        if (
            PurePath(name).parts[0] == CONTRACTS_FOLDER
            or PurePath(name).stem == NATIONAL
            or _unit_name(name) == NATIONAL
        ):
            _clear(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if path.is_dir():
            shutil.copytree(path, target, copy_function=_link)
        else:
            _link(str(path), str(target))


def _lock_files(folder: str, names: list[str]) -> list[str]:
    del folder
    return [name for name in names if ignored(Path(name))]


def _clear(folder: Path, name: str) -> None:
    """Takes out the workbook of the same contract, whatever its format."""
    inside = PurePath(_unit_name(name))
    for other in list(workbooks(folder / inside.parent)):
        if other.stem == inside.stem:
            shutil.rmtree(other) if other.is_dir() else other.unlink()


def _link(source: str, target: str) -> str:
    """The same file under another name, or a copy where the system does not allow it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target
