"""Files of sheets: the same sheet in every format, what is ignored, what cannot be read."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.sheets.cells import CellKind, LabelledRows
from pipelines.sheets.files import UnreadableFileError, digest, ignored, read_grids, workbooks
from pipelines.sheets.labels import label
from pipelines.sheets.ods import write_ods
from schemas.registry import sheets
from tests.conftest import labels

FINANCEMENTS = sheets()["Financements"]
HEADER = labels("x/Financements")
TYPED = [
    {"Libellé": "Budget d’été", "Nature": "budget", "Montant (€)": "1200.5", "Début": "2015-06-25", "Sources": "ALP3"},
    {"Libellé": "Déc. 2014 ; « 25 »", "Nature": "apport", "Montant (€)": "75 k€", "ETP": "2", "Sources": "ALP3"},
]
FRAME = pd.DataFrame([[row.get(name, "") for name in HEADER] for row in TYPED], columns=HEADER, dtype="str")


def as_csv(folder: Path) -> Path:
    path = folder / "Financements.csv"
    FRAME.to_csv(path, index=False)
    return path


def as_folder(folder: Path) -> Path:
    (folder / "alpes").mkdir()
    FRAME.to_csv(folder / "alpes" / "Financements.csv", index=False)
    FRAME.to_csv(folder / "alpes" / "Autre.csv", index=False)
    return folder / "alpes"


def as_ods(folder: Path) -> Path:
    write_ods(folder / "alpes.ods", {"Financements": FRAME}, {})
    return folder / "alpes.ods"


def as_xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.create_sheet("Financements")
    page.append(HEADER)
    native = {"1200.5": 1200.5, "2": 2, "2015-06-25": dt.date(2015, 6, 25)}
    for row in FRAME.itertuples(index=False):
        page.append([native.get(str(value), value) or None for value in row])
    book.save(folder / "alpes.xlsx")
    return folder / "alpes.xlsx"


def read(path: Path) -> LabelledRows:
    (one,) = (one for one in read_grids(path) if one.sheet == "Financements")
    found = label(one, FINANCEMENTS)
    assert found.rows is not None
    return found.rows


FORMATS = [as_csv, as_folder, as_ods, as_xlsx]


@pytest.mark.parametrize("write", FORMATS)
def test_the_same_sheet_in_every_format(write: Callable[[Path], Path], tmp_path: Path) -> None:
    rows = read(write(tmp_path))
    pd.testing.assert_frame_equal(rows.text, FRAME.set_axis([2, 3]), check_dtype=False)
    assert rows.letters["Montant (€)"] == "F"
    assert rows.header_row == 1
    numbers = rows.kind["Montant (€)"].tolist()
    assert numbers == ([2, 1] if write in (as_ods, as_xlsx) else [1, 1])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_as_spreadsheets_save_it(mark: str, encoding: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "Financements.csv"
    FRAME.to_csv(path, index=False, sep=mark, encoding=encoding, lineterminator=end)
    assert read(path).text["Libellé"].tolist() == ["Budget d’été", "Déc. 2014 ; « 25 »"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("above", ["", "Financements des Alpes\n\n", '"Titre\nsur deux lignes"\n', "\n\n"])
def test_csv_under_title_rows(mark: str, above: str, tmp_path: Path) -> None:
    path = tmp_path / "Financements.csv"
    path.write_text(above + FRAME.to_csv(index=False, sep=mark), encoding="utf-8")
    rows = read(path)
    first = above.replace("Titre\n", "").count("\n") + 1
    assert rows.header_row == first
    assert rows.text.index.tolist() == [first + 1, first + 2]


def test_csv_cell_with_line_breaks_counts_for_one_row(tmp_path: Path) -> None:
    path = tmp_path / "Financements.csv"
    FRAME.assign(Remarque=["deux\nlignes", "fin"]).to_csv(path, index=False)
    rows = read(path)
    assert rows.text.index.tolist() == [2, 3]
    assert rows.text["Remarque"].tolist() == ["deux\nlignes", "fin"]


def test_ragged_csv_is_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "Financements.csv"
    path.write_text(",".join(HEADER) + "\n,Court\n,Long" + "," * 40 + "\n", encoding="utf-8")
    assert read(path).text["Libellé"].tolist() == ["Court", "Long"]


def test_empty_csv(tmp_path: Path) -> None:
    path = tmp_path / "Financements.csv"
    path.write_bytes(b"")
    (one,) = read_grids(path)
    assert one.text.shape[0] == 0


def test_hidden_rows_and_columns_are_read_where_they_stand(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path)
    book = openpyxl.load_workbook(path)
    page = book["Financements"]
    page.insert_rows(1, 2)
    page["A1"] = "Financements des Alpes"
    page.insert_cols(1)
    page.column_dimensions["C"].hidden = True
    page.column_dimensions["A"].hidden = True
    page.row_dimensions[4].hidden = True
    book.save(path)
    rows = read(path)
    assert rows.header_row == 3
    assert rows.text.index.tolist() == [4, 5]
    assert rows.letters["Libellé"] == "C"
    assert rows.text["Libellé"].tolist() == FRAME["Libellé"].tolist()


def test_errors_and_formulas_are_marked_even_past_the_last_value(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path)
    book = openpyxl.load_workbook(path)
    page = book["Financements"]
    page["F2"], page["G2"], page["B9"], page["AA3"] = "#N/A", "=1+1", "=B2", "#REF!"
    book.save(path)
    (one,) = (one for one in read_grids(path) if one.sheet == "Financements")
    assert (one.text[1, 5], one.kind[1, 5]) == ("#N/A", CellKind.ERROR)
    assert (one.text[1, 6], one.kind[1, 6]) == ("", CellKind.NO_RESULT)
    assert one.kind[8, 1] == CellKind.NO_RESULT
    assert one.kind[2, 26] == CellKind.ERROR
    rows = read(path)
    assert rows.text.index.tolist() == [2, 3, 9]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.xlsx", b""),
        ("texte.xlsx", b"Identifiant;Nom"),
        ("coupe.xlsx", b"PK\x03\x04\x14\x00"),
        ("texte.ods", b"Identifiant;Nom"),
        ("guillemet.csv", b'a,b\n"ouvert,c'),
        ("colle.csv", b'a,b\n"x"y,c'),
    ],
)
def test_unreadable(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        read_grids(path)
    assert caught.value.path == path
    assert name in str(caught.value)
    assert caught.value.reason.startswith("le fichier")


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "archive.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("lisez-moi.txt", "rien")
    with pytest.raises(UnreadableFileError):
        read_grids(path)


@pytest.mark.parametrize("name", ["~$alpes.xlsx", ".~lock.alpes.ods#", ".alpes.xlsx", ".DS_Store", "~$Actions.csv"])
def test_lock_files_are_ignored(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "alpes"
    folder.mkdir()
    for place in (tmp_path, folder):
        (place / name).write_bytes(b"\0")
    (folder / "Actions.csv").write_text("Intitulé\n", encoding="utf-8")
    assert ignored(tmp_path / name)
    assert list(workbooks(tmp_path)) == [folder]
    assert [one.sheet for one in read_grids(folder)] == ["Actions"]


def test_workbooks_are_found_by_name_in_order(tmp_path: Path) -> None:
    for name in ("b.xlsx", "A.ODS", "c.XLSX", "notes.docx", "d.csv", "e.xlsx.bak"):
        (tmp_path / name).write_bytes(b"")
    for name in ("dossier", "vide", "autre"):
        (tmp_path / name).mkdir()
    (tmp_path / "dossier" / "Actions.csv").write_bytes(b"")
    (tmp_path / "autre" / "image.png").write_bytes(b"")
    assert [path.name for path in workbooks(tmp_path)] == ["A.ODS", "b.xlsx", "c.XLSX", "dossier"]
    assert list(workbooks(tmp_path / "absent")) == []


def test_a_workbook_of_another_format_is_refused_unless_it_stands_beside_one_that_is_read(tmp_path: Path) -> None:
    for name in ("a.xlsm", "b.XLS", "c.xlsx", "c.xls", "d.ods", "d.fods", "e.docx"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in workbooks(tmp_path)] == ["a.xlsm", "b.XLS", "c.xlsx", "d.ods"]
    with pytest.raises(UnreadableFileError, match=r"le format \.xls n’est pas lu"):
        read_grids(tmp_path / "b.XLS")


def test_upper_case_suffix_is_read(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path)
    assert len(read(path.rename(tmp_path / "ALPES.XLSX")).text) == 2


@pytest.mark.parametrize("write", [as_csv, as_folder])
def test_digest_is_that_of_the_content(write: Callable[[Path], Path], tmp_path: Path) -> None:
    path = write(tmp_path)
    before = digest(path)
    sheet = path if path.is_file() else path / "Financements.csv"
    os.utime(sheet, (1, 1))
    assert digest(path) == before
    sheet.write_text(sheet.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert digest(path) != before


def test_digest_of_a_folder_knows_its_names_and_only_its_sheets(tmp_path: Path) -> None:
    folder = as_folder(tmp_path)
    before = digest(folder)
    (folder / "~$Autre.csv").write_bytes(b"x")
    (folder / "notes.txt").write_bytes(b"x")
    assert digest(folder) == before
    (folder / "Autre.csv").rename(folder / "Autres.csv")
    assert digest(folder) != before
