"""Issues on a terminal, or in a pipe: a summary by kind, then each issue at its cell.

Belongs here: how issues are laid out as text. Does not belong here: how they are found, nor the command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.curation.catalogue import SEVERITY_NAMES, Severity
from pipelines.progress import following_files

if TYPE_CHECKING:
    from rich.console import Console

MOST_ON_A_TERMINAL = 200
"""A terminal shows that many issues; a pipe gets them all."""
MOST_CHARACTERS = 300
MANY_FILES = 20
_STYLES = {Severity.ERROR.value: "bold red", Severity.WARNING.value: "yellow", Severity.INFO.value: "cyan"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: object, most: int = MOST_CHARACTERS) -> str:
    """A text on one line, without anything that a terminal would obey, cut after ``most`` characters."""
    line = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(text).split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def numbered(count: int, one: str, many: str = "") -> str:
    """« 1 erreur », « 2 erreurs », « 1 200 erreurs »."""
    return f"{count:,} ".replace(",", "\N{NARROW NO-BREAK SPACE}") + (one if count < 2 else many or f"{one}s")


def print_issues(console: Console, issues: pd.DataFrame) -> None:
    """A summary by kind first, then the errors and warnings, by file and sheet, each at its cell."""
    shown = issues[issues["severity"] != Severity.INFO.value]
    if len(issues):
        _print_summary(console, issues)
    else:
        console.print("Aucune anomalie.")
    most = MOST_ON_A_TERMINAL if console.is_terminal else len(shown)
    for (file, sheet), group in shown.head(most).groupby(["file", "sheet"], sort=False):
        console.print()
        console.print(printable(file) + (f" · {printable(sheet)}" if str(sheet) else ""), style="bold", markup=False)
        _print_group(console, group)
    if len(shown) > most:
        console.print(f"\n… et {len(shown) - most} autres : --json ou --html FICHIER les donne toutes.", markup=False)


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
    if files <= MANY_FILES or not console.is_terminal:
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
    counts = issues.groupby(["severity", "code"], sort=False).size().reset_index(name="count")
    counts["rank"] = counts["severity"].map(order)
    counts = counts.sort_values(["rank", "count", "code"], ascending=[True, False, True])
    console.print("Par nature", style="bold")
    for kind in counts.itertuples(index=False):
        severity = str(kind.severity)
        name = Text(f"{SEVERITY_NAMES[severity]:<14}", _STYLES[severity])
        console.print(Text(f"{kind.count!s:>7}  ").append(name).append(f" {kind.code!s}"))


def _print_group(console: Console, group: pd.DataFrame) -> None:
    from rich.text import Text

    for issue in group.sort_values(["row", "cell"], kind="stable").itertuples(index=False):
        severity = str(issue.severity)
        where = str(issue.cell) or (f"ligne {issue.row!s}" if issue.row else "fichier")
        head = Text("  ").append(f"{where:<8}", style="bold").append(f" {SEVERITY_NAMES[severity]}", _STYLES[severity])
        for part in (f"« {printable(issue.column)} »" if issue.column else "", str(issue.code)):
            head.append(f" · {part}" if part else "")
        console.print(head)
        if issue.value and str(issue.value) not in str(issue.message):
            console.print(f"    valeur : {printable(issue.value)}", markup=False)
        console.print(f"    {printable(issue.message)}", markup=False)
        console.print(f"    → {printable(issue.advice)}", markup=False)
