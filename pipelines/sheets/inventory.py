"""Which files a build takes from a folder of sources, and what each holds, by its digest.

Belongs here: the one rule for the files, and what changed between two inventories. Does not belong here: what the files
mean (``curation.units``), when to look (``orchestration.sensors``). No date of a file is ever looked at.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from pipelines.sheets.files import is_folder
from pipelines.sheets.guard import UnreadableFileError, outside, read_bytes

SUFFIXES = frozenset({".xlsx", ".ods", ".csv", ".md", ".toml"})
_DEPTH = 3
"""A workbook may be a folder of CSV files in ``contrats/``: nothing lies deeper."""
_HIDDEN = (".", "~$")


def source_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder of sources, by name: no hidden or lock file, nothing that leads out of the folder."""
    yield from _files_in(folder, "", folder.resolve(), _DEPTH)


def _files_in(folder: Path, inside: str, root: Path, depth: int) -> Iterator[tuple[str, Path]]:
    """Those of a folder that lies in ``root``; only links are followed to see where they lead."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(_HIDDEN)]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for entry in entries:
        path, name = folder / entry.name, f"{inside}{entry.name}"
        if entry.is_symlink() and outside(path, root):
            continue
        if is_folder(entry):
            if depth > 1:
                yield from _files_in(path, f"{name}/", root, depth - 1)
        elif path.suffix.lower() in SUFFIXES and (path.is_file() if entry.is_symlink() else entry.is_file()):
            yield name, path


def is_read(name: PurePath) -> bool:
    """Whether a build reads a file of that name, relative to the folder of sources."""
    shown = not any(part.startswith(_HIDDEN) for part in name.parts)
    return shown and len(name.parts) <= _DEPTH and name.suffix.lower() in SUFFIXES


def inventory(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a folder of sources, by name, in order of name; blank for one that cannot be read."""
    return {name: _digest(path) for name, path in sorted(source_files(folder))}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except (UnreadableFileError, OSError):  # it went away between the list and the look, or is not ours to read
        return ""


def digest_of(files: Mapping[str, str]) -> str:
    """One SHA-256 for a whole inventory: another as soon as a file is edited, renamed, added or removed."""
    said = "".join(f"{name}\0{digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Changes:
    """What happened between two inventories, by name; ``renamed``: (before, after)."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.edited or self.renamed)

    def told(self, most: int = 5) -> list[str]:
        """« modifié : contrats/alpes.xlsx », one text a file, cut after ``most`` files."""
        said = [
            *(f"modifié : {name}" for name in self.edited),
            *(f"ajouté : {name}" for name in self.added),
            *(f"retiré : {name}" for name in self.removed),
            *(f"renommé : {before} → {after}" for before, after in self.renamed),
        ]
        return said if len(said) <= most else [*said[:most], f"et {len(said) - most} autres"]


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """What happened; a file that is gone while the same content bears a new name was renamed."""
    edited = tuple(name for name in after if name in before and before[name] != after[name])
    added = [name for name in after if name not in before]
    removed = [name for name in before if name not in after]
    renamed = []
    for name in list(removed):
        same = next((new for new in added if after[new] == before[name] and after[new]), None)
        if same is not None:
            renamed.append((name, same))
            removed.remove(name)
            added.remove(same)
    return Changes(tuple(added), tuple(removed), edited, tuple(renamed))
