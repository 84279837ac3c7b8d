"""CSV as spreadsheets save it: encodings, separators, quotes, what is no text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from pipelines.sheets.cells import Grid
from pipelines.sheets.csv_text import decode, delimiter
from pipelines.sheets.files import UnreadableFileError, read_grids
from pipelines.sheets.labels import label
from schemas.registry import sheets
from tests.conftest import labels

ACTIONS = labels("x/Actions")


def one(path: Path) -> Grid:
    (grid,) = read_grids(path)
    return grid


TYPED = "Intitulé,Axe,Remarque\nFiches d’été,offre,« œuvre » à 5 €\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    assert decode(Path("f.csv"), TYPED.encode(encoding)) == TYPED


def test_utf16_with_the_mark_of_the_other_end() -> None:
    assert decode(Path("f.csv"), b"\xfe\xff" + TYPED.encode("utf-16-be")) == TYPED


@pytest.mark.parametrize("raw", [b"a,b\n\x81\x8d", b"a,b\nx\0y", b"\xff\xfea\0,\0b", b"a\0\0\0"])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        decode(Path("f.csv"), raw)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize(
    "above",
    [
        "",
        "Actions : Alpes, Jura, Vosges, Corse\n",
        "a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s;t\n",
        "\n\n",
        '"Titre, long ;\net suite"\n',
    ],
)
def test_the_separator_is_that_of_the_labels(mark: str, above: str, tmp_path: Path) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=mark, lineterminator="\r\n")
    lists = " ; ".join(["a, b"] * 30)
    writer.writerows([ACTIONS, ["", "1", "Fiches", *[""] * 7, lists, "deux\nlignes"]])
    path = tmp_path / "Actions.csv"
    path.write_text(above + stream.getvalue(), encoding="utf-8", newline="")
    assert delimiter(above + stream.getvalue()) == mark
    rows = label(one(path), sheets()["Actions"]).rows
    assert rows is not None
    assert rows.text[["Intitulé", ACTIONS[10], ACTIONS[11]]].values.tolist() == [["Fiches", lists, "deux\nlignes"]]


def test_a_csv_without_labels_takes_the_separator_of_its_first_line() -> None:
    assert delimiter("a;b;c\n1,5;2,5;3,5\n") == ";"
    assert delimiter("seul\n") == ","


def test_blank_rows_at_the_end_of_a_csv_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "Actions.csv"
    path.write_text("Intitulé,Axe\nFiche,offre\n" + ",\n" * 100_000, encoding="utf-8")
    assert one(path).text.tolist() == [["Intitulé", "Axe"], ["Fiche", "offre"]]


def test_blank_rows_between_count_and_separators_in_a_text_stay(tmp_path: Path) -> None:
    path = tmp_path / "Actions.csv"
    path.write_text('Intitulé;Axe\n\n;;\n"Fiche ;;";offre,,\n;;;\n\n', encoding="utf-8")
    assert one(path).text.tolist() == [["Intitulé", "Axe"], ["", ""], ["", ""], ["Fiche ;;", "offre,,"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('a,b\n"x', "un guillemet n’est pas fermé"),
        ('a,b\n\n"x"y,z\n', "ligne 3"),
        (f"a\n{'x' * 1_100_000}\n", "trop longue"),
    ],
)
def test_a_malformed_csv_says_where(content: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "Actions.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFileError) as caught:
        read_grids(path)
    assert words in caught.value.reason
