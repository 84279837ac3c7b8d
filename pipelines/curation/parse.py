"""The cells of a sheet → typed columns, phase one (parse), then Pandera on the typed columns, phase two.

Belongs here: typing, vocabularies, obligations, and which rows are refused. Does not belong here: what needs another
row or another table (``normalise``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.curation.gather import Gathered
from pipelines.curation.issues import IssueLog, nearest, place, suggestion
from pipelines.curation.models import failures, sheet_model
from pipelines.curation.native import LONGEST_TEXT, doubtful_texts, from_serials, unspaced, with_zeros, years_as_days
from pipelines.curation.values import Bound, NumberValue, parse_boolean, parse_date, parse_number
from pipelines.dtypes import ARROW_TYPES, DECIMAL_KINDS, typed
from pipelines.sheets.cells import NUMERIC, CellKind
from pipelines.text import clean, fold, on_distinct, slug
from schemas.declaration import Cell, Column, Kind, Sheet
from schemas.registry import sheets as declared_sheets
from schemas.registry import tables
from schemas.vocabularies import TABLES, VOCABULARIES

Text = pd.Series
_BROKEN = (CellKind.ERROR, CellKind.NO_RESULT)
_FLOAT_NOISE = Decimal("1e-9")
_MOST_PROPOSED = 3
_MOST_LISTED = 8
"""Codes of a vocabulary that is told whole to who types another one."""


@dataclass
class Vocabularies:
    """The terms of every vocabulary: ``codes`` by name, in order, and folded ``spellings`` with the code of each.

    ``shown``: the spellings as they are typed, codes first, then labels.
    """

    codes: dict[str, tuple[str, ...]]
    spellings: dict[str, dict[str, str]]
    shown: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, terms: Gathered) -> Vocabularies:
        """From the gathered ``nomenclatures`` sheet; the vocabulary of tables comes from the declarations."""
        text = terms.text.map(clean)
        codes: dict[str, list[str]] = {TABLES: list(tables())}
        shown: dict[str, list[str]] = {TABLES: list(tables())}
        spellings: dict[str, dict[str, str]] = {TABLES: {fold(name): name for name in tables()}}
        for sheet in declared_sheets().values():
            if sheet.place == "classeur":
                spellings[TABLES].setdefault(fold(sheet.name), sheet.table)
                shown[TABLES].append(sheet.name)
        columns = zip(text["Nomenclature"], text["Code"], text["Libellé"], text["Autres écritures"], strict=True)
        for name, code, label, others in columns:
            codes.setdefault(name, []).append(code)
            shown.setdefault(name, []).extend((code, label, *(other.strip() for other in others.split(";"))))
            known = spellings.setdefault(name, {})
            for spelling in (*others.split(";"), label, code):
                if fold(spelling):
                    known[fold(spelling)] = code
            if label and not fold(label):
                known[label] = code
        for name, code in zip(text["Nomenclature"], text["Code"], strict=True):
            if fold(code):
                spellings[name][fold(code)] = code
        return cls(
            {name: tuple(dict.fromkeys(found)) for name, found in codes.items()},
            spellings,
            {name: tuple(dict.fromkeys(filter(None, found))) for name, found in shown.items()},
        )

    def title(self, name: str) -> str:
        """What a vocabulary is called where its terms are listed for people."""
        return VOCABULARIES[name].title.fr if name in VOCABULARIES else name

    def near(self, name: str, values: Iterable[str]) -> list[str]:
        """For each text that is no code: « Vouliez-vous dire … ? », then every code if they are few."""
        codes = self.codes.get(name, ())
        listed = f" Valeurs possibles : {', '.join(codes)}." if 0 < len(codes) <= _MOST_LISTED else ""
        values = list(values)
        found = {value: suggestion(self._likely(name, value)) + listed for value in dict.fromkeys(values)}
        return [found[value] for value in values]

    def _likely(self, name: str, value: str) -> list[str]:
        """The best spellings, one for each code, as the sheets write them."""
        best: dict[str | None, str] = {}
        for spelling in nearest(value, self.shown.get(name, ()), limit=_MOST_LISTED):
            best.setdefault(find_code(self, name, spelling), spelling)
        return list(best.values())[:_MOST_PROPOSED]


@dataclass
class Typed:
    """The rows of a sheet, typed.

    ``frame``: one column per `Cell` (a date is three), named as in the table, the index of ``source``; a reference to
    another row is still the text typed. ``refused``: rows with an error. ``blanked``: some cells are in error, and
    their texts were taken out of ``source``, which is then a copy of what was gathered.
    """

    source: Gathered
    frame: pd.DataFrame
    refused: set[int] = field(default_factory=set)
    blanked: bool = False

    @property
    def sheet(self) -> Sheet:
        """The sheet's declaration."""
        return self.source.sheet

    def accepted(self) -> pd.Index:
        """The rows without an error."""
        return self.frame.index.difference(pd.Index(sorted(self.refused)), sort=True)

    def refuse(self, log: IssueLog, code: str, rows: pd.Index, label: str, **words: object) -> None:
        """Reports these cells and refuses their rows."""
        if not len(rows):
            return
        log.add(code, self.source.cells(rows, label), **words)  # type: ignore[arg-type]
        self.refused.update(rows.tolist())


