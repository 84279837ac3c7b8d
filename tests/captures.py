"""The pictures of ``docs/interface.md``, taken again: ``python -m tests.captures`` (`make captures`).

Belongs here: which pages are shown, and in which state. Does not belong here: what must hold of those pages
(``tests/slow/test_interface.py``). The sheets are the real ones, two cells of a copy changed; the dates of releases are
fixed, the hours that the interface shows are not.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.chromium import watched_page
from tests.dagster_dev import PROJECT, DagsterDev, choose_one_workbook, dagster_dev
from tests.spoiled_workbook import put
from tests.udata import Udata, udata

IMAGES = PROJECT / "docs" / "images"
LARGEST = 200_000
AMOUNT = ("alpes", "Financements", "alpes-budget-gta-2017", "Montant (€)")
FED = "tables/financements"
FIRST, SECOND, THIRD = "2026-01-05", "2026-01-12", "2026-01-19"
_SETTLED = 2_500
"""How long, in milliseconds, a page that shows what is awaited still moves."""


def main() -> int:
    """Takes every picture; 1 when one is too large, or when a page asked something of another host."""
    folder = Path(tempfile.gettempdir()) / "contrats-destination"  # shown in the pictures: the same each time
    try:
        folder.mkdir()
    except FileExistsError:
        print(f"Le dossier {folder} existe déjà : supprimez-le, puis recommencez.", file=sys.stderr)
        return 3
    try:
        IMAGES.mkdir(parents=True, exist_ok=True)
        with (
            udata(folder / "portail") as portal,
            dagster_dev(folder, DATAGOUV_API_KEY=portal.key) as dagster,
            watched_page() as watched,
        ):
            _take(dagster, watched.page, portal)
    finally:
        shutil.rmtree(folder)
    wrong = [f"demandé à une autre machine : {address}" for address in watched.elsewhere]
    for picture in sorted(IMAGES.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(PROJECT)} : {size / 1000:.0f} ko")
        if size > LARGEST:
            wrong.append(f"{picture.name} dépasse {LARGEST / 1000:.0f} ko")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


def _take(dagster: DagsterDev, page: Page, portal: Udata) -> None:
    def shown(name: str, address: str, ready: Callable[[], None]) -> None:
        page.goto(address)
        ready()
        page.wait_for_timeout(_SETTLED)
        page.screenshot(path=IMAGES / f"{name}.png")

    def text(words: str) -> Callable[[], None]:
        return page.get_by_text(words).first.wait_for

    outputs = dagster.outputs
    for date, value in ((FIRST, 900_000), (SECOND, 910_000)):
        put(dagster.sources, *AMOUNT, value)
        published = dagster.launch("publier", settings={"date": date})
        if not published.success:
            raise RuntimeError(f"the real sheets are refused: {published.said}")

    shown("graphe", f"{dagster.url}/asset-groups", lambda: _statuses(page))
    shown("table", f"{dagster.url}/assets/{FED}", text("Row count"))
    shown("execution", f"{dagster.url}/runs/{published.id}", text("RUN_SUCCESS"))
    shown("lancement", dagster.page("jobs/publier/playground"), text("partial"))
    shown("horaires", f"{dagster.url}/automation", text(next(iter(dagster.automation()))))
    shown("classeurs", dagster.page("jobs/relire_des_classeurs/partitions"), lambda: _backfill(page))
    shown("comparaison", (outputs / "releases" / SECOND / "diff.html").as_uri(), text(SECOND))

    where = {"adresse": portal.url, "organisation": portal.organisation, "appliquer": True, "hors_depot": True}
    sent = dagster.launch("publier_sur_le_portail", portal=where)
    if not sent.success:
        raise RuntimeError(f"the portal refuses the release: {sent.said}")
    shown("portail", f"{dagster.url}/assets/publication/portail", text("Qualité selon le portail"))

    place = put(dagster.sources, *AMOUNT, "neuf cent mille")
    refused = dagster.launch("publier", settings={"date": THIRD})
    failed = next(check for check in refused.failed() if "/".join(check.asset) == FED)
    details = f"view=checks&checkDetail={failed.name}"
    shown("controle", f"{dagster.url}/assets/{FED}?{details}", text(place.cell))
    shown("executions", f"{dagster.url}/runs", text("Failure"))
    shown("rapport", (outputs / "rapports" / f"{THIRD}.html").as_uri(), text(place.cell))


def _backfill(page: Page) -> None:
    """The dialog in which one workbook is chosen."""
    page.get_by_role("button", name="Launch backfill").first.click()
    choose_one_workbook(page, "alsace-v1")


def _statuses(page: Page) -> None:
    """The graph, once every group has its counts."""
    page.get_by_text("publication").first.wait_for()
    page.wait_for_timeout(_SETTLED)
    page.get_by_text("fetching statuses").first.wait_for(state="hidden")


if __name__ == "__main__":
    raise SystemExit(main())
