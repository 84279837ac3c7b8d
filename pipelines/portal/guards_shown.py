"""The guards that look at what the portal shows: does a release come after it, does it break it.

Belongs here: these rules. Does not belong here: what a break is (``publish.diff.breaking``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.portal.refusal import Refusal, cut, rank_of
from pipelines.publish.diff.breaking import BreakingReleaseError, require_compatible
from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.model import Diff, Finding, Severity, Status
from pipelines.publish.diff.model import Release as Side
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.release import DIFF
from pipelines.publish.verify.files import damaged
from pipelines.publish.versions import read_versions
from pipelines.text import printable


def older(folder: ReleaseFolder, shown: str) -> Iterator[Refusal]:
    """A release that does not come after the one that is shown, or of which that is not known."""
    own, theirs = rank_of(folder.version), rank_of(shown)
    if theirs is None:
        yield Refusal(
            "version-montree-inconnue",
            f"Le portail dit montrer la version « {printable(shown)} », qui n’en est pas une : rien ne dit si "
            f"{folder.version} vient après. Voyez ce qu’il montre, puis autorisez le retour en arrière si c’est voulu.",
        )
    elif own is not None and own < theirs:
        yield Refusal(
            "version-anterieure",
            f"La version {folder.version} est antérieure à {shown}, que le portail montre. Publiez une version plus "
            "récente, ou autorisez le retour en arrière si c’est voulu.",
        )


def breaks(folder: ReleaseFolder, outputs: Path | None, shown: str) -> Iterator[Refusal]:
    """What the policy of versions says of a release after the one shown, else after the last one of its time."""
    releases = read_versions(outputs).releases if outputs is not None else ()
    standing = next((one for one in releases if one.version == shown), None)
    if standing is None:
        yield from _own_breaks(folder)
        return
    if (standing.version, standing.content_sha256) == (folder.version, folder.descriptor.get("contenu_sha256")):
        return
    try:
        wrong = damaged(standing.path)
        if wrong:
            raise NotAReleaseError(f"Des fichiers sont abîmés : {cut([printable(name) for name in wrong])}.")
        require_compatible(diff(ReleaseFolder.open(standing.path), folder))
    except NotAReleaseError as error:
        yield Refusal(
            "comparaison-impossible",
            f"La version {shown}, que le portail montre, ne peut pas être comparée : {standing.path}. "
            f"{str(error).rstrip('.')}. Remettez-la d’une sauvegarde, ou autorisez ce qui rompt avec elle.",
        )
    except BreakingReleaseError as error:
        yield Refusal("rupture-non-annoncee", str(error))


def _own_breaks(folder: ReleaseFolder) -> Iterator[Refusal]:
    """The same from the comparison that the release holds; one without it says nothing, and nothing is said of it."""
    try:
        require_compatible(_read_diff((folder.path / DIFF).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield Refusal(
            "comparaison-impossible",
            f"La comparaison que porte la version {folder.version}, {DIFF}, ne se lit pas : rien ne dit qu’elle ne "
            "rompt rien. Refaites la version.",
        )
    except BreakingReleaseError as error:
        yield Refusal("rupture-non-annoncee", str(error))


def _read_diff(text: str) -> Diff:
    """The verdict of a comparison as ``diff.json`` holds it: the two releases and the findings."""
    said = json.loads(text)
    return Diff(
        statut=Status(said["statut"]),
        ancienne=None if said["ancienne"] is None else Side(**said["ancienne"]),
        nouvelle=Side(**said["nouvelle"]),
        constats=tuple(Finding(**one | {"gravite": Severity(one["gravite"])}) for one in said["constats"]),
    )
