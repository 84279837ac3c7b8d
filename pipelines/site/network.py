"""Who works with whom: contracts and partners, tied by roles.

Belongs here: the ties, the counts made of them, and the graph as data. Does not belong here: where a node stands on the
screen and how it is chosen (``assets/reseau.js``), the page (``pages.network``).

A tie joins a partner to a contract for one role, by what states it: the contract itself (``contrat``), a group of
contracts that it belongs to (``groupe``), or one of its actions (``action``). What binds no contract binds the national
scheme, whose contract is "".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.site import bounds
from pipelines.site.timeline import dated_contracts
from pipelines.texts import as_arrow, as_series
from schemas.declaration import Bilingual

Tables = Mapping[str, pd.DataFrame]
NATIONAL = Bilingual("Dispositif national", "National scheme")
UNKNOWN_ROLE = Bilingual("Rôle non précisé", "Role not stated")
UNKNOWN_CATEGORY = Bilingual("Catégorie non précisée", "Category not stated")
BY_ACTION = "action"
_KEYS = ["contrat_id", "partenaire_id", "role_code", "par"]


def ties(tables: Tables) -> pd.DataFrame:
    """Every tie once: ``contrat_id``, ``partenaire_id``, ``role_code`` ("" when not stated), ``par``, ``nombre``."""
    roles = tables["contrats_partenaires"][["contrat_id", "groupe_code", "partenaire_id", "role_code"]]
    actions = tables["actions"][["action_id", "contrat_id", "groupe_code"]]
    parts = tables["actions_partenaires"][["action_id", "partenaire_id", "role_code"]].merge(actions, on="action_id")
    found = pd.concat([_placed(roles, tables), _placed(parts, tables).assign(par=BY_ACTION)], ignore_index=True)
    found["role_code"] = found["role_code"].fillna("")
    found["contrat_id"] = found["contrat_id"].fillna("")
    return found.groupby(_KEYS, sort=True).size().rename("nombre").reset_index()


def _placed(rows: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Rows of a group of contracts, once for each of its contracts; the others as they are."""
    alone = rows["contrat_id"].isna() & rows["groupe_code"].notna()
    members = tables["contrats_groupes"][["groupe_code", "contrat_id"]]
    spread = rows[alone].drop(columns="contrat_id").merge(members, on="groupe_code", how="left").assign(par="groupe")
    kept = rows[~alone].assign(par="contrat")
    return pd.concat([kept, spread], ignore_index=True).drop(columns="groupe_code")


def pairs(found: pd.DataFrame) -> pd.DataFrame:
    """A contract and a partner once, whatever their roles (the national scheme is no contract)."""
    return found.loc[found["contrat_id"] != "", ["contrat_id", "partenaire_id"]].drop_duplicates(ignore_index=True)


def by_partner(tables: Tables, found: pd.DataFrame) -> pd.DataFrame:
    """Every partner of the registry with its number of contracts, the most first; ``est_national`` beside it."""
    counts = pairs(found).groupby("partenaire_id").size()
    partners = tables["partenaires"][["partenaire_id", "nom", "sigle", "categorie_code"]].copy()
    partners["contrats"] = partners["partenaire_id"].map(counts).fillna(0).astype("int64")
    partners["est_national"] = partners["partenaire_id"].isin(found.loc[found["contrat_id"] == "", "partenaire_id"])
    partners["categorie_code"] = partners["categorie_code"].fillna("")
    return partners.sort_values(["contrats", "nom", "partenaire_id"], ascending=[False, True, True], ignore_index=True)


def strongest_contracts(found: pd.DataFrame, most: int = bounds.CONTRACTS) -> frozenset[str]:
    """The contracts with the most partners, as many as a graph or a table can show."""
    counts = pairs(found).groupby("contrat_id").size().reset_index(name="partenaires")
    counts = counts.sort_values(["partenaires", "contrat_id"], ascending=[False, True])
    return frozenset(counts["contrat_id"].head(most))


def hubs(found: pd.DataFrame, most: int = bounds.HUB) -> frozenset[str]:
    """The partners of so many contracts that they make no pairs of them."""
    counts = pairs(found).groupby("partenaire_id").size()
    return frozenset(counts.index[counts > most])


def by_pair_of_contracts(tables: Tables, found: pd.DataFrame, most: int = bounds.HUB) -> pd.DataFrame:
    """Pairs of contracts that share partners: ``contrat_a``, ``contrat_b``, ``partenaires_communs``, ``noms``.

    Partners of more than ``most`` contracts (`hubs`) are left out: their pairs alone are as many as the square of it.
    """
    tied = pairs(found)
    tied = tied[~tied["partenaire_id"].isin(hubs(found, most))]
    named = tables["partenaires"].sort_values(["nom", "partenaire_id"])
    contracts = pd.Index(sorted(tied["contrat_id"].unique()), dtype="str")
    contract = contracts.get_indexer(tied["contrat_id"]).astype(np.int64)
    partner = pd.Index(named["partenaire_id"]).get_indexer(tied["partenaire_id"]).astype(np.int64)
    order = np.lexsort((contract, partner))
    one, other = _pairs_within(partner[order])
    # Millions of pairs, in the order of the names: numbers, until each pair is one row.
    both = contract[order][one] * len(contracts) + contract[order][other]
    shared = np.argsort(both, kind="stable")
    both, starts = np.unique(both[shared], return_index=True)
    ends = np.append(starts, len(shared))
    lists = pa.LargeListArray.from_arrays(ends, as_arrow(named["nom"]).take(pa.array(partner[order][one][shared])))
    first, second = np.divmod(both, max(len(contracts), 1))
    columns = {
        "contrat_a": contracts[first],
        "contrat_b": contracts[second],
        "partenaires_communs": np.diff(ends),
        "noms": as_series(pc.binary_join(lists, pa.scalar(" ; ", pa.large_string())), pd.RangeIndex(len(both))),
    }
    return pd.DataFrame(columns).sort_values(
        ["partenaires_communs", "contrat_a", "contrat_b"], ascending=[False, True, True], ignore_index=True
    )


