"""A real `dagster dev`, as `make dev` starts it, on a copy of the project; and a small client of its GraphQL API.

Belongs here: starting and stopping it for sure, launching runs, reading what it knows. Does not belong here: what is
expected of it (``tests/slow/test_interface.py``), pictures (``tests/captures.py``).

The copy holds the code and the sheets, so that what the page launches with the default settings reads and writes there.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests
import yaml  # type: ignore[import-untyped]
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLongError

PROJECT = Path(__file__).parents[1]
COPIED = ("pipelines", "schemas", "sources", "workspace.yaml")
LOADING_SECONDS = 180
RUN_SECONDS = 300
_STOPPING_SECONDS = 20
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")

Key = tuple[str, ...]
Found = TypeVar("Found")
Json = dict[str, Any]

_METADATA = """
fragment Metadata on MetadataEntry {
  label
  ... on TextMetadataEntry { text } ... on PathMetadataEntry { path } ... on IntMetadataEntry { intValue }
  ... on BoolMetadataEntry { boolValue } ... on JsonMetadataEntry { jsonString } ... on UrlMetadataEntry { url }
  ... on MarkdownMetadataEntry { mdStr } ... on TableMetadataEntry { table { records } }
}
"""
_LAUNCH = """
mutation ($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename
  ... on LaunchRunSuccess { run { runId } }
  ... on RunConfigValidationInvalid { errors { message } }
  ... on PythonError { message }
} }
"""
_RUN = (
    """
query ($id: ID!, $after: String) { runOrError(runId: $id) { __typename ... on Run {
  status jobName
  eventConnection(limit: 1000, afterCursor: $after) { cursor hasMore events {
    ... on MessageEvent { message eventType }
    ... on ExecutionStepFailureEvent { error { message causes { message } } }
    ... on AssetCheckEvaluationEvent { evaluation {
      checkName success severity assetKey { path } metadataEntries { ...Metadata }
    } }
  } }
} } }
"""
    + _METADATA
)
_MATERIALISATIONS = (
    """
