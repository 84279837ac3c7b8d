"""The three flat tables, for people who open one file in a spreadsheet: labels beside codes, lists joined with « ; ».

Each is declared once (`FLAT`): the table whose rows it has, and a rule for each column that is not simply one of that
table. The rules make the columns, and say which columns of which tables they are made of.

Belongs here: what is derived from finished tables for them. Does not belong here: any fact of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from pipelines.normalise.identity import complete_keys
from schemas.declaration import LIST_SEPARATOR
from schemas.registry import tables as declared_tables

Tables = dict[str, pd.DataFrame]
Place = tuple[str, str]
"""A published table and one of its columns."""
LEADING_ROLES = ("chef_de_file", "copilote", "porteur")
_LABEL: tuple[Place, ...] = (("nomenclatures", "code"), ("nomenclatures", "libelle"))


@dataclass(frozen=True)
class Rows:
    """The rows of a flat table while it is made: ``frame``, one ``group`` each, and the tables it is made of.

    ``groups``: the group of each row of the table that it has the rows of, which several may share.
    """

    frame: pd.DataFrame
    group: pd.Series
    groups: pd.Series
    base: str
    built: Tables


class Rule(Protocol):
    """How a column is made, and of what."""

    def values(self, rows: Rows) -> pd.Series:
        """The column, on the index of the rows."""

    def origins(self, base: str) -> tuple[Place, ...]:
        """The columns that it is made of; ``base``: the table that the flat one has the rows of."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A column of another table, found by its key in column ``by`` of this one."""

    by: str
    table: str
    column: str

    def values(self, rows: Rows) -> pd.Series:
        """The column, on the index of the rows."""
        held = rows.built[self.table].set_index(declared_tables()[self.table].key)[self.column]
        return rows.frame[self.by].map(held)

    def origins(self, base: str) -> tuple[Place, ...]:
        """The column that names the row, and the one named."""
        return (base, self.by), (self.table, self.column)


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The label of a code of this table; ``of``: where that code comes from, if not from the table itself."""

    code: str
    vocabulary: str
    of: Place | None = None

    def values(self, rows: Rows) -> pd.Series:
        """The column, on the index of the rows."""
        return _label(rows.built, self.vocabulary, rows.frame[self.code])

    def origins(self, base: str) -> tuple[Place, ...]:
        """The code and its label."""
        return (self.of or (base, self.code), *_LABEL)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The distinct values of the rows of ``table`` that belong to the row, joined.

    ``columns`` are put together with a space. ``vocabulary``: their labels instead; ``named``: the column of another
    table that they are the key of; ``among``: a column and its only values that count; ``other_than``: a column of the
    row whose own value is left out. Rows are taken in the order of ``order``.
    """

    table: str
    columns: tuple[str, ...]
    by: str
    vocabulary: str | None = None
    named: Place | None = None
    among: tuple[str, tuple[str, ...]] | None = None
    other_than: str | None = None
    order: tuple[str, ...] = ()

    def values(self, rows: Rows) -> pd.Series:
        """The column, on the index of the rows."""
        listed = rows.built[self.table]
        owner = rows.groups if self.table == rows.base else listed[self.by]
        values = listed[self.columns[0]]
        for column in self.columns[1:]:
            values = values + " " + listed[column]
        if self.vocabulary:
            values = _label(rows.built, self.vocabulary, values)
        if self.named:
            table, column = self.named
            values = values.map(rows.built[table].set_index(declared_tables()[table].key)[column])
        kept = pd.Series(True, index=listed.index)
        if self.among:
            kept &= listed[self.among[0]].isin(self.among[1])
        if self.other_than:
            own = rows.frame.set_index(rows.group)[self.other_than]
            kept &= (values != owner.map(own)).fillna(True).astype(bool)
        ordered = listed[kept].sort_values(list(self.order)) if self.order else listed[kept]
        return rows.group.map(joined(owner[ordered.index], values[ordered.index]))

    def origins(self, base: str) -> tuple[Place, ...]:
        """What is listed, what it belongs to, and what it is chosen by."""
        columns = [*self.columns, *([] if self.table == base else [self.by])]
        found = [(self.table, column) for column in columns]
        if self.vocabulary:
            found += _LABEL
        if self.named:
            found.append(self.named)
        if self.among:
            found.append((self.table, self.among[0]))
        if self.other_than:
            found.append((base, self.other_than))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many rows of ``table`` belong to the row, those with the same ``distinct`` column counting once."""

    table: str
    by: str
    distinct: str

    def values(self, rows: Rows) -> pd.Series:
        """The column, on the index of the rows."""
        counted = rows.built[self.table].drop_duplicates([self.by, self.distinct]).groupby(self.by).size()
        return rows.group.map(counted).fillna(0).astype("int64")

    def origins(self, base: str) -> tuple[Place, ...]:
        """What is counted, and what it belongs to."""
        del base
        return (self.table, self.by), (self.table, self.distinct)


@dataclass(frozen=True, kw_only=True)
class Cited:
    """The sources that cite the rows of the base table, joined, in the order of ``order``."""

    order: tuple[str, ...] = ("ligne_id", "source_id")

    def values(self, rows: Rows) -> pd.Series:
        """The column, on the index of the rows."""
        citations = rows.built["citations"]
        own = citations[citations["table_code"] == rows.base]
        keys = rows.built[rows.base][declared_tables()[rows.base].key]
        owner = own["ligne_id"].map(pd.Series(rows.groups.to_numpy(), index=keys))
        ordered = own.sort_values(list(self.order))
        return rows.group.map(joined(owner[ordered.index], ordered["source_id"]))

    def origins(self, base: str) -> tuple[Place, ...]:
        """The citations of the table."""
        del base
        return tuple(("citations", column) for column in ("table_code", "ligne_id", "source_id"))


@dataclass(frozen=True, kw_only=True)
class FlatTable:
    """A flat table: the table that it has the rows of, one for each of their distinct ``group``, and its own columns.

    Its other columns are those of ``base``, under the same name.
    """

    base: str
    group: tuple[str, ...]
    rules: dict[str, Rule] = field(default_factory=dict)


_PARTNER = "partenaires"
FLAT: dict[str, FlatTable] = {
    "contrats_a_plat": FlatTable(
        base="contrats",
        group=("contrat_id",),
        rules={
            "generation": Labelled(code="generation_code", vocabulary="generation"),
            "statut": Labelled(code="statut_code", vocabulary="statut_contrat"),
            "thematiques": Listed(
                table="contrats_thematiques", by="contrat_id", columns=("thematique_code",), vocabulary="thematique"
            ),
            "territoires": Listed(table="contrats_territoires", by="contrat_id", columns=("libelle",)),
            "zones_codes": Listed(
                table="contrats_territoires", by="contrat_id", columns=("zone_type_code", "zone_code")
            ),
            "chefs_de_file": Listed(
                table="contrats_partenaires",
                by="contrat_id",
                columns=("partenaire_id",),
                named=(_PARTNER, "nom"),
                among=("role_code", LEADING_ROLES),
                order=("contrat_id", "role_code", "partenaire_id"),
            ),
            "denominations": Listed(
                table="contrats_denominations", by="contrat_id", columns=("denomination",), other_than="nom"
            ),
            "nombre_partenaires": Counted(table="contrats_partenaires", by="contrat_id", distinct="partenaire_id"),
            "nombre_actions": Counted(table="actions", by="contrat_id", distinct="action_id"),
            "sources": Cited(),
        },
    ),
    "partenaires_a_plat": FlatTable(
        base="contrats_partenaires",
        group=("contrat_id", "groupe_code", "partenaire_id"),
        rules={
            "contrat_nom": Named(by="contrat_id", table="contrats", column="nom"),
            "partenaire_nom": Named(by="partenaire_id", table=_PARTNER, column="nom"),
            **{
                name: Named(by="partenaire_id", table=_PARTNER, column=name)
                for name in (
                    "sigle",
                    "categorie_code",
                    "siren",
                    "zone_type_code",
                    "zone_code",
                    "site_web",
                    "est_groupe",
                )
            },
            "categorie": Labelled(
                code="categorie_code", vocabulary="categorie_partenaire", of=(_PARTNER, "categorie_code")
            ),
            "roles_codes": Listed(table="contrats_partenaires", by="", columns=("role_code",)),
            "roles": Listed(table="contrats_partenaires", by="", columns=("role_code",), vocabulary="role"),
            "roles_source": Listed(table="contrats_partenaires", by="", columns=("role_source",)),
            "sources": Cited(order=("citation_id",)),
        },
    ),
    "actions_a_plat": FlatTable(
        base="actions",
        group=("action_id",),
        rules={
            "contrat_nom": Named(by="contrat_id", table="contrats", column="nom"),
            "axe": Labelled(code="axe_code", vocabulary="axe"),
            "statut": Labelled(code="statut_code", vocabulary="statut_action"),
            "marches": Listed(table="actions_marches", by="action_id", columns=("marche_code",), vocabulary="marche"),
            "partenaires": Listed(
                table="actions_partenaires", by="action_id", columns=("partenaire_id",), named=(_PARTNER, "nom")
            ),
            "outil": Named(by="outil_id", table="outils", column="intitule"),
            "sources": Cited(),
        },
    ),
}


def build(name: str, built: Tables) -> pd.DataFrame:
    """The flat table of this name."""
    flat, table = FLAT[name], declared_tables()[name]
    base = built[flat.base]
    scope = base[list(flat.group)].fillna("")
    groups = scope[flat.group[0]]
    for column in flat.group[1:]:
        groups = groups + "|" + scope[column]
    first = ~groups.duplicated()
    rows = Rows(base[first].copy(), groups[first], groups, flat.base, built)
    for column, rule in flat.rules.items():
        rows.frame[column] = rule.values(rows)
    if table.key in rows.frame:
        return rows.frame
    nothing = pd.DataFrame({"table_code": [], "cle_naturelle": [], "ligne_id": []}, dtype="str")
    return rows.frame.assign(**{table.key: complete_keys(rows.frame, table, nothing)["key"]})


def origins(name: str) -> dict[str, tuple[Place, ...]]:
    """The columns of other tables that each published column of a flat table is made of."""
    flat, table = FLAT[name], declared_tables()[name]
    found: dict[str, tuple[Place, ...]] = {}
    for column in table.published:
        if column.name in flat.rules:
            found[column.name] = flat.rules[column.name].origins(flat.base)
        elif any(column.name == own.name for own in declared_tables()[flat.base].published):
            found[column.name] = ((flat.base, column.name),)
    if table.key not in found:
        found[table.key] = tuple(place for part in table.natural_key for place in found[part])
    return found


def _label(built: Tables, vocabulary: str, codes: pd.Series) -> pd.Series:
    terms = built["nomenclatures"]
    labels = terms.set_index(terms["nomenclature"] + "|" + terms["code"])["libelle"]
    return (vocabulary + "|" + codes).map(labels).astype("str")


def joined(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The distinct values of each key, in order, joined into one text."""
    pairs = pd.DataFrame({"key": keys.to_numpy(), "value": values.to_numpy()}).dropna().drop_duplicates()
    return pairs.groupby("key", sort=False)["value"].agg(LIST_SEPARATOR.join)
