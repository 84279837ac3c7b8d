"""Builds killed on the way: a program that runs a build in forks of itself, each killed before another act on the disk.

``python -m tests.publish.killing ROOT [EVERY]`` prints one JSON object: how many acts a build does, and what was wrong
after each kill (nothing, it is hoped). A fork takes milliseconds where a new interpreter takes a second.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from pipelines.publish.release import write_release
from pipelines.publish.staging import IN_PROGRESS
from pipelines.publish.versions import read_versions
from tests.publish.publish_dataset import CODES, DATE, DECLARED, FULL, ORGANISMES, description, frame, frames, issues

LATER = DATE + dt.timedelta(days=7)
ACTS = frozenset({"os.rename", "os.mkdir", "os.symlink", "os.chmod", "os.remove", "os.rmdir", "os.truncate"})


def first(outputs: Path) -> None:
    write_release(frames(), issues(), description(), CODES, outputs, DATE, declared=DECLARED)


def second(outputs: Path) -> None:
    changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None}])}
    write_release(changed, issues(), description(), CODES, outputs, LATER, declared=DECLARED)


def in_a_fork(work: Callable[[], None]) -> int:
    """Runs ``work`` in a child and returns its wait status; what it raises is printed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def acting(outputs: Path, act: Callable[[int], None]) -> None:
    """Calls ``act`` with its number before each act of this process on the files of ``outputs``."""
    count, inside = 0, f"{outputs}/"

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in ACTS) and any(str(one).startswith(inside) for one in arguments[:2]):
            count += 1
            act(count)

    sys.addaudithook(hook)


def count_acts(root: Path) -> int:
    """How many acts the second build does."""
    outputs = copied(root, "compte")
    told = root / "actes"

    def work() -> None:
        numbers: list[int] = []
        acting(outputs, numbers.append)
        second(outputs)
        told.write_text(str(len(numbers)))

    if in_a_fork(work) != 0:
        raise RuntimeError("the build fails without being killed")
    return int(told.read_text())


def copied(root: Path, name: str) -> Path:
    """A folder of outputs that holds the first release."""
    target = root / name
    shutil.copytree(root / "base", target, symlinks=True)
    return target


def killed_at(root: Path, number: int) -> list[str]:
    """What is wrong after a build killed before its act ``number``, then after the next build."""
    outputs = copied(root, f"acte-{number}")

    def work() -> None:
        acting(outputs, lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == number else None)
        second(outputs)

    status = in_a_fork(work)
    wrong = [] if os.WIFSIGNALED(status) else [f"it was not killed (status {status})"]
    last = read_versions(outputs).current()
    wrong += ["no release is left"] if last is None else unsound(last.path)
    if in_a_fork(lambda: second(outputs)) != 0:
        wrong.append("the next build fails")
    wrong += unsettled(outputs)
    shutil.rmtree(outputs)
    return [f"act {number}: {what}" for what in wrong]


def unsound(release: Path) -> list[str]:
    """What ``sha256sum`` and a look at the files say of a release."""
    done = subprocess.run(
        ["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=release, capture_output=True, text=True, check=False
    )
    listed = {line.split("  ", 1)[1] for line in (release / "SHA256SUMS").read_text().splitlines()}
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    wrong = [f"{release.name}: {done.stdout}{done.stderr}"] if done.returncode else []
    return wrong + ([f"{release.name}: unlisted files"] if there != listed | {"SHA256SUMS"} else [])


def unsettled(outputs: Path) -> list[str]:
    """What is not as it should be after a build that succeeds: both releases, pointer, link, no remains."""
    expected = [DATE.isoformat(), LATER.isoformat()]
    pointer = json.loads((outputs / "versions.json").read_text(encoding="utf-8"))
    wrong = []
    if [each["version"] for each in pointer["releases"]] != expected or pointer["latest"] != expected[-1]:
        wrong.append(f"the pointer says {pointer}")
    if str((outputs / "latest").readlink()) != f"releases/{expected[-1]}":
        wrong.append("the link does not follow")
    if sorted(path.name for path in (outputs / "releases").iterdir()) != expected:
        wrong.append("other folders stand among the releases")
    remains = [
        path for path in outputs.iterdir() if path.name not in {"releases", "latest", "versions.json", ".verrou"}
    ]
    if any(path.name != IN_PROGRESS or list(path.iterdir()) for path in remains):
        wrong.append(f"remains: {remains}")
    for release in (outputs / "releases").iterdir():
        wrong += unsound(release)
        open_ = [path for path in (release, *release.rglob("*")) if path.stat().st_mode & 0o222]
        wrong += [f"{release.name}: can be written: {open_[:3]}"] if open_ else []
    return wrong


def main() -> None:
    root, every = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if in_a_fork(lambda: first(root / "base")) != 0:
        raise RuntimeError("the first build fails")
    acts = count_acts(root)
    wrong = [what for number in range(1, acts + 1, every) for what in killed_at(root, number)]
    print(json.dumps({"acts": acts, "wrong": wrong}))


if __name__ == "__main__":
    main()
