"""Which files make up the sources, and where every row comes from."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipelines.curation.gather import Fallback, read_sources
from pipelines.curation.issues import blocking
from pipelines.sheets.examples import example
from pipelines.sheets.files import digest
from schemas.registry import sheets
from tests.conftest import ROWS, SmallSources, labels


def codes(sources: SmallSources) -> list[tuple[str, str, str]]:
    issues = read_sources(sources.root).issues.frame()
    return [(str(a), str(b), str(c)) for a, b, c in issues[["code", "file", "value"]].itertuples(index=False)]


def test_files_are_read_in_order_with_their_digest(small_sources: SmallSources) -> None:
    found = read_sources(small_sources.root)
    lists = [f"referentiels/{name}.csv" for name, sheet in sheets().items() if sheet.place == "referentiel"]
    assert found.files["file"].tolist() == ["contrats/alpes", "contrats/bretagne", "national", *lists]
    assert found.files["sha256"].tolist() == [digest(small_sources.root / name) for name in found.files["file"]]
    alpes = sum(len(rows) for name, rows in ROWS.items() if name.startswith("contrats/alpes"))
    assert found.files["rows"].tolist()[0] == alpes
    assert found.issues.frame().empty


def test_rows_know_where_they_come_from(small_sources: SmallSources) -> None:
    actions = read_sources(small_sources.root).sheets["Actions"]
    assert actions.origin["file"].tolist() == ["contrats/alpes", "contrats/alpes", "national"]
    assert actions.origin["row"].tolist() == [2, 3, 2]
    assert actions.text.index.equals(actions.origin.index)
    assert actions.kind.index.equals(actions.origin.index)
    assert actions.where(1) == "contrats/alpes, Actions, ligne 3"
    places = actions.cells([1, 2], "Axe")
    assert places["cell"].tolist() == ["D3", "D2"]
    assert places["value"].tolist() == ["Promotion et commercialisation", "promotion"]
    assert actions.rows_at([2], "x")[["cell", "column", "value"]].values.tolist() == [["A2", "", "x"]]


def test_letters_are_those_of_each_file(small_sources: SmallSources) -> None:
    header = labels("x/Actions")
    small_sources.write("national/Actions", [["Actions"], [], ["", *header[::-1]], ["", "", "ALP3", "", "", "GTA"]])
    actions = read_sources(small_sources.root).sheets["Actions"]
    assert actions.cells([1, 2], "Sources")["cell"].tolist() == ["O3", "C4"]
    assert actions.text["Partenaires"].tolist()[2] == "GTA"


def test_an_optional_column_may_be_left_out(small_sources: SmallSources) -> None:
    header = [name for name in labels("x/Actions") if name != "Groupe"]
    small_sources.write("national/Actions", [header, *[["x"] * len(header)]])
    found = read_sources(small_sources.root)
    assert found.issues.frame().empty
    actions = found.sheets["Actions"]
    assert actions.text["Groupe"].tolist() == ["", "", ""]
    assert actions.cells([2], "Groupe")["cell"].tolist() == [""]


@pytest.mark.parametrize("name", ["ACTIONS", "actions", "  Actions "])
def test_sheet_names_in_any_case(name: str, small_sources: SmallSources) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = name
    page.append([title.upper() for title in labels("x/Actions")])
    page.append(["", "", "Depuis un classeur"])
    for other in ("Lisez-moi", "Listes"):
        book.create_sheet(other).append(["à lire"])
    (small_sources.root / "national" / "Actions.csv").unlink()
    for part in (small_sources.root / "national").iterdir():
        part.unlink()
    book.save(small_sources.root / "national.xlsx")
    found = read_sources(small_sources.root)
    assert found.issues.frame().empty
    assert found.sheets["Actions"].origin["sheet"].unique().tolist() == ["Actions"]
    assert found.sheets["Actions"].text["Intitulé"].tolist()[2] == "Depuis un classeur"


@pytest.mark.parametrize("name", ["~$alpes.xlsx", ".~lock.alpes.ods#", "alpes/~$Actions.csv"])
def test_lock_files_are_no_source(name: str, small_sources: SmallSources) -> None:
    (small_sources.root / "contrats" / name).write_bytes(b"\0")
    found = read_sources(small_sources.root)
    assert found.issues.frame().empty
    assert len(found.files) == 3 + 8


def test_other_files_are_no_source(small_sources: SmallSources) -> None:
    for name in (
        "notes.txt",
        "contrats/notes.docx",
        "jeu_de_donnees.toml",
    ):
        (small_sources.root / name).write_bytes(b"?")
    assert codes(small_sources) == []


def test_the_national_workbook_has_no_contract(small_sources: SmallSources) -> None:
    small_sources.write_rows("national/Contrat", [])
    small_sources.write_rows("national/Territoires", [])
    assert codes(small_sources) == [
        ("feuille-inconnue", "national", "Contrat"),
        ("feuille-inconnue", "national", "Territoires"),
    ]


def test_a_missing_list_is_reported(small_sources: SmallSources) -> None:
    small_sources.path("referentiels/zones").unlink()
    assert codes(small_sources) == [("feuille-absente", "referentiels/zones.csv", "zones.csv")]


def test_an_unreadable_workbook_is_reported_once(small_sources: SmallSources) -> None:
    (small_sources.root / "contrats" / "abime.xlsx").write_bytes(b"?")
    (small_sources.root / "national.ods").write_bytes(b"?")
    assert codes(small_sources) == [
        ("fichier-illisible", "contrats/abime.xlsx", "abime.xlsx"),
        ("fichier-illisible", "national.ods", "national.ods"),
    ]


def test_two_files_for_one_contract(small_sources: SmallSources) -> None:
    book = openpyxl.Workbook()
    book.save(small_sources.root / "contrats" / "alpes.xlsx")
    assert ("fichier-double", "contrats/alpes.xlsx", "contrats/alpes, contrats/alpes.xlsx") in codes(small_sources)


def test_a_folder_without_anything(small_sources: SmallSources) -> None:
    found = read_sources(small_sources.root / "absent")
    assert found.files.empty
    assert set(found.issues.frame()["code"]) == {"feuille-absente"}
    assert all(sheet.text.empty for sheet in found.sheets.values())


def test_the_row_of_example_of_a_template_is_not_read(small_sources: SmallSources) -> None:
    sheet = "contrats/bretagne/Outils"
    given = example(sheets()["Outils"])
    own = {**given, "Intitulé": "Le nôtre"}
    small_sources.write_rows(sheet, [given, own, {"Type": "guide", "Intitulé": "Guide", "Sources": "BRE1"}])
    found = read_sources(small_sources.root)
    issues = found.issues.frame()
    assert issues[["code", "file", "sheet", "cell", "severity"]].values.tolist() == [
        ["exemple-modifie", "contrats/bretagne", "Outils", "A3", "warning"]
    ]
    rows = found.sheets["Outils"]
    assert rows.text["Intitulé"].tolist() == ["Guide d’accueil", "Guide"]
    assert rows.origin["row"].tolist() == [2, 4]


def test_a_template_that_nobody_filled_is_not_read(small_sources: SmallSources) -> None:
    for name in ("Contrat", "Outils"):
        small_sources.write_rows(f"contrats/nouveau/{name}", [example(sheets()[name])])
    found = read_sources(small_sources.root)
    issues = found.issues.frame()
    assert issues.loc[issues["file"] == "contrats/nouveau", "code"].tolist()[-1] == "modele-vierge"
    assert "contrats/nouveau" not in found.sheets["Contrat"].origin["file"].tolist()


@pytest.mark.parametrize("copy_is_read", [True, False])
def test_an_unreadable_workbook_is_taken_back_only_if_its_copy_can_be_read(
    copy_is_read: bool, small_sources: SmallSources, tmp_path: Path
) -> None:
    kept = small_sources.copy(tmp_path / "version")
    small_sources.path("contrats/bretagne/Contrat").write_bytes(b"\x00\x81\xff")
    if not copy_is_read:
        kept.path("contrats/bretagne/Partenaires").write_bytes(b"\x00\x81\xff")
    found = read_sources(small_sources.root, partial=True, fallback=Fallback(kept.root, "2026-01-01"))
    told = set(found.issues.frame()["code"]) & {"version-precedente-reprise", "fichier-laisse-de-cote"}
    assert told == {"version-precedente-reprise" if copy_is_read else "fichier-laisse-de-cote"}
    assert ("contrats/bretagne" in set(found.sheets["Contrat"].origin["file"])) == copy_is_read


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("referentiels/partenaire.csv", "« partenaires.csv »"),
        ("referentiels/sources.xlsx", "« sources.csv »"),
        ("contrats/bretagne-2.csv", ""),
        ("correction.csv", ""),
        ("alpes.xlsx", ""),
        ("contrats/~$alpes.xlsx", None),
        ("contrats/.alpes.csv", None),
        ("lisez-moi.md", None),
    ],
)
def test_a_file_that_nothing_reads_is_an_issue(small_sources: SmallSources, name: str, near: str | None) -> None:
    (small_sources.root / name).write_bytes(b"a,b\n1,2\n")
    issues = read_sources(small_sources.root).issues.frame()
    found = issues[issues["code"] == "fichier-inattendu"]
    assert found["file"].tolist() == ([] if near is None else [name])
    assert all((near or "") in message for message in found["message"])


def test_unreadable_corrections_refuse_even_a_partial_release(small_sources: SmallSources) -> None:
    (small_sources.root / "corrections.csv").write_bytes(b"\x00\x01\x02")
    issues = read_sources(small_sources.root, partial=True).issues.frame()
    assert set(blocking(issues, partial=True)["file"]) == {"corrections.csv"}
