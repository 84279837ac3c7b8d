"""The three flat tables, for people who open one file in a spreadsheet: labels beside codes, lists joined with « ; ».

Belongs here: what is derived from finished tables for them. Does not belong here: any fact of their own.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipelines.normalise.identity import complete_keys
from schemas.declaration import LIST_SEPARATOR
from schemas.registry import tables as declared_tables

Tables = dict[str, pd.DataFrame]
LEADING_ROLES = ("chef_de_file", "copilote", "porteur")


def build(name: str, built: Tables) -> pd.DataFrame:
    """The flat table of this name."""
    return _BUILDERS[name](built, _labels(built))


def _labels(built: Tables) -> pd.Series:
    terms = built["nomenclatures"]
    return terms.set_index(terms["nomenclature"] + "|" + terms["code"])["libelle"]


def _label(labels: pd.Series, vocabulary: str, codes: pd.Series) -> pd.Series:
    return (vocabulary + "|" + codes).map(labels).astype("str")


def joined(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The distinct values of each key, in order, joined into one text."""
    pairs = pd.DataFrame({"key": keys.to_numpy(), "value": values.to_numpy()}).dropna().drop_duplicates()
    return pairs.groupby("key", sort=False)["value"].agg(LIST_SEPARATOR.join)


def _sources(built: Tables, table: str) -> pd.Series:
    citations = built["citations"]
    own = citations[citations["table_code"] == table].sort_values(["ligne_id", "source_id"])
    return joined(own["ligne_id"], own["source_id"])


def _contracts(built: Tables, labels: pd.Series) -> pd.DataFrame:
    frame = built["contrats"].copy()
    key = frame["contrat_id"]
    themes, zones = built["contrats_thematiques"], built["contrats_territoires"]
    roles, names = built["contrats_partenaires"], built["contrats_denominations"]
    partner = built["partenaires"].set_index("partenaire_id")["nom"]
    leading = roles[roles["role_code"].isin(LEADING_ROLES)].sort_values(["contrat_id", "role_code", "partenaire_id"])
    others = names[names["denomination"] != names["contrat_id"].map(frame.set_index("contrat_id")["nom"])]
    coded = zones["zone_type_code"] + " " + zones["zone_code"]
    derived = {
        "thematiques": joined(themes["contrat_id"], _label(labels, "thematique", themes["thematique_code"])),
        "territoires": joined(zones["contrat_id"], zones["libelle"]),
        "zones_codes": joined(zones["contrat_id"], coded),
        "chefs_de_file": joined(leading["contrat_id"], leading["partenaire_id"].map(partner)),
        "denominations": joined(others["contrat_id"], others["denomination"]),
        "sources": _sources(built, "contrats"),
    }
    for name, values in derived.items():
        frame[name] = key.map(values).astype("str")
    frame["generation"] = _label(labels, "generation", frame["generation_code"])
    frame["statut"] = _label(labels, "statut_contrat", frame["statut_code"])
    counted = roles.drop_duplicates(["contrat_id", "partenaire_id"]).groupby("contrat_id").size()
    frame["nombre_partenaires"] = key.map(counted).fillna(0).astype("int64")
    frame["nombre_actions"] = key.map(built["actions"].groupby("contrat_id").size()).fillna(0).astype("int64")
    return frame


def _partners(built: Tables, labels: pd.Series) -> pd.DataFrame:
    table = declared_tables()["partenaires_a_plat"]
    roles = built["contrats_partenaires"]
    scope = roles[["contrat_id", "groupe_code", "partenaire_id"]].fillna("")
    roles = roles.assign(_key=scope["contrat_id"] + "|" + scope["groupe_code"] + "|" + scope["partenaire_id"])
    frame = roles.drop_duplicates("_key")[["_key", "contrat_id", "groupe_code", "partenaire_id"]]
    citations = built["citations"]
    own = citations[citations["table_code"] == "contrats_partenaires"]
    key_of = roles.set_index("contrat_partenaire_id")["_key"]
    derived = {
        "roles_codes": joined(roles["_key"], roles["role_code"]),
        "roles": joined(roles["_key"], _label(labels, "role", roles["role_code"])),
        "roles_source": joined(roles["_key"], roles["role_source"]),
        "sources": joined(own["ligne_id"].map(key_of), own["source_id"]),
    }
    registry = built["partenaires"].rename(columns={"nom": "partenaire_nom"}).drop(columns="remarque")
    frame = frame.merge(registry, on="partenaire_id", how="left")
    for name, values in derived.items():
        frame[name] = frame["_key"].map(values).astype("str")
    frame["contrat_nom"] = frame["contrat_id"].map(built["contrats"].set_index("contrat_id")["nom"]).astype("str")
    frame["categorie"] = _label(labels, "categorie_partenaire", frame["categorie_code"])
    nothing = pd.DataFrame({"table_code": [], "cle_naturelle": [], "ligne_id": []}, dtype="str")
    return frame.assign(**{table.key: complete_keys(frame, table, nothing)["key"]})


def _actions(built: Tables, labels: pd.Series) -> pd.DataFrame:
    frame = built["actions"].copy()
    key = frame["action_id"]
    markets, parts = built["actions_marches"], built["actions_partenaires"]
    partner = built["partenaires"].set_index("partenaire_id")["nom"]
    frame["marches"] = key.map(joined(markets["action_id"], _label(labels, "marche", markets["marche_code"]))).astype(
        "str"
    )
    frame["partenaires"] = key.map(joined(parts["action_id"], parts["partenaire_id"].map(partner))).astype("str")
    frame["outil"] = frame["outil_id"].map(built["outils"].set_index("outil_id")["intitule"]).astype("str")
    frame["sources"] = key.map(_sources(built, "actions")).astype("str")
    frame["contrat_nom"] = frame["contrat_id"].map(built["contrats"].set_index("contrat_id")["nom"]).astype("str")
    frame["axe"] = _label(labels, "axe", frame["axe_code"])
    frame["statut"] = _label(labels, "statut_action", frame["statut_code"])
    return frame


_BUILDERS: dict[str, Callable[[Tables, pd.Series], pd.DataFrame]] = {
    "contrats_a_plat": _contracts,
    "partenaires_a_plat": _partners,
    "actions_a_plat": _actions,
}
