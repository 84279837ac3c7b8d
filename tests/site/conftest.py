"""Two releases and a withdrawn one, and their site, made once for every test; a small made site, served."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.job import codes_of, run
from pipelines.publish.description import DESCRIPTION_FILE, load_description
from pipelines.publish.release import write_release
from pipelines.publish.retention import withdraw
from pipelines.site.build import build_site
from pipelines.site.model import SiteData, read_site
from tests.conftest import SmallSources, write_small_sources
from tests.site.serving import FILES, PARQUET, Client, serving, write_site

PROJECT = Path(__file__).parents[2]
FIRST, LAST, WITHDRAWN = (dt.date(2026, 11, day) for day in (8, 15, 22))
HOSTILE = "</script><script>alert(1)</script> <b>gras</b> *x* [l](javascript:alert(1)) {{ 7 * 7 }} <!-- & \"'"
"""What a cell may hold: text that a careless page would obey."""


def publish(sources: SmallSources, outputs: Path, day: dt.date) -> None:
    """A release of the small sources as they stand."""
    outcome = run(sources.root)
    assert not outcome.refused, outcome.issues
    write_release(
        outcome.tables,
        outcome.issues,
        load_description(sources.root / DESCRIPTION_FILE),
        codes_of(outcome.tables["nomenclatures"]),
        outputs,
        day,
        sources_dir=sources.root,
    )


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, the last with hostile cells, and one that was withdrawn (shared: not to be changed)."""
    sources = write_small_sources(tmp_path_factory.mktemp("site") / "sources")
    (sources.root / DESCRIPTION_FILE).write_bytes((PROJECT / "sources" / DESCRIPTION_FILE).read_bytes())
    folder = tmp_path_factory.mktemp("sorties")
    publish(sources, folder, FIRST)
    sources.put("contrats/alpes/Contrat", "Objectif", HOSTILE)
    sources.put("contrats/alpes/Divergences", "Sujet", HOSTILE)
    publish(sources, folder, LAST)
    sources.put("contrats/alpes/Contrat", "Objectif", "Un objectif publié par erreur")
    publish(sources, folder, WITHDRAWN)
    withdraw(folder, WITHDRAWN.isoformat())
    return folder


@pytest.fixture(scope="session")
def site(outputs: Path) -> Path:
    """The site of these releases."""
    return build_site(outputs)


@pytest.fixture(scope="session")
def data(outputs: Path) -> SiteData:
    """What its pages are made of."""
    return read_site(outputs)


@pytest.fixture(scope="module")
def served_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sorties") / "site"
    write_site(folder, FILES)
    table = pa.table({"n": list(range(50_000)), "texte": [f"ligne {n}" for n in range(50_000)]})
    (folder / PARQUET).parent.mkdir(parents=True)
    pq.write_table(table, folder / PARQUET, row_group_size=5_000, compression="none")
    (folder / "latest/gros.zip").write_bytes(bytes(16_000_000))
    (folder.parent / "secret.txt").write_text("caché", encoding="utf-8")
    (folder / "lien.txt").symlink_to("../secret.txt")
    (folder / "dehors").symlink_to("..")
    (folder / "boucle").symlink_to("boucle")
    os.mkfifo(folder / "tube.txt")
    return folder


@pytest.fixture(scope="module")
def client(served_site: Path) -> Iterator[Client]:
    with serving(served_site) as answering:
        yield answering