def named_pairs(tables: Tables, shared: pd.DataFrame) -> pd.DataFrame:
    """Pairs of contracts with the names of both: ``nom_a``, ``nom_b``."""
    names = tables["contrats"].set_index("contrat_id")["nom"]
    return shared.assign(nom_a=shared["contrat_a"].map(names), nom_b=shared["contrat_b"].map(names))


def _pairs_within(groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of every two rows of a same group, of groups that come one after the other."""
    rows = np.arange(len(groups))
    after = np.searchsorted(groups, groups, side="right") - rows - 1
    one = np.repeat(rows, after)
    return one, one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(after) - after, after)


def named_ties(tables: Tables, found: pd.DataFrame) -> pd.DataFrame:
    """The ties with names beside identifiers and codes."""
    found = found.copy()
    contracts, partners = tables["contrats"], tables["partenaires"]
    found["contrat"] = found["contrat_id"].map(contracts.set_index("contrat_id")["nom"]).fillna(NATIONAL.fr)
    found["partenaire"] = found["partenaire_id"].map(partners.set_index("partenaire_id")["nom"])
    found["role"] = found["role_code"].map({code: text.fr for code, text in words(tables, "role").items()})
    columns = ["contrat_id", "contrat", "partenaire_id", "partenaire", "role_code", "role", "par", "nombre"]
    return found[columns]


def words(tables: Tables, vocabulary: str) -> dict[str, Bilingual]:
    """The labels of the codes of a vocabulary, and of "", in published order."""
    terms = tables["nomenclatures"]
    terms = terms[terms["nomenclature"] == vocabulary]
    english = terms["libelle_en"].fillna(terms["libelle"])
    unknown = UNKNOWN_ROLE if vocabulary == "role" else UNKNOWN_CATEGORY
    return {
        **{code: Bilingual(fr, en) for code, fr, en in zip(terms["code"], terms["libelle"], english, strict=True)},
        "": unknown,
    }


def graph(tables: Tables, most: int = bounds.CONTRACTS) -> dict[str, Any]:
    """The graph as data: contracts in order of time, partners by number of contracts, one edge per pair.

    Of more than ``most`` contracts, it holds those with the most partners (`strongest_contracts`) and what is national.
    Texts are given in French and English; ``page`` is the address of a node's page from the root of its language.
    """
    found = ties(tables)
    contracts, partners = dated_contracts(tables), by_partner(tables, found)
    if len(contracts) > most:
        kept = strongest_contracts(found, most)
        found = found[found["contrat_id"].isin(kept | {""})]
        contracts = contracts[contracts["contrat_id"].isin(kept)]
    used = set(found["partenaire_id"])
    national = (
        [{"id": "", "nom": NATIONAL.fr, "nom_en": NATIONAL.en, "page": ""}] if (found["contrat_id"] == "").any() else []
    )
    roles, categories = words(tables, "role"), words(tables, "categorie_partenaire")
    edges: dict[tuple[str, str], list[list[Any]]] = {}
    for contract, partner, *role in zip(*(found[name].tolist() for name in (*_KEYS, "nombre")), strict=True):
        edges.setdefault((contract, partner), []).append(role)
    return {
        "contrats": [
            *(
                {
                    "id": row["contrat_id"],
                    "nom": row["nom"],
                    "generation": row["generation"],
                    "generation_en": row["generation_en"],
                    "page": f"contrats/{row['contrat_id']}/",
                }
                for row in contracts.to_dict("records")
            ),
            *national,
        ],
        "partenaires": [
            {
                "id": row["partenaire_id"],
                "nom": row["nom"],
                "sigle": row["sigle"] if isinstance(row["sigle"], str) else "",
                "categorie": row["categorie_code"],
                "contrats": row["contrats"],
                "page": f"partenaires/{row['partenaire_id']}/",
            }
            for row in partners[partners["partenaire_id"].isin(used)].to_dict("records")
        ],
        "liens": [
            {"contrat": contract, "partenaire": partner, "roles": several}
            for (contract, partner), several in edges.items()
        ],
        "roles": _present(roles, set(found["role_code"])),
        "categories": _present(categories, set(partners.loc[partners["partenaire_id"].isin(used), "categorie_code"])),
    }


def graph_json(drawn: Mapping[str, Any]) -> str:
    """A graph as JSON; no text of it can end a ``script`` or open a comment."""
    text = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"{text}\n"


def _present(terms: Mapping[str, Bilingual], codes: set[str]) -> list[list[str]]:
    """(code, label, English label) of the codes in use, known ones first in published order."""
    known = [[code, text.fr, text.en] for code, text in terms.items() if code in codes]
    return known + [[code, code, code] for code in sorted(codes - set(terms))]
