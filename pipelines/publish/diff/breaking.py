"""The version policy: what a release may change, given the version that its model bears.

Belongs here: which differences are breaking, and whether the version of the model was raised as they ask. Does not
belong here: finding the differences (``compare``), the number itself (``schemas.version``).

A reuser who pins a major version must never be surprised: a table, column, code or file that goes or is renamed, a type
or key that changes, an identifier dropped without a redirection refuse the release until the major number is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.publish.diff.identifiers import RETIRED_TABLE
from pipelines.publish.diff.model import Diff, Finding, Severity, Topic

VERSION_FILE = "schemas/version.py"
REDIRECTIONS_FILE = f"sources/referentiels/{RETIRED_TABLE}.csv"
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")

ModelVersion = tuple[int, int, int]


class BreakingReleaseError(Exception):
    """The release breaks what reusers rely on, and its model does not say so; the message says what and what to do."""


def breaking_changes(diff: Diff) -> list[Finding]:
    """The differences that may break a reuser's script, the gravest first; none for a first release."""
    return diff.of(Severity.BREAKING)


def require_compatible(diff: Diff) -> None:
    """Refuses a release whose breaking changes are not announced by a higher major version of the model.

    Raises:
        BreakingReleaseError: each breaking change is named, with what to do; or the version of the model went back, or
            is not a semantic version.
    """
    if diff.ancienne is None:
        return
    before, after = model_version(diff.ancienne.version_du_modele), model_version(diff.nouvelle.version_du_modele)
    was, now = diff.ancienne.version_du_modele, diff.nouvelle.version_du_modele
    if after < before:
        raise BreakingReleaseError(
            f"La version du modèle recule : {was} dans {diff.ancienne.version}, {now} maintenant.\n"
            f"Remettez au moins {was} dans MODEL_VERSION ({VERSION_FILE})."
        )
    found = breaking_changes(diff)
    if found and after[0] == before[0]:
        raise BreakingReleaseError(_refusal(found, diff.ancienne.version, before))


def warnings(diff: Diff) -> list[str]:
    """What is not refused but should be looked at: what was not compared, additions that the version does not tell."""
    if diff.ancienne is None:
        return []
    said = [found.message for found in diff.about(Topic.SKIPPED)]
    before, after = model_version(diff.ancienne.version_du_modele), model_version(diff.nouvelle.version_du_modele)
    added = [found.message for found in diff.constats if found.kind.adds]
    if added and after[:2] <= before[:2]:
        what = f"Le modèle a des ajouts depuis {diff.ancienne.version}, et sa version n’en dit rien"
        said += [f"{what} : portez MODEL_VERSION à {before[0]}.{before[1] + 1}.0 ({VERSION_FILE}).", *added]
    return said


def model_version(text: str) -> ModelVersion:
    """A version of the model as three numbers.

    Raises:
        BreakingReleaseError: it is not written « 1.2.3 ».
    """
    found = _SEMANTIC.fullmatch(text)
    if found is None:
        raise BreakingReleaseError(
            f"La version du modèle « {text} » ne s’écrit pas comme 1.2.3 : corrigez MODEL_VERSION ({VERSION_FILE})."
        )
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


def _refusal(found: Iterable[Finding], since: str, before: ModelVersion) -> str:
    """The message: each change, then the ways out that suit them."""
    topics = {one.kind.topic for one in found}
    lines = [f"Cette publication romprait ce sur quoi comptent les lecteurs de {since} :"]
    lines += [f"- {one.message} ({one.code})" for one in found]
    lines.append("Pour publier, au choix :")
    if Topic.IDENTIFIERS in topics:
        lines.append(
            f"- pour un identifiant, ajoutez à {REDIRECTIONS_FILE} une ligne avec celui qui le remplace, ou le motif "
            "de son abandon ; ou remettez l’identifiant dans sa feuille ;"
        )
    if topics - {Topic.IDENTIFIERS}:
        lines.append("- remettez ce qui manque ou ce qui a changé ;")
    lines.append(f"- ou annoncez la rupture : portez MODEL_VERSION à {before[0] + 1}.0.0 dans {VERSION_FILE}.")
    return "\n".join(lines)
