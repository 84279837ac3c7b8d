"""A comparison as one HTML page, complete in itself: no script, no request, readable on a phone and on paper.

Belongs here: rendering. Does not belong here: the page's looks (``page.html.j2``), what is found (``compare``).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.publish.diff.model import ContractTable, Diff, Severity, Topic, figure
from pipelines.publish.diff.text import percent, row_counts, verdict

TEMPLATE = Path(__file__).with_name("page.html.j2")
_TITLES = {
    Severity.BREAKING: "Ruptures",
    Severity.ATTENTION: "Points d’attention",
    Severity.INFORMATION: "Informations",
}
_MEANINGS = {
    Severity.BREAKING: "Un script écrit pour l’ancienne version peut cesser de marcher.",
    Severity.ATTENTION: "À regarder avant de se servir de la nouvelle version.",
    Severity.INFORMATION: "Rien à faire. Les changements de lignes sont plus bas, table par table.",
}


def render(diff: Diff) -> str:
    """The page, as HTML text. Everything shown is escaped; equal comparisons give equal pages."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"percent": percent, "figure": figure, "rows": _rows}
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        diff=diff,
        verdict=verdict(diff),
        severities=[
            (severity.value, _TITLES[severity], _MEANINGS[severity], found)
            for severity in Severity
            if (found := [one for one in diff.of(severity) if not _told_by_table(one.kind.topic, severity)])
        ],
        counts={severity.value: len(diff.of(severity)) for severity in Severity},
        touched=[table for table in diff.tables if table.touched],
    )


def _rows(one: ContractTable) -> str:
    return row_counts(one.ajoutees, one.retirees, one.changees)


def _told_by_table(topic: Topic, severity: Severity) -> bool:
    """What the part on rows tells already, with its examples."""
    return severity is Severity.INFORMATION and topic is Topic.ROWS
