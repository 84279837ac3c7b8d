"""The comparison of two releases: everything that changed is found, named, counted; what is not compared is said."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pyarrow as pa
import pytest

from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.journal import changes_section
from pipelines.publish.diff.model import CONTRACTS, DERIVED_SAMPLES, KINDS, SAMPLES, Diff, Severity, Status
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from tests.publish.diff_releases import (
    EXPECTED,
    EXPECTED_JOURNAL,
    Json,
    both,
    changed,
    dataset,
    field,
    points,
    retired,
    table,
    write,
)

DOCS = Path(__file__).parents[2] / "docs"
Change = Callable[[dict[str, Json], dict[str, Json]], object]
Found = tuple[str, str | None, str | None]


def compared(folder: Path, change: Change, old_said: Json | None = None, new_said: Json | None = None) -> Diff:
    """The comparison of the dataset with itself, once ``change`` was made to one side or both."""
    old, new = dataset(), dataset()
    change(old, new)
    before = write(folder / "old", "2026-11-25", old, **(old_said or {}))
    return diff(before, write(folder / "new", "2026-12-01", new, **(new_said or {})))


def columns(tables: dict[str, Json], name: str) -> list[Json]:
    found: list[Json] = tables[name]["schema"]["fields"]
    return found


def rows(tables: dict[str, Json], name: str) -> list[Json]:
    found: list[Json] = tables[name]["rows"]
    return found


def plus(tables: dict[str, Json], name: str, *more: Json) -> int:
    """The table with more rows."""
    rows(tables, name).extend(more)
    return len(rows(tables, name))


def without(tables: dict[str, Json], name: str, column: str) -> None:
    """The table without one of its columns."""
    columns(tables, name)[:] = [one for one in columns(tables, name) if one["name"] != column]
    for row in rows(tables, name):
        row.pop(column, None)


def renamed(tables: dict[str, Json], name: str, old: str, new: str, **more: Any) -> None:  # noqa: ANN401
    columns(tables, name)[:] = [
        one | {"name": new} | more if one["name"] == old else one for one in columns(tables, name)
    ]
    for row in rows(tables, name):
        row[new] = row.pop(old, None)


def column(tables: dict[str, Json], name: str, wanted: str) -> Json:
    return next(one for one in columns(tables, name) if one["name"] == wanted)


def constrained(tables: dict[str, Json], **constraints: object) -> None:
    column(tables, "actions", "intitule")["constraints"] = constraints


# Each kind of change: what is done to the old release or to the new one, and every finding expected of it.
CASES: dict[str, tuple[Change, list[Found]]] = {
    "table removed": (lambda _, new: new.pop("actions_marches"), [("table-retiree", "actions_marches", None)]),
    "table added": (lambda old, _: old.pop("actions_marches"), [("table-ajoutee", "actions_marches", None)]),
    "table renamed": (
        lambda _, new: new.update(marches=new.pop("actions_marches")),
        [("table-retiree", "actions_marches", None), ("table-ajoutee", "marches", None)],
    ),
    "column removed": (
        lambda _, new: without(new, "actions", "numero"),
        [("colonne-retiree", "actions", "numero")],
    ),
    "column added": (
        lambda old, _: without(old, "actions", "numero"),
        [("colonne-ajoutee", "actions", "numero")],
    ),
    "column renamed": (
        lambda _, new: renamed(new, "contrats", "nom", "libelle", title="Autre titre"),
        [("colonne-retiree", "contrats", "nom"), ("colonne-ajoutee", "contrats", "libelle")],
    ),
    "type of a column": (
        lambda _, new: column(new, "sources", "url").update(format="default"),
        [("type-change", "sources", "url")],
    ),
    "type in Parquet only": (
        lambda _, new: new["actions"].update(types={"numero": pa.int32(), "montant_eur": pa.decimal128(20, 4)}),
        [("type-parquet-change", "actions", "montant_eur"), ("type-parquet-change", "actions", "numero")],
    ),
    "unit": (
        lambda _, new: column(new, "actions", "montant_eur").update(unite="kEUR"),
        [("unite-changee", "actions", "montant_eur")],
    ),
    "vocabulary of a column": (
        lambda _, new: column(new, "actions_marches", "marche_code").update(nomenclature="axe"),
        [("nomenclature-changee", "actions_marches", "marche_code")],
    ),
    "key": (
        lambda _, new: new["sources"]["schema"].update(primaryKey="titre"),
        [("cle-changee", "sources", None), ("non-compare", "sources", None)],
    ),
    "natural key that no longer holds": (
        lambda _, new: new["actions"]["schema"].update(cle_naturelle=["contrat_id", "intitule", "numero"]),
        [("cle-naturelle-changee", "actions", None)],
    ),
    "natural key made tighter": (
        lambda _, new: new["actions"]["schema"].update(cle_naturelle=["intitule"]),
        [("cle-naturelle-resserree", "actions", None)],
    ),
    "may be missing": (
        lambda _, new: constrained(new),
        [("colonne-facultative", "actions", "intitule")],
    ),
    "always filled": (
        lambda old, _: constrained(old),
        [("colonne-obligatoire", "actions", "intitule")],
    ),
    "constraint": (
        lambda _, new: constrained(new, required=True, pattern="^A"),
        [("contrainte-changee", "actions", "intitule")],
    ),
    "reference removed": (
        lambda _, new: new["actions"]["schema"].pop("foreignKeys"),
        [("reference-retiree", "actions", "contrat_id")],
    ),
    "reference added": (
        lambda old, _: old["actions"]["schema"].pop("foreignKeys"),
        [("reference-ajoutee", "actions", "contrat_id")],
    ),
    "order of columns": (
        lambda _, new: columns(new, "actions").reverse(),
        [("colonnes-reordonnees", "actions", None)],
    ),
    "words": (
        lambda _, new: column(new, "actions", "intitule").update(title="Objet", description="Dit autrement."),
        [("libelles-changes", "actions", None)],
    ),
    "file moved": (
        lambda _, new: new["sources"].update(resource={"path": "csv/bibliographie.csv"}),
        [("fichier-retire", "sources", None), ("fichier-ajoute", "sources", None)],
    ),
    "encoding": (
        lambda _, new: new["sources"].update(resource={"encoding": "cp1252"}),
        [("ecriture-changee", "sources", None)],
    ),
    "code removed": (
        lambda _, new: rows(new, "nomenclatures").pop(3),
        [
            ("code-retire", "nomenclatures", None),
            ("lignes-retirees", "nomenclatures", None),
            ("table-retrecie", "nomenclatures", None),
        ],
    ),
    "code added": (
        lambda old, _: rows(old, "nomenclatures").pop(3),
        [("code-ajoute", "nomenclatures", None), ("lignes-ajoutees", "nomenclatures", None)],
    ),
    "code relabelled": (
        lambda _, new: rows(new, "nomenclatures")[3].update(libelle="Allemagne fédérale"),
        [("code-relibelle", "nomenclatures", None), ("lignes-changees", "nomenclatures", None)],
    ),
    "name of a table, among the terms": (
        lambda _, new: rows(new, "nomenclatures")[4].update(libelle="Les actions"),
        [("lignes-changees", "nomenclatures", None)],
    ),
    "identifier lost": (
        lambda _, new: (rows(new, "contrats").pop(1), plus(new, "contrats", {"contrat_id": "jura-2"})),
        [
            ("identifiant-perdu", "contrats", None),
            ("lignes-ajoutees", "contrats", None),
            ("lignes-retirees", "contrats", None),
        ],
    ),
    "identifier lost, redirected in another table": (
        lambda _, new: (
            rows(new, "contrats").pop(1),
            plus(new, "identifiants_retires", retired("actions", "jura", "a1")),
        ),
        [
            ("identifiant-perdu", "contrats", None),
            ("lignes-retirees", "contrats", None),
            ("table-retrecie", "contrats", None),
            ("lignes-ajoutees", "identifiants_retires", None),
        ],
    ),
    "identifier redirected nowhere": (
        lambda _, new: (
            rows(new, "actions").pop(),
            plus(new, "identifiants_retires", retired("actions", "a8", "a99")),
        ),
        [
            ("redirection-sans-cible", "actions", None),
            ("lignes-retirees", "actions", None),
            ("table-retrecie", "actions", None),
            ("lignes-ajoutees", "identifiants_retires", None),
        ],
    ),
    "identifier redirected in circles": (
        lambda _, new: (
            rows(new, "actions").pop(),
            plus(new, "identifiants_retires", retired("actions", "a8", "x"), retired("actions", "x", "a8")),
        ),
        [
            ("redirection-sans-cible", "actions", None),
            ("lignes-retirees", "actions", None),
            ("table-retrecie", "actions", None),
            ("lignes-ajoutees", "identifiants_retires", None),
        ],
    ),
    "identifier replaced": (
        lambda _, new: (
            rows(new, "actions").pop(),
            plus(new, "identifiants_retires", retired("actions", "a8", "a1")),
        ),
        [
            ("identifiant-remplace", "actions", None),
            ("lignes-retirees", "actions", None),
            ("table-retrecie", "actions", None),
            ("lignes-ajoutees", "identifiants_retires", None),
        ],
    ),
    "identifier given up": (
        lambda _, new: (
            rows(new, "actions").pop(),
            plus(new, "identifiants_retires", retired("actions", "a8", None)),
        ),
        [
            ("identifiant-abandonne", "actions", None),
            ("lignes-retirees", "actions", None),
            ("table-retrecie", "actions", None),
            ("lignes-ajoutees", "identifiants_retires", None),
        ],
    ),
    "redirection lost": (
        lambda _, new: new["identifiants_retires"].update(rows=[]),
        [
            ("redirection-perdue", "actions", None),
            ("lignes-retirees", "identifiants_retires", None),
            ("table-retrecie", "identifiants_retires", None),
        ],
    ),
    "identifier given again": (
        lambda _, new: plus(new, "actions", {"action_id": "ancienne", "intitule": "Autre chose"}),
        [("identifiant-remis", "actions", None), ("lignes-ajoutees", "actions", None)],
    ),
    "link removed: no identifier is lost": (
        lambda _, new: rows(new, "actions_marches").pop(),
        [("lignes-retirees", "actions_marches", None), ("table-retrecie", "actions_marches", None)],
    ),
    "derived rows removed": (
        lambda _, new: (new["provenance"].update(rows=[]), rows(new, "actions_a_plat").pop()),
        [("lignes-retirees", "provenance", None), ("lignes-retirees", "actions_a_plat", None)],
    ),
    "source added": (
        lambda old, _: rows(old, "sources").pop(),
        [("source-ajoutee", "sources", None)],
    ),
    "source removed": (
        lambda _, new: rows(new, "sources").pop(),
        [
            ("source-retiree", "sources", None),
            ("identifiant-perdu", "sources", None),
            ("table-retrecie", "sources", None),
        ],
    ),
    "value changed": (
        lambda _, new: rows(new, "actions")[2].update(numero=None),
        [("lignes-changees", "actions", None)],
    ),
    "values whose type changed": (
        lambda _, new: (
            column(new, "actions", "numero").update(type="string"),
            [row.update(numero=str(row["numero"])) for row in rows(new, "actions")],
        ),
        [("type-change", "actions", "numero"), ("non-compare", "actions", "numero")],
    ),
    "doubled key": (
        lambda _, new: plus(new, "sources", rows(new, "sources")[0]),
        [("non-compare", "sources", None)],
    ),
    "missing key": (
        lambda old, _: plus(old, "sources", {"titre": "Sans clé"}),
        [("non-compare", "sources", None)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_change_is_found_and_nothing_else(tmp_path: Path, case: str) -> None:
    change, expected = CASES[case]
    found = compared(tmp_path, change)
    assert sorted((one.code, one.table, one.colonne) for one in found.constats) == sorted(expected, key=str), case
    assert all(one.gravite is KINDS[one.code].severity for one in found.constats)
    assert found.statut is (
        Status.UNKNOWN if {one.code for one in found.constats} == {"non-compare"} else Status.DIFFERENT
    )


def test_the_cases_and_the_page_of_versions_know_every_kind() -> None:
    shown = {code for _, expected in CASES.values() for code, _, _ in expected}
    assert shown | {"licence-changee", "description-changee", "identifiant-suspendu"} == set(KINDS)
    page = (DOCS / "versions.md").read_text(encoding="utf-8")
    assert [code for code in KINDS if f"`{code}`" not in page] == []


def test_two_releases_give_the_expected_document(tmp_path: Path) -> None:
    found = diff(*both(tmp_path))
    assert found.dumps() == EXPECTED.read_text(encoding="utf-8")
    assert "\n".join(changes_section(found)) + "\n" == EXPECTED_JOURNAL.read_text(encoding="utf-8")


def test_the_documents_hold_to_the_published_schema(tmp_path: Path) -> None:
    schema = json.loads((DOCS / "diff.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    old, new = both(tmp_path)
    for found in (diff(old, new), diff(new, old), diff(None, old), diff(old, old)):
        jsonschema.Draft202012Validator(schema).validate(json.loads(found.dumps()))
    codes = schema["$defs"]["constat"]["properties"]["code"]["enum"]
    assert codes == list(KINDS)


def test_a_release_is_the_same_as_itself_and_as_its_like(tmp_path: Path) -> None:
    old = write(tmp_path / "old", "2026-11-25", dataset())
    shuffled = {name: one | {"rows": one["rows"][::-1]} for name, one in dataset().items()}
    for new in (old, write(tmp_path / "new", "2026-12-01", shuffled)):
        found = diff(old, new)
        assert (found.same, found.constats, found.non_compares) == (True, (), ())
        assert [table.lignes_comparees for table in found.tables] == [
            len(dataset()[one.table]["rows"]) for one in found.tables
        ]


def test_the_first_release_is_told_as_such(tmp_path: Path) -> None:
    found = diff(None, write(tmp_path, "2026-11-25", dataset()))
    assert (found.statut, found.ancienne, found.constats) == (Status.FIRST, None, ())
    assert not found.same
    assert {table.etat.value for table in found.tables} == {"ajoutee"}
    assert "première version" in changes_section(found)[2]


def test_counts_are_symmetric(tmp_path: Path) -> None:
    old, new = both(tmp_path)
    there, back = diff(old, new), diff(new, old)
    forth = {one.table: (one.ajoutees.nombre, one.retirees.nombre, one.changees.nombre) for one in there.tables}
    assert forth == {one.table: (one.retirees.nombre, one.ajoutees.nombre, one.changees.nombre) for one in back.tables}
    assert forth["actions"] == (1, 3, 2)


def test_values_are_written_as_in_csv_and_missing_is_not_empty(tmp_path: Path) -> None:
    def change(_: dict[str, Json], new: dict[str, Json]) -> None:
        rows(new, "actions")[1] |= {"montant_eur": Decimal("12.5"), "axe_code": None, "numero": 7}
        rows(new, "contrats")[0] |= {"date_signature": None, "est_actif": False}

    found = {one.table: one for one in compared(tmp_path, change).tables}
    cells = {cell.colonne: (cell.avant, cell.apres) for cell in found["actions"].changees.exemples[0].cellules}
    assert cells == {"montant_eur": ("1000.00", "12.50"), "axe_code": ("offre", None), "numero": ("1", "7")}
    cells = {cell.colonne: (cell.avant, cell.apres) for cell in found["contrats"].changees.exemples[0].cellules}
    assert cells == {"date_signature": ("2014-12-16", None), "est_actif": ("true", "false")}
    assert found["actions"].changees_par_colonne == {"axe_code": 1, "montant_eur": 1, "numero": 1}
    assert (found["actions"].cellules_changees, found["actions"].part_changee_pct) == (3, 11.11)


def test_samples_are_capped_and_derived_tables_come_last_with_fewer(tmp_path: Path) -> None:
    def change(_: dict[str, Json], new: dict[str, Json]) -> None:
        rows(new, "actions").extend({"action_id": f"n{rank:04}", "intitule": "N"} for rank in range(312))
        rows(new, "provenance").extend({"provenance_id": f"n{rank:04}", "ligne": rank} for rank in range(312))
        rows(new, "contrats").extend({"contrat_id": f"c{rank:04}", "nom": "C"} for rank in range(312))

    found = compared(tmp_path, change)
    tables = {one.table: one for one in found.tables}
    added = tables["actions"].ajoutees
    assert (added.nombre, added.montres, len(added.exemples)) == (312, SAMPLES, SAMPLES)
    assert [one.cle for one in added.exemples] == [f"n{rank:04}" for rank in range(SAMPLES)]
    assert tables["provenance"].ajoutees.montres == DERIVED_SAMPLES
    assert [one.derived for one in found.tables] == sorted(one.derived for one in found.tables)
    assert [one.table for one in found.of(Severity.INFORMATION)][-1] == "provenance"
    assert (found.contrats.nombre, found.contrats.montres) == (312, CONTRACTS)
    assert any(f"({SAMPLES} montrés sur 312)" in one.message for one in found.constats)


def test_what_looks_renamed_is_said_so(tmp_path: Path) -> None:
    def change(_: dict[str, Json], new: dict[str, Json]) -> None:
        renamed(new, "contrats", "nom", "libelle", title="Autre titre")  # the same values
        renamed(new, "actions", "numero", "rang")  # the same title
        new["marches"] = new.pop("actions_marches")
        rows(new, "nomenclatures")[0]["code"] = "image"

    found = {one.avant: one.apres for one in compared(tmp_path, change).of(Severity.BREAKING)}
    assert found == {"nom": "libelle", "numero": "rang", "actions_marches": "marches", "marque": "image"}


def test_the_terms_come_from_the_schemas_when_no_table_lists_them(tmp_path: Path) -> None:
    def change(old: dict[str, Json], new: dict[str, Json]) -> None:
        for tables in (old, new):
            rows(tables, "nomenclatures")[:] = rows(tables, "nomenclatures")[3:]
        column(new, "actions", "axe_code")["constraints"] = {"enum": ["offre", "observation", "tous"]}

    found = compared(tmp_path, change)
    (axes,) = found.nomenclatures
    assert ([one.code for one in axes.ajoutes], [one.code for one in axes.retires]) == (["observation"], ["marque"])
    assert (axes.codes_avant, axes.codes_apres) == (3, 3)


def test_redirections_are_followed_to_their_end(tmp_path: Path) -> None:
    found = diff(*both(tmp_path))
    fates = {one.sort: one.identifiants.exemples for one in found.identifiants if one.table == "actions"}
    assert [(one.identifiant, one.remplace_par) for one in fates["identifiant-remplace"]] == [
        ("a3", "a1"),
        ("a4", "a1"),
    ]
    assert [(one.identifiant, one.motif) for one in fates["identifiant-abandonne"]] == [("a5", "Action jamais faite")]


@pytest.mark.parametrize("issues", ["date-illisible,error\n", "fichier-laisse-de-cote,warning\n"])
def test_what_a_partial_release_lacks_is_suspended_not_lost(tmp_path: Path, issues: str) -> None:
    new = dataset()
    new["actions"]["rows"] = new["actions"]["rows"][:5]
    new["identifiants_retires"]["rows"] = [retired("actions", "a5", "a6"), retired("actions", "a7", "a1")]
    old = write(tmp_path / "old", "2026-11-25", dataset())
    partial = diff(old, write(tmp_path / "new", "2026-12-01", new, issues))
    fates = {one.sort: [each.identifiant for each in one.identifiants.exemples] for one in partial.identifiants}
    assert fates == {"identifiant-suspendu": ["a5", "a6", "a8"], "identifiant-remplace": ["a7"]}
    assert (partial.nouvelle.partielle, partial.of(Severity.BREAKING)) == (True, [])
    whole = diff(old, write(tmp_path / "whole", "2026-12-01", new, "date-ancienne,warning\n"))
    assert [one.code for one in whole.of(Severity.BREAKING)] == [
        "identifiant-perdu",
        "redirection-sans-cible",
        "redirection-perdue",
    ]


def test_contracts_tell_what_changed_for_them(tmp_path: Path) -> None:
    contracts = {one.contrat_id: one for one in diff(*both(tmp_path)).contrats.exemples}
    assert {key: one.nom for key, one in contracts.items()} == {"alpes": "Alpes", "jura": "Montagnes du Jura"}
    (actions,) = contracts["alpes"].tables
    assert (actions.table, actions.ajoutees, actions.retirees, actions.changees) == ("actions", 0, 2, 1)


def test_rows_that_hang_on_an_action_count_for_its_contract(tmp_path: Path) -> None:
    def change(_: Json, new: Json) -> None:
        markets = rows(new, "actions_marches")
        markets[0]["marche_code"] = "FR"  # a0, of jura
        markets.pop(1)  # a1, of alpes
        markets.append({"action_marche_id": "a3-de", "action_id": "a3", "marche_code": "DE"})  # of alpes

    contracts = {one.contrat_id: one for one in compared(tmp_path, change).contrats.exemples}
    told = {
        key: [(one.table, one.ajoutees, one.retirees, one.changees) for one in contract.tables]
        for key, contract in contracts.items()
    }
    assert told == {"alpes": [("actions_marches", 1, 1, 0)], "jura": [("actions_marches", 0, 0, 1)]}


def test_properties_are_compared_and_the_licence_asks_for_attention(tmp_path: Path) -> None:
    new_said = {"licenses": [{"title": "Autre licence"}], "title": "Un autre titre", "inconnue": {"b": 1, "a": [2, 3]}}
    found = compared(tmp_path, lambda *_: None, new_said=new_said)
    assert [(one.code, one.objet) for one in found.constats] == [
        ("licence-changee", "licenses"),
        ("description-changee", "title"),
        ("description-changee", "inconnue"),
    ]
    assert [(one.avant, one.apres) for one in found.proprietes][1:] == [
        ("Un essai", "Un autre titre"),
        (None, "a : 2 ; 3, b : 1"),
    ]


@pytest.mark.parametrize("damage", ["absent", "cut", "other columns"])
@pytest.mark.parametrize("name", ["actions", "nomenclatures", "identifiants_retires", "contrats"])
def test_a_table_that_cannot_be_read_is_skipped_never_the_same(tmp_path: Path, damage: str, name: str) -> None:
    old = write(tmp_path / "old", "2026-11-25", dataset())
    new = write(tmp_path / "new", "2026-12-01", dataset())
    file = new.path / "parquet" / f"{name}.parquet"
    if damage == "absent":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-9])
    else:
        shutil.copyfile(new.path / "parquet" / "provenance.parquet", file)
    found = diff(old, new)
    assert {one.table for one in found.non_compares} == {name}
    assert not next(one for one in found.tables if one.table == name).comparee
    assert not found.same
    assert str(tmp_path) not in found.dumps()


def test_unreadable_redirections_are_not_taken_for_none(tmp_path: Path) -> None:
    old, new = both(tmp_path)
    (new.path / "parquet" / "identifiants_retires.parquet").unlink()
    found = diff(old, new)
    assert {(one.table, one.colonne) for one in found.non_compares if one.table != "contrats"} == {
        ("identifiants_retires", None),
        ("actions", "action_id"),
        ("sources", "source_id"),
    }
    assert not [one for one in found.constats if one.code in {"identifiant-perdu", "redirection-perdue"}]


def test_a_descriptor_without_readable_schemas_is_refused(tmp_path: Path) -> None:
    good = write(tmp_path / "old", "2026-11-25", dataset())
    descriptor = copy.deepcopy(good.descriptor)
    descriptor["resources"][2]["schema"] = {"fields": [{"type": "string"}]}
    for pair in ((good, ReleaseFolder(good.path, descriptor)), (ReleaseFolder(good.path, descriptor), good)):
        with pytest.raises(NotAReleaseError, match="actions"):
            diff(*pair)


def test_tables_of_any_shape_are_compared(tmp_path: Path) -> None:
    def change(old: dict[str, Json], new: dict[str, Json]) -> None:
        for tables in (old, new):
            tables["vide"] = table("vide_id", [field("vide_id"), field("n", "integer")], [])
            tables["seule"] = table(
                "seule_id", [field("seule_id")], [{"seule_id": "x"}], foreignKeys=[points("seule_id", "")]
            )
        plus(new, "vide", {"vide_id": "v", "n": 1})

    found = compared(tmp_path, change)
    assert [(one.code, one.table) for one in found.constats] == [("lignes-ajoutees", "vide")]


def test_the_same_comparison_gives_the_same_bytes(tmp_path: Path) -> None:
    first = diff(*both(tmp_path / "1")).dumps()
    assert diff(*both(tmp_path / "2")).dumps() == first
    assert changed() != dataset()
