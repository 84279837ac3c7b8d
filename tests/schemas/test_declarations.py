"""The declarations: complete in both languages, true to their own examples, one name for one quantity."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from decimal import Decimal

import pytest

from pipelines.curation.values import parse_number
from pipelines.text import fold
from schemas.columns import column, key
from schemas.declaration import (
    NAME_PATTERN,
    SLUG_PATTERN,
    Bilingual,
    Cell,
    Column,
    Family,
    ForeignKey,
    Kind,
    ListCell,
    PartnerOrGroupCell,
    RegistryCell,
    Sheet,
    SourcesCell,
    Table,
    TargetCell,
    VersionCell,
    ZoneCell,
    cell,
)
from schemas.registry import forget, sheets, tables, used_vocabularies, workbook_sheets
from schemas.vocabularies import TABLES, VOCABULARIES
from tests.conftest import NOMENCLATURES

# The contract with curators: the labels of each sheet, in order.
LABELS = {
    "Contrat": "Identifiant · Nom · Génération · Date de signature · Début · Fin · Statut · Marque · Objectif · "
    "Contrat précédent · Thématiques · Sources · Remarque",
    "Dénominations": "Identifiant · Dénomination · Type · Sources · Remarque",
    "Territoires": "Identifiant · Type de zone · Code · Libellé · Sources · Remarque",
    "Partenaires": "Identifiant · Nom · Sigle · Catégorie · SIREN · Rôle · Rôle d'après la source · Début · Fin · "
    "Site web · Sources · Remarque",
    "Actions": "Identifiant · Numéro · Intitulé · Axe · Origine de l'axe · Volet · Statut · Début · Fin · "
    "Montant (€) · Marchés cibles · Partenaires · Outil · Sources · Remarque",
    "Financements": "Identifiant · Libellé · Nature · Financeur · Forme de l'apport · Montant (€) · ETP · Part (%) · "
    "Qualificatif · Base · Périmètre · Inclus dans · Début · Fin · Statut · Action · Sources · Remarque",
    "Gouvernance": "Identifiant · Instance · Présidence · Règle de vote · Date de création · Description · Sources · "
    "Remarque",
    "Indicateurs": "Identifiant · Libellé · Nature · Valeur · Unité · Qualificatif · Base · Début · Fin · Zone · "
    "Sources · Remarque",
    "Événements": "Identifiant · Type · Intitulé · Début · Fin · Lieu · Participants · Sources · Remarque",
    "Outils": "Identifiant · Type · Intitulé · Exploitant · Nombre d'éléments · Unité · Adresse · Sources · Remarque",
    "Divergences": "Identifiant · Sujet · Feuille · Ligne visée · Colonne visée · Valeur A · Sources A · Valeur B · "
    "Sources B · Valeur C · Sources C · Lecture · Valeur retenue",
}
MODEL = {
    Family.FLAT: "contrats_a_plat partenaires_a_plat actions_a_plat",
    Family.FACT: "contrats contrats_denominations contrats_thematiques contrats_groupes contrats_territoires "
    "contrats_partenaires actions actions_partenaires actions_marches financements gouvernance clauses indicateurs "
    "evenements evenements_participants outils divergences divergences_valeurs",
    Family.REFERENCE: "partenaires partenaires_denominations sources nomenclatures zones",
    Family.TRACE: "citations provenance identifiants identifiants_retires corrections",
}
COLUMNS = [(table, one) for table in tables().values() for one in table.published]
FACTS = [table for table in tables().values() if table.family is Family.FACT]
NAMES = [f"{table.name}.{one.name}" for table, one in COLUMNS]


@pytest.fixture(scope="module")
def terms() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with NOMENCLATURES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["Nomenclature"]].add(row["Code"])
    found[TABLES] = set(tables())
    return found


def assert_said(text: Bilingual) -> None:
    for words in (text.fr, text.en):
        assert words == " ".join(words.split())
        assert words
        assert "'" not in words


# --- Tables and columns --------------------------------------------------------------------------------------------


def test_all_tables_of_the_model_are_there() -> None:
    assert {table.name: table.family for table in tables().values()} == {
        name: family for family, names in MODEL.items() for name in names.split()
    }


@pytest.mark.parametrize("table", list(tables().values()), ids=lambda table: table.name)
def test_a_table_is_whole(table: Table) -> None:
    assert NAME_PATTERN.match(table.name)
    assert_said(table.title)
    assert_said(table.description)
    assert table.description.fr.endswith(".")
    assert table.description.en.endswith(".")
    assert table.columns[0].name == table.key
    assert table[table.key].required
    assert table[table.key].kind is Kind.IDENTIFIER
    names = [one.name for one in table.published]
    assert len(set(names)) == len(names)
    assert table.key not in table.natural_key
    titles = [one.title.fr for one in table.published]
    assert len(set(titles)) == len(titles)


def test_orders_are_distinct() -> None:
    for declared in (tables().values(), sheets().values()):
        orders = [one.order for one in declared]
        assert orders == sorted(orders)
        assert len(set(orders)) == len(orders)


@pytest.mark.parametrize(("table", "one"), COLUMNS, ids=NAMES)
def test_a_column_is_said_in_both_languages(table: Table, one: Column) -> None:
    assert NAME_PATTERN.match(one.name), table.name
    assert_said(one.title)
    assert_said(one.description)
    assert one.description.fr.endswith((".", "…"))
    assert one.description.en.endswith((".", "…"))
    assert one.description.fr != one.title.fr


@pytest.mark.parametrize(("table", "one"), COLUMNS, ids=NAMES)
def test_an_example_is_valid(table: Table, one: Column, terms: dict[str, set[str]]) -> None:
    example = one.example
    assert example == example.strip(), table.name
    assert example
    if one.pattern is not None:
        assert re.fullmatch(one.pattern, example)
    if one.vocabulary is not None:
        assert example in terms[one.vocabulary]
    if one.kind is Kind.DATE:
        assert dt.date.fromisoformat(example).isoformat() == example
    if one.kind is Kind.BOOLEAN:
        assert example in ("true", "false")
    if one.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.EUROS, Kind.PERCENT):
        number = parse_number(example).number
        assert number is not None
        assert Decimal(example) == number
        assert one.kind is not Kind.INTEGER or number == int(number)
        assert one.minimum is None or number >= Decimal(str(one.minimum))
        assert one.maximum is None or number <= Decimal(str(one.maximum))


def test_one_name_one_kind_and_one_unit() -> None:
    found: dict[str, set[tuple[Kind, str | None]]] = defaultdict(set)
    for _, one in COLUMNS:
        found[one.name].add((one.kind, one.unit))
    assert {name: kinds for name, kinds in found.items() if len(kinds) > 1} == {}


def test_one_name_one_reference() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for table, one in COLUMNS:
        if one.references is not None:
            found[one.name].add(one.references)
            assert one.name != table.key
    assert all(len(references) == 1 for references in found.values()), found


@pytest.mark.parametrize(("table", "one"), COLUMNS, ids=NAMES)
def test_names_say_the_kind(table: Table, one: Column) -> None:
    assert one.name.endswith("_eur") == (one.kind is Kind.EUROS), table.name
    assert one.name.endswith("_pct") == (one.kind is Kind.PERCENT)
    assert one.name.startswith("date_") == (one.name.split("_precision")[0].split("_texte")[0].startswith("date_"))
    if one.kind is Kind.IDENTIFIER:
        assert one.name.endswith("_id")
    if one.kind is Kind.DATE:
        assert one.name.startswith("date_")
        assert (one.bound == "end") == (one.name == "date_fin")
    if one.kind is Kind.EUROS:
        assert one.unit == "EUR"
    if one.kind is Kind.PERCENT:
        assert one.unit == "%"


@pytest.mark.parametrize("table", list(tables().values()), ids=lambda table: table.name)
def test_foreign_keys_name_tables_and_columns(table: Table) -> None:
    for one in table.foreign_keys:
        assert one.table in tables()
        target = tables()[one.table]
        columns = one.target or (target.key,)
        assert len(columns) == len(one.columns)
        for mine, theirs in zip(one.columns, columns, strict=True):
            assert table[mine].kind is target[theirs].kind
        assert set(columns) <= {target.key, *target.natural_key}
    for two in table.columns:
        assert two.references is None or two.references in tables()


def test_dates_are_published_with_their_precision_and_words() -> None:
    names = [one.name for one in tables()["contrats"].published]
    at = names.index("date_debut")
    assert names[at : at + 3] == ["date_debut", "date_debut_precision", "date_debut_texte"]
    precision = tables()["contrats"].published[at + 1]
    assert (precision.kind, precision.vocabulary) == (Kind.CODE, "precision")


# --- Vocabularies --------------------------------------------------------------------------------------------------


def test_every_vocabulary_is_used_and_declared() -> None:
    in_sheets = {
        item.column.vocabulary
        for sheet in sheets().values()
        for item in sheet.fields
        if isinstance(item, Cell | RegistryCell) and item.column.vocabulary
    }
    assert used_vocabularies() == set(VOCABULARIES)
    assert in_sheets <= set(VOCABULARIES)


@pytest.mark.parametrize("name", list(VOCABULARIES))
def test_a_vocabulary_has_terms_and_titles(name: str, terms: dict[str, set[str]]) -> None:
    assert VOCABULARIES[name].name == name
    assert NAME_PATTERN.match(name)
    assert_said(VOCABULARIES[name].title)
    assert terms[name]


def test_no_term_of_an_unknown_vocabulary(terms: dict[str, set[str]]) -> None:
    assert set(terms) == set(VOCABULARIES)


def test_no_spelling_stands_for_two_terms() -> None:
    spelled: dict[tuple[str, str], set[str]] = defaultdict(set)
    with NOMENCLATURES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for text in (row["Code"], row["Libellé"], *row["Autres écritures"].split(";")):
                if fold(text):
                    spelled[row["Nomenclature"], fold(text)].add(row["Code"])
    assert {key: codes for key, codes in spelled.items() if len(codes) > 1} == {}


# --- Sheets --------------------------------------------------------------------------------------------------------


def test_all_sheets_of_the_contract_with_curators_are_there_in_order() -> None:
    assert list(workbook_sheets()) == list(LABELS)


@pytest.mark.parametrize("name", list(LABELS))
def test_labels_are_those_of_the_contract_with_curators(name: str) -> None:
    declared = sheets()[name].fields
    wanted = [fold(label) for label in LABELS[name].split(" · ")]
    assert [fold(item.label) for item in declared if fold(item.label) in wanted] == wanted
    assert all(item.optional for item in declared if fold(item.label) not in wanted)
    assert not any(item.optional for item in declared if fold(item.label) in wanted)


@pytest.mark.parametrize("sheet", list(sheets().values()), ids=lambda sheet: sheet.name)
def test_a_sheet_fills_columns_of_its_tables(sheet: Sheet) -> None:
    table = tables()[sheet.table]
    for item in sheet.fields:
        assert sheet.field(item.label) is item
        if isinstance(item, Cell):
            one = table[item.column.name]
            assert (one.kind, one.vocabulary, one.references) == (
                item.column.kind,
                item.column.vocabulary,
                item.column.references,
            )
        elif isinstance(item, ListCell):
            made = tables()[item.table]
            for name in (*item.columns, item.qualifier, item.detail):
                assert name is None or made[name].name == name
            assert table.key in {one.name for one in made.columns}
        elif isinstance(item, PartnerOrGroupCell):
            assert table[item.partner].references == "partenaires"
            assert table[item.group].kind is Kind.TEXT
        elif isinstance(item, ZoneCell):
            assert table[item.type_column].vocabulary == "type_zone"
            assert table[item.code_column].name == item.code_column
        elif isinstance(item, RegistryCell):
            assert tables()["partenaires"][item.column.name] == item.column
            assert "partenaire_id" in {one.name for one in table.columns}
        else:
            assert isinstance(item, SourcesCell | TargetCell | VersionCell)


@pytest.mark.parametrize(
    "table", [one for one in tables().values() if one.family is Family.FACT], ids=lambda table: table.name
)
def test_every_fact_owes_its_sources(table: Table) -> None:
    filled = [sheet for sheet in sheets().values() if sheet.table == table.name]
    made = [sheet for sheet in sheets().values() for item in sheet.fields if getattr(item, "table", "") == table.name]
    for sheet in filled:
        assert any(isinstance(item, SourcesCell | VersionCell) for item in sheet.fields)
    assert filled or made or table.name == "divergences_valeurs"


def test_unknown_label() -> None:
    with pytest.raises(KeyError):
        sheets()["Actions"].field("Prix")
    with pytest.raises(KeyError):
        tables()["actions"]["prix"]


def test_forgetting_looks_again() -> None:
    before = tables()
    forget()
    assert tables() == before
    assert sheets() == sheets()


# --- What a declaration refuses of itself ----------------------------------------------------------------------------


def example(kind: Kind = Kind.TEXT, name: str = "nom", **more: object) -> Column:
    return column(kind, name, ("Nom", "Name"), ("Un nom.", "A name."), "x", **more)


@pytest.mark.parametrize("name", ["Nom", "nom du contrat", "été", "_nom", "nom_", "2nom", ""])
def test_a_column_name_is_plain(name: str) -> None:
    with pytest.raises(ValueError, match="snake_case"):
        example(name=name)


def test_codes_and_only_codes_have_a_vocabulary() -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        example(Kind.CODE)
    with pytest.raises(ValueError, match="vocabulary"):
        example(Kind.TEXT, vocabulary="axe")


def test_kinds_bring_their_pattern_and_unit() -> None:
    assert example(Kind.IDENTIFIER, "x_id").pattern == SLUG_PATTERN
    assert example(Kind.EUROS, "x_eur").unit == "EUR"
    assert example(Kind.PERCENT, "x_pct").unit == "%"
    assert example(Kind.IDENTIFIER, "x_id", pattern="^x$").pattern == "^x$"
    assert example().pattern is None


def test_the_same_column_with_some_changes() -> None:
    changed = example().but(required=True, label="Appellation")
    assert changed.required
    assert changed.header == "Appellation"
    assert example().header == "Nom"
    assert cell(changed) == Cell(label="Appellation", column=changed, required=True)
    assert cell(changed, label="Autre", optional=True).label == "Autre"


def made(**more: object) -> Table:
    declared: dict[str, object] = {
        "name": "x",
        "title": Bilingual("X", "X"),
        "description": Bilingual("X.", "X."),
        "family": Family.FACT,
        "key": "x_id",
        "order": 1,
        "columns": (key("x_id", ("du x", "X"), "x"), example()),
    }
    return Table(**{**declared, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"columns": (key("x_id", ("du x", "X"), "x"), example(), example())}, "twice"),
        ({"key": "y_id"}, "no column for its key"),
        ({"natural_key": ("prix",)}, "unknown columns"),
    ],
)
def test_a_table_refuses_to_contradict_itself(more: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made(**more)


def test_foreign_keys_of_a_table() -> None:
    both = ForeignKey(columns=("nom", "autre"), table="y", target=("a", "b"))
    one = made(columns=(*made().columns, example(name="autre", references="z")), composite_keys=(both,))
    assert one.foreign_keys == (ForeignKey(columns=("autre",), table="z", target=()), both)


def test_a_sheet_refuses_a_doubled_label() -> None:
    with pytest.raises(ValueError, match="twice"):
        Sheet(name="x", place="classeur", table="x", order=1, fields=(cell(example()), cell(example())))
