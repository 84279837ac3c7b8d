"""Hostile files: one clear issue each, in bounded time and memory; what is only unusual is read, and said."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from pipelines.curation.catalogue import CATALOGUE
from pipelines.curation.gather import read_sources
from pipelines.curation.issues import UNREADABLE_FILES
from pipelines.sheets.files import UnreadableFileError, digest, read_file
from pipelines.sheets.limits import MAX_KEPT, MAX_LINKS
from tests.conftest import SmallSources, labels
from tests.sheets.hostile import (
    HOSTILE,
    formatted_to_the_end,
    ods_of,
    packed,
    plain_ods,
    plain_xlsx,
    xlsx_of,
)

SECONDS, MEMORY = 10, 1 << 20
"""Of the processor, for any refused file; and KiB held at most."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Refusal:
    """What a hostile file was to raise, and what reading it raised."""

    code: str
    cell: str
    seconds: float
    kib: int
    issues: list[dict[str, str]]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Refusal]:
    """Every hostile file, read as a contract's workbook by one program of limited means."""
    folder = tmp_path_factory.mktemp("hostile")
    wanted = {}
    for name, build in HOSTILE.items():
        made = folder / "fabrique" / name
        made.mkdir(parents=True)
        path, code, cell = build(made)
        place = folder / name / "contrats"
        place = place / "f" if path.suffix == ".csv" else place
        place.mkdir(parents=True)
        path.rename(place / path.name)
        wanted[name] = (code, cell)
    done = subprocess.run(
        [sys.executable, "-m", "tests.sheets.read_under_limits"],
        input="".join(f"{folder / name}\n" for name in wanted),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = map(json.loads, done.stdout.splitlines())
    return {name: Refusal(*wanted[name], **one) for (name, one) in zip(wanted, said, strict=True)}


@pytest.mark.parametrize("name", HOSTILE)
def test_one_clear_issue_for_each_hostile_file(name: str, refused: Mapping[str, Refusal]) -> None:
    one = refused[name]
    (issue,) = one.issues
    assert (issue["code"], issue["severity"], issue["cell"]) == (one.code, "error", one.cell)
    assert one.code in UNREADABLE_FILES
    assert issue["file"] in ("contrats/f.xlsx", "contrats/f.ods", "contrats/f", "contrats/f.xlsm")
    assert "le fichier" in issue["message"] or "le format .xlsm" in issue["message"]
    assert "Error" not in issue["message"]
    assert issue["advice"]


@pytest.mark.parametrize("name", HOSTILE)
def test_refusing_takes_little_time_and_memory(name: str, refused: Mapping[str, Refusal]) -> None:
    assert refused[name].seconds < SECONDS
    assert refused[name].kib < MEMORY


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_sound_package_raises_nothing(suffix: str, tmp_path: Path) -> None:
    path = packed(tmp_path / f"f{suffix}", plain_xlsx() if suffix == ".xlsx" else plain_ods(tmp_path))
    assert read_file(path).notices == []


def test_cells_formatted_to_the_last_row_cost_nothing(tmp_path: Path) -> None:
    path = formatted_to_the_end(tmp_path / "f.xlsx", "ABC")
    with zipfile.ZipFile(path) as package:
        assert package.getinfo("xl/worksheets/sheet1.xml").file_size > MAX_KEPT
    (grid,) = read_file(path).grids
    assert grid.text.tolist() == [["Intitulé", "Axe"], ["Fiche", "offre"]]


def test_ods_rows_repeated_to_the_end_cost_nothing(tmp_path: Path) -> None:
    rows = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>Fiche</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16383"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:style-name="ce1" '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    (grid,) = read_file(ods_of(tmp_path / "f.ods", rows)).grids
    assert grid.text.tolist() == [["Fiche"]]


RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}" TargetMode="External"/>'
    "</Relationships>"
)


def relation(kind: str, target: str) -> bytes:
    return RELATION.format(kind, target).encode()


