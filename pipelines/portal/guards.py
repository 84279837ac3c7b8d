"""What forbids a release from going to the portal: every reason at once, always in the same order.

Belongs here: the order, and the rules that a release breaks by itself. Does not belong here: those about its sheets
(``guards_sheets``) and about what the portal shows (``guards_shown``), sending anything. Nothing is written, and no
network is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.curation.issue_kind import Severity
from pipelines.portal.addresses import is_example
from pipelines.portal.guards_sheets import other_sheets, out_of_bounds
from pipelines.portal.guards_shown import breaks, older
from pipelines.portal.refusal import Refusal, cut, rank_of
from pipelines.publish.diff.reading import is_partial
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.verify.findings import totals
from pipelines.publish.verify.release import Verification, verify
from pipelines.publish.versions import marked_as_trial
from pipelines.text import printable

__all__ = ["Allowed", "Refusal", "refusals"]


@dataclass(frozen=True)
class Allowed:
    """What the publisher lets through, each from an option of the command.

    ``partial``: a partial release. ``uncommitted``: sheets that are not those of the repository, never on production.
    ``rollback``: a version older than the one that the portal shows, or one that breaks what it shows.
    """

    partial: bool = False
    uncommitted: bool = False
    rollback: bool = False


def refusals(
    release: Path,
    sources: Path,
    outputs: Path | None,
    shown_version: str | None,
    *,
    production: bool,
    today: dt.date,
    allowed: Allowed,
) -> list[Refusal]:
    """Why a release may not go to the portal; empty when it may.

    ``sources``: the folder of sheets in its repository, as it is now. ``outputs``: where ``shown_version``, the one
    that the portal shows, may still be. A folder that is no release, or whose description cannot be read, is refused
    for that alone: nothing else can be said of it.

    Raises:
        OSError: the disk refuses to give a file; nothing is then known of the release.
    """
    try:
        found = list(_unsound(release, verify(release)))
    except NotAReleaseError as error:
        return [Refusal("version-illisible", str(error))]
    try:
        folder = ReleaseFolder.open(release)
    except NotAReleaseError as error:
        return found or [Refusal("version-illisible", str(error))]
    if is_partial(folder) and not allowed.partial:
        found.append(_partial(folder))
    found += _trial(folder)
    found += _to_come(folder, today)
    if production:
        found += _example_address(folder)
    if production or not allowed.uncommitted:
        found += other_sheets(folder, sources, partial=allowed.partial)
    found += out_of_bounds(folder, sources)
    if shown_version is not None and not allowed.rollback:
        found += older(folder, shown_version)
        found += breaks(folder, outputs, shown_version)
    return found


def _unsound(release: Path, verified: Verification) -> Iterator[Refusal]:
    if verified.sound:
        return
    wrong = dict.fromkeys(one.file for one in verified.findings if one.severity is Severity.ERROR)
    yield Refusal(
        "version-non-verifiee",
        f"La version {printable(verified.version or release.name)} ne se vérifie pas ({totals(verified.findings)}) : "
        f"{cut([printable(name) for name in wrong])}. « contrats-destination verify {release} » dit tout. "
        "Refaites-la, ou remettez-la d’une sauvegarde.",
    )


def _partial(folder: ReleaseFolder) -> Refusal:
    return Refusal(
        "version-partielle",
        f"La version {folder.version} est partielle : des lignes ou des classeurs y manquent, que son journal.md "
        "nomme. Corrigez les feuilles et refaites-la, ou autorisez la publication d’une version partielle.",
    )


def _trial(folder: ReleaseFolder) -> Iterator[Refusal]:
    if marked_as_trial(folder.descriptor):
        yield Refusal(
            "version-d-essai",
            f"La version {folder.version} est une publication d’essai, qui ne va jamais au portail. Publiez d’abord la "
            "vraie (contrats-destination build, sans --trial).",
        )


def _to_come(folder: ReleaseFolder, today: dt.date) -> Iterator[Refusal]:
    """A release of another day than it can be comes from a test: of a day that has not come, or of none."""
    created, ranked = str(folder.descriptor.get("created", ""))[:10], rank_of(folder.version)
    try:
        latest = max(dt.date.fromisoformat(created), ranked[0] if ranked else dt.date.max)
    except ValueError:
        latest = dt.date.max
    if latest > today:
        yield Refusal(
            "date-a-venir",
            f"La version {printable(folder.version)}, datée du {printable(created) or '(rien)'}, n’est pas "
            f"d’aujourd’hui, {today.isoformat()}, ni d’un jour passé : elle vient d’un essai. Refaites-la à la date du "
            "jour.",
        )


def _example_address(folder: ReleaseFolder) -> Iterator[Refusal]:
    address = str(folder.descriptor.get("homepage", ""))
    if is_example(address):
        yield Refusal(
            "adresse-d-exemple",
            f"L’adresse de base du jeu de données, « {printable(address)} », est un exemple ou n’est pas joignable de "
            "l’extérieur : les liens publiés ne mèneraient nulle part. Mettez la vraie dans « adresse_de_base » "
            "(sources/jeu_de_donnees.toml), puis refaites la version.",
        )
