"""The publisher's own words about a release: ``sources/notes/AAAA-MM-JJ.md``, taken into its journal.

Belongs here: which notes a release takes, and what is said of one that cannot be read. Does not belong here: the rest
of the journal (``journal``).

A note goes into the first release made on its day or later, once: the release before keeps those that it told or that
were dated after it. One written late, or reworded since, is told by the next release.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

NOTES = "notes"


class NotesError(Exception):
    """A note cannot be taken; the reason is in French, for the person who wrote it."""


def notes(sources: Path, until: dt.date, after: dt.date | None = None, kept: Path | None = None) -> list[str]:
    """The lines of the notes dated no later than this release that the last one did not tell, oldest first.

    ``after``, ``kept``: the date of the last release and the sources that it keeps, if there is one.

    Raises:
        NotesError: a file whose name is no date, that leads out of the folder, or that is not text in UTF-8.
    """
    folder = sources / NOTES
    found: list[str] = []
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else []:
        if not path.resolve().is_relative_to(sources.resolve()):
            raise NotesError(f"{path} est un lien qui mène hors du dossier : mettez-y le fichier lui-même.")
        try:
            day = dt.date.fromisoformat(path.stem)
            text = path.read_text(encoding="utf-8").strip()
            told = after is not None and day <= after and kept is not None and _same(kept / NOTES / path.name, path)
        except UnicodeDecodeError as error:
            raise NotesError(f"{path} : la note n’est pas en UTF-8 ; enregistrez-la dans ce codage.") from error
        except ValueError as error:
            raise NotesError(f"{path} : le nom d’une note est une date, par exemple 2026-11-25.md.") from error
        if text and day <= until and not told:
            found += ["", *text.splitlines()]
    return ["## Note de l’éditeur", *found] if found else []


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()