def parse(source: Gathered, vocabularies: Vocabularies, log: IssueLog) -> Typed:
    """Types a sheet's cells and validates them, reporting every problem at its cell."""
    result = Typed(source=source, frame=pd.DataFrame(index=source.text.index), refused=set(source.refused))
    if np.isin(source.kind.to_numpy(), _BROKEN).any():
        for item in source.sheet.fields:
            _report_broken(result, item.label, log)
    _report_texts(result, log)
    columns: dict[str, Text] = {}
    for item in source.sheet.fields:
        if isinstance(item, Cell):
            columns |= _typed_column(result, item, vocabularies, log)
    result.frame = pd.DataFrame(columns, index=source.text.index)
    _validate(result, log)
    _check_order(result, log)
    if source.sheet.single:
        _check_single(result, log)
    return result


_BLANK: dict[tuple[str, str], dict[str, Text]] = {}
"""What a blank cell of a sheet becomes, by sheet and label: most columns of most workbooks are blank."""


def _typed_column(result: Typed, item: Cell, vocabularies: Vocabularies, log: IssueLog) -> dict[str, Text]:
    text, place = result.source.text[item.label], (result.sheet.name, item.label)
    blank = len(text) > 0 and not (text != "").any()
    if blank and place in _BLANK:
        rows = np.zeros(len(text), dtype=np.int64)
        return {name: one.take(rows).set_axis(text.index) for name, one in _BLANK[place].items()}
    text = on_distinct(text, clean).astype("str")
    found = _typed_cell(result, item, text, vocabularies, log)
    if blank:
        _BLANK[place] = {name: one.head(1) for name, one in found.items()}
    return found


def _report_broken(result: Typed, label: str, log: IssueLog) -> None:
    kinds = result.source.kind[label]
    for kind, code in ((CellKind.ERROR, "cellule-en-erreur"), (CellKind.NO_RESULT, "formule-sans-resultat")):
        broken = kinds.index[kinds == kind]
        if len(broken):
            result.refuse(log, code, broken, label)
            text = result.source.text.copy()  # what was gathered stays as it is: a correction may still fill the cell
            text.loc[broken, label] = ""
            result.source, result.blanked = replace(result.source, text=text), True


_TEXT_EXPECTED = {
    "texte-trop-long": f"{LONGEST_TEXT} caractères au plus",
    "caractere-illisible": "seuls des caractères imprimables",
}


def _report_texts(result: Typed, log: IssueLog) -> None:
    """Texts that no cell should hold refuse their rows; a text that starts as a formula is said, and kept."""
    for code, label, rows in doubtful_texts(result.source):
        if code in _TEXT_EXPECTED:
            result.refuse(log, code, rows, label, expected=_TEXT_EXPECTED[code])
        else:
            log.add(code, result.source.cells(rows, label))


