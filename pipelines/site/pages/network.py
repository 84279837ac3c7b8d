"""The page of who works with whom: the graph, and tables that say the same without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipelines.publish.csv_files import write_frame
from pipelines.site import bounds, network
from pipelines.site.model import LANGUAGES, Language, SiteData
from pipelines.site.older import unless_lacking
from pipelines.site.pages import Page, Words
from pipelines.site.timeline import dated_contracts
from schemas.declaration import Bilingual

FOLDER = "reseau/"
_BY = {
    "contrat": Bilingual("", ""),
    "groupe": Bilingual("par son groupe de contrats", "through its group of contracts"),
    network.BY_ACTION: Bilingual("dans une action", "in an action"),
}


def pages(data: SiteData) -> Iterator[Page]:
    """The network of the last release, when it has what that needs."""
    page = unless_lacking(data.last.tables, lambda: _page(data))
    if page is not None:
        yield page


def _page(data: SiteData) -> Page:
    tables = data.last.tables
    found = network.ties(tables)
    partners = network.by_partner(tables, found)
    shared = network.by_pair_of_contracts(tables, found)
    strongest, how_many = network.named_pairs(tables, shared.head(bounds.PAIRS)), len(shared)
    del shared
    categories = network.words(tables, "categorie_partenaire")
    drawn = network.graph(tables)
    hubs = partners[partners["partenaire_id"].isin(network.hubs(found))]
    return Page(
        path=FOLDER,
        template="reseau.html.j2",
        title=Words("Qui travaille avec qui", "Who works with whom"),
        description=Words(
            "Le réseau des contrats de destination et de leurs partenaires\N{NO-BREAK SPACE}: qui tient quel rôle dans "
            "quel contrat, et quels contrats ont des partenaires communs.",
            "The network of destination contracts and their partners: who plays which role in which contract, and "
            "which contracts share partners.",
        ),
        context={
            "graphe": drawn,
            "contrats": {language: _by_contract(data, found, language) for language in LANGUAGES},
            "tous_les_contrats": len(tables["contrats"]),
            "combien_de_contrats": bounds.CONTRACTS,
            "combien_de_partenaires": bounds.PARTNERS,
            "tous_les_partenaires": len(partners),
            "partenaires": [
                {**row, "categorie": categories.get(row["categorie_code"], Bilingual(*[row["categorie_code"]] * 2))}
                for row in partners.head(bounds.PARTNERS).to_dict("records")
            ],
            "communs": strongest.to_dict("records"),
            "tous_les_communs": how_many,
            "carrefours": hubs["nom"].tolist(),
            "seuil": bounds.HUB,
            "plusieurs": int((partners["contrats"] > 1).sum()),
            "sans_role": int((~partners["partenaire_id"].isin(found["partenaire_id"])).sum()),
            "dossier": FOLDER,
        },
        files={
            f"{FOLDER}reseau.json": network.graph_json(drawn),
            f"{FOLDER}liens.csv": lambda path: write_frame(network.named_ties(tables, found), path),
            # Made again when it is written: of a thousand contracts, their pairs are ten times all the pages.
            f"{FOLDER}contrats-communs.csv": lambda path: write_frame(
                network.named_pairs(tables, network.by_pair_of_contracts(tables, found)), path
            ),
        },
    )


def _by_contract(data: SiteData, found: pd.DataFrame, language: Language) -> list[dict[str, Any]]:
    """The strongest contracts in order of time, then the national scheme: each with its partners, roles in words."""
    tables = data.last.tables
    roles = {code: _said(text, language) for code, text in network.words(tables, "role").items()}
    ways = {code: _said(text, language) for code, text in _BY.items()}
    partners = tables["partenaires"].set_index("partenaire_id")["nom"]
    contracts = dated_contracts(tables)
    if len(contracts) > bounds.CONTRACTS:
        kept = network.strongest_contracts(found)
        contracts = contracts[contracts["contrat_id"].isin(kept)]
        found = found[found["contrat_id"].isin(kept | {""})]
    told = found.assign(
        partenaire=found["partenaire_id"].map(partners),
        role=found["role_code"].map(roles).fillna(found["role_code"]),
        comment=found["par"].map(ways),
    )
    told["role"] = told["role"].where(told["comment"] == "", told["role"] + " (" + told["comment"] + ")")
    joined = told.groupby(["contrat_id", "partenaire", "partenaire_id"], sort=True)["role"].agg(", ".join).reset_index()
    by_contract = dict(list(joined.groupby("contrat_id")))
    heads = [*zip(contracts["contrat_id"], contracts["nom"], strict=True)]
    if "" in by_contract:
        heads.append(("", _said(network.NATIONAL, language)))
    return [
        {
            "contrat_id": contract,
            "nom": name,
            "partenaires": by_contract[contract].to_dict("records") if contract in by_contract else [],
        }
        for contract, name in heads
    ]


def _said(text: Bilingual, language: Language) -> str:
    return text.fr if language == "fr" else text.en
