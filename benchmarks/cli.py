"""``python -m benchmarks``: makes sources of any size, measures the program on them.

Belongs here: the arguments and what is printed. Does not belong here: what is made (``generate``),
what is measured (``run``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from benchmarks.files import FORMATS, Format
from pipelines.command_line import DONE, FOLDER, REFUSED, USAGE, Commands, Stop, console_of, guarded, shown_path
from pipelines.text import numbered

_WIDTH = 220
"""Of the table of figures, whatever the terminal: it folds."""
F = TypeVar("F", bound=Callable[..., Any])


class Share(click.ParamType[float]):
    """A share, as a number or with « % »: ``0.1%``, ``0,1 %``, ``0.001``."""

    name = "part"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share, from 0 to 1.

        Raises:
            click.BadParameter: not a share, or more than the whole.
        """
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(%?)", value.strip())
        share = float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value} n’est pas une part ; il faut un nombre de 0 à 1, ou de 0 % à 100 %.", param, ctx)
        return share


class Count(click.ParamType[int]):
    """A whole number, at least so large."""

    name = "nombre"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number.

        Raises:
            click.BadParameter: not a whole number, or too small.
        """
        text = re.sub(r"[\s_]", "", str(value))
        if not text.isdecimal() or int(text) < self.least:
            self.fail(f"{value} n’est pas un nombre entier d’au moins {self.least}.", param, ctx)
        return int(text)


class Known(click.ParamType[str]):
    """One word among some."""

    name = "mot"

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word.

        Raises:
            click.BadParameter: another one.
        """
        if value not in self.words:
            self.fail(f"{value} n’est pas connu ; au choix : {', '.join(self.words)}.", param, ctx)
        return value


@click.group(cls=Commands)
def main() -> None:
    """Fabrique des sources de toute taille, pour mesurer le programme et le vérifier à grande échelle."""


_contracts = click.option(
    "--contrats", "contracts", type=Count(1), required=True, help="Nombre de contrats, un classeur chacun."
)
_actions = click.option("--actions", type=Count(0), required=True, help="Nombre d’actions, en tout.")
_seed = click.option(
    "--seed", type=Count(0), default=0, show_default=True, help="Graine : la même fait les mêmes fichiers."
)


def _format(default: str) -> Callable[[F], F]:
    return click.option(
        "--format",
        "file_format",
        type=Known(FORMATS),
        default=default,
        show_default=True,
        metavar="FORMAT",
        help="Format des classeurs : xlsx, ods, ou csv (un dossier, un fichier par feuille), le plus rapide.",
    )


