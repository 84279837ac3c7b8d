"""The publisher's ways through Dagster's interface: a real `dagster dev`, by its API and in Chromium."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.publish.verify.release import verify
from tests.chromium import Watched, watched_page
from tests.dagster_dev import DagsterDev, Key, backfill_one_workbook, dagster_dev, wait_for
from tests.spoiled_workbook import put
from tests.udata import Udata, udata

pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = "2026-01-01", "2026-01-02", "2026-01-03"
AMOUNT = ("alpes", "Financements", "alpes-budget-gta-2017", "Montant (€)")
FED = ("tables", "financements")
WORDS = "neuf cent mille"
VERSION = ("publication", "version")
TO_THE_PORTAL = ("publication", "portail")
"""Off unless a run names a portal."""
WORKBOOK = ("feuilles", "classeurs")
JOB_OF_ASSETS = "__ASSET_JOB"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Udata]:
    with udata(tmp_path_factory.mktemp("portail")) as running:
        yield running


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory, portal: Udata) -> Iterator[DagsterDev]:
    with dagster_dev(tmp_path_factory.mktemp("interface"), DATAGOUV_API_KEY=portal.key) as running:
        yield running


@pytest.fixture(scope="module")
def released(dagster: DagsterDev) -> DagsterDev:
    """The real sheets, published once in the default folder."""
    run = dagster.launch("publier", settings={"date": FIRST})
    assert run.success, run.said
    return dagster


@pytest.fixture
def sources(dagster: DagsterDev, tmp_path: Path) -> Path:
    return shutil.copytree(dagster.sources, tmp_path / "sources")


@pytest.fixture
def watched() -> Iterator[Watched]:
    with watched_page() as watched:
        yield watched
        assert watched.elsewhere == []
        assert watched.errors == []


def releases(outputs: Path) -> list[str]:
    folder = outputs / "releases"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def of_the_step_of(dagster: DagsterDev, group: str) -> list[Key]:
    """The assets of a group, with those that the same steps make."""
    nodes = dagster.nodes()
    steps = {step for node in nodes.values() if node.group == group for step in node.steps}
    return [key for key, node in nodes.items() if set(node.steps) & steps]


def test_publishing_everything_makes_a_release_that_verifies(released: DagsterDev) -> None:
    release = released.outputs / "releases" / FIRST
    assert verify(release).sound
    metadata = released.materialisations(VERSION)[0][1]
    assert metadata["version"] == FIRST
    assert Path(metadata["dossier"]) == release
    assert Path(metadata["rapport"]).is_file()
    missing = [key for key in released.nodes() if not released.materialisations(key)]
    assert missing == [TO_THE_PORTAL]


def test_every_blocking_check_is_run(dagster: DagsterDev, sources: Path, tmp_path: Path) -> None:
    settings = {"sources": str(sources), "outputs": str(tmp_path / "sorties"), "date": FIRST}
    run = dagster.launch("publier", settings=settings)
    assert run.success, run.said
    nodes = {key: node for key, node in dagster.nodes().items() if key != TO_THE_PORTAL}
    declared = {(key, name) for key, node in nodes.items() for name in node.blocking}
    assert declared
    assert declared <= {(check.asset, check.name) for check in run.checks if check.passed}


def test_validating_publishes_nothing(dagster: DagsterDev, sources: Path, tmp_path: Path) -> None:
    settings = {"sources": str(sources), "outputs": str(tmp_path / "sorties"), "date": FIRST}
    run = dagster.launch("valider", settings=settings)
    assert run.success, run.said
    assert run.checks
    assert releases(tmp_path / "sorties") == []


@pytest.mark.parametrize("group", ["feuilles", "tables", "publication"])
def test_a_part_of_the_graph_can_be_made_again_alone(released: DagsterDev, group: str, tmp_path: Path) -> None:
    selection = of_the_step_of(released, group)
    run = released.launch(JOB_OF_ASSETS, selection, settings={"outputs": str(tmp_path / "sorties"), "date": FIRST})
    assert run.success, run.said
    found = {key: released.materialisations(key) for key in released.nodes()}
    made = {key for key, events in found.items() if events and events[0][0] == run.id}
    assert made == set(selection) - {TO_THE_PORTAL}
    assert releases(tmp_path / "sorties") == ([FIRST] if group == "publication" else [])


def test_a_spoiled_cell_refuses_the_release_until_it_is_repaired(
    dagster: DagsterDev, sources: Path, tmp_path: Path
) -> None:
    outputs = tmp_path / "sorties"
    settings = {"sources": str(sources), "outputs": str(outputs)}
    assert dagster.launch("publier", settings=settings | {"date": FIRST}).success

    place = put(sources, *AMOUNT, WORDS)
    run = dagster.launch("publier", settings=settings | {"date": SECOND})
    assert not run.success
    failed = {check.asset: check for check in run.failed()}
    assert FED in failed
    said = failed[FED].said
    assert all(word in said for word in (place.file, place.sheet, place.cell, WORDS)), said
    assert releases(outputs) == [FIRST]
    assert verify(outputs / "releases" / FIRST).sound
    assert place.cell in (outputs / "rapports" / f"{SECOND}.html").read_text(encoding="utf-8")

    put(sources, *AMOUNT, 910_000)
    run = dagster.launch("publier", settings=settings | {"date": THIRD})
    assert run.success, run.said
    assert run.failed() == []
    assert releases(outputs) == [FIRST, THIRD]


def test_a_partial_release_says_what_it_left_out(dagster: DagsterDev, sources: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    place = put(sources, *AMOUNT, WORDS)
    settings = {"sources": str(sources), "outputs": str(outputs), "date": FIRST, "partial": True}
    run = dagster.launch("publier", settings=settings)
    assert run.success, run.said
    release = outputs / "releases" / FIRST
    assert verify(release).sound
    assert place.cell in (release / "issues.csv").read_text(encoding="utf-8")
    assert "alpes.xlsx" in (release / "journal.md").read_text(encoding="utf-8")
    assert "alpes-budget-gta-2017," not in (release / "csv" / "financements.csv").read_text(encoding="utf-8")


def test_the_form_is_filled_in_with_settings_that_need_no_change(dagster: DagsterDev) -> None:
    settings = dagster.defaults("publier")["resources"]["settings"]["config"]
    assert settings["partial"] is False
    assert settings["date"] == ""
    for folder in ("sources", "outputs"):
        assert settings[folder] == folder


def test_everything_shown_is_described(dagster: DagsterDev) -> None:
    silent = [key for key, node in dagster.nodes().items() if not node.description]
    assert silent == []
    automation = dagster.automation()
    assert automation
    assert [name for name, description in automation.items() if not description] == []


def test_the_publisher_materialises_from_the_page(released: DagsterDev, watched: Watched) -> None:
    page = watched.page
    before = released.runs()
    page.goto(f"{released.url}/asset-groups")
    page.get_by_role("button", name="Materialize").first.click()
    launched = wait_for(
        lambda: next((run for run in released.runs() if run not in before), None),
        60,
        "the new run",
        # The page's requests pass through this thread: it must not sleep.
        pause=lambda seconds: page.wait_for_timeout(seconds * 1000),
    )
    run = released.ended(launched)
    assert run.success, run.said
    page.goto(f"{released.url}/runs/{launched}")
    page.get_by_text("Success", exact=True).first.wait_for()
    version = released.materialisations(VERSION)[0][1]["version"]
    assert version == FIRST or dt.date.fromisoformat(version) > dt.date.fromisoformat(FIRST)


def test_the_publisher_reads_one_workbook_again_from_the_page(released: DagsterDev, watched: Watched) -> None:
    page = watched.page
    before = released.runs()
    backfill_one_workbook(page, released.page("jobs/relire_des_classeurs/partitions"), "alsace-v1")
    launched = wait_for(
        lambda: next((run for run in released.runs() if run not in before), None),
        60,
        "the run of the backfill",
        pause=lambda seconds: page.wait_for_timeout(seconds * 1000),
    )
    run = released.ended(launched)
    assert run.success, run.said
    read = [metadata for run_id, metadata in released.materialisations(WORKBOOK) if run_id == launched]
    assert [metadata["état"] for metadata in read] == ["lu"]


def test_the_page_shows_the_cell_of_a_failed_check(
    released: DagsterDev, watched: Watched, sources: Path, tmp_path: Path
) -> None:
    place = put(sources, *AMOUNT, WORDS)
    settings = {"sources": str(sources), "outputs": str(tmp_path / "sorties"), "date": SECOND}
    failed = next(check for check in released.launch("publier", settings=settings).failed() if check.asset == FED)
    page = watched.page
    page.goto(f"{released.url}/assets/{'/'.join(FED)}?view=checks&checkDetail={failed.name}")
    page.get_by_text(failed.name, exact=True).first.wait_for()
    page.get_by_text("Failed").first.wait_for()
    page.get_by_text(place.cell, exact=True).first.wait_for()
    page.get_by_text(WORDS).first.wait_for()


def test_the_launchpad_shows_the_default_settings(dagster: DagsterDev, watched: Watched) -> None:
    page = watched.page
    page.goto(dagster.page("jobs/publier/playground"))
    editor = page.locator(".CodeMirror")
    for name in dagster.defaults("publier")["resources"]["settings"]["config"]:
        editor.filter(has_text=f"{name}:").first.wait_for()


def test_the_publisher_sends_a_release_to_the_portal_and_sees_what_was_done(
    released: DagsterDev, portal: Udata, watched: Watched
) -> None:
    where = {"adresse": portal.url, "organisation": portal.organisation, "version": FIRST, "hors_depot": True}
    form = released.defaults("publier_sur_le_portail")["resources"]["portail"]["config"]
    assert (form["adresse"], form["appliquer"]) == ("", False)
    assert set(where) < set(form)

    shown = released.launch("publier_sur_le_portail", portal=where)
    assert shown.success, shown.said
    assert portal.datasets() == []
    sent = released.launch("publier_sur_le_portail", portal=where | {"appliquer": True})
    assert sent.success, sent.said
    assert {(check.name, check.passed) for check in sent.checks} == {
        *(("admise", True), ("relue", True), ("qualite", True))
    }
    (dataset,) = portal.datasets()
    run_id, metadata = released.materialisations(TO_THE_PORTAL)[0]
    assert (run_id, metadata["version"]) == (sent.id, FIRST)
    assert str(dataset["id"]) in metadata["page"] or dataset["slug"] in metadata["page"]
    assert portal.key not in f"{sent.said}{metadata}{[check.said for check in sent.checks]}"

    page = watched.page
    page.goto(f"{released.url}/assets/{'/'.join(TO_THE_PORTAL)}")
    page.get_by_text("Qualité selon le portail : 100 %").first.wait_for()
    page.goto(f"{released.url}/assets/{'/'.join(TO_THE_PORTAL)}?view=checks&checkDetail=relue")
    page.get_by_text("octet pour octet").first.wait_for()