@pytest.mark.parametrize(
    ("part", "content", "code", "value"),
    [
        ("xl/vbaProject.bin", b"x", "macros", "xl/vbaProject.bin"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "macros", "xl/macrosheets/sheet1.xml"),
        ("xl/embeddings/annexe.xlsx", b"PK\x03\x04x", "contenu-incorpore", "xl/embeddings/annexe.xlsx"),
        ("xl/media/image1.png", b"PK\x03\x04x", "contenu-incorpore", "xl/media/image1.png"),
        (
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            relation("externalLinkPath", "file:///C:/budget%20&amp;%20co.xlsx"),
            "lien-externe",
            "file:///C:/budget%20&%20co.xlsx",
        ),
        (
            "xl/_rels/theme.rels",
            relation("image", "http://192.0.2.1/pixel.png"),
            "lien-externe",
            "http://192.0.2.1/pixel.png",
        ),
    ],
)
def test_what_is_not_read_is_said(part: str, content: bytes, code: str, value: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "f.xlsx", plain_xlsx() | {part: content})
    reading = read_file(path)
    assert [(notice.code, notice.value) for notice in reading.notices] == [(code, value)]
    assert CATALOGUE[code].severity.value == "warning"
    assert reading.grids[0].text.tolist() == [["Intitulé", "Axe"]]


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/_rels/sheet1.xml.rels", relation("hyperlink", "https://exemple.fr")),
        ("xl/media/image1.png", b"\x89PNG"),
    ],
)
def test_web_links_and_pictures_are_nothing_to_say(part: str, content: bytes, tmp_path: Path) -> None:
    assert read_file(packed(tmp_path / "f.xlsx", plain_xlsx() | {part: content})).notices == []


def test_links_are_named_up_to_a_limit(tmp_path: Path) -> None:
    parts = {f"xl/_rels/{number}.rels": relation("image", f"http://192.0.2.1/{number}") for number in range(30)}
    assert len(read_file(packed(tmp_path / "f.xlsx", plain_xlsx() | parts)).notices) == MAX_LINKS


@pytest.mark.parametrize(
    ("macro", "said"), [("Sub Main\nEnd Sub", ["macros"]), ("function x", ["macros"]), ("REM vide", [])]
)
def test_macros_of_libreoffice(macro: str, said: list[str], tmp_path: Path) -> None:
    part = f"<script:module>{macro}</script:module>".encode()
    path = packed(tmp_path / "f.ods", plain_ods(tmp_path) | {"Basic/Standard/Module1.xml": part})
    assert [notice.code for notice in read_file(path).notices] == said


def test_ods_formulas_to_other_files_are_said(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell table:formula="of:=\'file:///tmp/budget.ods\'#$A.B2" office:value-type="float" '
        'office:value="12"><text:p>12</text:p></table:table-cell>'
    )
    reading = read_file(ods_of(tmp_path / "f.ods", f"<table:table-row>{cell}</table:table-row>"))
    assert [(notice.code, notice.value) for notice in reading.notices] == [("lien-externe", "file:///tmp/budget.ods")]
    assert reading.grids[0].text.tolist() == [["12"]]


def test_macros_of_a_contract_are_a_warning_at_its_file(small_sources: SmallSources) -> None:
    path = small_sources.root / "contrats" / "macros.xlsx"
    packed(path, plain_xlsx() | {"xl/vbaProject.bin": b"x"})
    issues = read_sources(small_sources.root).issues.frame()
    found = issues[issues["code"] == "macros"]
    assert found[["file", "severity"]].values.tolist() == [["contrats/macros.xlsx", "warning"]]


# --- Paths ---------------------------------------------------------------------------------------------------------


def codes(sources: SmallSources) -> list[tuple[str, str]]:
    issues = read_sources(sources.root).issues.frame()
    return [(str(code), str(file)) for code, file in issues[["code", "file"]].itertuples(index=False)]


def outside(folder: Path) -> Path:
    path = folder / "ailleurs.xlsx"
    openpyxl.Workbook().save(path)
    return path


def test_a_link_out_of_the_folder_is_not_followed(small_sources: SmallSources, tmp_path: Path) -> None:
    (small_sources.root / "contrats" / "lien.xlsx").symlink_to(outside(tmp_path))
    assert codes(small_sources) == [("lien-hors-dossier", "contrats/lien.xlsx")]


