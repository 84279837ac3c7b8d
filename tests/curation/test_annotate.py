"""A curator's workbook comes back with its issues in it, everything else as it was; the marks go with the issues."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.cli import main
from pipelines.curation.annotate import AnnotationRefusedError, annotate
from pipelines.curation.issues import COLUMNS
from pipelines.sheets.annotations import AUTHOR, HEADERS, REPORT_SHEET, SIGN
from pipelines.sheets.files import read_grids
from pipelines.sheets.workbook import write_workbook
from tests.conftest import ROWS, SmallSources, cell_of, labels
from tests.sheets.hostile import packed, xlsx_of

PROVENCE = Path(__file__).parents[2] / "sources" / "contrats" / "provence.xlsx"
CORSE = PROVENCE.with_name("corse.ods")
X14 = (
    b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    b'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
    b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list" '
    b'allowBlank="1"><x14:formula1><xm:f>Listes!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>B2:B9</xm:sqref>'
    b"</x14:dataValidation></x14:dataValidations></ext></extLst>"
)
DATE, AXIS, TITLE, NEW, LINE, HEADER = "D2", "F3", "C3", "H40", "", "B1"


def found(file: str, *issues: tuple[str, str, str, str]) -> pd.DataFrame:
    """Issues of a file: severity, sheet, cell, message."""
    rows = [
        ("essai", severity, file, sheet, cell, int("0" + re.sub(r"\D", "", cell)), "", f"« {cell} »", said, "Corrigez.")
        for severity, sheet, cell, said in issues
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


NONE = found("provence.xlsx")
SOME = found(
    "provence.xlsx",
    ("error", "Contrat", DATE, "Ce n’est pas une date."),
    ("error", "Actions", AXIS, "Axe inconnu."),
    ("warning", "Actions", AXIS, "Axe rare."),
    ("warning", "actions", TITLE, "Titre <long> & « doux »."),
    ("error", "Actions", HEADER, "En-tête doublé."),
    ("error", "Actions", NEW, "Cellule vide, ligne absente."),
    ("error", "Actions", LINE, "La ligne n’a pas de source."),
    ("info", "Actions", "A2", "Pour information."),
)


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with what a careless program loses: cached results, extended drop-downs, a chart, names, notes."""
    path = tmp_path / "riche.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page, lists = book.add_worksheet("Actions"), book.add_worksheet("Listes")
        grey = book.add_format({"bg_color": "#CCCCCC", "bold": True})
        page.write_row(0, 0, ["Intitulé", "Axe", "Montant (€)"], grey)
        page.write_row(1, 0, ["Une action", "offre", 10])
        page.write_row(2, 0, ["Une autre", "autre", 32])
        page.write_formula(3, 2, "=SUM(C2:C3)", None, 42)
        page.write_comment("B3", "Note du curateur", {"author": "Claire"})
        page.conditional_format("A2:C9", {"type": "formula", "criteria": "=MOD(ROW(),2)=1", "format": grey})
        page.print_area("A1:C9")
        page.repeat_rows(0)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Actions!$C$2:$C$3"})
        page.insert_chart("E2", chart)
        lists.write_column(0, 0, ["offre", "promotion", "marque"])
        book.define_name("Codes", "=Listes!$A$1:$A$3")
        book.define_name("Listes!Local", "=Listes!$A$1")
        lists.activate()
    parts = parts_of(path)
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</worksheet>", X14 + b"</worksheet>")
    with zipfile.ZipFile(path, "w") as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def annotated(path: Path, issues: pd.DataFrame, folder: Path) -> Path:
    (written,) = annotate({path.name: path}, issues.assign(file=path.name), folder)
    return written


def shown(page: Worksheet, cell: str) -> tuple[object, ...]:
    look = page[cell]
    return (look.value, look.number_format, look.font.b, look.border.left.style, look.alignment.wrap_text)


def fill(page: Worksheet, cell: str) -> str:
    return str(page[cell].fill.fgColor.rgb) if page[cell].fill.patternType == "solid" else ""