@main.command()
@_contracts
@_actions
@click.option(
    "--dirty",
    type=Share(),
    default=0.0,
    metavar="PART",
    help="Part des cellules où mettre une faute (0.1%) ; la liste en est écrite à côté du dossier.",
)
@_format("xlsx")
@_seed
@click.argument("folder", metavar="DOSSIER", type=FOLDER)
@guarded
def generate(contracts: int, actions: int, dirty: float, file_format: Format, seed: int, folder: Path) -> int:
    """Écrit un dossier de sources fabriquées, que le programme accepte tel quel.

    Un dossier fabriqué ici est remplacé ; un autre, s’il n’est pas vide, est laissé tel qu’il est.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from benchmarks.generate import OccupiedError, Wanted, manifest_of
    from benchmarks.generate import generate as write
    from benchmarks.world import TooLargeError

    wanted = Wanted(contracts, actions, dirty, file_format, seed)
    start = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
    error_console = console_of(stderr=True)
    try:
        with Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
            task = bar.add_task("Fabrication", total=contracts + 1)
            written = write(folder, wanted, lambda workbooks: bar.advance(task, workbooks))
    except (OccupiedError, TooLargeError) as error:
        raise Stop(USAGE, str(error)) from error
    seconds = f"{time.perf_counter() - start:.1f}".replace(".", ",")
    console = console_of()
    rows, workbooks = numbered(written.rows, "ligne"), numbered(written.workbooks, "classeur")
    console.print(f"{rows} dans {workbooks}, en {seconds} s : {shown_path(folder)}", markup=False)
    if dirty:
        planted = numbered(written.mistakes, "faute mise", "fautes mises")
        console.print(f"{planted}, à retrouver : {shown_path(manifest_of(folder))}", markup=False)
    return DONE


@main.command()
@_contracts
@_actions
@_format("csv")
@_seed
@click.option(
    "--fonctions",
    "functions",
    type=Count(0),
    default=0,
    metavar="NOMBRE",
    help="Dit aussi quelles fonctions coûtent le plus, tant d’entre elles ; la mesure en est ralentie.",
)
@click.option(
    "--formats",
    default="csv,parquet",
    show_default=True,
    metavar="FORMATS",
    help="Formats de la version, séparés par des virgules : csv, parquet, xlsx, zip.",
)
@guarded
def profile(contracts: int, actions: int, file_format: Format, seed: int, functions: int, formats: str) -> int:
    """Mesure tout le travail, étape par étape, sur des sources fabriquées pour l’occasion.

    Un seul processus, sans Dagster ; rien n’est gardé.
    """
    from rich.table import Table

    from benchmarks.generate import Wanted
    from benchmarks.profiles import profiled
    from benchmarks.world import TooLargeError
    from pipelines.publish.formats import chosen

    try:
        kept = chosen(formats)
    except ValueError as error:
        raise Stop(USAGE, str(error)) from error
    try:
        found = profiled(Wanted(contracts, actions, 0.0, file_format, seed), functions, kept)
    except TooLargeError as error:
        raise Stop(USAGE, str(error)) from error
    console, whole = console_of(), sum(found.seconds.values())
    table = Table(title=f"{numbered(found.rows, 'ligne publiée', 'lignes publiées')}", title_justify="left", box=None)
    table.add_column("étape")
    table.add_column("s", justify="right")
    table.add_column("part", justify="right")
    for title, seconds in found.seconds.items():
        table.add_row(title, f"{seconds:.2f}".replace(".", ","), f"{100 * seconds / whole:.0f} %")
    console.print(table)
    if found.functions:
        console.print(found.functions, markup=False)
    return DONE


@main.command()
@click.option("--full", is_flag=True, help="Les plus grandes tailles (un million d’actions et plus) : des heures.")
@click.option(
    "--only",
    default="",
    metavar="RANGS",
    help="Seulement ces rangs, séparés par des virgules (a,b,c…) ; sans --full, la page n’est alors pas écrite.",
)
@guarded
def run(full: bool, only: str) -> int:
    """Mesure le programme, rang par rang, et écrit la table dans benchmarks/results.md.

    Avec --full, chaque rang a sa page dans benchmarks/results-full : il se mesure seul, et une mesure rapide ne
    l’efface pas.

    Une cible qui n’est pas tenue se lit dans la table ; le code de sortie n’est 1 que si un rang n’a pas pu
    être mesuré.
    """
    from benchmarks import run as rows
    from benchmarks.machine import machine
    from benchmarks.report import grid
    from benchmarks.shop import FULL, QUICK

    sizes = FULL if full else QUICK
    wanted = tuple(name.strip() for name in only.split(",") if name.strip()) or rows.KEYS
    unknown = [name for name in wanted if name not in rows.KEYS]
    if unknown:
        raise Stop(USAGE, f"Rang inconnu : {', '.join(unknown)} ; au choix : {', '.join(rows.KEYS)}.")
    error_console, told = console_of(stderr=True), machine()
    figures = rows.run(sizes, wanted, lambda line: error_console.print(line, markup=False))
    console = console_of()
    console.width = max(console.width, _WIDTH)
    console.print(grid(figures))
    written = rows.write(figures, wanted, sizes, told)
    for path in written:
        console.print(f"Écrit : {shown_path(path)}", markup=False)
    if not written:
        error_console.print(f"Mesure partielle : benchmarks/{sizes.page} reste comme il était.", markup=False)
    return REFUSED if any(figure.failed for figure in figures) else DONE


@main.command()
@guarded
def profiles() -> int:
    """Refait les profils gardés dans benchmarks/profils/ : une minute."""
    from benchmarks import profiles as kept

    for one in kept.PROFILES:
        console_of().print(f"Écrit : {shown_path(kept.write(one))}", markup=False)
    return DONE
