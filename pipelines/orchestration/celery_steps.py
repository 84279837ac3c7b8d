"""The executor that hands steps to Celery workers, and what a worker does with one.

It is Dagster's own step-delegating executor (that of Kubernetes and Docker): events come back through Dagster's
storage, so there is no result backend, and a termination signal is honoured at once. This module adds what Celery alone
knows: whether a worker listens, and which worker holds which step. The executor of dagster-celery waits for results
instead: measured, it waits for ever when a worker dies or none listens, and then ignores SIGTERM.

A step is lost when nothing accounts for it any more: no worker holds it and it does not wait in the queue. It is then
marked up for retry in Dagster, and handed out again. The broker may deliver a message twice: a step that has begun, or
whose run is over, is not begun again (``should_verify_step``).

Belongs here: the queue, the health of workers and steps. Does not belong here: any table or file.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from celery import Celery
from celery.signals import worker_process_init
from dagster._cli.api import _execute_step_command_body
from dagster._core.events import DagsterEvent, EngineEventData
from dagster._core.execution.plan.objects import StepRetryData
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.step_delegating import (
    CheckStepHealthResult,
    StepDelegatingExecutor,
    StepHandler,
    StepHandlerContext,
)
from dagster._grpc.types import ExecuteStepArgs
from dagster._serdes import pack_value, unpack_value
from dagster_shared.error import SerializableErrorInfo
from kombu.exceptions import OperationalError

from pipelines.orchestration.executors import CELERY, ExecutorError

BROKER = "CONTRATS_CELERY_BROKER"
QUEUE = "contrats"
TASK = "contrats.executer_une_etape"
WAIT_SECONDS, SILENCE_SECONDS, RETRIES = 30, 20, 2
_ANSWER_SECONDS = 2.0
"""How long workers may take to answer; their main process does nothing else."""
_BROKER_SECONDS = 4
"""How long the broker may take to answer a run, which must not hang on one that is frozen."""
_LOOK_EVERY_SECONDS = 5
_SLEEP_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1
_BROKER_ERRORS = (OperationalError, OSError)
_LOG = logging.getLogger(__name__)


def make_app() -> Celery:
    """The Celery application of runs and workers.

    Raises:
        ExecutorError: the environment does not say where the broker is.
    """
    broker = os.environ.get(BROKER, "").strip()
    if not broker:
        raise ExecutorError(f"{BROKER} manque : l’adresse du courtier (amqp://utilisateur:mot-de-passe@hôte:5672//).")
    app = Celery("contrats", broker=broker, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        # A worker holds no more than it executes: a step does not wait behind another while a worker is idle.
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        task_reject_on_worker_lost=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=_BROKER_SECONDS,
        task_publish_retry_policy={"max_retries": 5, "interval_start": 0.2, "interval_step": 0.5, "interval_max": 2},
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
    )

    @app.task(name=TASK, bind=True)  # type: ignore[untyped-decorator]
    def execute(task: Any, packed: dict[str, Any]) -> None:  # noqa: ANN401  (Celery has no types)
        execute_step(unpack_value(packed, as_type=ExecuteStepArgs), str(task.request.hostname))

    return app


def broker_shown(app: Celery) -> str:
    """The broker's address without its password."""
    return str(app.connection_for_read().as_uri())


def execute_step(args: ExecuteStepArgs, worker: str) -> None:
    """Executes a step in this process of a worker; what happens is told to Dagster's storage."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with dg.DagsterInstance.get() as instance:
        run = instance.get_run_by_id(args.run_id)
        if run is None:
            _LOG.error(
                "L’exécution %s est inconnue de cet ouvrier : son DAGSTER_HOME (ou CONTRATS_PG_URL) ne désigne pas le "
                "même entrepôt que celui qui l’a lancée.",
                args.run_id,
            )
            return
        step = (args.step_keys_to_execute or [""])[0]
        instance.report_engine_event(f"Étape {step} reçue par l’ouvrier {worker}.", run, step_key=step)
        try:
            for _ in _execute_step_command_body(args, instance, run):
                pass
        finally:
            # Dagster leaves the handler of SIGINT, which workers ignore, in the place of that of SIGTERM.
            for number, handler in handlers.items():
                signal.signal(number, handler)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _die_with_the_worker(**_: object) -> None:
    """A worker that is killed takes its processes with it: none finishes a step that was given to another."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True)
class Sight:
    """What the broker and the workers say at one moment: who listens, which tasks are held, how many wait."""

    listening: frozenset[str]
    held: frozenset[str]
    waiting: int


@dataclass
class Tracked:
    """A step that was handed out: its task, when it was last accounted for, whether a worker had it."""

    task: str
    accounted: float
    taken: bool = False


