"""The command line ``contrats-destination``: the commands about sheets, and the build.

Belongs here: arguments, progress, what is printed. Does not belong here: commands about releases (``cli_releases``),
how a command line is understood and ends (``command_line``), anything that the rooms or Dagster do. Libraries are
imported by the command that uses them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli_alerts import add_alert_commands
from pipelines.cli_backup import add_backup_commands
from pipelines.cli_portal import add_portal_commands
from pipelines.cli_releases import add_release_commands
from pipelines.cli_site import add_site_commands
from pipelines.command_line import (
    DONE,
    FILE,
    FOLDER,
    FOLDER_OR_ADDRESS,
    REFUSED,
    USAGE,
    Commands,
    Stop,
    console_of,
    guarded,
    outputs_option,
    printing,
    shown_path,
)
from pipelines.text import numbered

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from pipelines.progress import Step
    from pipelines.publish.release import Release


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Des feuilles saisies à la main à des données ouvertes : les contrats de destination."""


add_release_commands(main)
add_alert_commands(main)
add_backup_commands(main)
add_site_commands(main)
add_portal_commands(main)


def _date(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    if not value:
        return ""
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise click.BadParameter("une date s’écrit AAAA-MM-JJ, par exemple 2026-11-22.") from error


def _formats(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    from pipelines.publish.formats import chosen

    if value is None:
        return ""
    try:
        return ",".join(chosen(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@main.command()
@click.option(
    "--sources",
    type=FOLDER_OR_ADDRESS,
    default=Path("sources"),
    show_default=True,
    envvar="CONTRATS_SOURCES",
    help="Dossier des feuilles, ou s3://… (sans l’option : CONTRATS_SOURCES).",
)
@outputs_option
@click.option(
    "--date", metavar="AAAA-MM-JJ", callback=_date, help="Date de la version (par défaut : aujourd’hui à Paris)."
)
@click.option(
    "--partial", is_flag=True, help="Publie malgré des lignes refusées, mises en quarantaine avec ce qui en dépend."
)
@click.option("--trial", is_flag=True, help="Publication d’essai : marquée comme telle, jamais envoyée au portail.")
@click.option(
    "--formats",
    metavar="csv,parquet[,xlsx][,zip]",
    callback=_formats,
    help="Formats de la version (sans l’option : ceux de jeu_de_donnees.toml, tous s’il n’en dit rien).",
)
@guarded
def build(sources: Path | str, outputs: Path | str, date: str, partial: bool, trial: bool, formats: str) -> int:
    """Fait tout : lit, contrôle, normalise, publie une version."""
    from pipelines.curation.console import print_issues
    from pipelines.orchestration.launch import launch
    from pipelines.progress import listening

    if isinstance(sources, Path):
        _require_sources(sources)
        sources = sources.resolve()
    if isinstance(outputs, Path):
        outputs.mkdir(parents=True, exist_ok=True)  # one that cannot be written is said before the work, not after
        outputs = outputs.resolve()
    console = console_of()
    with listening(_teller(console)):
        result = launch(sources, outputs, date, partial=partial, trial=trial, formats=formats)
    if result.refused:
        print_issues(console, result.issues)
        if result.report is not None:
            console.print(f"\nRapport à ouvrir dans un navigateur : {shown_path(result.report)}", markup=False)
        console.print(
            "\n[bold red]Publication refusée[/] : la version précédente reste en place. Corrigez, puis relancez."
        )
        return REFUSED
    if result.release is None:
        raise Stop(result.code, result.message)
    _print_summary(console, result.counts, result.issues)
    if result.report is not None:
        console.print(f"\nRapport à ouvrir dans un navigateur : {shown_path(result.report)}", markup=False)
    release = result.release
    where = shown_path(release.path) if isinstance(outputs, Path) else f"{outputs}/releases/{release.version}"
    if release.new:
        mark = ", publication d’essai" if release.trial else ""
        console.print(f"\n[bold green]Version {release.version} publiée[/]{mark} : {where}")
    else:
        console.print(f"\n[bold]Rien de nouveau[/] : les données sont celles de {release.version}, {where}")
    first = "contrats-de-destination.xlsx" if _has_workbook(release) else "csv/contrats_a_plat.csv"
    console.print(f"Ensuite : ouvrez {first} dans ce dossier.")
    if isinstance(outputs, Path):
        console.print("Le site de téléchargement est à jour : `make serve` le montre ; `make dev` ouvre Dagster.")
    return DONE


@main.command()
@click.argument("paths", metavar="[CHEMIN]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--sources",
    type=FOLDER,
    help="Dossier des sources auquel ces fichiers se rapportent (par défaut : le plus proche).",
)
@click.option("--json", "as_json", is_flag=True, help="Un seul objet JSON sur la sortie.")
@click.option("--html", type=FILE, help="Écrit aussi un rapport, en une page HTML (rapport.html).")
@click.option(
    "--annotate",
    "folder",
    type=FOLDER,
    help="Écrit dans ce dossier une copie de chaque fichier, avec ses anomalies dans ses cellules.",
)
@guarded
def check(paths: tuple[Path, ...], sources: Path | None, as_json: bool, html: Path | None, folder: Path | None) -> int:
    """Contrôle des fichiers ou des dossiers de feuilles sans rien publier (par défaut : le dossier sources)."""
    from pipelines import checking
    from pipelines.curation.annotate import AnnotationRefusedError, annotate, refuse_among_sources
    from pipelines.curation.console import print_issues, reading_bar, totals

    if html is not None:
        _require_page(html)
    try:
        if folder is not None:
            refuse_among_sources(folder)
        selections = checking.select(paths or (sources or checking.DEFAULT_SOURCES,), sources)
    except (checking.NothingToCheckError, AnnotationRefusedError) as error:
        raise Stop(USAGE, str(error)) from error
    with reading_bar(console_of(stderr=True), checking.files_to_read(selections)):
        checked = checking.check(selections)
    if html is not None:
        from pipelines.curation.report import render

        html.write_text(render(checked.issues, checked.files), encoding="utf-8")
        console_of(stderr=True).print(f"Rapport à ouvrir dans un navigateur : {shown_path(html)}", markup=False)
    if folder is not None:
        try:
            written = annotate(checked.paths, checked.issues, folder)
        except AnnotationRefusedError as error:
            raise Stop(USAGE, str(error)) from error
        count = numbered(len(written), "fichier")
        console_of(stderr=True).print(f"Copies annotées : {count} dans {folder}.", markup=False)
    with printing():
        if as_json:
            said = json.dumps(checked.as_json(), ensure_ascii=False, indent=2)
            click.echo(f"{said}\n".encode(), nl=False)  # JSON is UTF-8, whatever the terminal
        else:
            console = console_of()
            print_issues(console, checked.issues)
            console.print(f"\n{totals(checked.issues, checked.files)}", markup=False)
    return REFUSED if checked.refused else DONE


@main.command()
@click.option("--sources", type=FOLDER, default=Path("sources"), show_default=True, help="Dossier des feuilles.")
@guarded
def register(sources: Path) -> int:
    """Inscrit les identifiants nouvellement attribués au registre des identifiants."""
    from pipelines.curation.console import print_issues
    from pipelines.curation.issues import errors
    from pipelines.normalise.register import register as inscribe

    _require_sources(sources)
    added, issues = inscribe(sources)
    console = console_of()
    if len(errors(issues)):
        print_issues(console, issues)
        return REFUSED
    console.print(
        f"{numbered(added, 'identifiant inscrit', 'identifiants inscrits')}."
        if added
        else "Tous les identifiants sont déjà inscrits."
    )
    return DONE


@main.command()
@click.argument("file", metavar="FICHIER.xlsx", type=FILE)
@click.option(
    "--contrat",
    metavar="IDENTIFIANT",
    default="",
    help="Identifiant du contrat dont remplir le modèle ; national : le national.",
)
@click.option("--sources", type=FOLDER, default=Path("sources"), show_default=True, help="Dossier des feuilles.")
@guarded
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
        print_issues(console_of(), error.issues)
        raise Stop(REFUSED, "Les feuilles ont des erreurs : corrigez-les avant d’en tirer un modèle.") from error
    said = f"Modèle rempli de {numbered(filled, 'ligne')}" if contrat else "Modèle vierge"
    console_of().print(f"{said} : {shown_path(file)}", markup=False)
    return DONE


@main.command()
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--revue", is_flag=True, help="Pour git diff : les lignes sans numéro, et un fichier illisible dit dans le texte."
)
@guarded
def text(file: Path, revue: bool) -> int:
    """Affiche un classeur en texte stable, cellule par cellule, pour comparer deux versions."""
    from pipelines.sheets.files import OTHER_SUFFIXES, WORKBOOK_SUFFIXES, UnreadableFileError
    from pipelines.sheets.stable_text import stable_text

    if not file.exists():
        raise Stop(USAGE, f"Ce fichier ou ce dossier n’existe pas : {file}.")
    if file.is_dir() and not any(file.glob("*.csv")):
        raise Stop(USAGE, f"Aucune feuille (.csv) dans le dossier {file}.")
    if file.is_file() and file.suffix.lower() not in (*WORKBOOK_SUFFIXES, *OTHER_SUFFIXES, ".csv"):
        raise Stop(USAGE, f"Ce fichier n’est pas un classeur (.xlsx, .ods ou .csv) : {file}.")
    try:
        shown = stable_text(file, numbered=not revue)
    except UnreadableFileError as error:
        if not revue:
            raise Stop(REFUSED, str(error)) from error
        shown = f"(illisible : {error.reason})\n"
    click.echo(shown.encode(), nl=False)
    return DONE


def _has_workbook(release: Release) -> bool:
    """Whether a release says that it holds a workbook of everything: of one in a store, not all files are here."""
    from pipelines.publish.datapackage import WORKBOOK
    from pipelines.publish.folder import ReleaseFolder

    files = ReleaseFolder.open(release.path).descriptor.get("autres_fichiers", [])
    return any(one["path"] == WORKBOOK for one in files)


def _require_page(html: Path) -> None:
    """The report replaces a file: it may not be a workbook by a slip of the hand, nor stand among the sources."""
    from pipelines.curation.annotate import AnnotationRefusedError, refuse_among_sources

    if html.suffix.lower() not in (".html", ".htm"):
        raise Stop(USAGE, f"Le nom du rapport finit par .html : {html}.")
    try:
        refuse_among_sources(html.parent)
    except AnnotationRefusedError as error:
        raise Stop(USAGE, f"Le rapport ne s’écrit pas parmi les sources : {html}.") from error


def _require_sources(sources: Path) -> None:
    if not sources.is_dir():
        raise Stop(USAGE, f"Le dossier des feuilles n’existe pas : {sources}. Indiquez-le avec --sources.")


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
    console.print(f"Anomalies : {numbered(refused, 'erreur')}{kept_out}, {numbered(warnings, 'avertissement')}.")
    if warnings or refused:
        print_issues(console, issues)