query ($key: AssetKeyInput!) { assetOrError(assetKey: $key) { ... on Asset { assetMaterializations(limit: 20) {
  runId metadataEntries { ...Metadata }
} } } }
"""
    + _METADATA
)
_SCHEMA = """
query ($selector: PipelineSelector!) { runConfigSchemaOrError(selector: $selector) { __typename
  ... on RunConfigSchema { rootDefaultYaml }
} }
"""
_NODES = """
{ assetNodes { assetKey { path } groupName description opNames jobNames dependencyKeys { path }
  assetChecksOrError { ... on AssetChecks { checks { name description blocking } } }
} }
"""
_AUTOMATION = """
query ($repository: RepositorySelector!) {
  schedulesOrError(repositorySelector: $repository) { ... on Schedules { results { name description } } }
  sensorsOrError(repositorySelector: $repository) { ... on Sensors { results { name description } } }
}
"""
_START_SCHEDULE = """
mutation ($selector: ScheduleSelector!) { startSchedule(scheduleSelector: $selector) { __typename } }
"""
_START_SENSOR = """
mutation ($selector: SensorSelector!) { startSensor(sensorSelector: $selector) { __typename } }
"""
_REPOSITORIES = """
{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError {
  __typename
  ... on RepositoryLocation { name repositories { name } }
  ... on PythonError { message }
} } } } }
"""


@dataclass(frozen=True)
class Check:
    """How a check of an asset went."""

    asset: Key
    name: str
    passed: bool
    severity: str
    metadata: Mapping[str, Any]

    @property
    def said(self) -> str:
        """Everything that its metadata says, as text."""
        return str(self.metadata)


@dataclass(frozen=True)
class Run:
    """A run that has ended: its status, what its events and errors say, its checks."""

    id: str
    job: str
    status: str
    said: str
    checks: tuple[Check, ...]

    @property
    def success(self) -> bool:
        """Whether it did all that it had to."""
        return self.status == "SUCCESS"

    def failed(self, severity: str = "ERROR") -> list[Check]:
        """The checks that did not pass."""
        return [check for check in self.checks if not check.passed and check.severity == severity]


@dataclass(frozen=True)
class Node:
    """An asset as it is defined: ``blocking`` are its checks that stop what comes after, ``checks`` all of them."""

    key: Key
    group: str
    description: str
    steps: tuple[str, ...]
    jobs: tuple[str, ...]
    upstream: tuple[Key, ...]
    checks: tuple[str, ...]
    blocking: tuple[str, ...]


@dataclass(frozen=True)
class DagsterDev:
    """A running `dagster dev` at ``url``, on a copy of the project at ``project``."""

    url: str
    project: Path
    location: str
    repository: str

    @property
    def sources(self) -> Path:
        """The folder of sheets that runs read by default."""
        return self.project / "sources"

    @property
    def outputs(self) -> Path:
        """The folder of releases that runs write by default."""
        return self.project / "outputs"

    def query(self, text: str, **variables: object) -> Json:
        """The data that the API answers.

        Raises:
            RuntimeError: it answers with errors.
        """
        return _ask(self.url, text, variables)

    def launch(
        self,
        job: str,
        selection: list[Key] | None = None,
        *,
        settings: Mapping[str, object] | None = None,
        portal: Mapping[str, object] | None = None,
    ) -> Run:
        """Launches a job, or some of its assets, and waits for its end; ``settings`` are those of the run.

        ``portal`` are those of the portal.

        Raises:
            RuntimeError: it cannot be launched.
            TimeoutError: it does not end.
        """
        selector: Json = self._repository | {"pipelineName": job}
        if selection is not None:
            selector["assetSelection"] = [{"path": list(key)} for key in selection]
        given = {"settings": settings, "portail": portal}
        resources = {name: {"config": dict(values)} for name, values in given.items() if values}
        config = {"resources": resources} if resources else {}
        params = {"selector": selector, "mode": "default", "runConfigData": config}
        answer = self.query(_LAUNCH, params=params)["launchPipelineExecution"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise RuntimeError(f"{job} cannot be launched: {answer}")
        return self.ended(answer["run"]["runId"])

    def ended(self, run_id: str) -> Run:
        """A run, once it has ended.

        Raises:
            TimeoutError: it does not end.
        """
        found = wait_for(lambda: self._ended(run_id), RUN_SECONDS, f"the end of the run {run_id}")
        events = self._events(run_id)
        errors = [event["error"] for event in events if event.get("error")]
        said = [event.get("message") or "" for event in events]
        said += [text["message"] for error in errors for text in (error, *error["causes"])]
        evaluations = [event["evaluation"] for event in events if event.get("evaluation")]
        checks = tuple(
            Check(
                tuple(one["assetKey"]["path"]),
                one["checkName"],
                one["success"],
                one["severity"],
                _metadata(one["metadataEntries"]),
            )
            for one in evaluations
        )
        return Run(run_id, found["jobName"], found["status"], "\n".join(said), checks)

    def runs(self) -> list[str]:
        """The ids of the runs, the last first."""
        answer = self.query("{ runsOrError { ... on Runs { results { runId } } } }")
        return [run["runId"] for run in answer["runsOrError"]["results"]]

    def materialisations(self, key: Key) -> list[tuple[str, Mapping[str, Any]]]:
        """The run and the metadata of each materialisation of an asset, the last first."""
        found = self.query(_MATERIALISATIONS, key={"path": list(key)})["assetOrError"]
        return [(one["runId"], _metadata(one["metadataEntries"])) for one in found.get("assetMaterializations") or []]

    def nodes(self) -> dict[Key, Node]:
        """The assets as they are defined."""
        found = {}
        for one in self.query(_NODES)["assetNodes"]:
            key = tuple(one["assetKey"]["path"])
            checks = one["assetChecksOrError"].get("checks", [])
            found[key] = Node(
                key,
                one["groupName"],
                one["description"] or "",
                tuple(one["opNames"]),
                tuple(one["jobNames"]),
                tuple(tuple(upstream["path"]) for upstream in one["dependencyKeys"]),
                tuple(check["name"] for check in checks),
                tuple(check["name"] for check in checks if check["blocking"]),
            )
        return found

    def automation(self) -> dict[str, str]:
        """The descriptions of the schedules and the sensors, by name."""
        found = self.query(_AUTOMATION, repository=self._repository)
        every = [*found["schedulesOrError"]["results"], *found["sensorsOrError"]["results"]]
        return {one["name"]: one["description"] or "" for one in every}

    def start_schedule(self, name: str) -> None:
        """Turns a schedule on, as its switch in the page does."""
        answer = self.query(_START_SCHEDULE, selector=self._repository | {"scheduleName": name})["startSchedule"]
        if answer["__typename"] != "ScheduleStateResult":
            raise RuntimeError(f"{name} cannot be started: {answer}")

    def start_sensor(self, name: str) -> None:
        """Turns a sensor on, as its switch in the page does."""
        answer = self.query(_START_SENSOR, selector=self._repository | {"sensorName": name})["startSensor"]
        if answer["__typename"] != "Sensor":
            raise RuntimeError(f"{name} cannot be started: {answer}")

    @property
    def home(self) -> Path:
        """Dagster's own files."""
        return self.project / ".dagster"

    def defaults(self, job: str) -> Json:
        """The run configuration that the form of a job is filled in with."""
        answer = self.query(_SCHEMA, selector=self._repository | {"pipelineName": job})["runConfigSchemaOrError"]
        return dict(yaml.safe_load(answer["rootDefaultYaml"]))

    def page(self, path: str) -> str:
        """The address of a page of this repository: ``page("jobs/publier")``."""
        return f"{self.url}/locations/{self.location}/{path}"

    @property
    def _repository(self) -> Json:
        return {"repositoryLocationName": self.location, "repositoryName": self.repository}

    def _events(self, run_id: str) -> list[Json]:
        """Every event of a run; the API gives a thousand at a time."""
        events: list[Json] = []
        page: Json = {"cursor": None, "hasMore": True}
        while page["hasMore"]:
            page = self.query(_RUN, id=run_id, after=page["cursor"])["runOrError"]["eventConnection"]
            events += page["events"]
        return events

    def _ended(self, run_id: str) -> Json | None:
        found = self.query(_RUN, id=run_id)["runOrError"]
        return found if found.get("status") in _ENDED else None


