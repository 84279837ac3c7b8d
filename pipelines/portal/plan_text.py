"""A plan in words, for the person who decides whether to apply it.

Belongs here: its lines. Does not belong here: what is in the plan (``plan``), a console.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

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
        same = [one for one in plan.resources if one.kind is kind]
        first = kind is Kind.CREATE and plan.shown is None
        lines += _by_folder(same) if first else [_line(one) for one in same]
    if plan.reordered:
        lines.append("  réordonner     les ressources : leur ordre a changé")
    counted = Counter(one.kind for one in plan.resources)
    if counted[Kind.KEEP]:
        lines.append(f"  garder         {numbered(counted[Kind.KEEP], 'ressource inchangée', 'ressources inchangées')}")
    if plan.remarks:
        lines += ["", "À savoir :", *(f"  - {remark}" for remark in plan.remarks)]
    return "\n".join([*lines, "", _summary(plan, counted), *_lost(counted[Kind.REMOVE])])


def _head(plan: Plan) -> str:
    if plan.dataset is Kind.CREATE:
        return "créer          le jeu de données, en brouillon ; il devient public quand tout y est"
    if plan.dataset is Kind.UPDATE:
        return f"mettre à jour  le jeu de données : {', '.join(plan.fields)}"
    return "garder         le jeu de données : rien n’a changé"


def _line(one: Sending | Other) -> str:
    return _row(one.kind, one.name, one.why)


def _row(kind: Kind, name: str, why: str) -> str:
    return f"  {kind.value:<13}  {name:<{_WIDTH}}  {why}"


def _by_folder(created: list[Sending | Other]) -> Iterator[str]:
    """The lines of a first publication, where everything is new: one for each folder of several files."""
    folders = Counter(_folder(one) for one in created)
    told = set()
    for one in created:
        folder = _folder(one)
        if not folder or folders[folder] == 1:
            yield _line(one)
        elif folder not in told:
            told.add(folder)
            yield _row(one.kind, f"{folder}/", f"{numbered(folders[folder], 'ressource')}, absentes du portail")


def _folder(one: Sending | Other) -> str:
    return one.name.rpartition("/")[0]


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


def _lost(removed: int) -> list[str]:
    """What no later publication gives back."""
    if not removed:
        return []
    whose = numbered(removed, "ressource retirée", "ressources retirées")
    return [f"Sans retour, pour {whose} : un lien permanent perdu ne revient pas, même si le fichier revient."]
