"""A comparison as the part of ``journal.md`` that tells reusers what changed, in French.

Belongs here: the sentences and short lists of that part, as Markdown. Does not belong here: the rest of the journal
(``journal``), every example (``diff.json``, ``diff.html``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.publish.diff.model import Diff, Finding, Severity, Status, TableDiff, TableState, Topic, figure
from pipelines.publish.diff.text import percent, row_counts
from pipelines.text import printable

MOST_ITEMS = 50
MOST_CHARACTERS = 2_000
_PARTS = {
    "Tables, colonnes et fichiers": (Topic.MODEL,),
    "Codes": (Topic.CODES,),
    "Identifiants": (Topic.IDENTIFIERS,),
    "Description du jeu de données": (Topic.DESCRIPTION,),
    "Ce qui n’a pas été comparé": (Topic.SKIPPED,),
}
_MARKED = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"})


def changes_section(diff: Diff) -> list[str]:
    """The lines of the section, from its title on; breaking changes come first."""
    if diff.ancienne is None:
        return ["## Ce qui change", "", "C’est la première version : il n’y a rien à quoi la comparer."]
    head = [f"## Ce qui change depuis la version {_plain(diff.ancienne.version)}", ""]
    if diff.statut is Status.SAME:
        return [*head, "Rien : les deux versions disent la même chose."]
    return [
        *head,
        *_opening(diff),
        *_breaking(diff),
        *_rows(diff),
        *_by_contract(diff),
        *_sources(diff),
        *_others(diff),
    ]


def _opening(diff: Diff) -> Iterator[str]:
    if diff.statut is Status.UNKNOWN:
        yield "Aucune différence dans ce qui a été comparé, mais tout n’a pas pu l’être."
    elif diff.non_compares:
        yield "Tout n’a pas pu être comparé : voyez à la fin ce qui ne l’a pas été."
    elif not diff.of(Severity.BREAKING):
        yield "Rien de ce qui existait n’a changé de nom, de type ou de clé : un script écrit pour la version"
        yield "précédente marche encore."
    else:
        yield "Un script écrit pour la version précédente peut cesser de marcher : voyez les ruptures."
    assert diff.ancienne is not None  # noqa: S101  (a first version has no section to open)
    before, after = diff.ancienne.version_du_modele, diff.nouvelle.version_du_modele
    if before != after:
        yield ""
        yield f"Le modèle passe de la version {_plain(before)} à la version {_plain(after)}."


def _breaking(diff: Diff) -> Iterator[str]:
    yield from _part("Ruptures", _messages(diff.of(Severity.BREAKING)))


def _others(diff: Diff) -> Iterator[str]:
    """What else is told, by topic, attention before information; rows and sources are told by table."""
    for title, topics in _PARTS.items():
        found = [one for one in diff.about(*topics) if one.gravite is not Severity.BREAKING]
        yield from _part(title, _messages([one for one in found if one.objet != "version_du_modele"]))


def _rows(diff: Diff) -> Iterator[str]:
    told = [table for table in diff.tables if table.touched and table.etat is TableState.KEPT]
    yield from _part("Lignes", [_table(table) for table in told if not table.derived])
    derived = [f"{_code(table.table)} ({_counted(table)})" for table in told if table.derived]
    if derived:
        yield ""
        yield f"Tables dérivées, recalculées d’après les autres : {', '.join(derived)}."


def _table(table: TableDiff) -> str:
    said = f"{_plain(table.titre)} ({_code(table.table)}) : {_counted(table)}"
    if table.changees.nombre:
        columns = sorted(table.changees_par_colonne, key=lambda name: (-table.changees_par_colonne[name], name))
        said += f" ({percent(table)} des lignes communes ; {', '.join(map(_code, columns))})"
    return f"{said}."


def _counted(table: TableDiff) -> str:
    return row_counts(table.ajoutees.nombre, table.retirees.nombre, table.changees.nombre)


def _by_contract(diff: Diff) -> Iterator[str]:
    titles = {table.table: table.titre for table in diff.tables}
    items = []
    for contract in diff.contrats.exemples:
        said = [
            f"{_plain(titles[one.table])}, {row_counts(one.ajoutees, one.retirees, one.changees)}"
            for one in contract.tables
        ]
        name = f"{_plain(contract.nom)} ({_code(contract.contrat_id)})" if contract.nom else _code(contract.contrat_id)
        items.append(f"{name} : {' ; '.join(said)}.")
    yield from _part("Par contrat", items, diff.contrats.nombre)


def _sources(diff: Diff) -> Iterator[str]:
    items = [
        f"{word} : {_plain(row.valeurs.get('titre', row.cle))} ({_code(row.cle)})"
        for word, sample in (("Nouvelle", diff.sources.ajoutees), ("De moins", diff.sources.retirees))
        for row in sample.exemples
    ]
    yield from _part("Sources", items, diff.sources.ajoutees.nombre + diff.sources.retirees.nombre)


def _messages(findings: list[Finding]) -> list[str]:
    return [_plain(one.message) for one in findings]


def _part(title: str, items: list[str], number: int = 0) -> Iterator[str]:
    """A short list under its title; what is left out is told."""
    if not items:
        return
    shown, total = items[:MOST_ITEMS], max(number, len(items))
    yield from ("", f"### {title}", "", *(f"- {item}" for item in shown))
    if len(shown) < total:
        yield f"- … {len(shown)} montrés sur {figure(total)} ; voyez aussi `diff.json` et les tables."


def _plain(text: str) -> str:
    """A text on one line, without anything that Markdown or a terminal would obey."""
    return printable(text, MOST_CHARACTERS).translate(_MARKED)


def _code(name: str) -> str:
    """A name as Markdown shows names; one that holds a backquote could break out."""
    return f"`{printable(name).replace('`', '’')}`"