def test_nor_is_a_folder(small_sources: SmallSources, tmp_path: Path) -> None:
    (tmp_path / "dehors").mkdir()
    (tmp_path / "dehors" / "Actions.csv").write_text("Intitulé\n", encoding="utf-8")
    (small_sources.root / "contrats" / "dehors").symlink_to(tmp_path / "dehors")
    assert codes(small_sources) == [("lien-hors-dossier", "contrats/dehors")]


def test_nor_is_one_sheet_of_a_folder(small_sources: SmallSources, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("Intitulé\n", encoding="utf-8")
    target = small_sources.path("contrats/alpes/Clauses")
    target.symlink_to(tmp_path / "secret.csv")
    assert ("lien-hors-dossier", "contrats/alpes") in codes(small_sources)


def test_nor_is_a_reference_list(small_sources: SmallSources, tmp_path: Path) -> None:
    path = small_sources.path("referentiels/zones")
    path.rename(tmp_path / "zones.csv")
    path.symlink_to(tmp_path / "zones.csv")
    assert codes(small_sources) == [("lien-hors-dossier", "referentiels/zones.csv")]


def test_a_link_within_the_folder_is_read(small_sources: SmallSources) -> None:
    path = small_sources.path("referentiels/zones")
    (path.parent / "archives").mkdir()
    path.rename(path.parent / "archives" / "zones-2024.csv")
    path.symlink_to("archives/zones-2024.csv")
    assert codes(small_sources) == []


def test_a_link_to_itself_is_refused(small_sources: SmallSources) -> None:
    path = small_sources.root / "contrats" / "boucle.xlsx"
    path.symlink_to(path)
    assert codes(small_sources) == [("lien-hors-dossier", "contrats/boucle.xlsx")]


def test_what_is_not_read_has_no_digest(tmp_path: Path) -> None:
    assert digest(HOSTILE["large_file"](tmp_path)[0]) == ""
    assert digest(tmp_path / "absent.xlsx") == ""


def test_a_link_to_nothing_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.symlink_to(tmp_path / "rien.xlsx")
    with pytest.raises(UnreadableFileError) as caught:
        read_file(path)
    assert caught.value.code == "fichier-illisible"


@pytest.mark.parametrize("name", ["Actions & <suites>", "L'été « 2016 »", "été", "日本", "a.b-c"])
def test_sheet_names_with_odd_characters(name: str, small_sources: SmallSources) -> None:
    book = openpyxl.load_workbook(outside(small_sources.root.parent))
    page = book.create_sheet("Actions")
    page.append(labels("x/Actions"))
    page.append(["=1+1"])
    book.create_sheet(name).append(["#REF!"])
    del book["Sheet"]
    path = small_sources.root / "contrats" / "noms.xlsx"
    book.save(path)
    grids = {grid.sheet: grid for grid in read_file(path).grids}
    assert set(grids) == {"Actions", name}
    assert grids[name].text.tolist() == [["#REF!"]]
    issues = read_sources(small_sources.root).issues.frame()
    assert issues.loc[issues["code"] == "feuille-inconnue", "sheet"].tolist() == [name]


def test_a_sheet_typed_twice_is_refused_and_the_first_read(small_sources: SmallSources) -> None:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for title, text in (("Outils", "premier"), ("Oùtils", "second")):
        page = book.create_sheet(title)
        page.append(labels("x/Outils"))
        page.append(["", "guide", text])
    book.save(small_sources.root / "contrats" / "deux.xlsx")
    found = read_sources(small_sources.root)
    issues = found.issues.frame()
    assert issues.loc[issues["code"] == "feuille-doublee", ["file", "sheet"]].values.tolist() == [
        ["contrats/deux.xlsx", "Oùtils"]
    ]
    tools = found.sheets["Outils"]
    assert tools.text.loc[tools.origin["file"] == "contrats/deux.xlsx", "Intitulé"].tolist() == ["premier"]


def test_a_cell_repeated_in_a_damaged_sheet_is_named(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path / "f.xlsx", b'<row r="9"><c r="ZZZ9"><v>1</v></c></row>')
    with pytest.raises(UnreadableFileError) as caught:
        read_file(path)
    assert (caught.value.sheet, caught.value.cell) == ("Actions", "ZZZ9")
