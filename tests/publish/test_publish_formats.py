"""CSV and Parquet say what the frames say, to every reader."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dtypes import DECIMAL_KINDS, empty, typed
from pipelines.publish import csv_files, parquet_files
from pipelines.publish.tables_arrow import all_to_arrow, to_arrow
from schemas.declaration import Kind
from schemas.registry import tables as real_tables
from tests.publish.publish_dataset import DECLARED, FULL, ORGANISMES, VIDES, frame, frames

NAMES = list(DECLARED)
TABLES = all_to_arrow(frames(), DECLARED)


def bare(table: pa.Table) -> pa.Table:
    return pa.table(table.columns, schema=pa.schema([pa.field(field.name, field.type) for field in table.schema]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("formats")
    for name, table in TABLES.items():
        csv_files.write_csv(table, DECLARED[name], path / f"{name}.csv")
        parquet_files.write_parquet(table, path / f"{name}.parquet")
    return path


def test_csv_says_it_in_these_bytes(folder: Path) -> None:
    lines = (folder / "organismes.csv").read_bytes()
    assert lines.startswith(b"organisme_id,nom,zone_type_code,zone_code,date_debut,date_debut_precision,")
    assert b"\r" not in lines
    assert lines.endswith(b"\n")
    rows = list(csv.DictReader(io.StringIO(lines.decode("utf-8"), newline="")))
    assert [row["etp"] for row in rows] == ["1.5", "14", "0.0001", "-120.12"]
    assert [row["montant_eur"] for row in rows] == ["9999999999999.99", "0.10", "", ""]
    assert [row["part_pct"] for row in rows] == ["100", "", "", "33.3"]
    assert [row["est_actif"] for row in rows] == ["true", "false", "", ""]
    assert [row["date_debut"] for row in rows] == ["2015-06-25", "", "1790-03-04", ""]
    assert [row["siren"] for row in rows] == ["012345678", "", "", ""]
    assert rows[0]["date_debut_texte"] == FULL["date_debut_texte"]


def test_csv_quotes_only_what_needs_it(folder: Path) -> None:
    content = (folder / "organismes.csv").read_text(encoding="utf-8")
    assert "\na-2,=1+1,,,,,,false,,14,0.10,,,,,\n" in content
    assert 'a-1,"un ""mot"", deux",region,01,2015-06-25,jour,"ligne 1\nligne 2",true,' in content


@pytest.mark.parametrize("name", NAMES)
def test_csv_is_read_back_by_arrow(folder: Path, name: str) -> None:
    table = bare(TABLES[name])
    read = arrow_csv.read_csv(
        folder / f"{name}.csv",
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=table.schema,
            null_values=[""],
            strings_can_be_null=True,
            true_values=["true"],
            false_values=["false"],
        ),
    )
    assert read.equals(table)


@pytest.mark.parametrize("name", NAMES)
def test_csv_is_read_back_by_duckdb(folder: Path, name: str) -> None:
    table = bare(TABLES[name])
    types = {field.name: _duckdb_type(field.type) for field in table.schema}
    with duckdb.connect() as connection:
        options = f"header=true, delim=',', quote='\"', escape='\"', columns={types}"
        read = connection.sql(f"select * from read_csv('{folder / name}.csv', {options})").to_arrow_table()
    assert read.cast(table.schema).equals(table)


def _duckdb_type(arrow: pa.DataType) -> str:
    names = {pa.string(): "VARCHAR", pa.date32(): "DATE", pa.bool_(): "BOOLEAN", pa.int64(): "BIGINT"}
    return f"DECIMAL({arrow.precision},{arrow.scale})" if pa.types.is_decimal(arrow) else names[arrow]


@pytest.mark.parametrize("name", NAMES)
def test_csv_is_read_back_by_pandas(folder: Path, name: str) -> None:
    read = pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False, na_values=[""])
    for column in DECLARED[name].published:
        cells = read[column.name].tolist()
        values = pd.Series([None if pd.isna(cell) else _parsed(cell, column.kind) for cell in cells], dtype=object)
        pd.testing.assert_series_equal(typed(values, column), frames()[name][column.name], check_names=False)


def _parsed(cell: str, kind: Kind) -> object:
    if kind in DECIMAL_KINDS:
        return Decimal(cell)
    if kind is Kind.DATE:
        return dt.date.fromisoformat(cell)
    if kind is Kind.BOOLEAN:
        return {"true": True, "false": False}[cell]
    return int(cell) if kind is Kind.INTEGER else cell


@pytest.mark.parametrize("name", NAMES)
def test_parquet_is_read_back_with_its_types_and_descriptions(folder: Path, name: str) -> None:
    read = pq.read_table(folder / f"{name}.parquet")
    assert read.equals(TABLES[name])
    assert read.schema.equals(TABLES[name].schema, check_metadata=True)
    assert b"pandas" not in read.schema.metadata
    with duckdb.connect() as connection:
        seen = connection.sql(f"select * from '{folder / name}.parquet'").to_arrow_table()
    assert seen.cast(bare(read).schema).equals(bare(read))
    assert list(pd.read_parquet(folder / f"{name}.parquet").columns) == read.column_names


def test_arrow_metadata_describe_the_table() -> None:
    schema = TABLES["organismes"].schema
    assert schema.metadata[b"primaryKey"] == b"organisme_id"
    assert b'"resource": "lieux", "fields": ["zone_type_code", "zone_code"]' in schema.metadata[b"foreignKeys"]
    assert b'"resource": "", "fields": ["organisme_id"]' in schema.metadata[b"foreignKeys"]
    assert schema.field("montant_eur").metadata[b"unit"] == b"EUR"
    assert schema.field("zone_type_code").metadata[b"vocabulary"] == b"type"
    assert schema.field("nom").metadata[b"title_en"] == b"Title of nom"
    assert not schema.field("nom").nullable


def test_parquet_does_not_depend_on_how_the_frame_was_cut(tmp_path: Path) -> None:
    whole = frames()["organismes"]
    cut = pd.concat([whole.iloc[:1], whole.iloc[1:]])
    for name, each in {"whole": whole, "cut": cut}.items():
        parquet_files.write_parquet(to_arrow(each, ORGANISMES, DECLARED), tmp_path / name)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "cut").read_bytes()


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("rang", [0.5], "double là où int64"),
        ("montant_eur", [Decimal("0.001")], "ne tient pas dans decimal128"),
        ("etp", [1.5], "double là où decimal128"),
        ("date_debut", ["2015-06-25"], "large_string là où date32"),
        ("zone_code", [1], "int64 là où string"),
        ("nom", [None], "ligne a-1, colonne nom : une valeur manquante"),
        ("nom", [""], "ligne a-1, colonne nom : un texte vide"),
        ("nom", ["a\x00b"], "ligne a-1, colonne nom : un caractère de contrôle"),
        ("nom", ["a\n\tb\x7f"], "ligne a-1, colonne nom : un caractère de contrôle"),
    ],
)
def test_a_value_that_would_be_lost_is_refused(column: str, values: list[object], said: str) -> None:
    bad = frame(ORGANISMES, [FULL]).assign(**{column: pd.Series(values)})
    with pytest.raises(ValueError, match=said):
        to_arrow(bad, ORGANISMES, DECLARED)


def test_columns_must_be_the_declared_ones() -> None:
    with pytest.raises(ValueError, match=r"manque les colonnes \['nom'\], ne sont pas déclarées \['autre'\]"):
        to_arrow(frame(ORGANISMES, [FULL]).rename(columns={"nom": "autre"}), ORGANISMES, DECLARED)
    with pytest.raises(ValueError, match="il manque"):
        all_to_arrow({}, DECLARED)


def test_an_empty_table_is_its_header(folder: Path) -> None:
    assert (folder / "vides.csv").read_text() == ",".join(column.name for column in VIDES.published) + "\n"
    assert pq.read_table(folder / "vides.parquet").num_rows == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n\r,"'), min_size=1), min_size=1
    )
)
def test_any_text_survives_csv(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    declared = DECLARED["organismes_a_plat"]
    path = tmp_path_factory.mktemp("texts") / "t.csv"
    rows: list[dict[str, object]] = [{"organisme_id": f"p-{rank}", "nom": text} for rank, text in enumerate(texts)]
    csv_files.write_csv(to_arrow(frame(declared, rows), declared, DECLARED), declared, path)
    with path.open(encoding="utf-8", newline="") as file:
        assert [row["nom"] for row in csv.DictReader(file)] == texts


def test_real_declarations_make_arrow_schemas() -> None:
    for name, table in real_tables().items():
        made = to_arrow(empty(table), table)
        assert made.column_names == [column.name for column in table.published], name


@pytest.mark.parametrize("special", [",", '"', "\r", "\n", "\r\n"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_value_that_needs_quotes_has_them_wherever_it_stands_among_plain_ones(
    special: str, place: int, tmp_path: Path
) -> None:
    values = ["é\t'œ;", None, "𝄞"]
    values.insert(place, f"a{special}b")
    csv_files.write_frame(pd.DataFrame({"x": range(4), "y": values}), tmp_path / "y.csv")
    quoted = special.replace('"', '""')
    expected = ["é\t'œ;\n", "\n", "𝄞\n"]
    expected.insert(place, f'"a{quoted}b"\n')
    whole = "x,y\n" + "".join(f"{rank},{line}" for rank, line in enumerate(expected))
    assert (tmp_path / "y.csv").read_bytes().decode() == whole


def test_batches_with_and_without_quotes_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "_BATCH", 2)
    csv_files.write_frame(pd.DataFrame({"y": ["a", "b", "c,d", "e", "f"]}), tmp_path / "y.csv")
    assert (tmp_path / "y.csv").read_text() == 'y\na\nb\n"c,d"\ne\nf\n'
