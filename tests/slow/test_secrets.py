"""Keys and passwords stay in the environment, and what listens is reached from this machine only."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.deploy.serving import PASSWORD, PRODUCTION, Postgres, Site, free_port, postgres, until
from tests.publication.conftest import PROJECT

pytestmark = pytest.mark.slow

PLANTED = {
    "CONTRATS_SMTP_MOT_DE_PASSE": "plante-smtp-7f3a91",
    "CONTRATS_WEBHOOK_SECRET": "plante-webhook-5c8e02",
    "AWS_ACCESS_KEY_ID": "PLANTEAWS4D61B7",
    "AWS_SECRET_ACCESS_KEY": "plante-aws-9b27fd",
    "DATAGOUV_API_KEY": "plante-portail-3e60ac",
}
BROKER_PASSWORD = "plante-courtier-81d4ce"  # noqa: S105 (of a broker that does not exist)
WEBHOOK_TOKEN = "plante-jeton-26fa90"  # noqa: S105 (of an address that nobody answers)
SECRETS = {*PLANTED.values(), BROKER_PASSWORD, WEBHOOK_TOKEN, PASSWORD}
EVERYTHING = """{
  version
  instance {
    info runLauncher { name }
    daemonHealth { allDaemonStatuses { daemonType lastHeartbeatErrors { message stack } } }
  }
  workspaceOrError { ... on Workspace { locationEntries { name displayMetadata { key value } } } }
  runsOrError { ... on Runs { results {
    runId status tags { key value } runConfigYaml rootRunId
    eventConnection(afterCursor: null) { events {
      ... on MessageEvent { message }
      ... on ErrorEvent { error { message stack causes { message stack } } }
      ... on MaterializationEvent {
        metadataEntries { label ... on TextMetadataEntry { text } ... on PathMetadataEntry { path } }
      }
    } }
  } } }
}"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def site(cluster: Postgres, tmp_path: Path) -> Site:
    """An installation whose every secret is set, and whose mail, webhook, broker and object store answer nothing."""
    dead = f"127.0.0.1:{free_port()}"
    settings = {
        "CONTRATS_PG_URL": cluster.url(),
        "CONTRATS_CELERY_BROKER": f"amqp://contrats:{BROKER_PASSWORD}@{dead}//",
        "CONTRATS_SMTP_HOTE": "127.0.0.1",
        "CONTRATS_SMTP_PORT": dead.rpartition(":")[2],
        "CONTRATS_SMTP_UTILISATEUR": "alertes",
        "CONTRATS_ALERTES_DE": "alertes@exemple.fr",
        "CONTRATS_ALERTES_A": "publication@exemple.fr",
        "CONTRATS_WEBHOOK_URL": f"http://{dead}/crochet/{WEBHOOK_TOKEN}",
        "CONTRATS_AUTOMATISMES": "actifs",
        "AWS_ENDPOINT_URL": f"http://{dead}",
    }
    site = Site(tmp_path / "site", PLANTED | settings)
    site.configure(PRODUCTION, poll_interval_seconds=2)
    return site


def listening(pids: list[int]) -> set[str]:
    """The addresses, in the kernel's hexadecimal, on which these processes accept TCP connections."""
    addresses = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="utf-8").splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A":
                addresses[f"socket:[{cells[9]}]"] = cells[1].partition(":")[0]
    held = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            held |= {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    return {address for socket, address in addresses.items() if socket in held}


LOOPBACK = "0100007F"


def test_no_secret_leaves_the_environment(site: Site, cluster: Postgres) -> None:
    said = []
    with site.daemon(), site.webserver() as address:
        said.append(site.queue("2026-11-22").encode())
        until(lambda: site.statuses() == ["SUCCESS"], 240)
        site.sources.put("contrats/alpes/Contrat", "Date de signature", "31 février 2015")
        said.append(site.queue("2026-11-29").encode())
        until(lambda: site.statuses() == ["SUCCESS", "FAILURE"], 240)
        assert listening(site.processes()) == {LOOPBACK}
        answer = requests.post(f"{address}/graphql", json={"query": EVERYTHING}, timeout=60)
        assert "errors" not in answer.json(), answer.text[:2000]
        said.append(answer.content)
        said += [requests.get(f"{address}{path}", timeout=30).content for path in ("/", "/server_info", "/config")]
    said.append(site.build("2026-12-06", code=1).encode())
    assert site.statuses() == ["SUCCESS", "FAILURE", "FAILURE"], "refused data are not tried again"
    said.append(cluster.run("pg_dump", "dagster").encode())
    assert b"publier" in said[-1]
    assert b"RUN_FAILURE" in said[-1] or b"PIPELINE_FAILURE" in said[-1]
    files = {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    assert any(path.name.endswith((".err", ".out")) for path in files), "the outputs of the steps are kept"
    assert any(path.name == "dagster._daemon.log" for path in files)
    for secret in SECRETS:
        found = [str(path) for path, content in files.items() if secret.encode() in content]
        assert not found, f"{secret} : {found}"
        assert not [text[:200] for text in said if secret.encode() in text], secret


def test_a_refused_connection_does_not_tell_the_password(site: Site, cluster: Postgres) -> None:
    wrong = "plante-mauvais-70c3e5"
    site.secrets["CONTRATS_PG_URL"] = cluster.url().replace(PASSWORD, wrong)
    told = site.command("dagster", "instance", "info", code=None)
    assert "password authentication failed" in told
    assert wrong not in told
    built = site.build("2026-11-22", code=3)
    assert "PostgreSQL" in built
    assert "Traceback" not in built
    assert wrong not in built


def test_the_interface_of_development_listens_to_this_machine_only(tmp_path: Path) -> None:
    """With the options that ``make dev`` gives."""
    site = Site(tmp_path / "site")
    port = free_port()
    recipe = subprocess.run(
        ["make", "-n", "dev", f"PORT={port}"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    found = re.search(r"dagster (dev .*)", recipe.stdout)
    assert found is not None
    site.configure(PROJECT / "pipelines" / "orchestration" / "dagster.yaml")
    with site.service("dagster", *found[1].split()):
        until(lambda: bool(listening(site.processes())), 60)
        assert listening(site.processes()) == {LOOPBACK}
