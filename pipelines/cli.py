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
SHOWN_ISSUES = 200
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
@_guarded
def build(sources: Path, outputs: Path, date: str) -> int:
    """Fait tout : lit, contrôle, normalise, publie une version."""
    from pipelines.orchestration.launch import launch
    from pipelines.progress import listening

    _require_sources(sources)
    outputs.mkdir(parents=True, exist_ok=True)  # a folder that cannot be written is said before the work, not after
    console = _console()
    with listening(_teller(console)):
        result = launch(sources.resolve(), outputs.resolve(), date)
    if result.refused:
        _print_issues(console, result.issues)
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
@click.argument("sources", type=_FOLDER, default=Path("sources"))
@click.option("--json", "as_json", is_flag=True, help="Un seul objet JSON sur la sortie.")
@_guarded
def check(sources: Path, as_json: bool) -> int:
    """Contrôle un dossier de feuilles sans rien publier."""
    from pipelines import job
    from pipelines.curation.issues import errors

    _require_sources(sources)
    outcome = job.run(sources)
    wrong = len(errors(outcome.issues))
    if as_json:
        shown = outcome.issues[outcome.issues["severity"] != "info"]
        click.echo(
            json.dumps(
                {
                    "files": len(outcome.files),
                    "rows": int(outcome.files["rows"].sum()),
                    "errors": wrong,
                    "warnings": int((outcome.issues["severity"] == "warning").sum()),
                    "issues": shown.to_dict("records"),
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        console = _console()
        _print_issues(console, outcome.issues)
        console.print(f"{len(outcome.files)} fichiers, {int(outcome.files['rows'].sum())} lignes, {wrong} erreurs.")
    return REFUSED if wrong else DONE


@main.command()
@click.option("--sources", type=_FOLDER, default=Path("sources"), show_default=True, help="Dossier des feuilles.")
@_guarded
def register(sources: Path) -> int:
    """Inscrit les identifiants nouvellement attribués au registre des identifiants."""
    from pipelines.curation.issues import errors
    from pipelines.normalise.register import register as inscribe

    _require_sources(sources)
    added, issues = inscribe(sources)
    console = _console()
    if len(errors(issues)):
        _print_issues(console, issues)
        return REFUSED
    console.print(f"{added} identifiants inscrits." if added else "Tous les identifiants sont déjà inscrits.")
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

    from schemas.registry import tables

    table = Table(title="Tables publiées", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("table")
    table.add_column("titre")
    table.add_column("lignes", justify="right")
    for name, declared in tables().items():
        table.add_row(name, declared.title.fr, str(counts.get(name, 0)))
    console.print(table)
    warnings = int((issues["severity"] == "warning").sum())
    console.print(f"Anomalies : 0 erreur, {warnings} avertissements.")
    if warnings:
        _print_issues(console, issues)


def _print_issues(console: Console, issues: pd.DataFrame) -> None:
    """A summary by kind first, then each issue at its cell."""
    from rich.table import Table

    shown = issues[issues["severity"] != "info"]
    if shown.empty:
        console.print("Aucune anomalie.")
        return
    summary = Table(title="Par nature", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for header in ("gravité", "code", "nombre"):
        summary.add_column(header)
    counts = shown.groupby(["severity", "code"], sort=True).size().reset_index(name="number")
    for kind in counts.itertuples(index=False):
        severity = "erreur" if kind.severity == "error" else "avertissement"
        summary.add_row(severity, str(kind.code), str(kind.number))
    console.print(summary)
    for _place, group in shown.head(SHOWN_ISSUES).groupby(["file", "sheet"], sort=False):
        console.print("\n" + "  ".join(group[["file", "sheet"]].iloc[0]), style="bold", markup=False)
        for issue in group.itertuples(index=False):
            where = str(issue.cell) or (f"ligne {issue.row!s}" if issue.row else "")
            words = f"{issue.message!s} {issue.advice!s} [{issue.code!s}]"
            console.print("  " + where.ljust(8) + " " + words, markup=False)
    if len(shown) > SHOWN_ISSUES:
        console.print(
            f"\n… et {len(shown) - SHOWN_ISSUES} autres : contrats-destination check --json les donne toutes."
        )
