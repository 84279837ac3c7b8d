"""The pages of partners: the list by category, and for each organisation everything that the release says of it.

Belongs here: which rows make the page of a partner, and in which order. Does not belong here: how they look
(``templates/partenaire.html.j2``), their sources and cells (``pipelines.site.record``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Any

from pipelines.site.facts import Facts
from pipelines.site.model import Json, Language, SiteData
from pipelines.site.pages import Page, Words
from pipelines.site.record import Record, place_of, schema_identity, web
from pipelines.site.render import address
from pipelines.site.rows import Row, by_date, by_name
from pipelines.text import fold

FOLDER = "partenaires/"


def pages(data: SiteData) -> Iterator[Page]:
    """The list of partners, then a page for each."""
    facts = data.last.facts
    partners = sorted(facts.rows("partenaires"), key=by_name)
    yield Page(
        path=FOLDER,
        template="partenaires.html.j2",
        title=Words("Partenaires des contrats", "Partners of the contracts"),
        description=Words(
            f"Les {len(partners)} organisations citées dans les contrats de destination, par catégorie.",
            f"The {len(partners)} organisations named in destination contracts, by category.",
        ),
        context={"fiche": {"categories": _categories(facts, partners)}},
        kind="CollectionPage",
    )
    by_key = {partner.key: partner for partner in partners}

    @lru_cache(maxsize=1)
    def fiche(key: str) -> dict[str, Any]:
        """Kept while its page is rendered in each language, then let go."""
        return _fiche(facts, Record(facts), by_key[key])

    for partner in partners:
        yield _page(data, partner, partial(fiche, partner.key))


def _categories(facts: Facts, partners: list[Row]) -> list[dict[str, Any]]:
    """The partners by category, in the order of its label."""
    found: dict[str, list[Row]] = {}
    for partner in partners:
        found.setdefault(partner["categorie_code"]["code"] if partner["categorie_code"] else "", []).append(partner)
    categories = [
        {
            "code": code or "sans-categorie",
            "categorie": rows[0]["categorie_code"],
            "partenaires": [
                {
                    "partenaire": row,
                    "autres": [
                        each["denomination"]
                        for each in facts.of("partenaires_denominations", "partenaire_id", row.key)
                        if each["denomination"] not in (None, row["nom"], row["sigle"])
                    ],
                    "contrats": len(_contracts(facts, row)),
                }
                for row in rows
            ],
        }
        for code, rows in found.items()
    ]
    return sorted(
        categories, key=lambda one: (one["categorie"] is None, fold(one["categorie"]["fr"] if one["categorie"] else ""))
    )


def _contracts(facts: Facts, partner: Row) -> set[str]:
    rows = facts.of("contrats_partenaires", "partenaire_id", partner.key)
    return {row["contrat_id"] for row in rows if row["contrat_id"] is not None}


def _page(data: SiteData, partner: Row, fiche: Callable[[], dict[str, Any]]) -> Page:
    name = partner["nom"] or partner.key
    return Page(
        path=f"{FOLDER}{partner.key}/",
        template="partenaire.html.j2",
        title=Words(name, name),
        description=Words(
            f"Ce que des documents publics disent de « {name} » dans les contrats de destination : contrats, rôles, "
            "actions, financements, événements, avec leurs sources.",
            f"What public documents say of “{name}” in destination contracts: contracts, roles, actions, financing, "
            "events, with their sources.",
        ),
        context=lambda: {"fiche": fiche()},
        jsonld=lambda language: _jsonld(data, fiche(), language),
    )


def _fiche(facts: Facts, record: Record, partner: Row) -> dict[str, Any]:
    """Everything known of a partner, in the order of its page."""
    key = partner.key
    record.one(partner)

    def of(table: str, column: str = "partenaire_id") -> list[Row]:
        return record.within(facts.of(table, column, key))

    fiche: dict[str, Any] = {
        "partenaire": partner,
        "site": web(partner["site_web"]),
        "zone": facts.zone(partner),
        "denominations": [
            (row, facts.get("contrats", row["contrat_id"]))
            for row in record.show(of("partenaires_denominations"), part_of=partner)
        ],
        "contrats": _roles(facts, record, of("contrats_partenaires")),
        "combien_de_contrats": len(_places(facts.of("contrats_partenaires", "partenaire_id", key))),
        "actions": [
            {
                "part": part,
                "action": action,
                "contrat": facts.get("contrats", action["contrat_id"]) if action else None,
                "adresse": place_of(facts, action) if action else None,
            }
            for part in record.show(of("actions_partenaires"))
            for action in [facts.get("actions", part["action_id"])]
        ],
        "financements": [
            {
                "financement": row,
                "rang": 0,
                "contrat": facts.get("contrats", row["contrat_id"]),
                "action": facts.get("actions", row["action_id"]),
                "tout": facts.get("financements", row["inclus_dans_id"]),
            }
            for row in record.show(sorted(of("financements"), key=by_date))
        ],
        "outils": [
            {"outil": row, "adresse": web(row["url"]), "contrat": facts.get("contrats", row["contrat_id"])}
            for row in record.show(of("outils", "exploitant_id"))
        ],
        "evenements": _events(facts, record, of("evenements_participants")),
    }
    fiche["divergences"] = record.divergences()
    fiche["autres"] = record.left("partenaires", key)
    fiche["corrections"] = record.corrections
    fiche["record"] = record
    return fiche


def _places(roles: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Roles by where they are held: a contract, a group of contracts, or neither."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in roles:
        group = row["groupe_code"]["code"] if row["groupe_code"] else ""
        found.setdefault((row["contrat_id"] or "", group), []).append(row)
    return found


def _roles(facts: Facts, record: Record, rows: list[Row]) -> list[dict[str, Any]]:
    """The contracts of a partner with its roles there; groups of contracts and national roles come last."""
    entries = [
        {"contrat": facts.get("contrats", contract or None), "groupe": rows[0]["groupe_code"], "roles": rows}
        for (contract, _), rows in _places(rows).items()
    ]
    entries.sort(
        key=lambda one: (one["contrat"] is None, one["groupe"] is None, by_name(one["contrat"] or one["roles"][0]))
    )
    for entry in entries:
        record.show(entry["roles"])
    return entries


def _events(facts: Facts, record: Record, rows: list[Row]) -> list[dict[str, Any]]:
    """The events in which a partner took part, in order of time."""
    taken: dict[str, list[Row]] = {}
    for row in rows:
        taken.setdefault(row["evenement_id"] or "", []).append(row)
    events = [row for row in (facts.get("evenements", event) for event in taken) if row is not None]
    return [
        {
            "evenement": event,
            "contrat": facts.get("contrats", event["contrat_id"]),
            "adresse": place_of(facts, event),
            "part": record.show(taken[event.key]),
        }
        for event in sorted(events, key=by_date)
    ]


def _jsonld(data: SiteData, fiche: dict[str, Any], language: Language) -> Json:
    """A partner as an organisation of schema.org, with its names, its SIREN and its contracts."""
    partner: Row = fiche["partenaire"]
    names = [row["denomination"] for row, _ in fiche["denominations"]]
    return schema_identity(
        partner,
        address(data, f"{FOLDER}{partner.key}/", language),
        "Organization",
        alternateName=[name for name in dict.fromkeys((partner["sigle"], *names)) if name and name != partner["nom"]],
        identifier={"@type": "PropertyValue", "propertyID": "SIREN", "value": partner["siren"]}
        if partner["siren"]
        else None,
        sameAs=fiche["site"],
        memberOf=[
            {
                "@type": "Project",
                "@id": f"{address(data, f'contrats/{one.key}/', language)}#fiche",
                "name": one["nom"],
            }
            for one in (entry["contrat"] for entry in fiche["contrats"])
            if one is not None
        ],
    )
