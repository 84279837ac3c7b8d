"""``python -m benchmarks``: makes sources of any size.

Belongs here: the arguments and what is printed. Does not belong here: what is made (``generate``).
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import click

from pipelines.command_line import DONE, FOLDER, USAGE, Commands, Stop, console_of, guarded, shown_path
from pipelines.text import numbered


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


@click.group(cls=Commands)
def main() -> None:
    """Fabrique des sources de toute taille, pour mesurer le programme et le vérifier à grande échelle."""


@main.command()
@click.option("--contrats", "contracts", type=Count(1), required=True, help="Nombre de contrats, un classeur chacun.")
@click.option("--actions", type=Count(0), required=True, help="Nombre d’actions, en tout.")
@click.option(
    "--dirty",
    type=Share(),
    default=0.0,
    metavar="PART",
    help="Part des cellules où mettre une faute (0.1%) ; la liste en est écrite à côté du dossier.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["xlsx", "ods", "csv"]),
    default="xlsx",
    show_default=True,
    metavar="FORMAT",
    help="Format des classeurs : xlsx, ods, ou csv (un dossier, un fichier par feuille), le plus rapide.",
)
@click.option("--seed", type=Count(0), default=0, show_default=True, help="Graine : la même fait les mêmes fichiers.")
@click.argument("folder", metavar="DOSSIER", type=FOLDER)
@guarded
def generate(contracts: int, actions: int, dirty: float, file_format: str, seed: int, folder: Path) -> int:
    """Écrit un dossier de sources fabriquées, que le programme accepte tel quel.

    Un dossier fabriqué ici est remplacé ; un autre, s’il n’est pas vide, est laissé tel qu’il est.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from benchmarks.files import FORMATS
    from benchmarks.generate import OccupiedError, Wanted, manifest_of
    from benchmarks.generate import generate as write
    from benchmarks.world import TooLargeError

    chosen = next(one for one in FORMATS if one == file_format)
    wanted = Wanted(contracts, actions, dirty, chosen, seed)
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
