"""The site of releases that stand in a store: sent with each, what changed alone, and again when a release leaves."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.orchestration.launch import launch
from tests.conftest import SmallSources
from tests.publication.conftest import SOURCES
from tests.storage.conftest import Front

pytestmark = pytest.mark.slow

ADDRESS = "s3://seau/versions"
FIRST, SECOND = "2026-11-22", "2026-11-29"


def written(front: Front, before: int) -> list[str]:
    """What was put into the site since, in order."""
    start = "/seau/versions/site/"
    return [path.removeprefix(start) for method, path in front.seen[before:] if method == "PUT" and start in path]


@pytest.mark.usefixtures("cache")
def test_the_site_follows_the_releases_of_a_store(
    front: Front,
    store: Any,  # noqa: ANN401
    small_sources: SmallSources,
) -> None:
    def shown() -> tuple[str, bool]:
        pointer = json.loads(store.cat_file("seau/versions/site/versions.json"))
        return pointer["latest"], store.exists(f"seau/versions/site/versions/{SECOND}/index.html")

    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", small_sources.root / "jeu_de_donnees.toml")
    made = launch(small_sources.root, ADDRESS, FIRST)
    assert made.release is not None, made.message
    assert shown() == (FIRST, False)
    types = {
        name: store.info(f"seau/versions/site/{name}")["ContentType"]
        for name in ("index.html", "latest/catalog.ttl", "flux.xml", "contrats/alpes/index.html")
    }
    assert types["index.html"] == types["contrats/alpes/index.html"] == "text/html; charset=utf-8"
    assert types["latest/catalog.ttl"] == "text/turtle; charset=utf-8"
    order = written(front, 0)
    assert order[-1] == "versions.json" and order[-2] == "index.html"
    assert order.index("contrats/alpes/index.html") > order.index("latest/csv/contrats.csv")

    small_sources.put("contrats/alpes/Contrat", "Objectif", "Tout autre chose")
    before = len(front.seen)
    assert launch(small_sources.root, ADDRESS, SECOND).release is not None
    assert shown() == (SECOND, True)
    again = written(front, before)
    assert f"releases/{SECOND}/csv/contrats.csv" in again
    assert not [name for name in again if name.startswith((f"releases/{FIRST}/", "actifs/"))], "sent though unchanged"

    before = len(front.seen)
    done = CliRunner().invoke(main, ["site", "--outputs", ADDRESS])
    assert done.exit_code == 0 and f"{ADDRESS}/site" in done.output, done.output
    assert written(front, before) == []

    done = CliRunner().invoke(main, ["releases", "withdraw", SECOND, "--apply", "--outputs", ADDRESS])
    assert done.exit_code == 0, done.output
    assert shown() == (FIRST, False)
