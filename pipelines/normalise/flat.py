"""The three flat tables, for people who open one file in a spreadsheet: labels beside codes, lists joined with « ; ».

Each is declared once (`FLAT`): the table whose rows it has, and a rule for each column that is not simply one of that
table. The rules make the columns, and say which columns of which tables they are made of.

Belongs here: what is derived from finished tables for them. Does not belong here: any fact of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.identity import keys_of
from pipelines.normalise.lookups import first_of_each
from pipelines.texts import as_arrow, as_series
from schemas.declaration import LIST_SEPARATOR
from schemas.registry import tables as declared_tables

Tables = dict[str, pd.DataFrame]
Place = tuple[str, str]
"""A published table and one of its columns."""
LEADING_ROLES = ("chef_de_file", "copilote", "porteur")
_LABEL: tuple[Place, ...] = (("nomenclatures", "code"), ("nomenclatures", "libelle"))


@dataclass(frozen=True)
class Rows:
    """The rows of a flat table while it is made: ``frame``, one per group, and the tables it is made of.

    ``names``: the group of each row as a text. ``owners``: for each row of the table that it has the rows of, which
    several may share, the place of its own here.
    """

    frame: pd.DataFrame
    names: pa.Array
    owners: np.ndarray
    base: str
    built: Tables

    def owned(self, table: str, by: str) -> np.ndarray:
        """The place of the row that each row of a table belongs to, -1 where it belongs to none."""
        return self.owners if table == self.base else _places(as_arrow(self.built[table][by]), self.names)


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
        places = _places(as_arrow(rows.frame[self.by]), _keys(rows.built, self.table))
        held = rows.built[self.table][self.column].array.take(places, allow_fill=True)
        return pd.Series(held, index=rows.frame.index)

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
        labels = _labels(rows.built, self.vocabulary, as_arrow(rows.frame[self.code]))
        return as_series(labels, rows.frame.index)

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
        owners = rows.owned(self.table, self.by)
        columns = [as_arrow(listed[column]) for column in self.columns]
        values = pc.binary_join_element_wise(*columns, pa.scalar(" ", pa.large_string()))
        if self.vocabulary:
            values = _labels(rows.built, self.vocabulary, values)
        if self.named:
            table, column = self.named
            values = _taken(as_arrow(rows.built[table][column]), _places(values, _keys(rows.built, table)))
        if self.among:
            owners = np.where(listed[self.among[0]].isin(self.among[1]), owners, -1)
        if self.other_than:
            own = _taken(as_arrow(rows.frame[self.other_than]), owners)
            owners = np.where(pc.fill_null(pc.equal(values, own), False), -1, owners)
        return as_series(joined(owners, values, len(rows.frame), _ranks(listed, self.order)), rows.frame.index)

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
        counted = rows.built[self.table].drop_duplicates([self.by, self.distinct])
        owners = _places(as_arrow(counted[self.by]), rows.names)
        return pd.Series(np.bincount(owners[owners >= 0], minlength=len(rows.frame)), index=rows.frame.index)

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
        cited = _places(as_arrow(own["ligne_id"]), _keys(rows.built, rows.base))
        owners = np.append(rows.owners, -1)[cited]
        found = joined(owners, as_arrow(own["source_id"]), len(rows.frame), _ranks(own, self.order))
        return as_series(found, rows.frame.index)

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
    scope = [as_arrow(base[column].fillna("")) for column in flat.group]
    groups = pc.binary_join_element_wise(*scope, pa.scalar("|", pa.large_string())).dictionary_encode()
    owners = groups.indices.to_numpy()
    rows = Rows(base.iloc[first_of_each(owners)], groups.dictionary, owners, flat.base, built)
    for column, rule in flat.rules.items():
        rows.frame[column] = rule.values(rows)
    if table.key in rows.frame:
        return rows.frame
    nothing = pd.DataFrame({"table_code": [], "cle_naturelle": [], "ligne_id": []}, dtype="str")
    return rows.frame.assign(**{table.key: keys_of(rows.frame, table, nothing)})


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


def _keys(built: Tables, table: str) -> pa.Array:
    return as_arrow(built[table][declared_tables()[table].key])


def _places(texts: pa.Array, among: pa.Array) -> np.ndarray:
    """Where each text is among others, -1 where it is not."""
    found: np.ndarray = pc.fill_null(pc.index_in(texts, among), -1).to_numpy()
    return found


def _taken(values: pa.Array, places: np.ndarray) -> pa.Array:
    """The values at these places, null for -1."""
    return values.take(pa.array(places, mask=places < 0))


def _labels(built: Tables, vocabulary: str, codes: pa.Array) -> pa.Array:
    terms = built["nomenclatures"]
    own = terms[terms["nomenclature"] == vocabulary]
    return _taken(as_arrow(own["libelle"]), _places(codes, as_arrow(own["code"])))


def _ranks(frame: pd.DataFrame, order: tuple[str, ...]) -> list[np.ndarray]:
    """The rank of each row by each of these columns of texts, what is missing last."""
    coded = [as_arrow(frame[column]).dictionary_encode() for column in order]
    ranks = [pc.rank(one.dictionary, tiebreaker="dense").take(one.indices) for one in coded]
    return [pc.fill_null(rank, len(one.dictionary) + 1).to_numpy() for rank, one in zip(ranks, coded, strict=True)]


def joined(owners: np.ndarray, values: pa.Array, count: int, ranks: Sequence[np.ndarray] = ()) -> pa.Array:
    """The distinct values of each of ``count`` owners joined into one text, in the order of these ranks.

    ``owners``: the number of the owner of each value, -1 for none. Null for an owner of nothing.
    """
    coded = values.dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy()
    kept = np.flatnonzero((owners >= 0) & (codes >= 0))
    kept = kept[np.lexsort([*(rank[kept] for rank in reversed(ranks)), owners[kept]])]
    pairs = owners[kept].astype("int64") * len(coded.dictionary) + codes[kept]
    kept = kept[~pd.Index(pairs).duplicated()]
    lengths = np.bincount(owners[kept], minlength=count)
    lists = pa.LargeListArray.from_arrays(np.append(0, np.cumsum(lengths)), coded.dictionary.take(codes[kept]))
    texts = pc.binary_join(lists, pa.scalar(LIST_SEPARATOR, pa.large_string()))
    return pc.if_else(lengths > 0, texts, None)
