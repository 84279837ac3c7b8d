"""``journal.md``: what the reader of a release must know of how it was made, in French.

Belongs here: what was left out or taken from an earlier release, named one by one. Does not belong here: the comparison
with the previous release.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from pipelines.publish.tables_arrow import Declared, Frames

TAKEN_BACK = "version-precedente-reprise"
LEFT_OUT = "fichier-laisse-de-cote"
DRAWN_ALONG = "ligne-entrainee"


def journal(version: str, date: dt.date, tables: Frames, declared: Declared, issues: pd.DataFrame) -> str:
    """The journal of a release as Markdown; ``issues`` has the columns of `pipelines.curation.issues.COLUMNS`."""
    lines = [f"# Version {version}", "", f"Publiée le {date:%d/%m/%Y}.", "", "| table | lignes |", "| --- | ---: |"]
    lines += [f"| {table.title.fr} (`{name}`) | {len(tables[name])} |" for name, table in declared.items()]
    for title, part in _parts(issues):
        if len(part):
            lines += ["", f"## {title}", "", *_named(part)]
    if len(lines) == 6 + len(declared):
        lines += ["", "Toutes les lignes saisies sont publiées."]
    return "\n".join(lines) + "\n"


def _parts(issues: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    code, severity = issues["code"], issues["severity"]
    return [
        ("Classeurs repris de la version précédente", issues[code == TAKEN_BACK]),
        ("Classeurs laissés de côté", issues[code == LEFT_OUT]),
        ("Lignes refusées, mises en quarantaine", issues[severity == "error"]),
        ("Lignes écartées avec elles", issues[code == DRAWN_ALONG]),
        ("Avertissements", issues[(severity == "warning") & ~code.isin([TAKEN_BACK, LEFT_OUT])]),
    ]


def _named(part: pd.DataFrame) -> list[str]:
    sheet = part["sheet"].where(part["sheet"] == "", ", " + part["sheet"])
    cell = part["cell"].where(part["cell"] == "", " " + part["cell"])
    named = "- " + part["file"] + sheet + cell + " : " + part["message"] + " (" + part["code"] + ")"
    return [str(line) for line in named.str.replace("\n", " ")]