@dataclass
class CelerySteps(StepHandler):
    """Hands steps to the queue, and says what became of them; durations in seconds."""

    app: Celery
    wait: int = WAIT_SECONDS
    silence: int = SILENCE_SECONDS
    retries: int = RETRIES
    _steps: dict[str, Tracked] = field(default_factory=dict)
    _listeners: dict[str, bool] = field(default_factory=dict)
    _sight: Sight | None = None
    _looked: float = float("-inf")
    _answered: float = field(default_factory=time.monotonic)
    _listened: float = field(default_factory=time.monotonic)

    @property
    def name(self) -> str:
        """What Dagster calls it."""
        return CELERY

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """Puts a step in the queue.

        Raises:
            ExecutorError: the broker does not take it.
        """
        args = step_handler_context.execute_step_args
        step, task = _step_and_task(args)
        yield DagsterEvent.step_worker_starting(
            step_handler_context.get_step_context(step),
            message=f"Étape {step} mise dans la file « {QUEUE} ».",
            metadata={"file": QUEUE, "tâche": task},
        )
        # A worker opens the storage of its own home: what this machine's settings say stays here.
        packed = pack_value(
            ExecuteStepArgs(
                job_origin=args.job_origin,
                run_id=args.run_id,
                step_keys_to_execute=args.step_keys_to_execute,
                instance_ref=None,
                retry_mode=args.retry_mode,
                known_state=args.known_state,
                should_verify_step=args.should_verify_step,
            )
        )
        try:
            self.app.send_task(TASK, args=[packed], task_id=task, queue=QUEUE)
        except _BROKER_ERRORS as error:
            raise ExecutorError(self._no_broker()) from error
        self._steps[step] = Tracked(task, time.monotonic())

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        """Whether a step waits or is executed; a lost one is handed out again, as often as is allowed."""
        args = step_handler_context.execute_step_args
        step, task = _step_and_task(args)
        now = time.monotonic()
        tracked = self._steps.setdefault(step, Tracked(task, now, taken=True))
        sight = self._look(now)
        if sight is None:
            silent = now - self._answered > self.wait
            return CheckStepHealthResult.unhealthy(self._no_broker()) if silent else CheckStepHealthResult.healthy()
        if tracked.task in sight.held:
            tracked.accounted, tracked.taken = now, True
        elif not tracked.taken and not sight.listening:
            if now - max(self._listened, tracked.accounted) > self.wait:
                return CheckStepHealthResult.unhealthy(self._no_worker())
        elif not tracked.taken and sight.waiting:
            tracked.accounted = now
        elif now - tracked.accounted > self.silence:
            return self._lost(step_handler_context, tracked, now)
        return CheckStepHealthResult.healthy()

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """Tells the workers to stop a step, or not to begin it."""
        step, task = _step_and_task(step_handler_context.execute_step_args)
        yield DagsterEvent.engine_event(
            step_handler_context.get_step_context(step), f"Arrêt de l’étape {step} demandé.", EngineEventData()
        )
        # SIGKILL, because Dagster loses a SIGTERM that comes while it stores an event; every step survives it, since a
        # build may be killed at any moment. Without a broker nothing can be told, and the step ends by itself.
        with contextlib.suppress(*_BROKER_ERRORS):
            self.app.control.revoke(task, terminate=True, signal="SIGKILL")

    def _lost(self, context: StepHandlerContext, tracked: Tracked, now: float) -> CheckStepHealthResult:
        step, _ = _step_and_task(context.execute_step_args)
        known = context.execute_step_args.known_state
        attempts = known.get_retry_state().get_attempt_count(step) if known else 0
        what = f"Aucun ouvrier n’exécute plus l’étape {step} depuis {self.silence} s : le sien s’est arrêté"
        if attempts >= self.retries:
            return CheckStepHealthResult.unhealthy(
                f"{what}, comme {attempts} fois déjà. Voyez le journal des ouvriers : mémoire épuisée, ou entrepôt de "
                "Dagster (CONTRATS_PG_URL) autre que celui de l’exécution."
            )
        DagsterEvent.step_retry_event(
            context.get_step_context(step),
            StepRetryData(error=SerializableErrorInfo(f"{what}. L’étape est reprise.", [], None)),  # type: ignore[no-untyped-call]
        )
        tracked.accounted = now
        return CheckStepHealthResult.healthy()

    def _look(self, now: float) -> Sight | None:
        """What there is to see, once for all the steps of a round; nothing if the broker does not answer."""
        if now - self._looked > _LOOK_EVERY_SECONDS / 2:
            self._sight = self._seen()
            self._looked = time.monotonic()
            if self._sight is not None:
                self._answered = self._looked
                if self._sight.listening:
                    self._listened = self._looked
        return self._sight

    def _seen(self) -> Sight | None:
        inspect = self.app.control.inspect(timeout=_ANSWER_SECONDS)
        try:
            with self.app.connection_for_read() as connection:
                connection.ensure_connection(max_retries=1, timeout=_ANSWER_SECONDS)
                answers = inspect.query_task(*(tracked.task for tracked in self._steps.values())) or {}
                for worker in answers.keys() - self._listeners.keys():
                    of_one = self.app.control.inspect(destination=[worker], timeout=_ANSWER_SECONDS, limit=1)
                    queues = of_one.active_queues()
                    if queues is not None:
                        self._listeners[worker] = any(queue["name"] == QUEUE for queue in queues.get(worker, ()))
                waiting = self.app.amqp.queues[QUEUE](connection.default_channel).queue_declare().message_count
        except _BROKER_ERRORS as error:
            _LOG.warning("Le courtier ne répond pas : %s", type(error).__name__)
            return None
        held = {task for tasks in answers.values() for task in tasks}
        listening = frozenset(worker for worker in answers if self._listeners.get(worker))
        return Sight(listening, frozenset(held), waiting)

    def _no_worker(self) -> str:
        return (
            f"Aucun ouvrier n’écoute la file « {QUEUE} » du courtier {broker_shown(self.app)} depuis {self.wait} s. "
            "Lancez-en un (celery -A pipelines.orchestration.workers worker), avec le même "
            f"{BROKER}, puis relancez le travail ; docs/executeurs.md dit comment."
        )

    def _no_broker(self) -> str:
        return (
            f"Le courtier {broker_shown(self.app)} ne répond pas. Vérifiez qu’il tourne et que {BROKER} donne son "
            "adresse, puis relancez le travail."
        )


