"""The charts: what is counted, in which words, with the table of each.

Belongs here: counts and sums made from the published tables, and what each chart says it found. Does not belong here:
how a chart looks (``drawing``, ``timeline``), its page (``pages.charts``), the words that no count changes
(``chart_words``). What no source states is counted too, as « non précisé ».
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.site.charts.categories import actions_by_status, actions_by_strand, figures_by_nature, partners
from pipelines.site.charts.chart import Chart, Tables
from pipelines.site.charts.citations import sources_by_row
from pipelines.site.charts.contracts import actions_by_contract, lines_of_time, signatures
from pipelines.site.charts.figures import aims_and_results
from pipelines.site.charts.financing import amounts_by_nature
from pipelines.site.older import unless_lacking

__all__ = ["Chart", "all_charts"]


def all_charts(tables: Tables, address: Callable[[str], str]) -> list[Chart]:
    """Every chart that the release can fill, in the order of the page; ``address`` links to a page of the site."""
    makers: tuple[Callable[[], Chart], ...] = (
        lambda: signatures(tables),
        lambda: lines_of_time(tables, address),
        lambda: actions_by_strand(tables),
        lambda: actions_by_contract(tables, address),
        lambda: actions_by_status(tables),
        lambda: amounts_by_nature(tables),
        lambda: figures_by_nature(tables),
        lambda: aims_and_results(tables, address),
        lambda: partners(tables),
        lambda: sources_by_row(tables),
    )
    made = (unless_lacking(tables, make) for make in makers)
    return [chart for chart in made if chart is not None]
