"""The job without its edges: the same sources give the same tables, whatever the files look like."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.dtypes import pandas_dtype
from pipelines.job import Outcome, codes_of
from pipelines.sheets.ods import write_ods
from schemas.registry import tables
from tests.conftest import ROWS, SmallSources, labels, write_small_sources


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame], *, but: tuple[str, ...] = ()) -> None:
    assert list(one) == list(other) == list(tables())
    for name, frame in one.items():
        if name not in but:
            pd.testing.assert_frame_equal(frame, other[name])


def test_all_tables_are_there_sorted_with_their_columns_and_types(sound: Outcome) -> None:
    assert list(sound.tables) == list(tables())
    for name, table in tables().items():
        frame = sound.tables[name]
        assert list(frame.columns) == [column.name for column in table.published], name
        for column in table.published:
            assert frame[column.name].dtype == pandas_dtype(column.kind), f"{name}.{column.name}"
        assert frame[table.key].is_monotonic_increasing, name
        assert frame[table.key].is_unique, name
        assert frame.index.equals(pd.RangeIndex(len(frame))), name


def test_every_sheet_fills_its_table(sound: Outcome) -> None:
    counts = {name: len(frame) for name, frame in sound.tables.items()}
    assert counts["contrats"] == 2
    assert counts["actions"] == counts["financements"] == 3
    assert counts["zones"] == 2
    assert counts["partenaires"] == len(ROWS["referentiels/partenaires"])
    assert counts["corrections"] == counts["identifiants"] == counts["identifiants_retires"] == 0
    filled = [name for name, count in counts.items() if count]
    assert len(filled) == len(tables()) - 3


def test_values_are_those_typed(sound: Outcome) -> None:
    contract = sound.tables["contrats"].set_index("contrat_id").loc["alpes"]
    assert str(contract["date_signature"]) == "2014-12-16"
    assert (str(contract["date_debut"]), str(contract["date_fin"])) == ("2015-01-01", "2017-12-31")
    assert contract["duree_mois"] == 36
    amounts = sound.tables["financements"].set_index("financement_id")["montant_eur"]
    assert float(amounts["alpes-budget"]) == 1200.5
    assert float(amounts["occitanie-2022-credits-du-groupe"]) == 1_500_000
    group = sound.tables["financements"].set_index("financement_id").loc["occitanie-2022-credits-du-groupe"]
    assert group[["contrat_id"]].isna().all()
    assert group["groupe_code"] == "occitanie_2022"
    zone = sound.tables["contrats_territoires"].iloc[0]
    assert (zone["zone_code"], zone["zone_code_actuel"]) == ("82", "84")


def test_national_rows_have_no_contract(sound: Outcome) -> None:
    for name in ("actions", "financements", "evenements"):
        frame = sound.tables[name]
        places = sound.tables["provenance"]
        places = places[(places["table_code"] == name) & (places["fichier"] == "national")]
        national = set(frame.loc[frame["contrat_id"].isna(), tables()[name].key])
        assert national == set(places["ligne_id"])
        assert len(national) == 1


def test_codes_of_every_vocabulary(sound: Outcome) -> None:
    codes = codes_of(sound.tables["nomenclatures"])
    assert codes["table"] == frozenset(tables())
    assert codes["generation"] == {"vague_1", "vague_2", "posterieur"}


@pytest.fixture(scope="module")
def other_way_round(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The same sources, written in another order, at another time, elsewhere."""
    first = write_small_sources(tmp_path_factory.mktemp("premier") / "sources")
    second = SmallSources(tmp_path_factory.mktemp("ailleurs") / "autre dossier")
    for file in sorted(first.root.rglob("*.csv"), reverse=True):
        copy = second.root / file.relative_to(first.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        os.utime(copy, (1_000_000_000, 1_000_000_000))
    (second.root / "contrats" / "~$alpes.xlsx").write_bytes(b"verrou")
    return second.built()


def test_same_sources_same_tables_whatever_the_order_and_dates_of_files(
    sound: Outcome, other_way_round: Outcome
) -> None:
    assert_same(sound.tables, other_way_round.tables)
    pd.testing.assert_frame_equal(sound.issues, other_way_round.issues)
    pd.testing.assert_frame_equal(sound.files, other_way_round.files)


def as_workbooks(sources: SmallSources) -> None:
    """The same sheets in an ODS and an XLSX workbook, with titles, other cases and another order of rows of labels."""
    sheets = {sheet: rows for sheet, rows in ROWS.items() if not sheet.startswith("referentiels")}
    ods = {
        sheet.rpartition("/")[2]: pd.DataFrame(
            [[row.get(label, "") for label in labels(sheet)] for row in rows], columns=labels(sheet), dtype="str"
        )
        for sheet, rows in sheets.items()
        if sheet.startswith("contrats/alpes")
    }
    write_ods(sources.root / "contrats" / "alpes.ods", ods, {})
    for name, target in (("contrats/bretagne", "contrats/bretagne.xlsx"), ("national", "national.xlsx")):
        book = openpyxl.Workbook()
        book.remove(book["Sheet"])
        for sheet, rows in reversed(sheets.items()):
            if sheet.rpartition("/")[0] == name:
                page = book.create_sheet(sheet.rpartition("/")[2].upper())
                page.append(["Feuille saisie à la main"])
                page.append([])
                header = labels(sheet)[::-1]
                page.append(["", *(label.upper() for label in header)])
                for row in rows:
                    page.append([])
                    page.append([None, *(row.get(label) for label in header)])
        book.save(sources.root / target)
    for sheet in sheets:
        sources.path(sheet).unlink()


def test_same_sheets_in_other_formats_same_tables(sound: Outcome, small_sources: SmallSources) -> None:
    as_workbooks(small_sources)
    outcome = small_sources.built()
    assert not outcome.refused, outcome.issues.to_string()
    assert outcome.files["file"].tolist()[:3] == ["contrats/alpes.ods", "contrats/bretagne.xlsx", "national.xlsx"]
    assert_same(sound.tables, outcome.tables, but=("provenance",))
    places = outcome.tables["provenance"].set_index("ligne_id")
    action = places.loc["national-appui-en-ingenierie"]
    assert (action["fichier"], action["feuille"], action["ligne"]) == ("national.xlsx", "Actions", 5)


def test_the_order_of_rows_does_not_change_the_tables(sound: Outcome, small_sources: SmallSources) -> None:
    for sheet in ROWS:
        header, *rows = small_sources.grid(sheet)
        small_sources.write(sheet, [header, *rows[::-1]])
    outcome = small_sources.built()
    assert not outcome.refused
    traced = ("provenance",)
    joined = ("contrats_a_plat", "partenaires_a_plat", "actions_a_plat")
    assert_same(sound.tables, outcome.tables, but=traced + joined)


def test_without_any_contract(small_sources: SmallSources, tmp_path: Path) -> None:
    sources = small_sources.copy(tmp_path / "vide")
    for sheet in ROWS:
        if not sheet.startswith("referentiels"):
            sources.path(sheet).unlink()
    sources.write_rows("referentiels/partenaires_denominations", [])
    outcome = sources.run()
    assert not outcome.refused, outcome.issues.to_string()
    assert outcome.tables["contrats"].empty
    assert outcome.tables["actions_a_plat"].empty
    assert {"partenaire-sans-usage", "source-sans-usage"} <= set(outcome.issues["code"])
