"""``journal.md``: what the reader of a release must know of how it was made, in French.

Belongs here: what was left out or taken from an earlier release, named one by one. Does not belong here: the comparison
with the previous release, which comes as lines (``diff.journal``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from html import escape
from pathlib import PurePosixPath

import pandas as pd

from pipelines.publish.tables_arrow import Declared, Frames

TAKEN_BACK = "version-precedente-reprise"
LEFT_OUT = "fichier-laisse-de-cote"
DRAWN_ALONG = "ligne-entrainee"
ON_TRIAL = "Publication d’essai : marquée comme telle, jamais envoyée au portail."


def kept_out(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues for which a release is not whole: refused rows, workbooks left out or taken from an earlier one."""
    return issues[(issues["severity"] == "error") | issues["code"].isin([TAKEN_BACK, LEFT_OUT])]


def among(name: str, workbooks: Collection[str]) -> bool:
    """Whether a file is one of these workbooks, or a part of one that is a folder."""
    return name in workbooks or str(PurePosixPath(name).parent) in workbooks


def journal(
    version: str,
    date: dt.date,
    tables: Frames,
    declared: Declared,
    issues: pd.DataFrame,
    changes: Sequence[str] = (),
    *,
    trial: bool = False,
) -> str:
    """The journal of a release as Markdown.

    ``issues`` has the columns of `pipelines.curation.issues.COLUMNS`; ``changes`` are the lines about the last release;
    ``trial``: it is one, and says so.
    """
    lines = [f"# Version {version}", "", f"Publiée le {date:%d/%m/%Y}.", ""]
    lines += [ON_TRIAL, ""] if trial else []
    lines += ["| table | lignes |", "| --- | ---: |"]
    lines += [f"| {table.title.fr} (`{name}`) | {len(tables[name])} |" for name, table in declared.items()]
    parts = _parts(issues)
    whole = kept_out(issues).empty
    lines += ["", "Toutes les lignes saisies sont publiées." if whole else _counted(parts)]
    lines += ["", *changes] if changes else []
    for title, part in parts:
        if len(part):
            lines += ["", f"## {title}", "", *_named(part)]
    return "\n".join(lines) + "\n"


def _counted(parts: list[tuple[str, pd.DataFrame]]) -> str:
    """What a partial release lacks, in figures: workbooks and rows, however many issues each has."""
    taken, left, refused, along, _ = (part for _, part in parts)
    rows = [len(part.loc[part["row"] > 0, ["file", "sheet", "row"]].drop_duplicates()) for part in (refused, along)]
    whole = int((refused["row"] == 0).sum())
    return (
        f"Publication partielle. Classeurs repris : {taken['file'].nunique()} ; laissés de côté : "
        f"{left['file'].nunique()}. Lignes refusées : {rows[0]} ; touchées par le refus d’une autre : {rows[1]}. "
        f"Erreurs d’un fichier ou d’une feuille : {whole}."
    )


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
    named = part["file"] + sheet + cell + " : " + part["message"] + " (" + part["code"] + ")"
    plain = named.str.replace(r"\s*[\r\n]\s*", " ", regex=True).map(lambda text: escape(text, quote=False))
    return [f"- {line}" for line in plain]
