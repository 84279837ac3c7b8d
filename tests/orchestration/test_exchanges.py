"""What steps leave for each other, in a folder and in an object store: what is swept, what is said if it is absent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from moto.server import ThreadedMotoServer
from upath import UPath

from pipelines.orchestration.exchanges import (
    KEPT_RUNS,
    RESOURCE,
    STEPS,
    VARIABLE,
    ExchangeError,
    exchange_place,
    exchanges,
)
from pipelines.orchestration.resources import PROJECT

LOTS = 3
RUNS = KEPT_RUNS + 3


@dg.op(out=dg.DynamicOut())
def planifier() -> Iterator[dg.DynamicOutput[int]]:
    for lot in range(LOTS):
        yield dg.DynamicOutput(lot, mapping_key=f"lot_{lot}")


@dg.op
def lire(lot: int) -> int:
    return lot + 1


@dg.op
def reunir(lots: list[int]) -> int:
    return sum(lots)


@dg.job(resource_defs={RESOURCE: exchanges})
def par_lots() -> None:
    reunir(planifier().map(lire).collect())


@dg.asset
def amont() -> str:
    return "écrit"


@dg.asset
def aval(amont: str) -> str:
    return f"{amont}, puis lu"


defs = dg.Definitions([amont, aval], jobs=[dg.define_asset_job("tout")], resources={RESOURCE: exchanges})


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a prefix in an object store on loopback."""
    import boto3
    from s3fs import S3FileSystem

    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    values = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "cle", "AWS_SECRET_ACCESS_KEY": "mot"}
    for name, value in {**values, "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()
    bucket = f"seau-{port}"  # servers of one process share what they hold
    boto3.client("s3").create_bucket(Bucket=bucket)
    yield f"s3://{bucket}/echanges"
    S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(params=["dossier", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UPath:
    """Where the environment says to exchange."""
    value = request.getfixturevalue("s3") if request.param == "s3" else str(tmp_path / "echanges")
    monkeypatch.setenv(VARIABLE, value)
    return UPath(value)


def left(place: UPath) -> list[UPath]:
    place.fs.invalidate_cache()
    return [path for path in place.rglob("*") if path.is_file()]


def test_steps_find_what_others_left_and_finished_runs_are_swept(place: UPath) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        runs = []
        for _ in range(RUNS):
            done = par_lots.execute_in_process(instance=instance)
            assert done.output_for_node("reunir") == sum(range(1, LOTS + 1))
            runs.append(done.run_id)
    folders = {path.relative_to(place).parts[1] for path in left(place)}
    assert folders == set(runs[-KEPT_RUNS - 1 :]), "the current run, and the last ones that can be resumed"


def test_what_an_asset_leaves_is_overwritten(place: UPath) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            assert defs.resolve_job_def("tout").execute_in_process(instance=instance).success
        assert {path.name for path in left(place)} == {"amont", "aval"}


def test_a_run_that_is_not_over_and_what_is_not_known_are_not_swept(place: UPath) -> None:
    (place / STEPS / "d-un-autre-entrepot" / "etape").mkdir(parents=True)
    (place / STEPS / "d-un-autre-entrepot" / "etape" / "result").write_bytes(b"x")
    with dg.DagsterInstance.ephemeral() as instance:
        begun = instance.create_run_for_job(par_lots, status=dg.DagsterRunStatus.STARTED)
        (place / STEPS / begun.run_id).mkdir(parents=True)
        (place / STEPS / begun.run_id / "result").write_bytes(b"x")
        for _ in range(RUNS):
            par_lots.execute_in_process(instance=instance)
    folders = {path.relative_to(place).parts[1] for path in left(place)}
    assert {begun.run_id, "d-un-autre-entrepot"} <= folders


def test_what_is_not_there_is_said_with_what_to_do(place: UPath) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        done = defs.resolve_job_def("tout").execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey("aval")], raise_on_error=False
        )
    (failure,) = done.get_step_failure_events()
    error = failure.step_failure_data.error
    assert error is not None
    while error.cause is not None and error.cls_name != ExchangeError.__name__:
        error = error.cause
    assert f"est introuvable : {place / 'amont'}" in error.message
    assert VARIABLE in error.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", Path("/defaut")),
        ("echanges", PROJECT / "echanges"),
        ("/partage/echanges", Path("/partage/echanges")),
        ("~/echanges", Path.home() / "echanges"),
    ],
)
def test_a_folder_is_absolute_or_of_the_project(value: str, expected: Path) -> None:
    assert Path(exchange_place({VARIABLE: value}, Path("/defaut")).path) == expected


@pytest.mark.parametrize("value", ["s3://cle:mot-de-passe@seau/prefixe", "sftp://moi@hote/dossier"])
def test_an_address_with_a_password_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(ExchangeError, match="ni identifiant ni mot de passe") as refused:
        exchange_place({VARIABLE: value}, Path(os.devnull))
    assert "mot-de-passe@" not in str(refused.value)
