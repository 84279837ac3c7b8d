"""The executor that the environment names: which one, with what settings, and what is said of a wrong name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration.executors import CHOICES, PASSED_ON, VARIABLE, ExecutorError, chosen_executor

PROJECT = Path(__file__).resolve().parents[2]
BROKER = "amqp://contrats:secret-du-courtier@127.0.0.1:5672//"
COMPLETE = {"CONTRATS_CELERY_BROKER": BROKER, "CONTRATS_K8S_IMAGE": "registre.example/contrats:1"}


def job_of(environment: dict[str, str]) -> dg.JobDefinition:
    @dg.op
    def rien() -> None: ...

    @dg.graph
    def graphe() -> None:
        rien()

    return graphe.to_job(executor_def=chosen_executor(environment))


@pytest.mark.parametrize(
    ("name", "executor"),
    [
        ("", "in_process"),
        (" ", "in_process"),
        ("en-processus", "in_process"),
        ("multiprocessus", "multiprocessus"),
        ("celery", "celery"),
        ("k8s", "k8s"),
    ],
)
def test_the_executor_is_the_one_that_is_named(name: str, executor: str) -> None:
    job = job_of({VARIABLE: name, **COMPLETE})
    assert job.executor_def.name == executor
    assert dg.validate_run_config(job, {}) is not None, "it runs with its defaults"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({VARIABLE: "celery-k8s"}, "celery-k8s : exécuteur inconnu. Valeurs possibles : en-processus, multiprocessus"),
        ({VARIABLE: "Celery", **COMPLETE}, "Celery : exécuteur inconnu"),
        ({VARIABLE: "celery"}, "CONTRATS_CELERY_BROKER"),
        ({VARIABLE: "celery", "CONTRATS_CELERY_BROKER": " "}, "CONTRATS_CELERY_BROKER"),
        ({VARIABLE: "k8s"}, "CONTRATS_K8S_IMAGE"),
    ],
)
def test_what_cannot_be_is_said(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ExecutorError, match=said):
        chosen_executor(environment)


@pytest.mark.parametrize(("name", "module"), [("celery", "celery"), ("k8s", "dagster_k8s")])
def test_an_extra_that_is_not_installed_is_said(name: str, module: str, tmp_path: Path) -> None:
    """In a Python where the package is hidden."""
    script = (
        "import importlib.util as util; found = util.find_spec\n"
        f"util.find_spec = lambda name, *rest: None if name == {module!r} else found(name, *rest)\n"
        "from pipelines.orchestration.executors import ExecutorError, chosen_executor\n"
        "try: chosen_executor()\nexcept ExecutorError as error: print(error)\n"
    )
    env = {**os.environ, VARIABLE: name, "PYTHONPATH": str(PROJECT), **COMPLETE}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"le paquet {module}, qui n’est pas installé" in done.stdout, done.stderr


def defaults(environment: dict[str, str]) -> dict[str, object]:
    """The settings of the executor as the form of the UI fills them in."""
    config = dg.validate_run_config(job_of(environment), {})
    assert config is not None
    (found,) = config["execution"].values()
    assert isinstance(found, dict)
    return found


def test_the_form_shows_how_long_celery_waits() -> None:
    assert defaults({VARIABLE: "celery", **COMPLETE}) == {"attente": 30, "silence": 20, "reprises": 2}


@pytest.mark.parametrize("name", CHOICES)
def test_no_password_is_in_the_settings_of_a_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"AWS_SECRET_ACCESS_KEY": "secret-aws", "CONTRATS_PG_URL": "postgresql://u:secret-pg@h/d", **COMPLETE}
    for variable, value in secrets.items():
        monkeypatch.setenv(variable, value)
    job = job_of({VARIABLE: name, **secrets})
    told = json.dumps(dg.validate_run_config(job, {}), default=str) + str(job.executor_def.config_schema.config_type)
    assert "secret-" not in told


def test_a_pod_is_told_the_environment_that_is_no_secret() -> None:
    given = {name: f"valeur-de-{name}" for name in PASSED_ON} | {VARIABLE: "k8s"}
    others = {"CONTRATS_K8S_ESPACE": "contrats", "CONTRATS_K8S_SECRETS": "contrats-pg, contrats-s3"}
    config = k8s_settings({**given, **others, **COMPLETE})
    assert config["env_vars"] == [f"{name}={given[name]}" for name in PASSED_ON]
    assert config["env_secrets"] == ["contrats-pg", "contrats-s3"]
    assert config["job_namespace"] == "contrats"
    assert config["job_image"] == COMPLETE["CONTRATS_K8S_IMAGE"]


def k8s_settings(environment: dict[str, str]) -> dict[str, object]:
    """What dagster-k8s gets, once it has validated it."""
    executor = chosen_executor(environment)
    applied = executor.apply_config_mapping({"config": {}})
    assert applied.success, applied.errors
    assert applied.value is not None
    found: dict[str, object] = applied.value["config"]
    return found


def test_a_wrong_name_ends_a_build_without_a_traceback(tmp_path: Path) -> None:
    env = {**os.environ, VARIABLE: "bidule", "DAGSTER_HOME": str(tmp_path / "dagster"), "PYTHONPATH": str(PROJECT)}
    outputs = tmp_path / "sorties"
    command = [sys.executable, "-m", "pipelines", "build", "--outputs", str(outputs)]
    done = subprocess.run(command, env=env, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "bidule : exécuteur inconnu" in done.stderr
    assert "Traceback" not in done.stderr
