"""The commands of an administrator: ``backup``, ``restore``.

Belongs here: their arguments and what they print. Does not belong here: what they do (``backup``).
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from pipelines.command_line import DONE, ENVIRONMENT, FOLDER, FOLDER_OR_ADDRESS, USAGE, Command, Stop, guarded
from pipelines.text import numbered

_POSTGRES = "CONTRATS_PG_URL"
_OUTPUTS = click.option(
    "--outputs",
    type=FOLDER_OR_ADDRESS,
    default=Path("outputs"),
    show_default=True,
    envvar="CONTRATS_OUTPUTS",
    help="Dossier des versions (sans l’option : CONTRATS_OUTPUTS).",
)


def add_backup_commands(group: click.Group) -> None:
    """Adds the commands of this module to a command line."""
    group.add_command(backup)
    group.add_command(restore)


@click.command(cls=Command)
@click.argument("folder", metavar="DOSSIER", type=FOLDER)
@_OUTPUTS
@click.option("--history-only", is_flag=True, help="Sans les versions, qu’un stockage d’objets garde de son côté.")
@guarded
def backup(folder: Path, outputs: Path | str, history_only: bool) -> int:
    """Sauvegarde les versions et l’historique de Dagster dans un dossier neuf, sans arrêter les services."""
    from pipelines.backup import BackupError
    from pipelines.backup import backup as save
    from pipelines.orchestration.launch import home_folder
    from pipelines.publish.errors import OutputsError

    if isinstance(outputs, str) and not history_only:
        raise Stop(
            USAGE, f"{outputs} est un stockage d’objets, qui se sauvegarde de son côté : ajoutez --history-only."
        )
    try:
        saved = save(None if history_only else Path(outputs), home_folder(), folder, os.environ.get(_POSTGRES, ""))
    except (BackupError, OutputsError) as error:
        raise Stop(ENVIRONMENT, str(error)) from error
    size = f"{saved.size / 1e6:.1f} Mo".replace(".", ",")
    click.echo(
        f"Sauvegardé dans {folder} : {numbered(saved.releases, 'version')}, "
        f"{numbered(saved.databases, 'base')} d’historique, {size}."
    )
    return DONE


@click.command(cls=Command)
@click.argument("folder", metavar="DOSSIER", type=FOLDER)
@_OUTPUTS
@guarded
def restore(folder: Path, outputs: Path | str) -> int:
    """Remet une sauvegarde en place, là où il n’y a encore rien ; ne remplace rien."""
    from pipelines.backup import BackupError
    from pipelines.backup import restore as put_back
    from pipelines.orchestration.launch import home_folder
    from pipelines.publish.errors import OutputsError

    if isinstance(outputs, str):
        raise Stop(USAGE, f"{outputs} est une adresse : dites par --outputs dans quel dossier restaurer.")
    try:
        saved = put_back(folder, outputs, home_folder(), os.environ.get(_POSTGRES, ""))
    except (BackupError, OutputsError) as error:
        raise Stop(ENVIRONMENT, str(error)) from error
    click.echo(
        f"Remis en place : {numbered(saved.releases, 'version')}, {numbered(saved.databases, 'base')} d’historique."
    )
    return DONE
