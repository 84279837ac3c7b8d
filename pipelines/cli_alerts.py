"""The command that tries the alerts: ``contrats-destination alerts test``.

Belongs here: what is printed of a trial. Does not belong here: the settings and the sending (``alerts``).
"""

from __future__ import annotations

import click

from pipelines.command_line import DONE, ENVIRONMENT, USAGE, Commands, Stop, console_of, guarded


def add_alert_commands(main: click.Group) -> None:
    """Adds the group ``alerts`` to the commands."""
    main.add_command(alerts)


@click.group(cls=Commands)
def alerts() -> None:
    """Les alertes, par courriel et par webhook."""


@alerts.command("test")
@guarded
def trial() -> int:
    """Envoie un message d’essai par chaque canal réglé."""
    from pipelines.alerts.message import trial as message
    from pipelines.alerts.sending import AlertNotSentError, send
    from pipelines.alerts.settings import AlertSettingsError, channels

    try:
        found = channels()
    except AlertSettingsError as error:
        raise Stop(USAGE, str(error)) from error
    if not found:
        raise Stop(USAGE, "Aucune alerte n’est réglée : voir les variables dans docs/alertes.md.")
    console = console_of()
    wrong = []
    for channel in found:
        try:
            send(message(), channel)
            console.print(f"Parti par {channel.name}.", markup=False)
        except AlertNotSentError as error:
            wrong.append(str(error))
    if wrong:
        raise Stop(ENVIRONMENT, " ".join(wrong))
    return DONE
