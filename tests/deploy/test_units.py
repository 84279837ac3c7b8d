"""The systemd units: accepted by systemd, hardened, and bound to the loopback."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.publication.conftest import PROJECT

UNITS = sorted((PROJECT / "deploy" / "systemd").glob("*.service"))
EXPOSURE = 2.0
"""On systemd's scale from 0 (safe) to 10; an unhardened service has 9.6."""


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.fail("systemd-analyze manque : apt install systemd.")
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_there_is_one_for_each_service() -> None:
    assert [unit.name.removeprefix("contrats-destination-") for unit in UNITS] == [
        "interface.service",
        "ordonnanceur.service",
        "ouvrier@.service",
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_it(unit: Path, tmp_path: Path) -> None:
    """Its program is not installed here: another stands for it, so that anything said is about the unit."""
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert "/opt/contrats-destination/.venv/bin/" in unit.read_text(encoding="utf-8")
    (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = analyze("verify", "--man=no", str(tmp_path / unit.name))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_is_hardened(unit: Path) -> None:
    done = analyze("security", "--offline=true", "--no-pager", str(unit))
    found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) < EXPOSURE
    told = settings(unit)
    assert told["EnvironmentFile"] == ["/etc/contrats-destination/environnement"]
    assert told["User"] == ["contrats"]
    assert (told["ProtectSystem"], told["NoNewPrivileges"]) == (["strict"], ["yes"])
    assert not [value for value in told["Environment"] if re.search(r"MOT_DE_PASSE|SECRET|PG_URL|BROKER", value)]


def test_the_interface_listens_to_this_machine_only() -> None:
    (command,) = settings(UNITS[0])["ExecStart"]
    assert "-h 127.0.0.1" in command


def test_make_dev_listens_to_this_machine_only() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    (command,) = [line for line in makefile.splitlines() if "/dagster dev" in line]
    assert "-h 127.0.0.1" in command


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_its_program_is_one_that_the_project_installs(unit: Path) -> None:
    (command,) = settings(unit)["ExecStart"]
    package = {"dagster-webserver": "dagster-webserver", "dagster-daemon": "dagster", "celery": "celery"}
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert f"\n{package[Path(command.split()[0]).name]}==" in lock