def test_only_the_parts_that_carry_marks_change(tmp_path: Path) -> None:
    before = parts_of(PROVENCE)
    after = parts_of(annotated(PROVENCE, SOME, tmp_path))
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        *(f"xl/{part}{number}.{end}" for number in (2, 6) for part, end in (("worksheets/sheet", "xml"),)),
        *(f"xl/comments{number}.xml" for number in (2, 6)),
        *(f"xl/drawings/vmlDrawing{number}.vml" for number in (2, 6)),
    }
    assert len(set(after) - set(before)) == 1


def test_cells_are_coloured_over_their_own_style_and_noted(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(annotated(PROVENCE, SOME, tmp_path))
    own = openpyxl.load_workbook(PROVENCE)
    for sheet, cell, colour in (
        ("Contrat", DATE, "FFFFA8A"),
        ("Actions", TITLE, "FFFFD08"),
        ("Actions", AXIS, "FFFFA8A"),
    ):
        assert fill(book[sheet], cell).startswith(colour)
        if own[sheet][cell].has_style:
            assert shown(book[sheet], cell) == shown(own[sheet], cell)
    assert fill(book["Actions"], NEW).startswith("FFFFA8A") and book["Actions"][NEW].border.left.style == "thin"
    assert fill(book["Actions"], HEADER).startswith("FFC000")  # its letters are white
    note = book["Actions"][AXIS].comment
    assert note.author == AUTHOR
    assert note.text == f"{SIGN}\nErreur : Axe inconnu.\n→ Corrigez.\n\nAvertissement : Axe rare.\n→ Corrigez."
    header, said = own["Actions"][HEADER].comment, book["Actions"][HEADER].comment
    assert said.text.startswith(header.text) and said.text.endswith("Erreur : En-tête doublé.\n→ Corrigez.")
    assert said.author == header.author
    assert book["Actions"]["A2"].comment is None  # an information marks nothing
    untouched = [
        cell.coordinate for row in own["Actions"] for cell in row if cell.coordinate not in (AXIS, TITLE, HEADER)
    ]
    assert all(fill(book["Actions"], cell) == fill(own["Actions"], cell) for cell in untouched)


def test_the_report_comes_first_and_leads_to_the_cells(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(annotated(PROVENCE, SOME, tmp_path))
    report = book.worksheets[0]
    assert report.title == REPORT_SHEET == book.active.title
    assert [page.title for page in book if page.sheet_view.tabSelected] == [REPORT_SHEET]
    assert report["A2"].value == "provence.xlsx : 5 erreurs et 2 avertissements."
    rows = [[cell.value or "" for cell in row[:6]] for row in report.iter_rows(min_row=6)]
    assert tuple(rows[0]) == HEADERS
    assert rows[1] == ["Erreur", "Contrat", DATE, "« D2 »", "Ce n’est pas une date.", "Corrigez."]
    assert [row[2] for row in rows[1:]] == [DATE, AXIS, AXIS, TITLE, HEADER, NEW, ""]
    assert rows[4][4] == "Titre <long> & « doux »."
    assert report["C7"].hyperlink.location == f"'Contrat'!{DATE}"
    assert report["C10"].hyperlink.location == f"'Actions'!{TITLE}"
    assert report["C13"].hyperlink is None


@pytest.mark.parametrize("resaved", [False, True], ids=["as written", "saved by another program"])
def test_marks_go_when_the_issues_are_gone(resaved: bool, tmp_path: Path) -> None:
    marked = annotated(PROVENCE, SOME, tmp_path / "un")
    if resaved:
        book = openpyxl.load_workbook(marked)
        book.move_sheet(REPORT_SHEET, 3)
        book.active = 3
        book.save(marked)
    clean = annotated(marked, NONE, tmp_path / "deux")
    if not resaved:
        assert parts_of(clean) == parts_of(PROVENCE)
    book, own = openpyxl.load_workbook(clean), openpyxl.load_workbook(PROVENCE)
    assert book.sheetnames == own.sheetnames
    assert book.active.title == own.active.title
    for page in own:
        for row in page.iter_rows():
            for cell in row:
                other = book[page.title][cell.coordinate]
                assert (other.value, fill(book[page.title], cell.coordinate)) == (
                    cell.value,
                    fill(page, cell.coordinate),
                )
                assert (other.comment.text if other.comment else "") == (cell.comment.text if cell.comment else "")
        assert book[page.title].print_title_rows == page.print_title_rows
        assert not fill(book["Actions"], NEW)
    assert b"contrats_destination" not in parts_of(clean)["xl/workbook.xml"]
    assert not any(SIGN.encode() in body for body in parts_of(clean).values())


def test_a_correction_takes_its_own_mark_off_and_no_other(tmp_path: Path) -> None:
    marked = annotated(PROVENCE, SOME, tmp_path / "un")
    left = annotated(marked, SOME[SOME["cell"] == TITLE], tmp_path / "deux")
    assert parts_of(left) == parts_of(annotated(PROVENCE, SOME[SOME["cell"] == TITLE], tmp_path / "trois"))


def test_annotating_twice_is_annotating_once(tmp_path: Path) -> None:
    once = annotated(PROVENCE, SOME, tmp_path / "un")
    assert annotated(once, SOME, tmp_path / "deux").read_bytes() == once.read_bytes()
    assert annotated(PROVENCE, SOME, tmp_path / "trois").read_bytes() == once.read_bytes()


def test_marks_go_even_if_the_report_was_deleted(tmp_path: Path) -> None:
    marked = annotated(PROVENCE, SOME, tmp_path / "un")
    book = openpyxl.load_workbook(marked)
    del book[REPORT_SHEET]
    book.save(marked)
    clean = openpyxl.load_workbook(annotated(marked, NONE, tmp_path / "deux"))
    assert not fill(clean["Contrat"], DATE) and clean["Contrat"][DATE].comment is None
    assert clean["Actions"][TITLE].number_format == "@"


def test_a_clean_workbook_is_copied_as_it_is(tmp_path: Path) -> None:
    assert annotated(PROVENCE, NONE, tmp_path).read_bytes() == PROVENCE.read_bytes()


RICH = found(
    "riche.xlsx",
    ("error", "Actions", "B3", "Axe inconnu."),
    ("error", "Actions", "C4", "Total faux."),
    ("warning", "Actions", "B2", "Axe rare."),
)


@pytest.mark.filterwarnings("ignore:Data Validation extension")  # openpyxl says what it loses
def test_what_careless_programs_lose_is_kept(rich: Path, tmp_path: Path) -> None:
    before = parts_of(rich)
    marked = annotated(rich, RICH, tmp_path / "copie")
    after = parts_of(marked)
    kept = [name for name in before if "chart" in name or "sharedStrings" in name or "theme" in name]
    assert kept and all(after[name] == before[name] for name in kept)
    sheet = after["xl/worksheets/sheet1.xml"]
    assert X14 in sheet
    assert re.search(rb'<c r="C4" s="\d+"><f>SUM\(C2:C3\)</f><v>42</v></c>', sheet)
    assert openpyxl.load_workbook(marked, data_only=True)["Actions"]["C4"].value == 42
    book = openpyxl.load_workbook(marked)
    assert book["Actions"]["B3"].comment.text == f"Note du curateur\n\n{SIGN}\nErreur : Axe inconnu.\n→ Corrigez."
    assert book["Actions"].print_area == "'Actions'!$A$1:$C$9" and book["Actions"].print_title_rows == "$1:$1"
    assert set(book["Listes"].defined_names) == {"Local"} and "Codes" in book.defined_names
    assert parts_of(annotated(marked, RICH[:0], tmp_path / "retour")) == before


@pytest.mark.filterwarnings("ignore:Data Validation extension")  # openpyxl says what it loses
def test_the_formats_that_colour_rows_do_not_hide_the_marks(rich: Path, tmp_path: Path) -> None:
    page = openpyxl.load_workbook(annotated(rich, RICH, tmp_path / "copie"))["Actions"]
    rules = {str(area.sqref): rule for area in page.conditional_formatting for rule in area.rules}
    assert [rules[area].priority for area in ("B3 C4", "B2", "A2:C9")] == [1, 2, 3]
    assert rules["B3 C4"].dxf.fill.bgColor.rgb == "FFFFA8A0"


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (b'<row r="2"><c r="A2" s="1"/><c r="C2"><v>1</v></c></row>', b'<c r="C2"><v>1</v></c></row>'),
        (b'<row r="2" s="1" customFormat="1"/>', b'<row r="2" s="1" customFormat="1"><c r="B2"'),
        (b'<row r="5"><c r="A5"><v>1</v></c></row>', b'</row><row r="5"><c r="A5"><v>1</v></c></row>'),
        (b"", b'<row r="2"><c r="B2"'),
        (b"<row><c><v>1</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>", b"<row><c><v>1</v></c><c s="),
    ],
    ids=["between cells", "empty row", "no such row", "no row", "no addresses"],
)
def test_a_cell_is_made_in_its_place(row: bytes, kept: bytes, tmp_path: Path) -> None:
    path = tmp_path / "classeur.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Actions").write(0, 0, "x", book.add_format({"italic": True}))
    parts = parts_of(path)
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>%b</sheetData>" % row, sheet)
    with zipfile.ZipFile(path, "w") as package:
        for name, body in parts.items():
            package.writestr(name, body)
    marked = annotated(path, found("", ("error", "Actions", "B2", "Vide.")), tmp_path / "copie")
    assert kept in parts_of(marked)["xl/worksheets/sheet1.xml"]
    page = openpyxl.load_workbook(marked)["Actions"]
    assert fill(page, "B2").startswith("FFFFA8A") and page["B2"].comment is not None
    clean = annotated(marked, NONE, tmp_path / "retour")
    assert not fill(openpyxl.load_workbook(clean)["Actions"], "B2")


