"""The commands about releases: ``verify``, ``diff``, ``explain``, ``releases list``, ``prune``, ``withdraw``.

Belongs here: their arguments and what they print. Does not belong here: what they do (``publish``, ``explain``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.command_line import (
    DONE,
    ENVIRONMENT,
    FILE,
    REFUSED,
    USAGE,
    Command,
    Commands,
    Stop,
    console_of,
    guarded,
    outputs_option,
    printing,
)
from pipelines.text import numbered

if TYPE_CHECKING:
    from pipelines.publish.folder import ReleaseFolder
    from pipelines.storage.places import Place


def add_release_commands(group: click.Group) -> None:
    """Adds the commands of this module to a command line."""
    for command in (verify, compare, explain, releases):
        group.add_command(command)


@click.command(cls=Command)
@click.argument("release", metavar="VERSION")
@outputs_option
@guarded
def verify(release: str, outputs: Path | str) -> int:
    """Recalcule tout ce qu’une version affirme : empreintes, tailles, lignes, schémas, clés (1 = un écart)."""
    from pipelines.publish.folder import NotAReleaseError
    from pipelines.publish.verify.release import verify as verify_release

    try:
        found = verify_release(release_folder(release, outputs, fresh=True))
    except NotAReleaseError as error:
        raise Stop(USAGE, str(error)) from error
    with printing():
        console_of().print(found.text(), markup=False)
    return DONE if found.sound else REFUSED


@click.command("diff", cls=Command)
@click.argument("old", metavar="ANCIENNE")
@click.argument("new", metavar="NOUVELLE")
@click.option("--json", "as_json", is_flag=True, help="Un seul objet JSON sur la sortie (docs/diff.schema.json).")
@click.option("--html", type=FILE, help="Écrit aussi la comparaison en une page HTML.")
@outputs_option
@guarded
def compare(old: str, new: str, as_json: bool, html: Path | None, outputs: Path | str) -> int:
    """Dit ce qui a changé entre deux versions (1 = elles diffèrent)."""
    from pipelines.publish.diff.compare import diff, with_damage
    from pipelines.publish.diff.page import render
    from pipelines.publish.diff.text import print_diff
    from pipelines.publish.verify.files import damaged

    if html is not None:
        _require_page(html)
    before, after = _opened(old, outputs), _opened(new, outputs)
    found = with_damage(diff(before, after), before, after, damaged(before.path), damaged(after.path))
    if html is not None:
        html.write_text(render(found), encoding="utf-8")
    with printing():
        if as_json:
            click.echo(found.dumps().encode(), nl=False)  # JSON is UTF-8, whatever the terminal
        else:
            print_diff(console_of(), found)
    return DONE if found.same else REFUSED


@click.command(cls=Command)
@click.argument("table", metavar="TABLE")
@click.argument("key", metavar="IDENTIFIANT")
@click.option(
    "--release", metavar="VERSION", default="", help="Dossier ou nom d’une version (par défaut : la dernière)."
)
@outputs_option
@guarded
def explain(table: str, key: str, release: str, outputs: Path | str) -> int:
    """Raconte une ligne publiée : ses cellules, ses corrections, ses sources, ses divergences."""
    from pipelines.explain import NoSuchRowError, told
    from pipelines.explain import explain as explain_row
    from pipelines.publish.folder import NotAReleaseError

    opened = _opened(release, outputs)
    try:
        story = explain_row(opened, table, key)
    except NoSuchRowError as error:
        raise Stop(USAGE, str(error)) from error
    except NotAReleaseError as error:
        raise Stop(USAGE, f"{opened.path} ne peut pas être lu : {error}.") from error
    click.echo(told(story, opened.version), nl=False)
    return DONE


@click.group(cls=Commands)
def releases() -> None:
    """Liste les versions, supprime les plus anciennes, ou retire la dernière."""


@releases.command("list")
@outputs_option
@guarded
def list_releases(outputs: Path | str) -> int:
    """Liste les versions, de la plus ancienne à la dernière."""
    from pipelines.publish.retention import listing

    aside: list[str] = []
    if isinstance(outputs, str):
        from pipelines.storage import retention as store

        found, aside = store.listing(_place(outputs)), store.unlisted(_place(outputs))
    else:
        with _disk():
            found = listing(outputs)
    for one in found:
        mark = f"{'  essai' if one.release.trial else ''}{'  ← la dernière' if one.last else ''}"
        click.echo(f"{one.release.version:<14} {one.files:>4} fichiers {_megabytes(one.size):>12}{mark}")
    if not found:
        click.echo(f"Aucune version dans {outputs}.")
    if aside:
        click.echo(f"Hors de la liste, retirées ou restées d’une publication interrompue : {', '.join(aside)}.")
    return DONE


def _at_least_one(_context: click.Context, _option: click.Parameter, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value[:9]) > 0):
        raise click.BadParameter("il faut un nombre entier, 1 au moins.")
    return int(value[:9])


@releases.command("prune")
@click.option(
    "--keep", metavar="NOMBRE", callback=_at_least_one, default="12", show_default=True, help="Combien en garder."
)
@click.option("--apply", is_flag=True, help="Les retire ; sans cette option, elles sont seulement nommées.")
@outputs_option
@guarded
def prune_releases(keep: int, apply: bool, outputs: Path | str) -> int:
    """Nomme les versions les plus anciennes, et les retire avec --apply ; jamais la dernière."""
    from pipelines.publish.retention import prune, removable
    from pipelines.storage import retention as store

    with _disk():
        goes = store.removable(_place(outputs), keep) if isinstance(outputs, str) else removable(outputs, keep)
    for one in goes:
        click.echo(f"À retirer : {one.release.version}, {one.files} fichiers, {_megabytes(one.size)}")
    if not goes:
        click.echo("Rien à retirer.")
    elif not apply:
        click.echo("Rien n’a été retiré : ajoutez --apply pour le faire.")
    else:
        with _disk():
            if isinstance(outputs, str):
                store.prune(_place(outputs), goes)
            else:
                prune(outputs, goes)
            _follow(outputs)
        click.echo(f"C’est fait : {numbered(len(goes), 'version retirée', 'versions retirées')}.")
    return DONE


@releases.command("withdraw")
@click.argument("version", metavar="VERSION")
@click.option("--apply", is_flag=True, help="La retire ; sans cette option, ce qui se passerait est seulement dit.")
@outputs_option
@guarded
def withdraw_release(version: str, apply: bool, outputs: Path | str) -> int:
    """Retire la dernière version : la précédente redevient la dernière, et les fichiers sont mis de côté."""
    with _disk():
        try:
            target, before = _withdrawn(version, outputs, apply=apply)
        except LookupError as error:
            raise Stop(USAGE, str(error.args[0])) from error
    if apply:
        click.echo(f"C’est fait : {version} est dans {target}, et {before} est la dernière version.")
        click.echo("Laissez-la là : son nom ne resservira pas. Si elle a été diffusée, prévenez ceux qui l’ont prise.")
        return DONE
    click.echo(f"À retirer : {version}, qui {'resterait' if isinstance(outputs, str) else 'irait'} dans {target}.")
    click.echo(f"{before} redeviendrait la dernière ; la prochaine publication lui serait comparée.")
    click.echo("Rien n’a été retiré : ajoutez --apply pour le faire.")
    return DONE


def _withdrawn(version: str, outputs: Path | str, *, apply: bool) -> tuple[str, str]:
    """Where a withdrawn release is, or would be, and the version that is the last one then."""
    if isinstance(outputs, str):
        from pipelines.orchestration.resources import work_folder
        from pipelines.storage import retention as store

        place = _place(outputs)
        target = store.address_of(place, version)
        if apply:
            before = store.withdraw(place, version, work_folder("versions", place))
            _follow(outputs)
            return target, before
        return target, store.withdrawable(place, version)
    from pipelines.publish.retention import withdraw, withdrawable

    plan = withdraw(outputs, version) if apply else withdrawable(outputs, version)
    if apply:
        _follow(outputs)
    return str(plan.target), plan.before.version


def _follow(outputs: Path | str) -> None:
    """Makes the site again, if there is one, once a release left: what is said if it fails is that the rest is done."""
    from pipelines.cli_site import remake_site
    from pipelines.helpers import HelperDiedError
    from pipelines.publish.errors import OutputsError
    from pipelines.publish.folder import NotAReleaseError
    from pipelines.settings import SettingError
    from pipelines.storage.places import StorageError

    try:
        remake_site(outputs)
    except (OutputsError, NotAReleaseError, StorageError, HelperDiedError, SettingError) as error:
        again = "Refaites-le par « contrats-destination site » : il montre encore ce qui a été retiré."
        raise Stop(ENVIRONMENT, f"C’est retiré, mais le site n’a pas pu être refait : {error} {again}") from error


def _place(address: str) -> Place:
    from pipelines.storage.places import open_place

    return open_place(address)


@contextmanager
def _disk() -> Iterator[None]:
    """What the folder of outputs refuses, as the end of a command."""
    from pipelines.publish.errors import OutputsError

    try:
        yield
    except OutputsError as error:
        raise Stop(ENVIRONMENT, str(error)) from error


def _require_page(html: Path) -> None:
    """The page may not replace a file by a slip of the hand, nor stand in a release, which does not change."""
    from pipelines.publish.versions import SUMS

    if html.suffix.lower() not in (".html", ".htm"):
        raise Stop(USAGE, f"Le nom de la page finit par .html : {html}.")
    if any((folder / SUMS).is_file() for folder in html.resolve().parents):
        raise Stop(USAGE, f"La page ne s’écrit pas dans une version, qui ne change plus : {html}.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} Mo".replace(".", ",")


def release_folder(named: str, outputs: Path | str, *, fresh: bool = False) -> Path:
    """The folder of a release: a path, a version of ``outputs``, or the last one when nothing is named.

    Raises:
        Stop: there is no such folder or version.
    """
    from pipelines.publish.versions import LATEST, RELEASES, read_versions

    if isinstance(outputs, str) and not (named and Path(named).is_dir()):
        return _brought(named, outputs, fresh=fresh)
    outputs = Path(outputs)
    versions = read_versions(outputs)
    last = versions.current()
    if named in ("", LATEST) and last is not None:
        return last.path
    folder = Path(named) if named and Path(named).is_dir() else outputs / RELEASES / (named or "?")
    if not folder.is_dir():
        if named in ("", LATEST):
            raise Stop(USAGE, f"Il n’y a pas encore de version dans {outputs}.")
        known = ", ".join(release.version for release in versions.releases) or "aucune"
        raise Stop(USAGE, f"« {named} » n’est ni un dossier ni une version de {outputs} (il y a : {known}).")
    return folder


def _brought(named: str, address: str, *, fresh: bool) -> Path:
    """The folder of this machine that holds a release of a store; ``fresh``: brought anew, as the store has it now."""
    from pipelines.orchestration.resources import work_folder
    from pipelines.publish.staging import remove
    from pipelines.publish.versions import LATEST
    from pipelines.storage.releases import bring_as_it_is, bring_release, read_pointer

    place = _place(address)
    pointer = read_pointer(place)
    names = [str(one["version"]) for one in pointer.releases]
    wanted = pointer.latest if named in ("", LATEST) else named
    if wanted is None:
        raise Stop(USAGE, f"Il n’y a pas encore de version dans {address}.")
    if wanted not in names:
        raise Stop(USAGE, f"« {named} » n’est pas une version de {address} (il y a : {', '.join(names) or 'aucune'}).")
    if not fresh:
        return bring_release(place, wanted, work_folder("versions", place))
    aside = work_folder("verification", place)
    remove(aside)
    return bring_as_it_is(place, wanted, aside)


def _opened(named: str, outputs: Path | str) -> ReleaseFolder:
    from pipelines.publish.folder import NotAReleaseError, ReleaseFolder

    try:
        return ReleaseFolder.open(release_folder(named, outputs))
    except NotAReleaseError as error:
        raise Stop(USAGE, str(error)) from error
