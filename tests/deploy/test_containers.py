"""The image and the compose file, as far as a machine without a container engine can tell."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.publication.conftest import PROJECT

FOLDER = PROJECT / "deploy" / "conteneurs"
CONTAINERFILE = (FOLDER / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("code", "interface", "ordonnanceur", "ouvrier")
DIGITS = re.compile(r"^\d+$")


def instructions() -> list[list[str]]:
    joined = re.sub(r"^\s*#.*\n", "", CONTAINERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    return [line.split() for line in joined.splitlines() if line.strip()]


def copied() -> list[str]:
    """What the image takes from the project."""
    lines = [words[1:-1] for words in instructions() if words[0] == "COPY" and not words[1].startswith("--from")]
    return [source for sources in lines for source in sources]


def test_everything_that_the_image_copies_exists_and_is_given_to_the_builder() -> None:
    allowed = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied()
    for source in copied():
        assert (PROJECT / source).exists(), source
        assert f"!{source.split('/')[0]}" in allowed, source


def test_the_image_has_what_the_commands_need() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {"pyproject.toml", project["readme"], *project["license-files"], "pipelines", "schemas", "workspace.yaml"}
    assert needed <= set(copied())
    for name in OURS:
        command = SERVICES[name]["command"]
        for word in command:
            if word.endswith(".yaml"):
                assert word in copied()


def test_the_image_runs_the_python_of_the_project_as_nobody_in_particular() -> None:
    bases = [words[1] for words in instructions() if words[0] == "FROM"]
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["python_version"]
    assert {re.match(r"docker\.io/library/python:([0-9.]+)-slim", base)[1] for base in bases} == {wanted}  # type: ignore[index]
    users = [words[1] for words in instructions() if words[0] == "USER"]
    assert users
    assert all(DIGITS.match(part) and part != "0" for part in users[-1].split(":"))


def test_packages_come_with_their_hashes_and_no_address() -> None:
    installs = [" ".join(words) for words in instructions() if "pip install" in " ".join(words)]
    assert len(installs) == 2
    assert all("--require-hashes -r requirements.lock" in line or "--no-deps" in line for line in installs)
    assert not re.search(r"https?://", CONTAINERFILE)


def test_no_secret_is_written_in_them() -> None:
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if re.search(r"(PASSWORD|PASS|PG_URL|BROKER):", line):
            assert "${CONTRATS_" in line, line
    assert not re.search(r"MOT_DE_PASSE|SECRET|PASSWORD", CONTAINERFILE)


def test_only_the_interface_is_reached_and_from_this_machine_only() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"interface": ["127.0.0.1:3000:3000"]}
    assert not [name for name, service in SERVICES.items() if service.get("network_mode") == "host"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_has_no_right_to_spare(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_service_says_whether_it_is_well_and_waits_for_those_it_needs() -> None:
    for name, service in SERVICES.items():
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
        for needed, how in service.get("depends_on", {}).items():
            assert needed in SERVICES
            assert how == {"condition": "service_healthy"}


def test_the_volumes_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (FOLDER / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume


def test_the_code_server_is_where_the_others_look_for_it() -> None:
    (location,) = yaml.safe_load((FOLDER / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    server = location["grpc_server"]
    command = SERVICES[server["host"]]["command"]
    assert command[command.index("--port") + 1] == str(server["port"])
    assert command[command.index("--module-name") + 1] == "pipelines.definitions"
    own = yaml.safe_load((PROJECT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"][0]["python_module"]
    assert server["location_name"] == own["location_name"], "or the history of runs would be that of another location"


def test_the_command_of_the_health_of_the_interface_is_python() -> None:
    words = SERVICES["interface"]["healthcheck"]["test"]
    compile(words[-1], "healthcheck", "exec")
    assert "/server_info" in json.dumps(words)


def test_kubernetes_is_closed_quiet_and_without_secrets() -> None:
    text = (PROJECT / "deploy" / "kubernetes" / "values.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)
    assert values["ingress"] == {"enabled": False}
    assert values["telemetry"] == {"enabled": False}
    assert values["dagsterWebserver"]["service"]["type"] == "ClusterIP"
    assert values["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"] == {"maxConcurrentRuns": 1}
    assert "postgresqlPassword" not in text
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    assert (
        deployment["env"]["CONTRATS_K8S_IMAGE"] == f"{deployment['image']['repository']}:{deployment['image']['tag']}"
    )
    user = re.search(r"^USER (\d+)", CONTAINERFILE, flags=re.MULTILINE)
    assert user is not None
    assert deployment["podSecurityContext"]["runAsUser"] == int(user[1])
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    version = re.search(r"^dagster==(\S+)", lock, flags=re.MULTILINE)
    assert version is not None
    assert text.count(f"--version {version[1]} ") == 1
    assert shlex.split(text.splitlines()[1].removeprefix("#"))[:3] == ["helm", "install", "contrats"]
