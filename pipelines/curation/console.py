"""Issues on a terminal, or in a pipe: a summary by kind, then each issue at its cell.

Belongs here: how issues are laid out as text. Does not belong here: how they are found, nor the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.curation.catalogue import CATALOGUE, SEVERITY_NAMES, Severity
from pipelines.progress import following_files
from pipelines.text import numbered, printable

if TYPE_CHECKING:
    from rich.console import Console

MOST_ON_A_TERMINAL = 200
"""A terminal shows that many issues; a pipe gets them all."""
MANY_FILES = 20
_STYLES = {Severity.ERROR.value: "bold red", Severity.WARNING.value: "yellow", Severity.INFO.value: "cyan"}


def print_issues(console: Console, issues: pd.DataFrame) -> None:
    """A summary by kind first, then the errors and warnings, by file and sheet, each at its cell."""
    shown = issues[issues["severity"] != Severity.INFO.value]
    if len(issues):
        _print_summary(console, issues)
    else:
        console.print("Aucune anomalie.")
    most = MOST_ON_A_TERMINAL if _watched(console) else len(shown)
    for (file, sheet), group in shown.head(most).groupby(["file", "sheet"], sort=False):
        console.print()
        named = printable(file) or "Tables publiées"  # a table too short is in no file
        console.print(named + (f" · {printable(sheet)}" if str(sheet) else ""), style="bold", markup=False)
        _print_group(console, group)
    if len(shown) > most:
        left = numbered(len(shown) - most, "autre")
        console.print(f"\n… et {left} : check --json ou --html rapport.html les donne toutes.", markup=False)
    if len(issues) > len(shown):
        told = "Les informations n’appellent rien d’urgent : check --json ou --html rapport.html les donne."
        console.print(f"\n{told}", markup=False)


def _watched(console: Console) -> bool:
    """Whether someone watches: a console that is made to colour a pipe is no terminal for all that."""
    return console.file.isatty()


def totals(issues: pd.DataFrame, files: pd.DataFrame) -> str:
    """What was read and found in one line: « 51 fichiers, 3 452 lignes : 1 erreur, 2 avertissements. »."""
    found = issues["severity"].value_counts()
    counts = [numbered(int(found.get(severity.value, 0)), SEVERITY_NAMES[severity.value]) for severity in Severity]
    shown = counts if found.get(Severity.INFO.value, 0) else counts[:-1]
    read = f"{numbered(len(files), 'fichier')}, {numbered(int(files['rows'].sum()), 'ligne')}"
    return f"{read} : {', '.join(shown)}."


@contextmanager
def reading_bar(console: Console, files: int) -> Iterator[None]:
    """While this lasts, a bar follows the files read: on a terminal only, and only when they are many."""
    if files <= MANY_FILES or not _watched(console):
        yield
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("Lecture"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[file]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=files, file="")
        with following_files(lambda file: bar.update(task, advance=1, file=printable(file, 60))):
            yield


def _print_summary(console: Console, issues: pd.DataFrame) -> None:
    from rich.text import Text

    order = {severity: rank for rank, severity in enumerate(SEVERITY_NAMES)}
    counts = issues.groupby(["severity", "code"], sort=False).size().reset_index(name="total")
    counts["rank"] = counts["severity"].map(order)
    counts = counts.sort_values(["rank", "total", "code"], ascending=[True, False, True])
    console.print("Par nature", style="bold")
    for severity, code, total in zip(counts["severity"], counts["code"], counts["total"].tolist(), strict=True):
        count, _, name = numbered(total, SEVERITY_NAMES[severity]).partition(" ")
        console.print(Text(f"{count:>7}  ").append(f"{name:<14}", _STYLES[severity]).append(f" {code}"))


def _print_group(console: Console, group: pd.DataFrame) -> None:
    from rich.text import Text

    for issue in group.sort_values(["row", "cell"], kind="stable").itertuples(index=False):
        severity = str(issue.severity)
        where = str(issue.cell) or (f"ligne {issue.row!s}" if issue.row else "fichier" if issue.file else "table")
        head = Text("  ").append(f"{where:<8}", style="bold").append(f" {SEVERITY_NAMES[severity]}", _STYLES[severity])
        for part in (f"« {printable(issue.column)} »" if issue.column else "", str(issue.code)):
            head.append(f" · {part}" if part else "")
        console.print(head)
        told = "{value}" in CATALOGUE[str(issue.code)].message or str(issue.file).endswith(str(issue.value))
        if issue.value and not told:
            console.print(f"    valeur : {printable(issue.value)}", markup=False)
        console.print(f"    {printable(issue.message)}", markup=False)
        console.print(f"    → {printable(issue.advice)}", markup=False)
