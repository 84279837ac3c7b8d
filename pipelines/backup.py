"""Saves the releases and the history of runs into one folder, and puts them back elsewhere.

Belongs here: what is saved, in which order, and how a copy is known to be whole. Does not belong here: the sheets,
which git keeps; the settings and passwords of the environment; what steps wrote on their outputs.

History is a database: each SQLite file is copied by SQLite itself, PostgreSQL by its own programs, so that both may be
in use meanwhile. Releases do not change, and the list of them is copied before them, so that it names none that is
missing. ``SHA256SUMS`` comes last: a copy without it was interrupted, and is refused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.publish.errors import as_outputs_error
from pipelines.publish.versions import LATEST, POINTER, RELEASES, SUMS, WITHDRAWN, read_versions

REPORTS = "rapports"
_OUTPUTS, _HISTORY = "outputs", "dagster"
_SETTINGS = "dagster.yaml"
_DUMP = "historique.pgdump"
_NOT_SAVED = ("storage", "en-cours", "logs")
"""Folders of Dagster's home that the next run makes again."""
_LIBPQ = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


class BackupError(Exception):
    """A copy cannot be made or put back; the message says why and what to do."""


@dataclass(frozen=True)
class Saved:
    """What a copy holds: releases, databases, bytes."""

    releases: int
    databases: int
    size: int


def backup(outputs: Path | None, home: Path, target: Path, postgres_url: str = "") -> Saved:
    """Copies everything into ``target``, which must be absent or empty; without ``outputs``, history alone.

    ``postgres_url`` is where history is, when it is in PostgreSQL.

    Raises:
        BackupError: the folder is not empty, there is no release to save, or PostgreSQL refuses.
        OutputsError: the disk refuses.
    """
    with as_outputs_error(target):
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise BackupError(f"{target} n’est pas vide : une sauvegarde demande un dossier neuf.")
        if outputs is not None and not read_versions(outputs).releases:
            raise BackupError(f"Aucune version dans {outputs} : indiquez leur dossier avec --outputs.")
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o700)
        history = target / _HISTORY
        history.mkdir()
        databases = _save_sqlite(home, history)
        if (home / _SETTINGS).is_file():
            shutil.copyfile(home / _SETTINGS, history / _SETTINGS)
        if postgres_url:
            _postgres(postgres_url, "pg_dump", "--format=custom", "--no-owner", f"--file={history / _DUMP}")
            databases += 1
        if outputs is not None:
            _copy_outputs(outputs, target / _OUTPUTS)
        _write_sums(target)
        sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file() and not path.is_symlink()]
        return Saved(len(read_versions(target / _OUTPUTS).releases), databases, sum(sizes))


def restore(source: Path, outputs: Path, home: Path, postgres_url: str = "") -> Saved:
    """Puts a copy back, where there is nothing yet.

    Raises:
        BackupError: the copy is not whole, or something is there already, or PostgreSQL refuses.
        OutputsError: the disk refuses.
    """
    with as_outputs_error(source):
        _require_whole(source)
        dump = source / _HISTORY / _DUMP
        if dump.is_file() and not postgres_url:
            raise BackupError("L’historique sauvegardé vient de PostgreSQL : donnez CONTRATS_PG_URL, une base vide.")
        for place, names in ((outputs, (RELEASES, POINTER)), (home, ("history", "schedules"))):
            there = [str(place / name) for name in names if (place / name).exists()]
            if there:
                raise BackupError(f"{there[0]} existe déjà : une restauration ne remplace rien. Déplacez-le d’abord.")
        if dump.is_file():
            base = unquote(urlsplit(postgres_url).path.lstrip("/"))
            _postgres(postgres_url, "pg_restore", "--no-owner", "--single-transaction", f"--dbname={base}", str(dump))
        databases = 0
        for path in sorted((source / _HISTORY).rglob("*")):
            kept = home / path.relative_to(source / _HISTORY)
            if path.is_file() and path != dump and not (path.name == _SETTINGS and kept.exists()):
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, kept)
                databases += path.suffix == ".db"
        _copy_outputs(source / _OUTPUTS, outputs)
        return Saved(len(read_versions(outputs).releases), databases + dump.is_file(), 0)


def _save_sqlite(home: Path, target: Path) -> int:
    """Copies each database of Dagster's home; that of the runs first, so that what it names is in the others."""
    found = sorted(home.rglob("*.db"), key=lambda path: (path.name != "runs.db", str(path)))
    kept = [path for path in found if path.relative_to(home).parts[0] not in _NOT_SAVED]
    for path in kept:
        copy = target / path.relative_to(home)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened, closing(sqlite3.connect(copy)) as to:
            opened.backup(to)
    return len(kept)


def _copy_outputs(outputs: Path, target: Path) -> None:
    if outputs.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    if (outputs / POINTER).is_file():
        shutil.copyfile(outputs / POINTER, target / POINTER)
    for name in (RELEASES, WITHDRAWN, REPORTS):
        if (outputs / name).is_dir():
            shutil.copytree(outputs / name, target / name, symlinks=True, dirs_exist_ok=True)
    if (outputs / LATEST).is_symlink():
        (target / LATEST).unlink(missing_ok=True)
        (target / LATEST).symlink_to((outputs / LATEST).readlink())


def _files(folder: Path) -> list[Path]:
    """Every file of a copy but its own sums; ``latest`` is a link, and the pointer says the same."""
    found = (path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)
    return sorted(path for path in found if LATEST not in path.relative_to(folder).parts)


def _write_sums(folder: Path) -> None:
    lines = [f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def _require_whole(folder: Path) -> None:
    if not (folder / SUMS).is_file():
        raise BackupError(f"{folder} n’est pas une sauvegarde achevée : {SUMS} y manque.")
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
    wrong = sorted(name for name in told.keys() | there.keys() if told.get(name) != there.get(name))
    if wrong:
        raise BackupError(f"La sauvegarde est abîmée : {wrong[0]}. Prenez-en une autre.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _postgres(url: str, program: str, *words: str) -> None:
    """Runs one of PostgreSQL's programs; the password goes by the environment, which other users do not see."""
    parts = urlsplit(url)
    where = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    where |= {_LIBPQ[name]: value for name, value in parse_qsl(parts.query) if name in _LIBPQ}
    try:
        done = subprocess.run(  # noqa: S603 (a program of PostgreSQL, with words of ours)
            [program, *words],
            env=os.environ | {name: value for name, value in where.items() if value},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BackupError(f"{program} manque : apt install postgresql-client.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupError(f"PostgreSQL a refusé ({program}) : {said[0] if said else done.returncode}")
