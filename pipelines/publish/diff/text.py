"""A comparison as French text for a shell: what breaks first, then what to look at, then the rows.

Belongs here: lines and the style that each asks for. Does not belong here: what is found (``compare``), colours other
than by name, the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.publish.diff.model import Cell, Diff, Severity, Status, TableDiff, Topic, figure
from pipelines.text import numbered, printable

if TYPE_CHECKING:
    from rich.console import Console

MOST_FINDINGS = 50
MOST_CHARACTERS = 160
_AROUND = 40
_NONE = "(vide)"
_NAMES = {
    Severity.BREAKING: ("rupture", "ruptures"),
    Severity.ATTENTION: ("point d’attention", "points d’attention"),
    Severity.INFORMATION: ("information", "informations"),
}
_TITLES = {
    Severity.BREAKING: "Ruptures : un script écrit pour l’ancienne version peut cesser de marcher",
    Severity.ATTENTION: "Points d’attention",
    Severity.INFORMATION: "Informations",
}
_STYLES = {Severity.BREAKING: "bold red", Severity.ATTENTION: "yellow", Severity.INFORMATION: "cyan"}

Line = tuple[str, str]
"""A style (a name that rich knows, or nothing) and a text."""


def verdict(diff: Diff) -> str:
    """The comparison in one sentence."""
    new = diff.nouvelle
    if diff.ancienne is None:
        rows = f"{numbered(new.tables, 'table')}, {numbered(new.lignes, 'ligne')}"
        return f"{new.version} est la première version : rien à quoi la comparer ({rows})."
    both = f"{diff.ancienne.version} → {new.version}"
    if diff.statut is Status.SAME:
        return f"{both} : aucune différence."
    if diff.statut is Status.UNKNOWN:
        return f"{both} : aucune différence dans ce qui a été comparé, mais tout n’a pas pu l’être."
    counts = [numbered(len(found), *_NAMES[severity]) for severity in Severity if (found := diff.of(severity))]
    return f"{both} : {', '.join(counts)}."


def lines(diff: Diff) -> Iterator[Line]:
    """The whole text, line by line."""
    yield "bold", printable(verdict(diff))
    if diff.ancienne is not None:
        yield "", f"Modèle : {_arrow(diff.ancienne.version_du_modele, diff.nouvelle.version_du_modele)}"
    if diff.nouvelle.partielle:
        yield "yellow", f"{printable(diff.nouvelle.version)} est une publication partielle : des lignes y manquent."
    for severity in Severity:
        yield from _findings(diff, severity)
    shown = [table for table in diff.tables if table.touched or table.lignes_avant != table.lignes_apres]
    if diff.ancienne is not None and shown:
        yield from _counts(shown)
        for table in shown:
            yield from _samples(table)
        yield "", ""
        caps = diff.exemples_au_plus, diff.exemples_derives_au_plus
        yield (
            "dim",
            f"Au plus {caps[0]} exemples par liste, {caps[1]} pour une table dérivée ; les nombres comptent tout.",
        )


def as_text(diff: Diff) -> str:
    """The same as one text, without styles."""
    return "\n".join(text for _, text in lines(diff)) + "\n"


def print_diff(console: Console, diff: Diff) -> None:
    """Prints the text, with its styles where the console takes them."""
    for style, text in lines(diff):
        console.print(text, style=style or None, markup=False)


def shortened(cell: Cell, most: int = MOST_CHARACTERS) -> tuple[str, str]:
    """The two versions of a value on one line each; long ones are cut so that what differs is seen."""
    before, after = (_NONE if value is None else " ".join(value.split()) for value in (cell.avant, cell.apres))
    if max(len(before), len(after)) > most:
        same = next(
            (place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
            min(len(before), len(after)),
        )
        start = max(0, same - _AROUND)
        before, after = (text if not start else f"…{text[start:]}" for text in (before, after))
    return printable(before, most), printable(after, most)


def _findings(diff: Diff, severity: Severity) -> Iterator[Line]:
    """The findings of one severity; those about rows are in the table of rows, unless they ask for attention."""
    found = [
        one
        for one in diff.of(severity)
        if severity is not Severity.INFORMATION or one.kind.topic not in (Topic.ROWS, Topic.SOURCES)
    ]
    if not found:
        return
    yield "", ""
    yield "bold", _TITLES[severity]
    for one in found[:MOST_FINDINGS]:
        yield _STYLES[severity], f"  {one.code}"
        yield "", f"    {printable(one.message, 10 * MOST_CHARACTERS)}"
    if len(found) > MOST_FINDINGS:
        yield "dim", f"  … {MOST_FINDINGS} montrés sur {figure(len(found))} : --json ou --html FICHIER les donne tous."


def _counts(tables: list[TableDiff]) -> Iterator[Line]:
    head = ("lignes", "avant", "après", "nouvelles", "de moins", "changées", "sur", "part")
    body = [
        (
            printable(table.table) + (" (dérivée)" if table.derived else ""),
            figure(table.lignes_avant),
            figure(table.lignes_apres),
            *(_compared(table) if table.comparee else ("non comparées", "", "", "", "")),
        )
        for table in tables
    ]
    widths = [max(len(row[place]) for row in (head, *body)) for place in range(len(head))]
    yield "", ""
    for style, row in (("bold", head), *(("", row) for row in body)):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield style, "  ".join(cells).rstrip()


def _compared(table: TableDiff) -> tuple[str, ...]:
    counts = (table.ajoutees.nombre, table.retirees.nombre, table.changees.nombre)
    return (*(figure(count) if count else "" for count in counts), figure(table.lignes_comparees), percent(table))


def _samples(table: TableDiff) -> Iterator[Line]:
    if not table.touched:
        return
    yield "", ""
    yield "bold", printable(table.table) + (" (table dérivée)" if table.derived else "")
    for mark, words, sample in (("+", "nouvelles", table.ajoutees), ("-", "de moins", table.retirees)):
        for row in sample.exemples:
            said = " ; ".join(f"{name} = {value}" for name, value in row.valeurs.items() if value != row.cle)
            yield "", f"  {mark} {printable(row.cle)}  {printable(said)}"
        yield from _cap(sample.montres, sample.nombre, words)
    for changed in table.changees.exemples:
        yield "", f"  ~ {printable(changed.cle)}"
        for cell in changed.cellules:
            before, after = shortened(cell)
            yield "", f"      {printable(cell.colonne)} : {before} → {after}"
    yield from _cap(table.changees.montres, table.changees.nombre, "changées")


def row_counts(added: int, removed: int, changed: int) -> str:
    """« 2 lignes nouvelles, 1 ligne changée »."""
    parts = [
        numbered(added, "ligne nouvelle", "lignes nouvelles") if added else "",
        numbered(removed, "ligne de moins", "lignes de moins") if removed else "",
        numbered(changed, "ligne changée", "lignes changées") if changed else "",
    ]
    return ", ".join(part for part in parts if part)


def percent(table: TableDiff) -> str:
    """The share of the compared rows that changed: « 2,4 % »."""
    share = table.part_changee_pct
    if not table.changees.nombre or share is None:
        return ""
    return f"{share:g} %".replace(".", ",") if share else "moins de 0,01 %"


def _cap(shown: int, number: int, words: str) -> Iterator[Line]:
    if shown < number:
        yield "dim", f"  … {words} : {shown} montrées sur {figure(number)}"


def _arrow(before: str, after: str) -> str:
    return f"{before}, inchangé" if before == after else f"{before} → {after}"
