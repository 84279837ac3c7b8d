"""The command as a person runs it, on machines that fail it: killed, a full disk, a folder that it cannot write.

And on machines that differ: another folder, time zone, locale, user, number of cores give the same bytes.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.publish.versions import read_versions
from tests.conftest import SmallSources, write_small_sources
from tests.publication.conftest import PROJECT, SOURCES
from tests.publish.killing import unsound

pytestmark = pytest.mark.slow

NOBODY = 65534
# Root writes through rights. It becomes a user that may read whatever it is (the interpreter may stand in root's home)
# and write only what is its own.
_AS_NOBODY = (
    f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups"
    " --inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search"
)
UNPRIVILEGED = _AS_NOBODY if os.geteuid() == 0 else "env"
ALONE = "unshare --mount" if os.geteuid() == 0 else "unshare --user --map-root-user --mount"
FIRST, SECOND = "2026-11-22", "2026-11-29"
KILLS = 10


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that an unprivileged user may enter and write in, with small sources in it."""
    folder = Path(tempfile.mkdtemp(prefix="contrats-"))
    folder.chmod(0o755)
    write_small_sources(folder / "sources")
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", folder / "sources" / "jeu_de_donnees.toml")
    for name in ("sorties", "dagster"):
        (folder / name).mkdir()
    for path in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=False)
    shutil.rmtree(folder)


def command(place: Path, date: str) -> list[str]:
    where = ["--sources", str(place / "sources"), "--outputs", str(place / "sorties"), "--date", date]
    return [sys.executable, "-m", "pipelines", "build", *where]


def environment(place: Path, **more: str) -> dict[str, str]:
    return os.environ | {"DAGSTER_HOME": str(place / "dagster"), "PYTHONDONTWRITEBYTECODE": "1"} | more


def build(place: Path, date: str) -> subprocess.CompletedProcess[str]:
    """A build by a user without privileges."""
    return run([*UNPRIVILEGED.split(), *command(place, date)], place)


def run(words: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=PROJECT, env=environment(place), capture_output=True, text=True, check=False)


def last(place: Path) -> str:
    """The version of the last release, once it is seen to be whole."""
    release = read_versions(place / "sorties").current()
    assert release is not None
    assert unsound(release.path) == []
    return release.version


def change(place: Path, words: str) -> None:
    SmallSources(place / "sources").put("contrats/alpes/Contrat", "Objectif", words)


def test_a_build_killed_at_random_moments_leaves_the_last_release_whole(place: Path) -> None:
    began = time.monotonic()
    done = build(place, FIRST)
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stdout + done.stderr
    change(place, "Tout autre chose")
    moments = random.Random(20141216)  # noqa: S311
    seen = set()
    for _ in range(KILLS):
        with subprocess.Popen(
            [*UNPRIVILEGED.split(), *command(place, SECOND)],
            cwd=PROJECT,
            env=environment(place),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            # The second half is where files are written.
            time.sleep(seconds * moments.uniform(0.3, 1.0))
            os.killpg(running.pid, signal.SIGKILL)
        seen.add(last(place))
    assert seen <= {FIRST, SECOND}
    done = build(place, SECOND)
    assert done.returncode == 0, done.stdout + done.stderr
    assert last(place) == SECOND
    assert not list((place / "sorties" / ".en-cours").glob("*"))


def test_a_full_disk_is_said_and_the_next_build_makes_up_for_it(place: Path) -> None:
    """In a name space of its own, a small disk is mounted, filled, and freed again."""
    script = f"""
        set -u
        mount -t tmpfs -o size=32m,mode=777 tmpfs {place}/sorties
        {UNPRIVILEGED} {" ".join(command(place, FIRST))} || exit 90
        sed -i s/Allonger/Raccourcir/ {place}/sources/contrats/alpes/Contrat.csv
        head -c $(($(stat -f -c '%a*%S' {place}/sorties) - 150000)) /dev/zero > {place}/sorties/plein
        {UNPRIVILEGED} {" ".join(command(place, SECOND))}; echo "code $?"
        (cd {place}/sorties/latest/ && sha256sum --quiet -c SHA256SUMS) || exit 91
        test "$(readlink {place}/sorties/latest)" = releases/{FIRST} || exit 92
        test -z "$(ls {place}/sorties/.en-cours)" || exit 93
        rm {place}/sorties/plein
        {UNPRIVILEGED} {" ".join(command(place, SECOND))} || exit 94
        (cd {place}/sorties/latest/ && sha256sum --quiet -c SHA256SUMS) || exit 95
        test "$(readlink {place}/sorties/latest)" = releases/{SECOND} || exit 96
    """
    done = run([*ALONE.split(), "bash", "-c", script], place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "code 3" in done.stdout
    assert "le disque est plein" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("closed", ["sorties", "sorties/releases"])
def test_a_folder_that_cannot_be_written_is_said(place: Path, closed: str) -> None:
    assert build(place, FIRST).returncode == 0
    change(place, "Tout autre chose")
    (place / closed).chmod(0o555)
    done = build(place, SECOND)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "les droits d’écriture manquent" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert last(place) == FIRST
    (place / closed).chmod(0o755)
    assert build(place, SECOND).returncode == 0
    assert last(place) == SECOND


def test_an_unprivileged_hand_cannot_change_a_release(place: Path) -> None:
    assert build(place, FIRST).returncode == 0
    release = place / "sorties" / "releases" / FIRST
    for act in (f"echo >> {release}/journal.md", f"echo > {release}/nouveau", f"rm {release}/csv/contrats.csv"):
        assert run([*UNPRIVILEGED.split(), "sh", "-c", act], place).returncode != 0, act
    assert last(place) == FIRST


def test_two_machines_make_the_same_bytes(place: Path) -> None:
    """The project copied elsewhere, the clock, zone, locale, user, umask and number of cores changed."""
    here, there = place / "sorties", place / "ailleurs"
    copy = there / "projet"
    copy.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=PROJECT, capture_output=True, check=True)
    subprocess.run(["tar", "x"], cwd=copy, input=archive.stdout, check=True)
    original = place / "projet"
    shutil.copytree(copy, original)
    for path in (there, copy, place):
        path.chmod(0o777)
    runs = [
        (original, here, {"TZ": "Europe/Paris", "LC_ALL": "C.UTF-8"}, []),
        (copy, there / "sorties", {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}, ["taskset", "1"]),
    ]
    sums = []
    for project, outputs, changes, before in runs:
        (project / ".dagster").mkdir()
        (project / ".dagster").chmod(0o777)
        variables = os.environ | changes | {"DAGSTER_HOME": str(project / ".dagster"), "PYTHONPATH": str(project)}
        who = [] if not before or os.geteuid() else UNPRIVILEGED.split()
        done = subprocess.run(
            [*before, *who, sys.executable, "-m", "pipelines", "build", "--outputs", str(outputs), "--date", FIRST],
            cwd=project,
            env=variables | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            umask=0o077 if before else 0o022,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        sums.append((outputs / "releases" / FIRST / "SHA256SUMS").read_text())
    assert sums[0] == sums[1]
    assert len(sums[0].splitlines()) > 150
