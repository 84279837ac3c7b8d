"""Cells that name something → keys.

Belongs here: references in the cells of a row (contract, partner, zone, action, tool, financing) and what the
registry says of a partner. Does not belong here: cells of several values (``children``) and sources (``citations``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.parse import Vocabularies, find_code
from pipelines.normalise.keys import among, rows_among
from pipelines.normalise.lookups import Lookup, by_identifier, near, partners, zones
from pipelines.normalise.rows import Rows, Workspace
from pipelines.texts import Distinct, as_arrow, as_series, folded
from schemas.declaration import Cell, ForeignKey, Kind, PartnerOrGroupCell, RegistryCell, ZoneCell
from schemas.registry import tables

ROW_REFERENCES = ("actions", "outils", "financements", "evenements", "gouvernance", "indicateurs", "divergences")


@dataclass
class References:
    """Every lookup that does not need minted keys."""

    contracts: Lookup
    partners: Lookup
    sources: Lookup
    zones: Lookup
    registry: pd.DataFrame


def references(workspace: Workspace) -> References:
    """Builds the lookups from the reference lists; reports spellings that stand for two partners."""
    rows = workspace.rows
    contracts = by_identifier(workspace.named_contracts())
    spellings = rows["partenaires_denominations"]
    registry = workspace.declared("partenaires")
    identifiers = by_identifier(registry["partenaire_id"])
    identifiers.add(registry["nom"], registry["partenaire_id"])
    typed = spellings.typed.frame
    spelled = typed.assign(
        partenaire_id=identifiers.resolve(typed["partenaire_id"]),
        # A contract that is not known keeps the spelling to itself: it must not hold everywhere instead.
        contrat_id=contracts.resolve(typed["contrat_id"]).fillna(typed["contrat_id"]),
    )
    known, clashes = partners(registry, spelled)
    clashes = spellings.judged(clashes, "Dénomination")
    if len(clashes):
        others = known.resolve(spelled.loc[clashes, "denomination"], spelled.loc[clashes, "contrat_id"])
        spellings.typed.refuse(workspace.log, "ecriture-partagee", clashes, "Dénomination", expected=others.tolist())
    return References(
        contracts=contracts,
        partners=known,
        sources=by_identifier(workspace.declared("sources")["source_id"]),
        zones=zones(workspace.typed["zones"].frame.dropna(subset=["zone_type_code", "zone_code", "libelle"])),
        registry=registry.dropna(subset="partenaire_id").drop_duplicates("partenaire_id").set_index("partenaire_id"),
    )


def resolve_names(workspace: Workspace, known: References) -> None:
    """Resolves contracts, partners and zones in every sheet; a name that is not known refuses its row."""
    for rows in workspace.rows.values():
        for item in rows.typed.sheet.fields:
            if isinstance(item, Cell) and item.column.references == "partenaires":
                named = _reference(workspace, rows, item, known.partners, "partenaire-inconnu")
                _compare_with_registry(workspace, rows, named, known)
            elif isinstance(item, Cell) and item.column.references == "contrats":
                _reference(workspace, rows, item, known.contracts, "contrat-inconnu")
            elif isinstance(item, Cell) and item.column.references == "sources":
                _reference(workspace, rows, item, known.sources, "source-inconnue")
            elif isinstance(item, PartnerOrGroupCell):
                _partner_or_group(workspace, rows, item, known)
            elif isinstance(item, ZoneCell):
                _zone(workspace, rows, item, known)
        for key in rows.table.composite_keys:
            _pair(workspace, rows, key)
    workspace.drop_refused()


def _reference(workspace: Workspace, rows: Rows, item: Cell, lookup: Lookup, code: str, **words: object) -> pd.Series:
    """Fills the column of a cell that names something; returns the key that each row of the sheet names."""
    name = item.column.name
    text = rows.typed.frame[name]
    if item.label in rows.faulty:
        text = text.mask(text.index.isin(rows.faulty[item.label]))
    found = lookup.resolve(text, rows.contracts)
    rows.frame[name] = found
    unknown = found.isna() & text.notna()
    if not unknown.any():
        return found
    refused = pd.Series(list(workspace.refused_keys().get(item.column.references or "", ())), dtype="str")
    said = text.str.lower()
    drawn = unknown & (among(said, refused) | among(rows.contracts + " " + said, refused))
    workspace.draw_along(rows, rows.frame.index.intersection(text.index[drawn]), item.label)
    wrong = text.index[unknown & ~drawn]
    if len(wrong):
        close = near([lookup], text[wrong], rows.contracts[wrong])
        rows.typed.refuse(workspace.log, code, wrong, item.label, near=close, **words)
    return found


def _partner_or_group(workspace: Workspace, rows: Rows, item: PartnerOrGroupCell, known: References) -> None:
    text = rows.text(item.label)
    quoted = text.str.startswith("«") & text.str.endswith("»")
    found = known.partners.resolve(text.where(~quoted, ""), rows.contracts)
    rows.frame[item.group] = text.str.slice(1, -1).str.strip().where(quoted)
    rows.frame[item.partner] = found
    wrong = text.index[found.isna() & ~quoted & (text != "")]
    if len(wrong):
        close = near([known.partners], text[wrong], rows.contracts[wrong])
        rows.typed.refuse(workspace.log, "partenaire-inconnu", wrong, item.label, near=close)


def _zone(workspace: Workspace, rows: Rows, item: ZoneCell, known: References) -> None:
    text = rows.text(item.label)
    found = known.zones.resolve(text)
    named = found.dropna()
    parts = pc.list_flatten(pc.split_pattern(as_arrow(named), "|", max_splits=1))
    rows.frame[item.type_column] = as_series(parts[::2], named.index)
    rows.frame[item.code_column] = as_series(parts[1::2], named.index)
    wrong = text.index[found.isna() & (text != "")]
    if len(wrong):
        close = near([known.zones], text[wrong])
        rows.typed.refuse(workspace.log, "zone-inconnue", wrong, item.label, near=close)


def _pair(workspace: Workspace, rows: Rows, key: ForeignKey) -> None:
    """Cells that point at another row together (a type of zone and its code); a refused row is a row all the same."""
    typed_apart = [
        item for item in rows.typed.sheet.fields if isinstance(item, Cell) and item.column.name in key.columns
    ]
    if len(typed_apart) < len(key.columns):
        return
    held = rows.typed.frame[list(key.columns)].dropna()
    listed = [one.frame[list(key.target)] for one in workspace.typed.values() if one.sheet.table == key.table]
    wrong = held.index[~rows_among(held, pd.concat(listed))]
    for item in typed_apart:
        wrong = rows.judged(wrong, item.label)
    rows.typed.refuse(workspace.log, "cle-etrangere", wrong, typed_apart[-1].label, expected=key.table)


def _compare_with_registry(workspace: Workspace, rows: Rows, named: pd.Series, known: References) -> None:
    """The registry outranks what a row says of the organisation itself; a difference is a warning."""
    for item in rows.typed.sheet.fields:
        if not isinstance(item, RegistryCell):
            continue
        text, column = rows.text(item.label), item.column
        typed = text
        if column.kind is Kind.CODE:
            codes = codes_of(workspace.vocabularies, column.vocabulary or "", text)
            typed = codes.mask(codes == "").fillna(text)
        told = text.index[named.notna() & (typed != "")]
        said = named[told].map(known.registry[column.name]).astype("str")
        wrong = told[folded(typed[told]) != folded(said.fillna(""))]
        places = rows.typed.source.cells(wrong, item.label)
        workspace.log.add("partenaire-different", places, expected=said[wrong].fillna("(rien)").tolist())


def codes_of(vocabularies: Vocabularies, name: str, texts: pd.Series) -> pd.Series:
    """`find_code` of each text of a column."""
    distinct = Distinct.of(texts)
    codes = [find_code(vocabularies, name, value) for value in distinct.values.to_pylist()]
    return distinct.column(pa.array(codes, pa.large_string()))


def resolve_rows(workspace: Workspace) -> None:
    """Resolves the cells that point at another row, by its identifier or, for an action, its number in the contract."""
    lookups = {name: Lookup() for name in ROW_REFERENCES}
    for rows in workspace.rows.values():
        if rows.table.name in lookups:
            lookups[rows.table.name].add(rows.keys["key"], rows.keys["key"])
            if "numero" in rows.frame:
                lookups[rows.table.name].add(rows.frame["numero"], rows.keys["key"], rows.scope)
    for rows in workspace.rows.values():
        for item in rows.typed.sheet.fields:
            if isinstance(item, Cell) and item.column.references in lookups:
                target = item.column.references
                title = tables()[target].title.fr
                _reference(workspace, rows, item, lookups[target], "ligne-inconnue", expected=title)
            if isinstance(item, Cell) and item.column.references == rows.table.name:
                _refuse_loops(workspace, rows, item)
    workspace.drop_refused()


def _refuse_loops(workspace: Workspace, rows: Rows, item: Cell) -> None:
    """Refuses the rows that a column leads back to, of a table whose rows refer to others of the same table."""
    held = rows.frame[item.column.name].dropna()
    above = pd.Series(held.to_numpy(), index=rows.keys["key"].reindex(held.index).to_numpy())
    above = reached = above[above.index.notna() & ~above.index.duplicated()]
    for _ in range(len(above).bit_length()):  # each step goes twice as far as the one before
        reached = reached.map(reached).dropna()
    looped = held.index[among(rows.keys["key"].reindex(held.index), reached.drop_duplicates())]
    rows.typed.refuse(workspace.log, "ligne-en-boucle", looped, item.label)