def _typed_cell(result: Typed, item: Cell, text: Text, vocabularies: Vocabularies, log: IssueLog) -> dict[str, Text]:
    column = item.column
    if column.kind is Kind.DATE:
        return _dates(result, item, text, log)
    if column.kind is Kind.BOOLEAN:
        values = on_distinct(text, parse_boolean)
        wrong = values.index[values.isna()]
        result.refuse(log, "booleen-illisible", wrong, item.label)
        return {column.name: typed(values, column)}
    if column.kind in DECIMAL_KINDS or column.kind is Kind.INTEGER:
        return {column.name: _numbers(result, item, text, log)}
    if column.kind is Kind.CODE:
        return {column.name: _codes(result, item, text, vocabularies, log)}
    if column.kind is Kind.IDENTIFIER and column.references is None:
        return {column.name: _identifiers(result, item, text, log)}
    text = unspaced(column, text)
    restored = with_zeros(column, text)
    if len(restored):
        log.add("zero-restitue", result.source.cells(restored.index, item.label), expected=restored.tolist())
        text = text.where(~text.index.isin(restored.index), restored.reindex(text.index))
    return {column.name: text.where(text != "")}


def _dates(result: Typed, item: Cell, text: Text, log: IssueLog) -> dict[str, Text]:
    name, bound = item.column.name, item.column.bound
    years = years_as_days(result.source, item.label, text)
    near = [suggestion([year] if year else []) for year in years]
    result.refuse(log, "date-nombre", years.index, item.label, near=near)
    text = from_serials(result.source, item.label, text).mask(text.index.isin(years.index), "")
    parsed = on_distinct(text, lambda value: parse_date(value, _bound(bound)))
    for code in ("date-illisible", "date-ambigue"):
        result.refuse(log, code, parsed.index[[value.problem == code for value in parsed]], item.label)
    published = {part.name: part for part in tables()[result.sheet.table].published}
    return {
        name: typed(parsed.map(lambda value: value.date), item.column),
        f"{name}_precision": typed(parsed.map(lambda value: value.precision), published[f"{name}_precision"]),
        f"{name}_texte": typed(parsed.map(lambda value: value.wording), published[f"{name}_texte"]),
    }


def _bound(bound: str) -> Bound:
    return "end" if bound == "end" else "start"


def _numbers(result: Typed, item: Cell, text: Text, log: IssueLog) -> Text:
    native = result.source.kind[item.label].isin(NUMERIC)
    parsed = on_distinct(text, parse_number).mask(native, on_distinct(text.where(native, ""), _native_number))
    for code in ("nombre-illisible", "nombre-ambigu"):
        result.refuse(log, code, parsed.index[[value.problem == code for value in parsed]], item.label)
    numbers = parsed.map(lambda value: value.number)
    if item.column.kind is Kind.INTEGER:
        broken = numbers.index[[number is not None and number != int(number) for number in numbers]]
        result.refuse(log, "nombre-non-entier", broken, item.label)
        numbers = numbers.mask(numbers.index.isin(broken), None)
    return typed(_fitting(result, item, numbers, log), item.column)


def _fitting(result: Typed, item: Cell, numbers: Text, log: IssueLog) -> Text:
    """The numbers with the column's decimals; those that its type cannot hold are reported and left out."""
    arrow = ARROW_TYPES[item.column.kind]
    whole, decimals = (18, 0) if pa.types.is_integer(arrow) else (arrow.precision - arrow.scale, arrow.scale)
    step = Decimal(1).scaleb(-decimals)

    def fit(number: Decimal | None) -> Decimal | int | str | None:
        if number is None:
            return None
        if number and number.adjusted() >= whole:
            return "hors-bornes"
        rounded = number.quantize(step)
        if abs(rounded - number) > _FLOAT_NOISE:
            return "format-invalide"
        return rounded if decimals else int(rounded)

    fitted = numbers.map(fit)
    expected = {"hors-bornes": f"au plus {whole} chiffres", "format-invalide": f"au plus {decimals} décimales"}
    for code, wanted in expected.items():
        result.refuse(log, code, fitted.index[fitted == code], item.label, expected=wanted)
    return fitted.map(lambda number: None if isinstance(number, str) else number)


def _native_number(text: str) -> NumberValue:
    return parse_number(text, native=True)


def _codes(result: Typed, item: Cell, text: Text, vocabularies: Vocabularies, log: IssueLog) -> Text:
    name = item.column.vocabulary or ""
    codes = on_distinct(text, lambda value: find_code(vocabularies, name, value)).astype("str")
    wrong = codes.index[codes.isna() & (text != "")]
    near = vocabularies.near(name, text[wrong])
    result.refuse(log, "code-inconnu", wrong, item.label, expected=vocabularies.title(name), near=near)
    return codes


def find_code(vocabularies: Vocabularies, name: str, value: str) -> str | None:
    """The code for what was typed: a code, a label or another spelling, case, accents and dashes aside."""
    known = vocabularies.spellings.get(name, {})
    return known.get(fold(value)) or known.get(value)


