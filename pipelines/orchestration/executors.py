"""Where the steps of a run are executed: in one process, in several, by Celery workers, in Kubernetes pods.

The choice is the environment's (``CONTRATS_EXECUTEUR``), because every process that loads the definitions must make the
same one: the web server, the daemon, the runs, the workers. `launch` (``contrats-destination build``) always executes
in its own process.

Belongs here: the choice, and the executors that Dagster's own packages provide. Does not belong here: the executor of
Celery (``celery_steps``), what a step does.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping

import dagster as dg

from pipelines.settings import SettingError

VARIABLE = "CONTRATS_EXECUTEUR"
IN_PROCESS, MULTIPROCESS, CELERY, K8S = "en-processus", "multiprocessus", "celery", "k8s"
CHOICES = (IN_PROCESS, MULTIPROCESS, CELERY, K8S)

K8S_IMAGE, K8S_NAMESPACE = "CONTRATS_K8S_IMAGE", "CONTRATS_K8S_ESPACE"
K8S_SECRETS, K8S_ACCOUNT = "CONTRATS_K8S_SECRETS", "CONTRATS_K8S_COMPTE"
PASSED_ON = (
    *("CONTRATS_EXECUTEUR", "CONTRATS_SOURCES", "CONTRATS_OUTPUTS", "CONTRATS_LOTS", "CONTRATS_ECHANGES"),
    *("CONTRATS_LIMITES", "CONTRATS_MEMOIRE", "CONTRATS_PROCESSUS"),
    *("CONTRATS_PORTAIL", "CONTRATS_PORTAIL_ORGANISATION", "CONTRATS_PORTAIL_APPLIQUER"),
)
"""What a pod is told of the run's environment; passwords come to it from Kubernetes secrets."""
_EXTRA = "installez l’extra « distribue » (pip install -e '.[distribue]'), ou choisissez un autre exécuteur"


class ExecutorError(SettingError):
    """The environment asks for an executor that does not exist or cannot work; the message says what to do."""


def chosen_executor(environment: Mapping[str, str] = os.environ) -> dg.ExecutorDefinition:
    """The executor that the environment names; in-process if it names none.

    Raises:
        ExecutorError: the name is unknown, its packages are not installed, or a setting that it needs is missing.
    """
    name = environment.get(VARIABLE, "").strip() or IN_PROCESS
    if name == IN_PROCESS:
        return dg.in_process_executor
    if name == MULTIPROCESS:
        return multiprocess()
    if name == CELERY:
        _require(CELERY, "celery")
        from pipelines.orchestration.celery_steps import BROKER, celery_executor

        if not environment.get(BROKER, "").strip():
            raise ExecutorError(
                f"{VARIABLE}={CELERY} demande aussi {BROKER}, l’adresse du courtier "
                "(amqp://utilisateur:mot-de-passe@hôte:5672//)."
            )
        return celery_executor
    if name == K8S:
        _require(K8S, "dagster_k8s")
        return kubernetes(environment)
    raise ExecutorError(f"{VARIABLE}={name} : exécuteur inconnu. Valeurs possibles : {', '.join(CHOICES)}.")


def _require(name: str, module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise ExecutorError(f"{VARIABLE}={name} demande le paquet {module}, qui n’est pas installé : {_EXTRA}.")


def multiprocess() -> dg.ExecutorDefinition:
    """One process per step, on this machine, forked from one that has loaded the definitions already."""

    @dg.configured(
        dg.multiprocess_executor,
        config_schema={
            "processus": dg.Field(
                dg.Noneable(int),
                default_value=None,
                description="Étapes exécutées en même temps ; vide : autant que de cœurs.",
            )
        },
    )
    def multiprocessus(config: Mapping[str, object]) -> dict[str, object]:
        return {
            "max_concurrent": config["processus"],
            "start_method": {"forkserver": {"preload_modules": ["pipelines.definitions"]}},
        }

    executor: dg.ExecutorDefinition = multiprocessus
    return executor


def kubernetes(environment: Mapping[str, str]) -> dg.ExecutorDefinition:
    """A Kubernetes job per step, described by the environment and, for the rest, by the run launcher of Dagster.

    Raises:
        ExecutorError: the image is not given.
    """
    from dagster_k8s import k8s_job_executor

    image = environment.get(K8S_IMAGE, "").strip()
    if not image:
        raise ExecutorError(
            f"{VARIABLE}={K8S} demande aussi {K8S_IMAGE}, l’image qui contient le projet (registre/nom:étiquette)."
        )
    settings: dict[str, object] = {
        "job_image": image,
        "env_vars": [f"{name}={environment[name]}" for name in PASSED_ON if environment.get(name)],
        "env_secrets": [name.strip() for name in environment.get(K8S_SECRETS, "").split(",") if name.strip()],
    }
    for key, variable in (("job_namespace", K8S_NAMESPACE), ("service_account_name", K8S_ACCOUNT)):
        if environment.get(variable, "").strip():
            settings[key] = environment[variable].strip()
    executor: dg.ExecutorDefinition = k8s_job_executor.configured(settings, name=K8S)
    return executor