def _step_and_task(args: ExecuteStepArgs) -> tuple[str, str]:
    """The key of the step, and the name of its task: the same for whoever looks after the run."""
    (step,) = args.step_keys_to_execute or ()
    known = args.known_state
    attempt = known.get_retry_state().get_attempt_count(step) if known else 0
    return step, f"{args.run_id}/{step}/{attempt}"


class CeleryStepExecutor(StepDelegatingExecutor):
    """The step-delegating executor, deaf to a step that ends a second time.

    A worker cut off from the broker but not from the storage may finish a step that another was given meanwhile. The
    first end counts; Dagster's loop would fail on the second.
    """

    def __init__(self, handler: CelerySteps) -> None:
        super().__init__(
            handler,
            retries=RetryMode.ENABLED,
            sleep_seconds=_SLEEP_SECONDS,
            check_step_health_interval_seconds=_LOOK_EVERY_SECONDS,
            should_verify_step=True,
        )
        self._ended: set[str] = set()

    def _pop_events(
        self, instance: dg.DagsterInstance, run_id: str, seen_storage_ids: set[int]
    ) -> Sequence[DagsterEvent]:
        kept = []
        for event in super()._pop_events(instance, run_id, seen_storage_ids):
            if event.step_key in self._ended:
                continue
            if event.step_key and (event.is_step_success or event.is_step_failure):
                self._ended.add(event.step_key)
            kept.append(event)
        return kept


@dg.executor(
    name=CELERY,
    config_schema={
        "attente": dg.Field(
            int,
            default_value=WAIT_SECONDS,
            description="Secondes sans ouvrier à l’écoute, ou sans courtier, au bout desquelles le travail échoue.",
        ),
        "silence": dg.Field(
            int,
            default_value=SILENCE_SECONDS,
            description="Secondes sans nouvelle d’une étape au bout desquelles elle est reprise par un autre ouvrier.",
        ),
        "reprises": dg.Field(
            int, default_value=RETRIES, description="Fois qu’une étape peut être reprise après la mort de son ouvrier."
        ),
    },
    requirements=dg.multiple_process_executor_requirements(),
)
def celery_executor(context: dg.InitExecutorContext) -> CeleryStepExecutor:
    """Des ouvriers Celery, sur une ou plusieurs machines, exécutent les étapes."""
    config = context.executor_config
    app = make_app()
    # Of runs only: a worker waits for messages as long as none comes.
    app.conf.broker_transport_options = {"read_timeout": _BROKER_SECONDS, "write_timeout": _BROKER_SECONDS}
    return CeleryStepExecutor(
        CelerySteps(app, wait=config["attente"], silence=config["silence"], retries=config["reprises"])  # type: ignore[arg-type]
    )
