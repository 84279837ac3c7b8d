"""A plan in words, for the person who decides whether to apply it.

Belongs here: its lines. Does not belong here: what is in the plan (``plan``), a console.
"""

from __future__ import annotations

from collections import Counter

from pipelines.portal.plan import Kind, Other, Plan, Sending
from pipelines.portal.portals import Portal
from pipelines.text import numbered

_WIDTH = 44
_SHOWN_IN_FULL = (Kind.SKIP, Kind.REMOVE, Kind.LEAVE, Kind.CREATE, Kind.REPLACE, Kind.UPDATE)


def told(plan: Plan, portal: Portal, owner: str, page: str) -> str:
    """The plan, one line for each thing that changes or needs a look; what stays is counted."""
    where = "portail public" if portal.production else "portail de démonstration ou d’essai"
    lines = [
        f"Portail : {portal.root} ({where})",
        f"Propriétaire : {owner}",
        f"Jeu de données : {page or 'à créer'}",
        f"Version : {plan.shown or 'aucune'} → {plan.version}",
        "",
        f"  {_head(plan)}",
    ]
    for kind in _SHOWN_IN_FULL:
        lines += [_line(one) for one in plan.resources if one.kind is kind]
    if plan.reordered:
        lines.append("  réordonner     les ressources : leur ordre a changé")
    counted = Counter(one.kind for one in plan.resources)
    if counted[Kind.KEEP]:
        lines.append(f"  garder         {numbered(counted[Kind.KEEP], 'ressource inchangée', 'ressources inchangées')}")
    if plan.remarks:
        lines += ["", "À savoir :", *(f"  - {remark}" for remark in plan.remarks)]
    return "\n".join([*lines, "", _summary(plan, counted)])


def _head(plan: Plan) -> str:
    if plan.dataset is Kind.CREATE:
        return "créer          le jeu de données, en brouillon ; il devient public quand tout y est"
    if plan.dataset is Kind.UPDATE:
        return f"mettre à jour  le jeu de données : {', '.join(plan.fields)}"
    return "garder         le jeu de données : rien n’a changé"


def _line(one: Sending | Other) -> str:
    return f"  {one.kind.value:<13}  {one.name:<{_WIDTH}}  {one.why}"


def _summary(plan: Plan, counted: Counter[Kind]) -> str:
    if plan.nothing:
        return "Rien à faire : le portail est déjà dans l’état de cette version."
    said = [
        numbered(counted[kind], f"ressource à {kind.value}", f"ressources à {kind.value}")
        for kind in (Kind.CREATE, Kind.REPLACE, Kind.UPDATE, Kind.REMOVE)
        if counted[kind]
    ]
    if plan.dataset.changes:
        said.insert(0, f"le jeu de données à {plan.dataset.value}")
    if plan.reordered:
        said.append("l’ordre des ressources")
    return f"En tout : {', '.join(said) or 'la version montrée, et rien d’autre'}."