@contextmanager
def dagster_dev(root: Path, **variables: str) -> Iterator[DagsterDev]:
    """Copies the project into ``root`` and starts `dagster dev` on it; stops all its processes at the end.

    ``variables`` are added to its environment.

    Raises:
        RuntimeError: it stops, or the definitions do not load; with what it wrote.
        TimeoutError: it is not ready in time.
    """
    project = root / "projet"
    project.mkdir(parents=True)
    unwanted = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, project / name, ignore=unwanted)
        else:
            shutil.copyfile(PROJECT / name, project / name)
    home = project / ".dagster"
    home.mkdir()
    shutil.copyfile(project / "pipelines" / "orchestration" / "dagster.yaml", home / "dagster.yaml")
    port = _free_port()
    command = (sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port))
    log = root / "dagster-dev.log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            command,
            cwd=project,
            env=_environment(project, home) | variables,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        location, repository = wait_for(lambda: _loaded(server, url, log), LOADING_SECONDS, f"dagster dev ({log})")
        yield DagsterDev(url, project, location, repository)
    finally:
        _stop(server)


def wait_for(
    look: Callable[[], Found | None], seconds: float, what: str, *, pause: Callable[[float], None] = time.sleep
) -> Found:
    """What ``look`` finds, asked until it finds something; ``pause`` waits for so many seconds.

    Raises:
        TimeoutError: it finds nothing in time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        pause(0.5)
    raise TimeoutError(f"{what}: nothing after {seconds:.0f} s")


def _environment(project: Path, home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTRATS_", "DAGSTER_", "AWS_"))}
    return kept | {
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(project),
        "PYTHONWARNINGS": "ignore:Function `dev_command` is superseded",
    }


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _ask(url: str, text: str, variables: Mapping[str, object]) -> Json:
    asked: Any = {"query": text, "variables": variables}
    answer = requests.post(f"{url}/graphql", json=asked, timeout=60)
    found = answer.json()
    if found.get("errors"):
        raise RuntimeError(str(found["errors"]))
    return dict(found["data"])


def _loaded(server: subprocess.Popen[bytes], url: str, log: Path) -> tuple[str, str] | None:
    if server.poll() is not None:
        raise RuntimeError(f"dagster dev stopped ({server.returncode}):\n{log.read_text(errors='replace')}")
    try:
        entries = _ask(url, _REPOSITORIES, {})["workspaceOrError"]["locationEntries"]
    except requests.RequestException:
        return None
    for entry in entries:
        found = entry["locationOrLoadError"]
        if found and found["__typename"] == "PythonError":
            raise RuntimeError(f"the definitions do not load: {found['message']}")
        if found and entry["loadStatus"] == "LOADED":
            return found["name"], found["repositories"][0]["name"]
    return None


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Asks the launcher to stop its children, as Ctrl-C does, then kills what is left of its session."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            server.wait(_STOPPING_SECONDS)
    for pid in _session(server.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.wait()


def _session(leader: int) -> list[int]:
    """The processes of a session; runs and code servers may have made process groups of their own in it."""
    listed = subprocess.run(("ps", "-A", "-o", "pid=,sess="), capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listed.splitlines())
    return [int(pid) for pid, session in pairs if int(session) == leader]


def _metadata(entries: list[Json]) -> dict[str, Any]:
    values = ("text", "path", "intValue", "boolValue", "jsonString", "url", "mdStr", "table")
    return {one["label"]: next((one[name] for name in values if name in one), None) for one in entries}


def backfill_one_workbook(page: Page, address: str, name: str) -> None:
    """Launches the backfill of one workbook from the page of its job's partitions.

    The dialog may be drawn anew between the choice and the click, and lose the choice: it is then made again.
    """
    for left in reversed(range(3)):
        page.goto(address)
        page.get_by_role("button", name="Launch backfill").first.click()
        choose_one_workbook(page, name)
        try:
            page.get_by_role("button", name="Submit 1 run").click(timeout=20_000)
        except TooLongError:
            if not left:
                raise
        else:
            return


def choose_one_workbook(page: Page, name: str) -> None:
    """In the dialog that launches a backfill, which is open."""
    page.get_by_text("Select a partition").click()
    page.get_by_placeholder("Filter partitions").fill(name)
    page.get_by_text("Select all (1)").click()
    dialog = page.get_by_text("Launch relire_des_classeurs backfill").bounding_box()
    if dialog is None:
        raise RuntimeError("the dialog is not open")
    page.mouse.click(dialog["x"] + dialog["width"] + 20, dialog["y"] + 5)  # beside the list, which closes
