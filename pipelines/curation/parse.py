"""The cells of a sheet → typed columns, phase one (parse), then Pandera on the typed columns, phase two.

Belongs here: typing, vocabularies, obligations, and which rows are refused. Does not belong here: what needs another
row or another table (``normalise``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.dates import parse_dates
from pipelines.curation.gather import Gathered
from pipelines.curation.issues import IssueLog, nearest, place, suggestion
from pipelines.curation.models import failures, sheet_model
from pipelines.curation.native import LONGEST_TEXT, doubtful_texts, from_serials, unspaced, with_zeros, years_as_days
from pipelines.curation.values import Bound, NumberValue, parse_boolean, parse_number
from pipelines.dtypes import ARROW_TYPES, DECIMAL_KINDS, MOST_DIGITS
from pipelines.sheets.cells import NUMERIC, CellKind
from pipelines.text import clean, fold, slug
from pipelines.texts import Distinct, as_arrow, as_series
from schemas.declaration import Cell, Column, Kind, Sheet
from schemas.registry import sheets as declared_sheets
from schemas.registry import tables
from schemas.vocabularies import TABLES, VOCABULARIES

Text = pd.Series
_BROKEN = (CellKind.ERROR, CellKind.NO_RESULT)
_COUNTED = (CellKind.NUMBER, CellKind.DATE)
"""What a spreadsheet may hold as a day counted from its epoch."""
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
    texts = {label: Distinct.of(result.source.text[label]) for label in source.text.columns}
    _report_texts(result, texts, log)
    columns: dict[str, Text] = {}
    for item in source.sheet.fields:
        if isinstance(item, Cell):
            columns |= _typed_column(result, item, texts[item.label], vocabularies, log)
    result.frame = pd.DataFrame(columns, index=source.text.index)
    _validate(result, log)
    _check_order(result, log)
    if source.sheet.single:
        _check_single(result, log)
    return result


_BLANK: dict[tuple[str, str], dict[str, Text]] = {}
"""What a blank cell of a sheet becomes, by sheet and label: most columns of most workbooks are blank."""


def _typed_column(
    result: Typed, item: Cell, texts: Distinct, vocabularies: Vocabularies, log: IssueLog
) -> dict[str, Text]:
    place = (result.sheet.name, item.label)
    blank = texts.values.to_pylist() == [""] if len(texts.values) == 1 else False
    if blank and place in _BLANK:
        rows = np.zeros(len(texts.codes), dtype=np.int64)
        return {name: one.take(rows).set_axis(texts.index) for name, one in _BLANK[place].items()}
    found = _typed_cell(result, item, texts.cleaned(), vocabularies, log)
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


def _report_texts(result: Typed, texts: Mapping[str, Distinct], log: IssueLog) -> None:
    """Texts that no cell should hold refuse their rows; a text that starts as a formula is said, and kept."""
    for code, label, rows in doubtful_texts(texts):
        if code in _TEXT_EXPECTED:
            result.refuse(log, code, rows, label, expected=_TEXT_EXPECTED[code])
        else:
            log.add(code, result.source.cells(rows, label))


def _typed_cell(
    result: Typed, item: Cell, texts: Distinct, vocabularies: Vocabularies, log: IssueLog
) -> dict[str, Text]:
    column = item.column
    if column.kind is Kind.DATE:
        return _dates(result, item, texts, log)
    if column.kind is Kind.BOOLEAN:
        values = texts.column(pa.array([parse_boolean(value) for value in texts.values.to_pylist()], pa.bool_()))
        result.refuse(log, "booleen-illisible", values.index[values.isna()], item.label)
        return {column.name: values}
    if column.kind in DECIMAL_KINDS or column.kind is Kind.INTEGER:
        return {column.name: _numbers(result, item, texts, log)}
    if column.kind is Kind.CODE:
        return {column.name: _codes(result, item, texts, vocabularies, log)}
    if column.kind is Kind.IDENTIFIER and column.references is None:
        return {column.name: _identifiers(result, item, texts.texts(), log)}
    text = unspaced(column, as_series(texts.values, pd.RangeIndex(len(texts.values))))
    restored = with_zeros(column, text)
    if len(restored):
        rows = texts.rows(text.index.isin(restored.index))
        said = restored.reindex(texts.codes[texts.index.get_indexer(rows)])
        log.add("zero-restitue", result.source.cells(rows, item.label), expected=said.tolist())
        text = text.where(~text.index.isin(restored.index), restored.reindex(text.index))
    return {column.name: texts.column(as_arrow(text.where(text != "")))}


def _dates(result: Typed, item: Cell, distinct: Distinct, log: IssueLog) -> dict[str, Text]:
    name, bound = item.column.name, _bound(item.column.bound)
    if np.isin(result.source.kind[item.label].to_numpy(), _COUNTED).any():
        text = distinct.texts()
        years = years_as_days(result.source, item.label, text)
        if len(years):
            near = [suggestion([year] if year else []) for year in years]
            result.refuse(log, "date-nombre", years.index, item.label, near=near)
            text = text.mask(text.index.isin(years.index), "")
        distinct = Distinct.of(from_serials(result.source, item.label, text))
    parsed = parse_dates(distinct.values, bound)
    for code in ("date-illisible", "date-ambigue"):
        wrong = pc.equal(parsed.problem, code).fill_null(False).to_numpy(zero_copy_only=False)
        result.refuse(log, code, distinct.rows(wrong), item.label)
    parts = {name: parsed.date, f"{name}_precision": parsed.precision, f"{name}_texte": parsed.wording}
    return {part: distinct.column(values) for part, values in parts.items()}


def _bound(bound: str) -> Bound:
    return "end" if bound == "end" else "start"


def _numbers(result: Typed, item: Cell, texts: Distinct, log: IssueLog) -> Text:
    """The numbers of a column; those written in plain digits, most of them, are read by Arrow at once."""
    arrow = ARROW_TYPES[item.column.kind]
    native = result.source.kind[item.label].isin(NUMERIC).to_numpy()
    distinct = texts.marking(native)
    plain = pc.match_substring_regex(distinct.values, _plain_digits(arrow))
    known = pc.if_else(plain, distinct.values, None)
    if pa.types.is_decimal(arrow):
        known = pc.replace_substring(known, ",", ".")
    others = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    rest = distinct.values.take(pa.array(others)).to_pylist()
    found = {
        int(place): parse_number(value, native=bool(distinct.marked[place]))
        for place, value in zip(others, rest, strict=True)
    }
    for unit, expected_of in _UNITS_EXPECTED.items():
        said = expected_of(item.column)
        misplaced = [place for place, value in found.items() if said and value.unit == unit]
        if misplaced:
            rows = distinct.rows(np.isin(np.arange(len(distinct.values)), misplaced))
            result.refuse(log, "format-invalide", rows, item.label, expected=said)
            found |= dict.fromkeys(misplaced, NumberValue())
    numbers = {place: value.number for place, value in found.items()}
    wrong = {
        code: {place for place, value in found.items() if value.problem == code}
        for code in ("nombre-illisible", "nombre-ambigu")
    }
    if item.column.kind is Kind.INTEGER:
        broken = {place for place, number in numbers.items() if number is not None and number != int(number)}
        wrong["nombre-non-entier"] = broken
        numbers = {place: None if place in broken else number for place, number in numbers.items()}
    fitted = {place: _fit(number, arrow) for place, number in numbers.items()}
    whole, decimals = _digits(arrow)
    expected = {"hors-bornes": f"au plus {whole} chiffres", "format-invalide": f"au plus {decimals} décimales"}
    for code in expected:
        wrong[code] = {place for place, number in fitted.items() if number == code}
    for code, places in wrong.items():
        if places:
            rows = distinct.rows(np.isin(np.arange(len(distinct.values)), list(places)))
            words = {"expected": expected[code]} if code in expected else {}
            result.refuse(log, code, rows, item.label, **words)
    read = pa.array([None if isinstance(number, str) else number for number in fitted.values()], arrow)
    return distinct.column(pc.replace_with_mask(known.cast(arrow), pc.invert(plain), read))


def _no_money(column: Column) -> str:
    """What a column expects that takes no amount of money; nothing when it may take one."""
    return "" if _says_no_unit(column) or column.kind is Kind.EUROS else "un nombre, sans unité monétaire"


def _no_share(column: Column) -> str:
    if _says_no_unit(column) or column.kind is Kind.PERCENT:
        return ""
    return "un montant en euros, pas une part" if column.kind is Kind.EUROS else "un nombre, pas une part"


def _says_no_unit(column: Column) -> bool:
    return column.kind is Kind.DECIMAL and not column.unit


_UNITS_EXPECTED: dict[str, Callable[[Column], str]] = {"€": _no_money, "%": _no_share}
"""What is expected instead of a unit typed where it means nothing; nothing where it may be typed."""


def _digits(arrow: pa.DataType) -> tuple[int, int]:
    """How many digits are published of a type, before and after the point: those that every format keeps."""
    scale = 0 if pa.types.is_integer(arrow) else arrow.scale
    return (MOST_DIGITS if scale == 0 else min(arrow.precision, MOST_DIGITS) - scale), scale


def _plain_digits(arrow: pa.DataType) -> str:
    """The texts that `parse_number` reads as what they spell, and that the type holds; three decimals are ambiguous."""
    whole, decimals = _digits(arrow)
    return f"^[0-9]{{1,{whole}}}" + ("$" if not decimals else r"(?:[.,][0-9]{1,2})?$")


def _fit(number: Decimal | None, arrow: pa.DataType) -> Decimal | int | str | None:
    """The number with the type's decimals, or the code of why the type cannot hold it."""
    whole, decimals = _digits(arrow)
    if number is None:
        return None
    if number and number.adjusted() >= whole:
        return "hors-bornes"
    rounded = number.quantize(Decimal(1).scaleb(-decimals))
    if abs(rounded - number) > _FLOAT_NOISE:
        return "format-invalide"
    return rounded if decimals else int(rounded)


def _codes(result: Typed, item: Cell, texts: Distinct, vocabularies: Vocabularies, log: IssueLog) -> Text:
    name, values = item.column.vocabulary or "", texts.values.to_pylist()
    found = [find_code(vocabularies, name, value) for value in values]
    codes = texts.column(pa.array(found, pa.string()))
    wrong = texts.rows([code is None and value != "" for code, value in zip(found, values, strict=True)])
    near = vocabularies.near(name, texts.texts()[wrong] if len(wrong) else [])
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
