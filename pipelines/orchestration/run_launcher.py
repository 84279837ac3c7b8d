"""The run launcher of an instance: Dagster's default one, which can also tell whether the worker of a run is alive.

Belongs here: the answer that run monitoring asks for. Does not belong here: when it asks, and what comes next (a run
whose worker is gone is marked as failed, then retried): these are settings, in ``dagster.yaml``.

Dagster's default launcher never says, so that a run whose machine stopped would stay STARTED for ever, and hold the
queue, in which one run at a time goes. The code server that executes a run is named in the run's tags, and is asked.
When it cannot be reached, its workers may have outlived it (observed: they do when it alone is killed), so that the
process that the run's events name is looked for too, if the server was of this machine.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

from pipelines.orchestration.liveness import MACHINE_TAG, is_living, machine

if TYPE_CHECKING:
    from dagster._grpc.client import DagsterGrpcClient

_WORKER = re.compile(r"Started process for run \(pid: (\d+)\)")
_PAUSE = 2.0
"""Seconds between two attempts to reach a code server that does not answer."""
_ATTEMPTS, _ATTEMPTS_ELSEWHERE = 3, 15
"""One that has a port is a service of its own, which comes back: a run is retried in vain as long as it is away."""


class WatchedRunLauncher(dg.DefaultRunLauncher):
    """Launches runs in the code server of their location, and tells which of them still have a worker."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """RUNNING also for a run of which nothing is known here: only the limit of duration ends that one."""
        if GRPC_INFO_TAG in run.tags:
            client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
            if client is None:
                return CheckRunHealthResult(WorkerStatus.SUCCESS, "finished meanwhile")
            found = _asked(client, run.run_id)
            if found.status is not WorkerStatus.RUNNING and client.socket and self._outlived(run.run_id):
                return CheckRunHealthResult(WorkerStatus.RUNNING, "its code server is gone, not its worker")
            return found
        if run.tags.get(MACHINE_TAG) != machine():
            return CheckRunHealthResult(WorkerStatus.RUNNING, "executed elsewhere")
        if is_living(Path(self._instance.root_directory), run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the process that executed it is gone")

    def _outlived(self, run_id: str) -> bool:
        for record in self._instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
            named = _WORKER.search(record.dagster_event.message or "") if record.dagster_event else None
            if named is not None:
                return _is_worker(int(named[1]))
        return False


def _is_worker(pid: int) -> bool:
    """Whether a process is a worker, and not another program that has its number since."""
    if not Path("/proc/self").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return b"multiprocessing" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _asked(client: DagsterGrpcClient, run_id: str) -> CheckRunHealthResult:
    for attempt in range(_ATTEMPTS if client.socket else _ATTEMPTS_ELSEWHERE):
        time.sleep(_PAUSE if attempt else 0)
        try:
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id), timeout=10)
        except DagsterUserCodeUnreachableError:
            continue
        if deserialize_value(answer, CanCancelExecutionResult).can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "its code server no longer has it")
    return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "its code server is gone")
