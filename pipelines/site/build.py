"""The site on the disk: made aside, then shown whole by one move.

Belongs here: files, links and the move. Does not belong here: what pages say (``pages``, ``render``).

Files of releases are hard links: they take no room, and a release that is pruned later stays whole for who reads the
site. Equal releases give equal bytes.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipelines.publish import lock
from pipelines.publish.errors import as_outputs_error
from pipelines.publish.staging import IN_PROGRESS, remove
from pipelines.publish.versions import LATEST, POINTER, RELEASES
from pipelines.site.extras import extras
from pipelines.site.model import NoReleaseError, SiteData, read_site
from pipelines.site.pages import Page, all_pages
from pipelines.site.writing import write, writing

SITE = "site"
ASSETS = Path(__file__).with_name("assets")
ASSETS_FOLDER = "actifs"
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE = -100  # AT_FDCWD


def build_site(outputs: Path) -> Path:
    """Makes the site of the releases of a folder of outputs, in place of the one that is there; returns its folder.

    Raises `OutputsBusy` when a build is at work, `OutputsError` when the disk refuses, `NoReleaseError` when there is
    nothing to show, and what `write_site` does. Whatever happens before the end, the site that was there stays.
    """
    outputs = outputs.absolute()
    with as_outputs_error(outputs):
        if not outputs.is_dir():
            raise NoReleaseError(f"Le dossier {outputs} n’existe pas : publiez d’abord une version.")
        lock.take(outputs)
        aside = outputs / IN_PROGRESS / f"{SITE}-{os.getpid()}"
        try:
            remove(aside)
            aside.mkdir(parents=True)
            write_site(read_site(outputs), aside)
            show(aside, outputs / SITE)
        finally:
            remove(aside)
            with suppress(OSError):
                aside.parent.rmdir()
            lock.free(outputs)
    return outputs / SITE


def write_site(data: SiteData, folder: Path) -> None:
    """Writes the whole site into an empty folder.

    Raises:
        HelperDiedError: a process that wrote pages was stopped.
        SettingError: see `writing`.
    """
    assets = _assets()
    with writing(data, folder) as writers:
        _write_releases(data, folder, assets)
        pages = all_pages(data)
        writers.write(data, pages, assets)
        for name, content in extras(data, pages):
            write(folder / name, content)
        for page in pages.values():
            write_files(page, folder)


def _write_releases(data: SiteData, folder: Path, assets: dict[str, str]) -> None:
    """Puts the assets and the files of releases in place."""
    for source, target in assets.items():
        _link(ASSETS / source, folder / ASSETS_FOLDER / target, copy=True)
    for entry in data.releases:
        for path in _files(entry.folder):
            name = path.relative_to(entry.folder).as_posix()
            _link(path, folder / RELEASES / entry.version / name)
            if entry.last:
                _link(path, folder / LATEST / name)
    pointer = data.outputs / POINTER
    if pointer.is_file():
        _link(pointer, folder / POINTER, copy=True)


def write_files(page: Page, folder: Path) -> None:
    """Writes the files that a page brings."""
    for name, made in page.files.items():
        if isinstance(made, str):
            write(folder / name, made.encode())
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            made(folder / name)


def show(made: Path, site: Path) -> None:
    """Puts a folder in the place of another, by one move where the system can exchange two folders."""
    made.chmod(0o755)
    if not site.exists():
        made.rename(site)
    elif not _exchange(made, site):
        gone = made.with_name(f"{made.name}-ancien")
        site.rename(gone)
        try:
            made.rename(site)
        except OSError:
            gone.rename(site)
            raise
        remove(gone)


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two folders by one move; False when the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _assets() -> dict[str, str]:
    """The published path of each asset: in a folder named by their content, so that they may name one another."""
    files = list(_files(ASSETS))
    whole = hashlib.sha256()
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(ASSETS).as_posix()}\0{digest}\n".encode())
    names = [path.relative_to(ASSETS).as_posix() for path in files]
    return {name: f"{whole.hexdigest()[:12]}/{name}" for name in names}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _link(source: Path, target: Path, *, copy: bool = False) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not copy:
        try:
            os.link(source, target)
        except OSError:  # another file system, a disk without links, another owner’s file
            copy = True
    if copy:
        shutil.copyfile(source, target)
