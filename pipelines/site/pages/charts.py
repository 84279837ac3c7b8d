"""The page of charts, and the data of each as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.site.charts import all_charts
from pipelines.site.model import SiteData
from pipelines.site.pages import Page, Words

FOLDER = "graphiques/"


def pages(data: SiteData) -> Iterator[Page]:
    """The charts of the last release, when it has what one of them needs."""
    charts = all_charts(data.last.tables, lambda path: f"../{path}")
    if not charts:
        return
    yield Page(
        path=FOLDER,
        template="graphiques.html.j2",
        title=Words("Graphiques", "Charts"),
        description=Words(
            f"Les contrats de destination en {len(charts)} graphiques\N{NO-BREAK SPACE}: signatures, actions, "
            "financements, objectifs, partenaires et sources, chacun avec sa table et ses données.",
            f"Destination contracts in {len(charts)} charts: signatures, actions, financing, aims, partners and "
            "sources, each with its table and its data.",
        ),
        context={"graphiques": charts, "dossier": FOLDER},
        files={f"{FOLDER}{chart.name}.csv": chart.csv for chart in charts},
    )