def test_a_workbook_without_notes_gets_them_and_loses_them(tmp_path: Path) -> None:
    path = tmp_path / "nu.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Actions").write_row(0, 0, ["a", "b"])
    marked = annotated(path, found("", ("error", "Actions", "B1", "Faux.")), tmp_path / "copie")
    new = set(parts_of(marked)) - set(parts_of(path))
    assert {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/worksheets/_rels/sheet1.xml.rels"} < new
    assert openpyxl.load_workbook(marked)["Actions"]["B1"].comment.text.endswith("Erreur : Faux.\n→ Corrigez.")
    assert parts_of(annotated(marked, NONE, tmp_path / "retour")) == parts_of(path)


def test_a_sheet_of_that_name_is_left_to_its_author(tmp_path: Path) -> None:
    path = tmp_path / "nu.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Actions").write(0, 0, "a")
        book.add_worksheet(REPORT_SHEET).write(0, 0, "à moi")
    marked = annotated(path, found("", ("error", "Actions", "A1", "Faux.")), tmp_path / "copie")
    assert openpyxl.load_workbook(marked).sheetnames == ["Rapport de contrôle", "Actions", REPORT_SHEET]
    assert parts_of(annotated(marked, NONE, tmp_path / "retour")) == parts_of(path)


def test_many_issues_and_hostile_texts_still_open(tmp_path: Path) -> None:
    path = tmp_path / "grand.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Actions").write(0, 0, "a")
    said = "]]>\x01\ufffe _x0041_ =1+1 " + "é" * 40_000
    cells = [("error", "Actions", f"B{row}", said if row == 2 else "Faux.") for row in range(2, 1_400)]
    marked = annotated(path, found("", *cells), tmp_path / "copie")
    report = openpyxl.load_workbook(marked)[REPORT_SHEET]
    assert str(report["E7"].value).startswith("]]>") and len(str(report["E7"].value)) < 32_780
    drawing = parts_of(marked)["xl/drawings/vmlDrawing1.vml"]
    numbers = re.findall(rb'id="_x0000_s(\d+)"', drawing)
    assert len(set(numbers)) == 1_398 and b'data="1,2"' in drawing
    assert {int(number) // 1024 for number in numbers} == {1, 2}


def test_an_open_document_is_kept_beside_its_report(tmp_path: Path) -> None:
    issues = found("corse.ods", ("error", "Contrat", "D2", "Faux."))
    copy, report = annotate({"corse.ods": CORSE}, issues, tmp_path)
    assert (copy.name, report.name) == ("corse.ods", "corse.rapport.xlsx")
    assert copy.read_bytes() == CORSE.read_bytes()
    page = openpyxl.load_workbook(report)[REPORT_SHEET]
    assert [cell.value for cell in page[6]][:5] == ["Erreur", "Contrat", "D2", "« D2 »", "Faux."]


def test_a_csv_gets_a_report_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "partenaires.csv"
    path.write_text("Identifiant;Nom\na;=1+1\nb;GTA\n", encoding="utf-8")
    issues = found("referentiels/partenaires.csv", ("warning", "partenaires", "B2", "Douteux."))
    (report,) = annotate({"referentiels/partenaires.csv": path}, issues, tmp_path / "copies")
    assert report == tmp_path / "copies" / "referentiels" / "partenaires.rapport.xlsx"
    book = openpyxl.load_workbook(report)
    page = book["partenaires"]
    assert [[cell.value for cell in row] for row in page] == [["Identifiant", "Nom"], ["a", "=1+1"], ["b", "GTA"]]
    assert page["B2"].data_type == "s"
    assert (fill(page, "B2"), fill(page, "B3")) == ("FFFFD080", "")
    assert page["B2"].comment.text.endswith("Avertissement : Douteux.\n→ Corrigez.")
    assert book[REPORT_SHEET]["C6"].hyperlink.location == "'partenaires'!B2"
    first = report.read_bytes()
    annotate({"referentiels/partenaires.csv": path}, issues, tmp_path / "copies")
    assert report.read_bytes() == first


def test_a_folder_of_csv_gets_one_report(small_sources: SmallSources, tmp_path: Path) -> None:
    issues = found("contrats/alpes", ("error", "Actions", "C2", "Faux."), ("error", "Contrat", "D2", "Faux."))
    (report,) = annotate({"contrats/alpes": small_sources.root / "contrats" / "alpes"}, issues, tmp_path / "copies")
    book = openpyxl.load_workbook(report)
    assert (report.name, book.sheetnames) == ("alpes.rapport.xlsx", [REPORT_SHEET, "Actions", "Contrat"])
    assert fill(book["Actions"], "C2") == fill(book["Contrat"], "D2") == "FFFFA8A0"


@pytest.mark.parametrize("body", [b"", b"pas un classeur", b"PK\x03\x04 coup\xc3\xa9"], ids=["empty", "text", "cut"])
def test_a_file_that_cannot_be_read_gets_a_report_alone(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "casse.xlsx"
    path.write_bytes(body)
    (report,) = annotate(
        {"casse.xlsx": path}, found("casse.xlsx", ("error", "", "", "Illisible.")), tmp_path / "copies"
    )
    assert report.name == "casse.rapport.xlsx"
    assert [path.name for path in report.parent.glob("[!.]*")] == ["casse.rapport.xlsx"]
    assert openpyxl.load_workbook(report)[REPORT_SHEET]["E6"].value == "Illisible."


def test_nothing_is_written_over_what_is_read(small_sources: SmallSources, tmp_path: Path) -> None:
    path = tmp_path / "provence.xlsx"
    shutil.copyfile(PROVENCE, path)
    with pytest.raises(AnnotationRefusedError, match="remplacerait"):
        annotate({"provence.xlsx": path}, SOME, tmp_path)
    assert path.read_bytes() == PROVENCE.read_bytes()
    for folder in (small_sources.root, small_sources.root / "contrats", small_sources.root / "nouveau" / "dossier"):
        with pytest.raises(AnnotationRefusedError, match="parmi les sources"):
            annotate({"provence.xlsx": path}, SOME, folder)


def test_names_outside_the_folder_stay_inside_it(tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for place in ("un", "deux"):
        (tmp_path / place).mkdir()
        shutil.copyfile(PROVENCE, tmp_path / place / "provence.xlsx")
    files = {
        "../un/provence.xlsx": tmp_path / "un/provence.xlsx",
        str(tmp_path / "deux/provence.xlsx"): tmp_path / "deux/provence.xlsx",
    }
    written = annotate(files, NONE, folder)
    assert [path.relative_to(folder).as_posix() for path in written] == ["provence.xlsx", "provence (2).xlsx"]


def test_every_part_stays_well_formed_whatever_program_saved_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "enregistre.xlsx"
    openpyxl.load_workbook(PROVENCE).save(path)
    marked = annotated(path, SOME, tmp_path / "un")
    again = annotated(marked, SOME, tmp_path / "deux")
    assert again.read_bytes() == marked.read_bytes()
    for name, body in parts_of(marked).items():
        if name.endswith((".xml", ".vml", ".rels")):
            expat.ParserCreate(namespace_separator=" ").Parse(body, True)
    assert parts_of(annotated(marked, NONE, tmp_path / "trois")) == parts_of(path)


def test_nothing_of_a_note_is_left_when_libreoffice_split_it(tmp_path: Path) -> None:
    own = openpyxl.load_workbook(PROVENCE)["Actions"][HEADER].comment.text
    pieces = [f"{own}\n", f"\n{SIGN}\n", "Erreur : En-tête doublé.\n→ Corrigez."]
    runs = "".join(f"<r><t>{escape(piece)}</t></r>".replace("\n", "&#10;") for piece in pieces)
    parts = parts_of(annotated(PROVENCE, SOME, tmp_path / "un"))
    name = next(name for name, body in parts.items() if "comments" in name and "En-tête doublé".encode() in body)
    pattern = rf'(<comment ref="{HEADER}"[^>]*><text>).*?(</text>)'.encode()
    parts[name] = re.sub(pattern, rb"\1" + runs.encode() + rb"\2", parts[name], flags=re.DOTALL)
    saved = packed(tmp_path / "provence.xlsx", parts)
    assert openpyxl.load_workbook(saved)["Actions"][HEADER].comment.text == "".join(pieces)
    clean = openpyxl.load_workbook(annotated(saved, NONE, tmp_path / "deux"))
    assert clean["Actions"][HEADER].comment.text == own


@pytest.mark.filterwarnings("ignore:Data Validation extension")  # openpyxl says what it loses
def test_the_author_of_notes_goes_from_wherever_he_stands_in_the_list(rich: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(annotated(rich, RICH, tmp_path / "un"))
    book.save(tmp_path / "riche.xlsx")
    assert any(
        body.index(AUTHOR.encode()) for body in parts_of(tmp_path / "riche.xlsx").values() if AUTHOR.encode() in body
    )
    clean = annotated(tmp_path / "riche.xlsx", RICH[:0], tmp_path / "deux")
    assert not any(AUTHOR.encode() in body for body in parts_of(clean).values())
    note = openpyxl.load_workbook(clean)["Actions"]["B3"].comment
    assert (note.text, note.author) == ("Note du curateur", "Claire")


@pytest.mark.parametrize(("cell", "apart"), [("B2", True), ("C39999", False), ("Z50000", True)])
def test_blank_rows_without_end_are_kept_as_they_are(cell: str, apart: bool, tmp_path: Path) -> None:
    cells = "".join(f'<c r="{letter}{{0}}"/>' for letter in "ABCDEFGHIJ")
    blank = "".join(f'<row r="{{0}}">{cells}</row>'.format(row) for row in range(3, 40_000)).encode()
    path = xlsx_of(tmp_path / "longue.xlsx", b'<row r="1"><c r="A1"><v>1</v></c></row>' + blank)
    issues = found("", ("error", "Actions", cell, "Faux."))
    marked = annotated(path, issues, tmp_path / "copie")
    sheet = parts_of(marked)["xl/worksheets/sheet1.xml"]
    assert re.search(rb'<c r="%b" s="[1-9]' % cell.encode(), sheet)
    assert (blank in sheet) == apart
    assert annotated(marked, issues, tmp_path / "deux").read_bytes() == marked.read_bytes()
    clean = parts_of(annotated(marked, NONE, tmp_path / "retour"))
    assert clean["xl/worksheets/sheet1.xml"] == parts_of(path)["xl/worksheets/sheet1.xml"]


@pytest.fixture
def workbook_sources(small_sources: SmallSources) -> SmallSources:
    """The small sources with the Alps in an XLSX workbook."""
    sheets = {
        name.rpartition("/")[2]: pd.DataFrame(rows, columns=labels(name), dtype=object).fillna("")
        for name, rows in ROWS.items()
        if name.startswith("contrats/alpes/")
    }
    sheets["Actions"].loc[0, "Début"] = "31/02/2014"
    shutil.rmtree(small_sources.root / "contrats" / "alpes")
    write_workbook(small_sources.root / "contrats" / "alpes.xlsx", sheets, {})
    return small_sources


def test_check_annotates_and_the_corrected_copy_is_clean(workbook_sources: SmallSources, tmp_path: Path) -> None:
    root, folder, start = workbook_sources.root, tmp_path / "copies", cell_of("Actions", "Début")
    result = CliRunner().invoke(main, ["check", str(root), "--annotate", str(folder)])
    assert result.exit_code == 1, result.output
    copy = folder / "contrats" / "alpes.xlsx"
    page = openpyxl.load_workbook(copy)["Actions"]
    assert "31/02/2014" in page[start].comment.text and fill(page, start).startswith("FFFFA8A")
    original = {grid.sheet: grid.text.tolist() for grid in read_grids(root / "contrats" / "alpes.xlsx")}
    assert {grid.sheet: grid.text.tolist() for grid in read_grids(copy) if grid.sheet != REPORT_SHEET} == original
    book = openpyxl.load_workbook(copy)
    book["Actions"][start] = "16/12/2014"
    book.save(root / "contrats" / "alpes.xlsx")
    outcome = workbook_sources.run()
    assert not outcome.refused and "feuille-inconnue" not in set(outcome.issues["code"])
    assert CliRunner().invoke(main, ["check", str(root), "--annotate", str(folder)]).exit_code == 0
    clean = openpyxl.load_workbook(copy)
    assert REPORT_SHEET not in clean.sheetnames
    assert not fill(clean["Actions"], start) and clean["Actions"][start].comment is None


def test_check_refuses_a_folder_among_the_sources(small_sources: SmallSources) -> None:
    where = small_sources.root / "annotations"
    result = CliRunner().invoke(main, ["check", str(small_sources.root), "--annotate", str(where)])
    assert result.exit_code == 2 and not where.exists()


def test_corrections_typed_in_a_copy_are_not_replaced(tmp_path: Path) -> None:
    (copy,) = annotate({"provence.xlsx": PROVENCE}, SOME, tmp_path)
    assert annotate({"provence.xlsx": PROVENCE}, NONE, tmp_path) == [copy], "an untouched copy is written anew"
    book = openpyxl.load_workbook(copy)
    book["Contrat"][DATE] = "16/12/2014"
    book.save(copy)
    corrected = copy.read_bytes()
    with pytest.raises(AnnotationRefusedError, match=r"il a changé.*provence\.xlsx"):
        annotate({"provence.xlsx": PROVENCE}, SOME, tmp_path)
    assert copy.read_bytes() == corrected


def test_a_file_that_is_no_copy_of_ours_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "provence.xlsx").write_bytes(b"autre chose")
    with pytest.raises(AnnotationRefusedError, match="il a changé"):
        annotate({"provence.xlsx": PROVENCE}, SOME, tmp_path)
    assert (tmp_path / "provence.xlsx").read_bytes() == b"autre chose"