def _identifiers(result: Typed, item: Cell, text: Text, log: IssueLog) -> Text:
    lowered = text.str.lower()
    wrong = text.index[(text != "") & ~lowered.str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*")]
    result.refuse(log, "identifiant-invalide", wrong, item.label, near=[slug(value) for value in text[wrong]])
    return lowered.where((lowered != "") & ~lowered.index.isin(wrong))


def _label_of(sheet: Sheet, column: str) -> str:
    for item in sheet.fields:
        if isinstance(item, Cell) and item.column.name == column:
            return item.label
    return sheet.fields[0].label


def _validate(result: Typed, log: IssueLog) -> None:
    """Phase two: Pandera on typed data. A cell whose text could not be typed was reported already and is left out."""
    sheet = result.sheet
    table = tables()[sheet.table]
    empty = frozenset(result.frame.columns[result.frame.isna().all()])
    found = failures(sheet_model(sheet, table.key if table.natural_key else "", empty), result.frame)
    for (name, code), cases in found.groupby(["column", "code"], sort=True):
        label = _label_of(sheet, str(name))
        rows = pd.Index(cases["row"].astype("int64"))
        if code == "valeur-obligatoire":
            blank = result.source.text.loc[rows, label].map(clean) == ""
            rows = rows[(blank & ~result.source.kind.loc[rows, label].isin(_BROKEN)).to_numpy()]
            rows = _with_a_cell(result, rows, label)
        result.refuse(log, str(code), rows, label, expected=_expected(sheet, str(name), str(code)))
    for item in sheet.fields:
        if item.required and not isinstance(item, Cell):
            blank = result.source.text[item.label].map(clean) == ""
            rows = blank.index[blank & ~result.source.kind[item.label].isin(_BROKEN)]
            rows = _with_a_cell(result, rows, item.label)
            result.refuse(log, "valeur-obligatoire", rows, item.label, expected=item.label)


def _with_a_cell(result: Typed, rows: pd.Index, label: str) -> pd.Index:
    """The rows whose sheet has this column; the others are refused without a word, since its absence was said once."""
    bare = {file for file, letters in result.source.letters.items() if label not in letters}
    without = rows[result.source.origin.loc[rows, "file"].isin(bare).to_numpy()]
    result.refused.update(without.tolist())
    return rows.difference(without)


def _check_order(result: Typed, log: IssueLog) -> None:
    """No end before its start."""
    if not {"date_debut", "date_fin"} <= set(result.frame.columns):
        return
    start, end = _label_of(result.sheet, "date_debut"), _label_of(result.sheet, "date_fin")
    rows = result.frame.index[(result.frame["date_fin"] < result.frame["date_debut"]).fillna(False).astype(bool)]
    result.refuse(log, "date-inversee", rows, end, expected=result.source.text.loc[rows, start].map(clean).tolist())


def _check_single(result: Typed, log: IssueLog) -> None:
    """One row a file, named as the row identifies it."""
    origin, label = result.source.origin, result.sheet.fields[0].label
    for _, rows in origin.groupby("file", sort=True):
        if len(rows) > 1:
            places = result.source.cells(rows.index[1:2], label).assign(value=str(len(rows)))
            log.add("contrat-unique", places)
            result.refused.update(rows.index.tolist())
    for file in sorted(set(result.source.letters) - set(origin["file"])):
        log.add("contrat-unique", place(file, result.sheet.name, column=label, value="0"))
    key = result.frame[tables()[result.sheet.table].key]
    named = origin["file"].map(lambda file: PurePath(file).stem).astype("str")
    wrong = key.index[key.notna() & (key != named)]
    result.refuse(log, "fichier-mal-nomme", wrong, label, expected=key[wrong].tolist())


def _expected(sheet: Sheet, name: str, code: str) -> str:
    column: Column = tables()[sheet.table][name]
    if code == "hors-bornes":
        bounds = [
            f"au moins {column.minimum:g}" if column.minimum is not None else "",
            f"au plus {column.maximum:g}" if column.maximum is not None else "",
        ]
        return ", ".join(bound for bound in bounds if bound)
    return {"valeur-obligatoire": _label_of(sheet, name)}.get(code, f"par exemple {column.example}")
