"""The commands about the portal: ``publish`` and ``portal-check``.

Belongs here: their arguments and what they print. Does not belong here: what they do (``portal``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli_releases import release_folder
from pipelines.command_line import (
    DONE,
    ENVIRONMENT,
    FOLDER,
    REFUSED,
    USAGE,
    Command,
    Stop,
    console_of,
    guarded,
    outputs_option,
    printing,
)

if TYPE_CHECKING:
    from pipelines.portal.portals import Portal
    from pipelines.portal.publishing import Demand, Prepared
    from pipelines.portal.refusal import Refusal


def add_portal_commands(group: click.Group) -> None:
    """Adds the commands of this module to a command line."""
    for command in (publish, portal_check):
        group.add_command(command)


def _portal(_context: click.Context, _option: click.Parameter, value: str) -> Portal:
    from pipelines.portal.portals import portal_at

    try:
        return portal_at(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _organisation(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise click.BadParameter("l’identifiant est vide ; sans l’option, la personne de la clé est propriétaire.")
    return value and value.strip()


_portal_option = click.option(
    "--portal",
    metavar="ADRESSE",
    default="https://demo.data.gouv.fr",
    show_default=True,
    callback=_portal,
    help="Racine du portail ; « production » vaut https://www.data.gouv.fr.",
)
_organisation_option = click.option(
    "--organisation",
    metavar="IDENTIFIANT",
    callback=_organisation,
    help="L’organisation propriétaire, par son identifiant sur le portail (par défaut : la personne de la clé).",
)

_UNCOMMITTED = "--uncommitted"
_OF_SHEETS = ("feuilles-non-engagees", "feuilles-sans-depot", "git-absent", "depot-sans-engagement", "depot-illisible")
_OF_SHOWN = ("version-anterieure", "version-montree-inconnue", "rupture-non-annoncee", "comparaison-impossible")
_LETS_THROUGH = {
    "version-partielle": "--partial",
    **dict.fromkeys(_OF_SHEETS, _UNCOMMITTED),
    **dict.fromkeys(_OF_SHOWN, "--rollback"),
}
"""The option that lets a reason through, by the code of the reason."""


@click.command(cls=Command)
@click.argument("release", metavar="VERSION")
@_portal_option
@_organisation_option
@click.option("--apply", is_flag=True, help="Applique le plan ; sans cette option, il est seulement montré.")
@click.option("--partial", is_flag=True, help="Admet une version partielle, dont des lignes sont en quarantaine.")
@click.option("--rollback", is_flag=True, help="Admet une version plus ancienne que celle du portail, ou qui la rompt.")
@click.option(
    _UNCOMMITTED, is_flag=True, help="Admet des feuilles qui ne sont pas celles du dépôt (jamais en production)."
)
@click.option(
    "--sources",
    type=FOLDER,
    default=Path("sources"),
    show_default=True,
    help="Dossier des feuilles, dans son dépôt git : la version doit venir de son dernier commit.",
)
@outputs_option
@guarded
def publish(
    release: str,
    portal: Portal,
    organisation: str | None,
    apply: bool,
    sources: Path,
    outputs: Path | str,
    **admitted: bool,
) -> int:
    """Met le portail (data.gouv.fr) dans l’état d’une version : montre le plan, et l’applique avec --apply."""
    from pipelines.portal.guards import Allowed
    from pipelines.portal.publishing import Demand
    from pipelines.publish import lock

    folder = release_folder(release, outputs)
    here = outputs if isinstance(outputs, Path) else folder.parent.parent
    demand = Demand(folder, sources, here, portal, organisation, Allowed(**admitted), _today())
    # From the guards on: they look at what the portal shows. A folder named by its path may have no outputs around.
    place = here if here.is_dir() else folder.parent
    with _portal_errors(), lock.alone(place, lock.PORTAL) if apply else nullcontext():
        return _published(demand, apply=apply)


def _published(demand: Demand, *, apply: bool) -> int:
    """Shows the plan, and carries it out when that is asked; returns the exit code."""
    from pipelines.portal.publishing import prepare

    console = console_of()
    prepared = prepare(demand, lambda said: console.print(f"  {said}", markup=False))
    console.print(prepared.told(), markup=False)
    if prepared.refused:
        console.print("\nPublication refusée, rien n’a été envoyé :", markup=False)
        for one in prepared.refused:
            console.print(_refusal(one, production=demand.portal.production), markup=False)
        return REFUSED
    if prepared.plan.nothing:
        return DONE
    if not apply:
        console.print("Rien n’a été envoyé : ajoutez --apply pour le faire.", markup=False)
        return DONE
    console.print("")
    _applied(prepared)
    return DONE


def _refusal(one: Refusal, *, production: bool) -> str:
    """A reason, after its code (docs/portail.md has them all), then the option that lets it through, if one does."""
    lines = f"{one.code} : {one.why}".splitlines()
    option = _LETS_THROUGH.get(one.code)
    if option and not (production and option == _UNCOMMITTED):
        lines.append(f"Si c’est voulu : {option}.")
    return "  - " + "\n    ".join(lines)


def _applied(prepared: Prepared) -> None:
    from pipelines.portal import quality
    from pipelines.portal.publishing import page_of

    held = prepared.publication.apply()
    console = console_of()
    page = page_of(prepared.publication, held)
    console.print(f"\nC’est fait : le portail montre la version {held.version}. {page}", markup=False)
    console.print(quality.told(held.raw), markup=False)


@click.command("portal-check", cls=Command)
@click.argument("release", metavar="VERSION")
@_portal_option
@_organisation_option
@outputs_option
@guarded
def portal_check(release: str, portal: Portal, organisation: str | None, outputs: Path | str) -> int:
    """Compare ce que le portail sert à une version, octet par octet, par les liens permanents (1 = un écart)."""
    from pipelines.portal.drift import compare
    from pipelines.portal.publishing import opened

    folder = release_folder(release, outputs)
    with _portal_errors():
        publication = opened(folder, portal, organisation)
        found = compare(publication)
    with printing():
        console_of().print(found.told(portal.root, publication.wanted.dataset.version), markup=False)
    return REFUSED if found.drifts else DONE


@contextmanager
def _portal_errors() -> Iterator[None]:
    """What the portal or the release refuses, as the end of a command."""
    from pipelines.portal.errors import PortalError, PortalRefusedError
    from pipelines.publish.description import DescriptionError
    from pipelines.publish.errors import OutputsBusy
    from pipelines.publish.folder import NotAReleaseError

    try:
        yield
    except PortalRefusedError as error:
        raise Stop(REFUSED, str(error)) from error
    except (PortalError, OutputsBusy) as error:
        raise Stop(ENVIRONMENT, str(error)) from error
    except NotAReleaseError as error:
        raise Stop(USAGE, str(error)) from error
    except DescriptionError as error:
        again = "Telle quelle, cette version ne peut pas être envoyée : corrigez sources/, puis faites-en une nouvelle."
        raise Stop(REFUSED, f"{error}\n{again}") from error


def _today() -> dt.date:
    from zoneinfo import ZoneInfo

    return dt.datetime.now(ZoneInfo("Europe/Paris")).date()
