"""The story of a published row: what it says, the cells where it was typed, its corrections, sources and divergences.

Belongs here: gathering that story from a release alone (its tables, and the sheets that it keeps), and telling it in
French. Does not belong here: today's sources, which may have moved on; the reading of sheets (``sheets``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.issues import nearest, suggestion
from pipelines.publish.diff.schemas import primary_key
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.sheets.columns import listed
from pipelines.sheets.files import UnreadableFileError, digest, read_file
from pipelines.sheets.labels import find_sheet, label
from pipelines.text import clean, fold
from schemas.declaration import Cell, Field, ListCell, PartnerOrGroupCell, Sheet
from schemas.registry import sheets

KEPT_SOURCES = "sources"
PARTNERS = "partenaires"
SHOWN_LINKS = 5
Row = dict[str, Any]


class NoSuchRowError(Exception):
    """The release has no such table, or the table no such row; the reason is in French, with the nearest names."""


@dataclass(frozen=True)
class Typed:
    """A cell of the sheet where a row was typed: its address, its label, its text, the columns of the row it fills."""

    cell: str
    label: str
    text: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A row of a sheet; ``trouble`` says why its cells cannot be shown, when they cannot."""

    file: str
    sheet: str
    row: int
    sha256: str
    cells: tuple[Typed, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Story:
    """Everything that a release knows of one of its rows. ``row``: column → published value, in order."""

    table: str
    title: str
    key: str
    row: Row
    titles: dict[str, str]
    places: tuple[Place, ...]
    corrections: tuple[Row, ...]
    spellings: tuple[tuple[str, str, str], ...]
    citations: tuple[tuple[str, Row], ...]
    divergences: tuple[tuple[Row, tuple[Row, ...]], ...]
    refers_to: tuple[tuple[str, str, str], ...]
    referred_by: tuple[tuple[str, int, tuple[str, ...]], ...] = field(default=())


def explain(release: ReleaseFolder, table: str, key: str) -> Story:
    """Gathers the story of the row ``key`` of ``table``.

    Raises:
        NoSuchRowError: no such table or row; a retired identifier is told apart.
        NotAReleaseError: a table of the release cannot be read, or lacks what is looked for in it.
    """
    try:
        return _story(release, table, key)
    except KeyError as error:
        raise NotAReleaseError(f"il y manque « {error.args[0]} »") from error
    except pa.ArrowException as error:
        raise NotAReleaseError("une colonne n’est pas du type attendu") from error


def _story(release: ReleaseFolder, table: str, key: str) -> Story:
    if table not in release.resources:
        raise NoSuchRowError(
            f"La version {release.version} n’a pas de table « {table} »."
            f"{suggestion(nearest(table, list(release.resources)))}"
        )
    schema, own = release.schema(table), _key(release, table)
    rows = release.parquet(table)
    found = _where(rows, **{own: key})
    if not found:
        raise NoSuchRowError(_no_row(release, table, key, [str(one) for one in rows[own].to_pylist()]))
    row = found[0]
    traced = {"table_code": table, "ligne_id": key}
    places = tuple(_place(release, one) for one in _rows(release, "provenance", **traced))
    return Story(
        table=table,
        title=str(release.resources[table].get("title", table)),
        key=key,
        row=row,
        titles={str(one["name"]): str(one.get("title", one["name"])) for one in schema["fields"]},
        places=places,
        corrections=tuple(one for place in places for one in _corrections(release, place, key)),
        spellings=tuple(_spellings(release, places, row)),
        citations=tuple(_citations(release, traced)),
        divergences=tuple(_divergences(release, traced)),
        refers_to=tuple(_refers_to(release, table, row)),
        referred_by=tuple(_referred_by(release, table, key)),
    )


def _key(release: ReleaseFolder, table: str) -> str:
    """The column that names the rows of a table; empty when there is not one."""
    names = primary_key(release.schema(table))
    return names[0] if len(names) == 1 else ""


def _where(rows: pa.Table, **wanted: object) -> list[Row]:
    """The rows that hold these values."""
    kept = rows
    for name, value in wanted.items():
        if name not in kept.column_names:
            return []
        kept = kept.filter(pc.equal(kept[name], pa.scalar(value, kept.schema.field(name).type)))
    found: list[Row] = kept.to_pylist()
    return found


def _rows(release: ReleaseFolder, table: str, **wanted: object) -> list[Row]:
    return _where(release.parquet(table), **wanted) if table in release.resources else []


def _no_row(release: ReleaseFolder, table: str, key: str, known: list[str]) -> str:
    for retired in _rows(release, "identifiants_retires", table_code=table, ligne_id=key):
        told = "".join(f" {name} : {value}." for name, value in retired.items() if value and name not in _OWN_NAME)
        return f"L’identifiant « {key} » de la table {table} a été retiré.{told}"
    return f"La table {table} n’a pas de ligne « {key} ».{suggestion(nearest(key, known))}"


_OWN_NAME = frozenset({"identifiant_retire_id", "table_code", "ligne_id"})


# --- The sheet -----------------------------------------------------------------------------------------------------


def _place(release: ReleaseFolder, traced: Row) -> Place:
    file, sheet, number, sha256 = (traced[name] for name in ("fichier", "feuille", "ligne", "empreinte_sha256"))
    place = Place(str(file), str(sheet), int(number or 0), str(sha256))
    kept = release.path / KEPT_SOURCES / place.file
    if not kept.resolve().is_relative_to((release.path / KEPT_SOURCES).resolve()) or not kept.exists():
        return _untold(place, "la version ne garde pas ce fichier")
    if digest(kept) != place.sha256:
        return _untold(place, "le fichier gardé n’est pas celui d’où vient la ligne : son empreinte diffère")
    try:
        cells = _cells(kept, place)
    except UnreadableFileError as error:
        return _untold(place, error.reason)
    return Place(place.file, place.sheet, place.row, place.sha256, cells)


def _untold(place: Place, trouble: str) -> Place:
    return Place(place.file, place.sheet, place.row, place.sha256, trouble=trouble)


def _cells(path: Path, place: Place) -> tuple[Typed, ...]:
    declared = sheets().get(place.sheet)
    for grid in read_file(path).grids:
        if declared is None or find_sheet(grid.sheet, {place.sheet: declared}) is None:
            continue
        rows = label(grid, declared).rows
        if rows is None:
            continue
        for at in np.flatnonzero(rows.numbers == place.row)[:1].tolist():
            return tuple(
                Typed(f"{rows.letters[name]}{place.row}", name, clean(text), _filled_by(declared, name))
                for name, column in zip(rows.labels, rows.columns, strict=True)
                for text in listed(column[at : at + 1])
                if clean(text)
            )
    return ()


def _filled_by(sheet: Sheet, name: str) -> tuple[str, ...]:
    item = sheet.field(name)
    match item:
        case Cell():
            return (item.column.name,)
        case ListCell():
            return item.columns
        case PartnerOrGroupCell():
            return (item.partner, item.group)
        case _:
            return ()


def _corrections(release: ReleaseFolder, place: Place, key: str) -> Iterator[Row]:
    for row in _rows(release, "corrections", fichier=place.file, feuille=place.sheet):
        if row["ligne_id"] in (key, str(place.row)):
            yield row


def _spellings(release: ReleaseFolder, places: tuple[Place, ...], row: Row) -> Iterator[tuple[str, str, str]]:
    """The texts of cells that name an organisation otherwise than the registry: cell, text, name of the registry."""
    held = {str(value) for name, value in row.items() if name in ("partenaire_id", "exploitant_id") and value}
    for partner in sorted(held):
        for known in _rows(release, PARTNERS, partenaire_id=partner):
            names = {fold(str(known[name])) for name in ("nom", "sigle", "partenaire_id") if known.get(name)}
            for place in places:
                for cell in _naming(place):
                    parts = [clean(part.partition("=")[0]) for part in cell.text.split(";")]
                    spelt = [part for part in parts if fold(part) in _spelt(release, partner) - names]
                    yield from ((f"{place.sheet} {cell.cell}", part, str(known["nom"])) for part in spelt)


def _naming(place: Place) -> list[Typed]:
    declared = sheets().get(place.sheet)
    return [] if declared is None else [cell for cell in place.cells if _names_partner(declared.field(cell.label))]


def _names_partner(item: Field) -> bool:
    match item:
        case Cell():
            return item.column.references == PARTNERS
        case ListCell():
            return "partenaire_id" in item.columns
        case _:
            return isinstance(item, PartnerOrGroupCell)


def _spelt(release: ReleaseFolder, partner: str) -> set[str]:
    found = _rows(release, "partenaires_denominations", partenaire_id=partner)
    return {fold(str(one["denomination"])) for one in found}


# --- What the other tables say of the row ----------------------------------------------------------------------------


def _citations(release: ReleaseFolder, traced: Row) -> Iterator[tuple[str, Row]]:
    for citation in _rows(release, "citations", **traced):
        for source in _rows(release, "sources", source_id=citation["source_id"]):
            yield str(citation["colonne"] or ""), source


def _divergences(release: ReleaseFolder, traced: Row) -> Iterator[tuple[Row, tuple[Row, ...]]]:
    for divergence in _rows(release, "divergences", **traced):
        versions = _rows(release, "divergences_valeurs", divergence_id=divergence["divergence_id"])
        yield divergence, tuple(sorted(versions, key=lambda one: int(one["rang"] or 0)))


def _refers_to(release: ReleaseFolder, table: str, row: Row) -> Iterator[tuple[str, str, str]]:
    """Column, table and key of each row that this one names, or that it is derived from: one that bears its own key."""
    own = _key(release, table)
    for name in release.resources:
        if name != table and _key(release, name) == own and _rows(release, name, **{own: row[own]}):
            yield own, name, str(row[own])
    for columns, target in _references(release, table):
        if len(columns) == 1 and row.get(columns[0]):
            yield columns[0], target, str(row[columns[0]])


def _references(release: ReleaseFolder, table: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The columns of each foreign key of a table, and the table they point at."""
    for key in release.schema(table).get("foreignKeys", []):
        columns = key["fields"]
        yield (columns,) if isinstance(columns, str) else tuple(columns), key["reference"]["resource"] or table


def _referred_by(release: ReleaseFolder, table: str, key: str) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """The tables whose rows name this one: how many, and the first of them."""
    for name in release.resources:
        columns = [names[0] for names, target in _references(release, name) if len(names) == 1 and target == table]
        if columns:
            found = [row for column in columns for row in _rows(release, name, **{column: key})]
            own = _key(release, name) or columns[0]
            keys = list(dict.fromkeys(str(row[own]) for row in found))
            if keys:
                yield name, len(keys), tuple(keys[:SHOWN_LINKS])


# --- The words -----------------------------------------------------------------------------------------------------


def told(story: Story, version: str) -> str:
    """The story as text, in French; it ends with a line feed."""
    lines = [f"{story.title} · {story.key} (table {story.table}, version {version})", ""]
    width = max(len(name) for name in story.row)
    lines += [f"  {name:<{width}}  {_shown(value)}" for name, value in story.row.items() if value is not None]
    blank = [name for name, value in story.row.items() if value is None and not name.endswith(_PARTS_OF_A_DATE)]
    lines += ["", f"  Vide, faute de source : {', '.join(blank)}."] if blank else []
    for title, part in _parts(story):
        lines += ["", title, *(f"  {line}" for line in part)]
    return "\n".join(lines) + "\n"


def _parts(story: Story) -> Iterator[tuple[str, list[str]]]:
    if not story.places:
        yield "Où c’est saisi", [_DERIVED]
    for place in story.places:
        title = f"Où c’est saisi : {place.file}, feuille « {place.sheet} », ligne {place.row}"
        if place.trouble:
            yield title, [f"Les cellules ne peuvent pas être montrées : {place.trouble}."]
        else:
            yield title, [_cell_line(cell, story.row) for cell in place.cells]
    if story.corrections:
        yield "Corrections appliquées", [_correction_line(one) for one in story.corrections]
    if story.spellings:
        yield (
            "Écritures reconnues",
            [f"{where} : « {text} » est {name}, d’après le registre." for where, text, name in story.spellings],
        )
    yield "Sources", [_source_line(column, source) for column, source in story.citations] or ["Aucune citation."]
    for divergence, versions in story.divergences:
        yield (
            f"Divergence : {divergence['sujet']} ({divergence['colonne'] or 'toute la ligne'})",
            [
                *(
                    f"version {one['rang']} : « {_shown(one['valeur_citee'])} » ({one['source_id']})"
                    for one in versions
                ),
                *([f"lecture : {divergence['lecture']}"] if divergence["lecture"] else []),
                f"valeur retenue : {_shown(divergence['valeur_retenue']) or 'aucune'}",
            ],
        )
    if story.refers_to:
        yield "Elle renvoie à", [f"{column} → {table} {key}" for column, table, key in story.refers_to]
    if story.referred_by:
        yield "On y renvoie depuis", [_referring(*one) for one in story.referred_by]


_PARTS_OF_A_DATE = ("_precision", "_texte")
_DERIVED = "La ligne n’est saisie nulle part : elle est déduite d’autres lignes (voir les renvois ci-dessous)."


def _cell_line(cell: Typed, row: Row) -> str:
    filled = [name for name in cell.columns if row.get(name) is not None]
    became = "".join(f" → {name} = {_shown(row[name])}" for name in filled if _shown(row[name]) != cell.text)
    same = " → " + ", ".join(filled) if filled and not became else became
    return f"{cell.cell:<5} {cell.label} : « {cell.text} »{same}"


def _correction_line(row: Row) -> str:
    source = f" (source : {row['source_id']})" if row.get("source_id") else ""
    before, after = _shown(row["valeur_attendue"]), _shown(row["valeur_corrigee"])
    return f"{row['colonne']} : « {before} » est lu « {after} » ; motif : {row['motif']}{source}"


def _source_line(column: str, source: Row) -> str:
    parts = [str(source[name]) for name in ("titre", "editeur", "url") if source.get(name)]
    return f"{column or 'toute la ligne'} : {source['source_id']}, {', '.join(parts)}"


def _referring(table: str, count: int, keys: tuple[str, ...]) -> str:
    more = f" et {count - len(keys)} autres" if count > len(keys) else ""
    return f"{table} : {', '.join(keys)}{more}"


def _shown(value: object) -> str:
    """A value as it stands in the CSV files."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
