"""The command line ``contrats-destination``.

Belongs here: arguments, progress, exit codes (0 done, 1 the data is refused, 2 wrong usage, 3 the environment, 4 our
bug). Does not belong here: anything that the rooms or Dagster do. Libraries are imported by the command that uses
them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from pipelines.progress import Step

DONE, REFUSED, USAGE, ENVIRONMENT, BUG = range(5)
P = ParamSpec("P")


class Stop(Exception):  # noqa: N818
    """Ends a command with an exit code and a message for the person who typed it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Turns whatever a command raises into a message and an exit code; never a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except Stop as stop:
            _console(stderr=True).print(str(stop), markup=False)
            code = stop.code
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            _console(stderr=True).print(f"Le système a refusé : {error.strerror}{where}.", markup=False)
            code = ENVIRONMENT
        except click.ClickException:
            raise
        except Exception as error:
            _console(stderr=True).print(
                f"Erreur du programme, à signaler : {type(error).__name__} : {error}\n"
                "Rien n’a été publié. Relancez avec CONTRATS_TRACE=1 pour le détail.",
                markup=False,
            )
            if os.environ.get("CONTRATS_TRACE"):
                raise
            code = BUG
        sys.exit(code)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Des feuilles saisies à la main à des données ouvertes : les contrats de destination."""


def _date(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    if not value:
        return ""
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise click.BadParameter("une date s’écrit AAAA-MM-JJ, par exemple 2026-11-22") from error


_FOLDER = click.Path(file_okay=False, path_type=Path)


@main.command()
@click.option("--sources", type=_FOLDER, default=Path("sources"), show_default=True, help="Dossier des feuilles.")
@click.option("--outputs", type=_FOLDER, default=Path("outputs"), show_default=True, help="Dossier des versions.")
@click.option("--date", callback=_date, help="Date de la version, AAAA-MM-JJ (par défaut : aujourd’hui à Paris).")
@click.option(
    "--partial", is_flag=True, help="Publie malgré des lignes refusées, mises en quarantaine avec ce qui en dépend."
)
@_guarded
def build(sources: Path, outputs: Path, date: str, partial: bool) -> int:
    """Fait tout : lit, contrôle, normalise, publie une version."""
    from pipelines.curation.console import print_issues
    from pipelines.orchestration.launch import launch
    from pipelines.progress import listening

    _require_sources(sources)
    outputs.mkdir(parents=True, exist_ok=True)  # a folder that cannot be written is said before the work, not after
    console = _console()
    with listening(_teller(console)):
        result = launch(sources.resolve(), outputs.resolve(), date, partial=partial)
    if result.refused:
        print_issues(console, result.issues)
        if result.report is not None:
            console.print(f"\nRapport à ouvrir dans un navigateur : {_shown(result.report)}", markup=False)
        console.print(
            "\n[bold red]Publication refusée[/] : la version précédente reste en place. Corrigez, puis relancez."
        )
        return REFUSED
    if result.release is None:
        raise Stop(result.code, result.message)
    _print_summary(console, result.counts, result.issues)
    release = result.release
    if release.new:
        console.print(f"\n[bold green]Version {release.version} publiée[/] : {_shown(release.path)}")
    else:
        console.print(
            f"\n[bold]Rien de nouveau[/] : les données sont celles de {release.version}, {_shown(release.path)}"
        )
    console.print(
        "Ensuite : ouvrez contrats-de-destination.xlsx dans ce dossier, ou `make dev` pour l’interface de Dagster."
    )
    return DONE


@main.command()
@click.argument("paths", metavar="[CHEMIN]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--sources",
    type=_FOLDER,
    help="Dossier des sources auquel ces fichiers se rapportent (par défaut : le plus proche).",
)
@click.option("--json", "as_json", is_flag=True, help="Un seul objet JSON sur la sortie.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Écrit aussi un rapport, en une page HTML."
)
@click.option(
    "--annotate",
    "folder",
    type=_FOLDER,
    help="Écrit dans ce dossier une copie de chaque fichier, avec ses anomalies dans ses cellules.",
)
@_guarded
def check(paths: tuple[Path, ...], sources: Path | None, as_json: bool, html: Path | None, folder: Path | None) -> int:
    """Contrôle des fichiers ou des dossiers de feuilles sans rien publier (par défaut : le dossier sources)."""
    from pipelines import checking
    from pipelines.curation.annotate import AnnotationRefusedError, annotate, refuse_among_sources
    from pipelines.curation.console import print_issues, reading_bar, totals

    try:
        if folder is not None:
            refuse_among_sources(folder)
        selections = checking.select(paths or (sources or checking.DEFAULT_SOURCES,), sources)
    except (checking.NothingToCheckError, AnnotationRefusedError) as error:
        raise Stop(USAGE, str(error)) from error
    with reading_bar(_console(stderr=True), checking.files_to_read(selections)):
        checked = checking.check(selections)
    if html is not None:
        from pipelines.curation.report import render

        html.write_text(render(checked.issues, checked.files), encoding="utf-8")
    if folder is not None:
        try:
            written = annotate(checked.paths, checked.issues, folder)
        except AnnotationRefusedError as error:
            raise Stop(USAGE, str(error)) from error
        _console(stderr=True).print(f"Copies annotées : {len(written)} fichiers dans {folder}.", markup=False)
    if as_json:
        click.echo(json.dumps(checked.as_json(), ensure_ascii=False, indent=2))
    else:
        console = _console()
        print_issues(console, checked.issues)
        console.print(f"\n{totals(checked.issues, checked.files)}", markup=False)
    return REFUSED if checked.refused else DONE


@main.command()
@click.option("--sources", type=_FOLDER, default=Path("sources"), show_default=True, help="Dossier des feuilles.")
@_guarded
def register(sources: Path) -> int:
    """Inscrit les identifiants nouvellement attribués au registre des identifiants."""
    from pipelines.curation.console import print_issues
    from pipelines.curation.issues import errors
    from pipelines.normalise.register import register as inscribe

    _require_sources(sources)
    added, issues = inscribe(sources)
    console = _console()
    if len(errors(issues)):
        print_issues(console, issues)
        return REFUSED
    console.print(f"{added} identifiants inscrits." if added else "Tous les identifiants sont déjà inscrits.")
    return DONE


@main.command()
@click.argument("file", metavar="FICHIER.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--contrat", default="", help="Identifiant du contrat dont remplir le modèle ; national : le national.")
@click.option("--sources", type=_FOLDER, default=Path("sources"), show_default=True, help="Dossier des feuilles.")
@_guarded
def template(file: Path, contrat: str, sources: Path) -> int:
    """Écrit un classeur à remplir : vierge, ou rempli de ce qui est connu d’un contrat (.xlsx ou .ods)."""
    from pipelines.curation.console import print_issues
    from pipelines.template import SUFFIXES, RefusedSourcesError, UnknownContractError, write_template

    _require_sources(sources)
    if file.suffix.lower() not in SUFFIXES:
        raise Stop(USAGE, f"Le nom du modèle finit par .xlsx ou par .ods : {file}.")
    if file.exists():
        raise Stop(USAGE, f"Ce fichier existe déjà, et il n’est pas remplacé : {file}. Choisissez un autre nom.")
    try:
        filled = write_template(file, sources, contrat)
    except UnknownContractError as error:
        raise Stop(USAGE, str(error)) from error
    except RefusedSourcesError as error:
        print_issues(_console(), error.issues)
        raise Stop(REFUSED, "Les feuilles ont des erreurs : corrigez-les avant d’en tirer un modèle.") from error
    said = f"Modèle rempli de {filled} lignes" if contrat else "Modèle vierge"
    _console().print(f"{said} : {_shown(file)}", markup=False)
    return DONE


@main.command()
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--revue", is_flag=True, help="Pour git diff : les lignes sans numéro, et un fichier illisible dit dans le texte."
)
@_guarded
def text(file: Path, revue: bool) -> int:
    """Affiche un classeur en texte stable, cellule par cellule, pour comparer deux versions."""
    from pipelines.sheets.files import UnreadableFileError
    from pipelines.sheets.stable_text import stable_text

    try:
        shown = stable_text(file, numbered=not revue)
    except UnreadableFileError as error:
        if not revue:
            raise Stop(REFUSED, str(error)) from error
        shown = f"(illisible : {error.reason})\n"
    click.echo(shown.encode(), nl=False)
    return DONE


def _require_sources(sources: Path) -> None:
    if not sources.is_dir():
        raise Stop(USAGE, f"Le dossier des feuilles n’existe pas : {sources}. Indiquez-le avec --sources.")


def _shown(path: Path) -> str:
    """The path as short as it can be typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _teller(console: Console) -> Callable[[Step], None]:
    """One line per step: its name when it starts (on a terminal), its count and duration when it ends."""

    def tell(step: Step) -> None:
        if step.seconds is None:
            if console.is_terminal:
                console.print(f"  … {step.title}", end="\r", markup=False)
            return
        console.print(f"  ✓ {step.title:<28} {step.counted:<34} {step.seconds:6.1f} s", markup=False)

    return tell


def _print_summary(console: Console, counts: dict[str, int], issues: pd.DataFrame) -> None:
    from rich.table import Table

    from pipelines.curation.console import print_issues
    from schemas.registry import tables

    table = Table(title="Tables publiées", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("table")
    table.add_column("titre")
    table.add_column("lignes", justify="right")
    for name, declared in tables().items():
        table.add_row(name, declared.title.fr, str(counts.get(name, 0)))
    console.print(table)
    warnings = int((issues["severity"] == "warning").sum())
    refused = int((issues["severity"] == "error").sum())
    kept_out = " (lignes en quarantaine, nommées dans journal.md)" if refused else ""
    console.print(f"Anomalies : {refused} erreurs{kept_out}, {warnings} avertissements.")
    if warnings or refused:
        print_issues(console, issues)
