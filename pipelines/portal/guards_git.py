"""Whether the sheets that a release was made of are those that its repository holds.

Belongs here: asking git what is committed, and comparing. Does not belong here: when a difference is let through
(``guards``).

Git is asked for names and digests only. Nothing is checked out, and nothing that a repository names is run: no hook, no
filter, no fetch. Neither the settings of the person nor those of the machine change what it answers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.sheets.inventory import is_read
from pipelines.text import printable

TIMEOUT = 60
"""Seconds that git may take for one question; it answers in hundredths."""
_ALONE = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_SETTINGS = (
    "core.quotePath=off",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "safe.directory=*",  # a repository of someone else, as in a container, is only read
)
_NORMALISED = {"set", "auto"}
_SAID_NOTHING = {"unspecified", "unset"}


class UnansweredError(Exception):
    """Git does not say what is committed; ``code``: why, as a stable slug; the message says what to do, in French."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True)
class Differences:
    """Names of sheets: ``edited``, other than the committed one; ``unknown``, not committed; ``absent``, not there."""

    edited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def told(self) -> list[str]:
        """Each with what is wrong with it, in words, by name."""
        said = dict.fromkeys(self.edited, "autre que celle du dépôt")
        said |= dict.fromkeys(self.unknown, "pas dans le dépôt")
        said |= dict.fromkeys(self.absent, "dans le dépôt seulement")
        return [f"{printable(os.fsencode(name).decode(errors='replace'))} ({said[name]})" for name in sorted(said)]


def committed(folder: Path) -> dict[str, str]:
    """The files of a folder that the last commit of its repository holds, by name, with their digests in git.

    Raises:
        UnansweredError: no git, no repository, no commit, or git refuses.
    """
    ask = _asker(folder)
    inside = ask("rev-parse", "--is-inside-work-tree")
    if inside.returncode and b"not a git repository" not in inside.stderr:
        raise _unreadable(folder, inside)
    if inside.stdout.strip() != b"true":
        raise UnansweredError(
            "feuilles-sans-depot",
            f"Le dossier des feuilles, {folder}, n’est pas dans un dépôt git : rien ne dit d’où viennent les feuilles "
            "de la version. Indiquez celui du dépôt.",
        )
    head = ask("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
    if head.returncode:
        raise UnansweredError(
            "depot-sans-engagement",
            f"Le dépôt git de {folder} n’a encore aucun commit. Enregistrez-y les feuilles (git add, git commit).",
        )
    listed = ask("ls-tree", "-r", "-z", os.fsdecode(head.stdout.strip()))
    if listed.returncode:
        raise _unreadable(folder, listed)
    found = {}
    for line in filter(None, listed.stdout.split(b"\0")):
        about, _, name = line.partition(b"\t")
        _mode, kind, digest = about.split()
        if kind == b"blob":
            found[os.fsdecode(name)] = digest.decode("ascii")
    return found


def differences(sheets: Path, folder: Path, blobs: Mapping[str, str]) -> Differences:
    """How the sheets kept in a release differ from the committed ones (see `committed`), byte for byte.

    Line ends that the attributes of the repository make git store otherwise are no difference: it is how a clean
    working copy may stand.

    Raises:
        UnansweredError: git refuses to tell the attributes.
        OSError: the disk refuses a file.
    """
    there = {path.relative_to(sheets).as_posix(): path for path in sheets.rglob("*") if path.is_file()}
    edited: list[str] = []
    ends: list[str] = []
    for name in sorted(there.keys() & blobs.keys()):
        content = there[name].read_bytes()
        if _digest(content, like=blobs[name]) == blobs[name]:
            continue
        rewritten = _digest(content.replace(b"\r\n", b"\n"), like=blobs[name]) == blobs[name]
        (ends if rewritten else edited).append(name)
    if ends:
        normalised = _normalised(folder, ends)
        edited += [name for name in ends if name not in normalised]
    read = {name for name in blobs if is_read(PurePosixPath(name))}
    return Differences(
        edited=tuple(sorted(edited)),
        unknown=tuple(sorted(there.keys() - blobs.keys())),
        absent=tuple(sorted(read - there.keys())),
    )


def _normalised(folder: Path, names: Collection[str]) -> set[str]:
    """Those of these files whose line ends git stores as LF, whatever they are on the disk."""
    given = b"".join(os.fsencode(name) + b"\0" for name in names)
    said = _asker(folder)("check-attr", "-z", "--stdin", "text", "eol", given=given)
    if said.returncode:
        raise _unreadable(folder, said)
    parts = [os.fsdecode(part) for part in said.stdout.split(b"\0")[:-1]]
    values = {(name, attribute): value for name, attribute, value in _by_three(parts)}
    return {
        name
        for name in names
        if values[name, "text"] in _NORMALISED
        or (values[name, "text"] == "unspecified" and values[name, "eol"] not in _SAID_NOTHING)
    }


def _by_three(parts: list[str]) -> Iterable[tuple[str, str, str]]:
    return zip(parts[::3], parts[1::3], parts[2::3], strict=True)


def _digest(content: bytes, *, like: str) -> str:
    """The digest that git has of a content; a repository has SHA-1 or SHA-256 ones, as their length tells."""
    function = hashlib.sha256 if len(like) == hashlib.sha256().digest_size * 2 else hashlib.sha1
    return function(b"blob %d\0" % len(content) + content).hexdigest()


def _asker(folder: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """What asks git one question about a folder.

    Raises:
        UnansweredError: no such folder, no git, or one that does not answer.
    """
    if not folder.is_dir():
        raise UnansweredError(
            "feuilles-sans-depot", f"Le dossier des feuilles, {folder}, n’existe pas. Indiquez celui du dépôt."
        )
    program = shutil.which("git")
    if program is None:
        raise UnansweredError(
            "git-absent",
            "Git n’est pas sur cette machine, ou PATH n’y mène pas : rien ne dit que les feuilles de la version sont "
            "celles du dépôt. Installez-le.",
        )
    options = [word for setting in _SETTINGS for word in ("-c", setting)]

    def ask(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 (no shell; the words are ours)
                [program, "--no-pager", *options, *words],
                cwd=folder,
                env=_ALONE | {"PATH": os.environ.get("PATH", os.defpath)},
                input=given,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnansweredError(
                "depot-illisible", f"Git n’a pas répondu en {TIMEOUT} secondes sur {folder}. Recommencez."
            ) from error
        except OSError as error:
            raise UnansweredError(
                "git-absent", f"Git ne se lance pas ({error.strerror}) : {program}. Réinstallez-le."
            ) from error

    return ask


def _unreadable(folder: Path, said: subprocess.CompletedProcess[bytes]) -> UnansweredError:
    words = printable((said.stderr.decode(errors="replace").strip().splitlines() or ["aucun message"])[0])
    return UnansweredError(
        "depot-illisible",
        f"Le dépôt git de {folder} ne se lit pas. Git dit : « {words} ». Réparez-le, puis recommencez.",
    )
