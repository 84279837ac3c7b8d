"""The pages of contracts: the list, and for each contract everything that the release says of it.

Belongs here: which rows make the page of a contract, and in which order. Does not belong here: how they look
(``templates/contrat.html.j2``), their sources and cells (``pipelines.site.record``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

from pipelines.site import bounds
from pipelines.site.facts import Facts
from pipelines.site.model import Json, Language, SiteData
from pipelines.site.pages import Page, Words
from pipelines.site.record import Record, schema_identity, web
from pipelines.site.render import address
from pipelines.site.rows import Row, Said, by_date, by_name
from pipelines.text import fold

FOLDER = "contrats/"
_FIRST_ROLES = (
    *("chef_de_file", "copilote", "porteur", "porteur_marque", "initiateur", "contractant", "signataire"),
    *("financeur", "membre"),
)
_AXES = ("marque", "offre", "gouvernance", "promotion", "observation", "tous")
_READINGS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (Words("Objectifs et estimations", "Aims and estimates"), ("objectif", "estimation")),
    (Words("Résultats et constats", "Results and observations"), ("resultat", "constat")),
)
_CONTEXT = Words("Contexte, règles et répartitions", "Context, rules and splits")


def pages(data: SiteData) -> Iterator[Page]:
    """The list of contracts, then a page for each."""
    facts = data.last.facts
    contracts = sorted(facts.rows("contrats"), key=by_name)
    yield Page(
        path=FOLDER,
        template="contrats.html.j2",
        title=Words("Contrats de destination", "Destination contracts"),
        description=Words(
            f"Les {len(contracts)} contrats de destination connus : génération, période, statut, thématiques.",
            f"The {len(contracts)} known destination contracts: generation, period, status, themes.",
        ),
        context={"fiche": _list(facts, contracts)},
        kind="CollectionPage",
    )
    documents, by_key = _documents(facts), {contract.key: contract for contract in contracts}

    @lru_cache(maxsize=1)
    def fiche(key: str) -> dict[str, Any]:
        """Kept while its page is rendered in each language, then let go."""
        return _fiche(facts, Record(facts), by_key[key], documents.get(key, []))

    for contract in contracts:
        yield _page(data, contract, partial(fiche, contract.key))


def _list(facts: Facts, contracts: list[Row]) -> dict[str, Any]:
    """The contracts with what a reader chooses by."""
    entries: list[dict[str, Any]] = [
        {
            "contrat": contract,
            "thematiques": [
                row["thematique_code"]
                for row in facts.of("contrats_thematiques", "contrat_id", contract.key)
                if row["thematique_code"] is not None
            ],
            "denominations": _texts(facts.of("contrats_denominations", "contrat_id", contract.key), "denomination"),
            "partenaires": len({row["partenaire_id"] for row in _own(facts, contract.key, "contrats_partenaires")}),
            "actions": len(_own(facts, contract.key, "actions")),
        }
        for contract in contracts
    ]
    return {
        "entrees": entries,
        "generations": _choices(contracts, "generation_code"),
        "statuts": _choices(contracts, "statut_code"),
        "thematiques": sorted(
            {term["code"]: term for entry in entries for term in entry["thematiques"]}.values(),
            key=lambda term: fold(term["fr"]),
        ),
    }


def _choices(contracts: list[Row], column: str) -> list[Said]:
    """The codes in use in a column of contracts, in the order of their vocabulary’s codes."""
    found = {row[column]["code"]: row[column] for row in contracts if row[column] is not None}
    return [found[code] for code in sorted(found)]


def _page(data: SiteData, contract: Row, fiche: Callable[[], dict[str, Any]]) -> Page:
    name = contract["nom"] or contract.key
    return Page(
        path=f"{FOLDER}{contract.key}/",
        template="contrat.html.j2",
        title=Words(name, name),
        description=Words(
            f"Ce que des documents publics disent du contrat de destination « {name} » : partenaires, actions, "
            "financements, gouvernance, chiffres, événements, avec leurs sources.",
            f"What public documents say of the destination contract “{name}”: partners, actions, financing, "
            "governance, figures, events, with their sources.",
        ),
        context=lambda: {"fiche": fiche()},
        jsonld=lambda language: _jsonld(data, fiche(), language),
    )


def _fiche(facts: Facts, record: Record, contract: Row, clauses: list[Row]) -> dict[str, Any]:
    """Everything known of a contract, in the order of its page."""
    key = contract.key
    record.one(contract)
    groups = record.show(facts.of("contrats_groupes", "contrat_id", key))
    codes = [row["groupe_code"]["code"] for row in groups if row["groupe_code"]]

    def own(table: str) -> list[Row]:
        return record.within(_own(facts, key, table))

    def of(table: str) -> list[Row]:
        return record.within(facts.of(table, "contrat_id", key))

    fiche: dict[str, Any] = {
        "contrat": contract,
        "precedent": facts.get("contrats", contract["contrat_precedent_id"]),
        "suivants": sorted(facts.of("contrats", "contrat_precedent_id", key), key=by_date),
        "groupes": groups,
        "membres": {code: _members(facts, code, key) for code in codes},
        "groupes_longs": {
            code for code in codes if len(facts.of("contrats_groupes", "groupe_code", code)) > bounds.MEMBERS + 1
        },
        "denominations": record.show(of("contrats_denominations")),
        "thematiques": record.show(of("contrats_thematiques")),
        "territoires": [(row, facts.zone(row)) for row in record.show(of("contrats_territoires"))],
        "partenaires": _partners(facts, record, own("contrats_partenaires"), of("partenaires_denominations")),
        "combien_de_partenaires": len({row["partenaire_id"] for row in _own(facts, key, "contrats_partenaires")}),
        "actions": _actions(facts, record, own("actions")),
        "financements": _financing(facts, record, own("financements")),
        "gouvernance": record.show(sorted(own("gouvernance"), key=lambda row: (_label(row["instance_code"]), row.key))),
        "indicateurs": _figures(record, own("indicateurs")),
        "outils": _tools(facts, record, own("outils")),
        "evenements": _events(facts, record, own("evenements"), of("evenements_participants")),
        "clauses": record.show(record.within(clauses)),
    }
    fiche["divergences"] = record.divergences(facts.of("divergences", "contrat_id", key))
    fiche["autres"] = record.left("contrats", key)
    fiche["corrections"] = record.corrections
    fiche["record"] = record
    return fiche


def _own(facts: Facts, contract: str, table: str) -> Sequence[Row]:
    """The rows of a contract, then those of its groups as wholes."""
    memberships = facts.of("contrats_groupes", "contrat_id", contract)
    groups = [row["groupe_code"]["code"] for row in memberships if row["groupe_code"] is not None]
    shared = [row for code in groups for row in facts.of(table, "groupe_code", code) if row["contrat_id"] is None]
    own = facts.of(table, "contrat_id", contract)
    return [*own, *shared] if shared else own


def _members(facts: Facts, group: str, but: str) -> list[Row]:
    """The other contracts of a group, the first of them when they are many."""
    rows = facts.of("contrats_groupes", "groupe_code", group)[: bounds.MEMBERS + 1]
    found = (facts.get("contrats", row["contrat_id"]) for row in rows)
    return sorted((row for row in found if row is not None and row.key != but), key=by_name)


def _partners(facts: Facts, record: Record, rows: list[Row], names: list[Row]) -> list[dict[str, Any]]:
    """The partners, leaders first, each with its roles and the ``names`` under which this contract’s sources call it.

    Organisations that are named without any role come last.
    """
    by_partner: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (_rank(row["role_code"], _FIRST_ROLES), row.key)):
        by_partner.setdefault(row["partenaire_id"] or "", []).append(row)
    spelt: dict[str, list[Row]] = {}
    for row in names:
        spelt.setdefault(row["partenaire_id"], []).append(row)
    known = {key: facts.get("partenaires", key) for key in (*by_partner, *spelt)}

    def order(key: str) -> tuple[bool, bool, int, str, str]:
        roles, partner = by_partner.get(key, []), known[key]
        shared = all(row["contrat_id"] is None for row in roles)
        rank = _rank(roles[0]["role_code"], _FIRST_ROLES) if roles else 0
        return not roles, shared, rank, fold(partner["nom"] or "") if partner else "", key

    return [
        {
            "cle": key,
            "partenaire": known[key],
            "roles": record.show(by_partner.get(key, [])),
            "denominations": record.show(spelt.get(key, [])),
        }
        for key in sorted(known, key=order)
    ]


def _actions(facts: Facts, record: Record, rows: list[Row]) -> list[dict[str, Any]]:
    """The actions by axis, in the order of the four round tables; each with its markets, partners and tool."""
    by_axis: dict[str, list[Row]] = {}
    for row in rows:
        by_axis.setdefault(row["axe_code"]["code"] if row["axe_code"] else "", []).append(row)
    return [
        {"axe": of_axis[0]["axe_code"], "actions": [_action(facts, record, row) for row in of_axis]}
        for axis in sorted(by_axis, key=lambda code: (_AXES.index(code) if code in _AXES else len(_AXES), code))
        for of_axis in [
            sorted(by_axis[axis], key=lambda row: (row["numero"] is None, _digits(row["numero"]), *by_date(row)))
        ]
    ]


def _action(facts: Facts, record: Record, row: Row) -> dict[str, Any]:
    record.one(row)
    return {
        "action": row,
        "marches": record.show(facts.of("actions_marches", "action_id", row.key), part_of=row),
        "partenaires": [
            (part, facts.get("partenaires", part["partenaire_id"]))
            for part in record.show(facts.of("actions_partenaires", "action_id", row.key), part_of=row)
        ],
        "outil": facts.get("outils", row["outil_id"]),
        "financements": facts.of("financements", "action_id", row.key),
    }


def _financing(facts: Facts, record: Record, rows: list[Row]) -> list[dict[str, Any]]:
    """The financing, each amount followed by the parts of it, so that none is counted twice."""
    here = {row.key: row for row in rows}
    parts: dict[str, list[Row]] = {}
    for row in rows:
        whole = row["inclus_dans_id"]
        parts.setdefault(whole if whole in here else "", []).append(row)
    found: list[dict[str, Any]] = []

    def add(of: str, depth: int) -> None:
        for row in sorted(parts.pop(of, []), key=lambda row: (row["contrat_id"] is None, *by_date(row))):
            record.one(row)
            found.append(
                {
                    "financement": row,
                    "rang": depth,
                    "financeur": facts.get("partenaires", row["partenaire_id"]),
                    "action": facts.get("actions", row["action_id"]),
                    "tout": facts.get("financements", row["inclus_dans_id"]),
                }
            )
            add(row.key, depth + 1)

    add("", 0)
    while parts:  # parts of one another: no whole among them
        add(min(parts), 0)
    return found


def _figures(record: Record, rows: list[Row]) -> list[tuple[Words, list[Row]]]:
    """The figures: what is aimed at beside what is found, then the rest."""

    def order(row: Row) -> tuple[Any, ...]:
        return row["contrat_id"] is None, _label(row["nature_code"]), fold(row["libelle"] or ""), *by_date(row)

    codes = {code for _, natures in _READINGS for code in natures}
    groups = [*_READINGS, (_CONTEXT, tuple({_code(row["nature_code"]) for row in rows} - codes))]
    found = [
        (title, record.show(sorted((row for row in rows if _code(row["nature_code"]) in natures), key=order)))
        for title, natures in groups
    ]
    return [(title, figures) for title, figures in found if figures]


def _tools(facts: Facts, record: Record, rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "outil": row,
            "adresse": web(row["url"]),
            "exploitant": facts.get("partenaires", row["exploitant_id"]),
            "actions": (actions := facts.of("actions", "outil_id", row.key))[: bounds.NAMED],
            "autres_actions": max(len(actions) - bounds.NAMED, 0),
        }
        for row in record.show(sorted(rows, key=lambda row: (fold(row["intitule"] or ""), row.key)))
    ]


def _events(facts: Facts, record: Record, rows: list[Row], taken: list[Row]) -> list[dict[str, Any]]:
    """The events in order of time: those of the contract, and those in which it took part."""
    part = {row["evenement_id"]: row for row in taken}
    elsewhere = (facts.get("evenements", key) for key in part)
    events = {row.key: row for row in (*rows, *elsewhere) if row is not None}
    own = {row.key for row in rows}
    found = []
    for row in sorted(events.values(), key=by_date):
        record.one(row)
        mine = [each for each in taken if each["evenement_id"] == row.key]
        others = facts.of("evenements_participants", "evenement_id", row.key) if row.key in own else mine
        found.append(
            {
                "evenement": row,
                "propre": row.key in own,
                "part": record.show(mine, part_of=row),
                "participants": [
                    (each, facts.get("partenaires", each["partenaire_id"]) or facts.get("contrats", each["contrat_id"]))
                    for each in record.show(others, part_of=row)
                ],
            }
        )
    return found


def _documents(facts: Facts) -> dict[str, list[Row]]:
    """The clauses found in the texts of each contract: those that cite a text which speaks of this contract alone."""
    texts = frozenset(row.key for row in facts.of("sources", "type_code", "texte_contrat"))
    clauses = facts.citing("clauses", texts)
    of_contract: dict[str, set[str]] = {}
    for table in facts.declared:
        if table != "clauses":
            for source, rows in facts.citing(table, texts).items():
                of_contract.setdefault(source, set()).update(set(rows.values("contrat_id")) - {None})
    found: dict[str, dict[str, Row]] = {}
    for source, contracts in sorted(of_contract.items()):
        if len(contracts) == 1:
            found.setdefault(min(contracts), {}).update({row.key: row for row in clauses.get(source, ())})
    return {contract: [rows[key] for key in sorted(rows)] for contract, rows in found.items()}


def _jsonld(data: SiteData, fiche: dict[str, Any], language: Language) -> Json:
    """A contract as a project of schema.org, with its names, its years, its places and its partners."""
    contract: Row = fiche["contrat"]
    start, end = contract["date_signature"] or contract["date_debut"], contract["date_fin"]
    return schema_identity(
        contract,
        address(data, f"{FOLDER}{contract.key}/", language),
        "Project",
        identifier=contract.key,
        alternateName=[name for name in _texts(fiche["denominations"], "denomination") if name != contract["nom"]],
        description=contract["objectif"],
        foundingDate=start["iso"] if start else None,
        dissolutionDate=end["iso"] if end else None,
        keywords=[row["thematique_code"][language] for row in fiche["thematiques"] if row["thematique_code"]],
        areaServed=[
            {"@type": "AdministrativeArea", "name": row["libelle"]} for row, _ in fiche["territoires"] if row["libelle"]
        ],
        member=[
            {
                "@type": "Organization",
                "@id": f"{address(data, f'partenaires/{one.key}/', language)}#fiche",
                "name": one["nom"],
            }
            for one in (entry["partenaire"] for entry in fiche["partenaires"] if entry["roles"])
            if one is not None
        ],
    )


def _texts(rows: Iterable[Row], column: str) -> list[str]:
    return [row[column] for row in rows if row[column] is not None]


def _code(term: Said | None) -> str:
    return term["code"] if term else ""


def _label(term: Said | None) -> str:
    return fold(term["fr"]) if term else ""


def _rank(term: Said | None, order: tuple[str, ...]) -> int:
    code = _code(term)
    return order.index(code) if code in order else len(order)


def _digits(text: str | None) -> tuple[tuple[int, str], ...]:
    """« 2.10 » after « 2.9 »."""
    return tuple((int(part) if part.isdecimal() else 0, part) for part in (text or "").split("."))
