"""Names typed in cells → keys: known spellings only, never a likeness."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.curation.issues import suggestion
from pipelines.job import check
from pipelines.normalise.lookups import Lookup, by_identifier, near, zones
from pipelines.normalise.resolve import resolve_rows
from pipelines.normalise.rows import Workspace
from pipelines.text import fold
from tests.conftest import SmallSources, cell_of, write_small_sources

ALPES, BRETAGNE = "contrats/alpes", "contrats/bretagne"
SPELLINGS = "referentiels/partenaires_denominations"


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def issues(workspace: Workspace) -> list[tuple[str, str, str, str]]:
    frame = workspace.log.frame()[["code", "file", "cell", "value"]]
    return [(str(a), str(b), str(c), str(d)) for a, b, c, d in frame.itertuples(index=False)]


def test_lookup_compares_folded_texts() -> None:
    lookup = by_identifier(text("val-de-loire", "alpes"))
    found = lookup.resolve(text("Val de Loire", "ALPES", "val–de–loire", "alpe", "", None))
    assert found.fillna("").tolist() == ["val-de-loire", "alpes", "val-de-loire", "", "", ""]


def test_lookup_keeps_the_first_key_and_tells_the_clashes() -> None:
    lookup = Lookup()
    clashes = lookup.add(text("GTA", "gta", "G.T.A.", "", None), text("a", "b", "a", "c", "d"))
    assert clashes.tolist() == [1]
    assert lookup.resolve(text("Gta", "g t a")).tolist() == ["a", "a"]


def test_lookup_prefers_the_spelling_of_the_contract() -> None:
    lookup = Lookup()
    lookup.add(text("CRT", "CRT", "CRT", "ADT"), text("a", "b", "c", "d"), text("alpes", "bretagne", None, "alpes"))
    scopes = text("alpes", "bretagne", "corse", "")
    assert lookup.resolve(text("crt", "crt", "crt", "crt"), scopes).tolist() == ["a", "b", "c", "c"]
    assert lookup.resolve(text("adt", "adt", "adt", "adt"), scopes).fillna("").tolist() == ["d", "", "", ""]
    assert lookup.resolve(text("crt")).tolist() == ["c"]


class ByRow:
    """What a lookup does, one row at a time."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, rows: list[tuple[str | None, str | None, str | None]]) -> list[int]:
        clashes = []
        for number, (spelling, key, scope) in enumerate(rows):
            folded = fold(spelling or "")
            if folded and key and self.held.setdefault((scope or "", folded), (key, str(spelling)))[0] != key:
                clashes.append(number)
        return clashes

    def resolve(self, typed: str | None, scope: str | None) -> str:
        found = self.held.get((scope or "", fold(typed or ""))) or self.held.get(("", fold(typed or "")))
        return found[0] if found else ""

    def spellings(self, scope: str) -> dict[str, str]:
        names = dict.fromkeys(name for within in ("", scope) for held, name in self.held if held == within)
        shown = [self.held.get((scope, name)) or self.held["", name] for name in names]
        return {spelling: key for key, spelling in shown}


SPELLED = st.sampled_from(
    [None, "", "’", "CRT", "crt", "C.R.T.", "crt alpes", "CRT-Alpes", "Œuvre", "oeuvre", "a\x00b"]
)
SCOPED = st.sampled_from([None, "", "alpes", "a", "a\x00crt"])


@given(
    st.lists(
        st.lists(st.tuples(SPELLED, st.sampled_from([None, "", "un", "deux", "trois"]), SCOPED), max_size=8), max_size=3
    ),
    st.lists(st.tuples(SPELLED, SCOPED), max_size=8),
)
def test_a_lookup_says_what_it_would_say_row_by_row(
    added: list[list[tuple[str | None, str | None, str | None]]], asked: list[tuple[str | None, str | None]]
) -> None:
    lookup, model = Lookup(), ByRow()
    for rows in added:
        spellings, keys, scopes = (text(*(row[part] for row in rows)) for part in range(3))
        assert lookup.add(spellings, keys, scopes).tolist() == model.add(rows)
    typed, within = text(*(one for one, _ in asked)), text(*(scope for _, scope in asked))
    assert lookup.resolve(typed, within).fillna("").tolist() == [model.resolve(*one) for one in asked]
    assert lookup.resolve(typed).fillna("").tolist() == [model.resolve(one, None) for one, _ in asked]
    for scope in ("", "alpes", "a"):
        assert list(lookup.spellings(scope).items()) == list(model.spellings(scope).items())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("region 82", "region|82"),
        ("Région Rhône-Alpes", "region|82"),
        ("rhone alpes", "region|82"),
        ("RÉGION\u00a082", "region|82"),
        ("Paris", ""),
        ("commune Paris", "commune|75056"),
        ("departement 75", "departement|75"),
        ("82", ""),
        ("region 99", ""),
    ],
)
def test_zones(typed: str, found: str) -> None:
    frame = pd.DataFrame(
        {
            "zone_type_code": ["region", "commune", "departement"],
            "zone_code": ["82", "75056", "75"],
            "libelle": ["Rhône-Alpes", "Paris", "Paris"],
        },
        dtype="str",
    )
    assert zones(frame).resolve(text(typed)).fillna("").tolist() == [found]


def test_a_spelling_holds_in_its_contract_only(small_sources: SmallSources) -> None:
    small_sources.add("national/Partenaires", {"Nom": "GTA", "Rôle": "signataire", "Sources": "ALP3"})
    workspace, _ = small_sources.workspace()
    roles = workspace.rows["Partenaires"].frame
    assert roles[["contrat_id", "partenaire_id"]].values.tolist() == [
        ["alpes", "grande-traversee"],
        ["alpes", "cci-rhone-alpes"],
        ["bretagne", "crt-bretagne"],
    ]
    assert issues(workspace) == [("partenaire-inconnu", "national", "B2", "GTA")]


LOOPS = {
    "itself": ({"a": "a"}, {"a"}),
    "two of each other": ({"a": "b", "b": "a"}, {"a", "b"}),
    "three in a ring, one that hangs on it": ({"a": "b", "b": "c", "c": "a", "d": "a"}, {"a", "b", "c"}),
    "a long chain": ({str(rank): str(rank + 1) for rank in range(9)} | {"9": ""}, set()),
    "two parts of one whole": ({"a": "c", "b": "c", "c": ""}, set()),
}


@pytest.mark.parametrize(("above", "looped"), LOOPS.values(), ids=LOOPS.keys())
def test_no_row_is_a_part_of_itself(small_sources: SmallSources, above: dict[str, str], looped: set[str]) -> None:
    def named(key: str) -> str:
        return f"alpes-{key}" if key else ""

    rows = {
        key: {
            "Identifiant": named(key),
            "Libellé": key,
            "Nature": "budget",
            "Sources": "ALP3",
            "Inclus dans": named(one),
        }
        for key, one in above.items()
    }
    numbers = {small_sources.add(f"{ALPES}/Financements", row): key for key, row in rows.items()}
    frame = small_sources.built().issues
    found = frame[frame["severity"] == "error"]
    assert set(found["code"]) - {"ligne-entrainee"} == ({"ligne-en-boucle"} if looped else set())
    own = found[found["code"] == "ligne-en-boucle"]
    assert {numbers[row] for row in own["row"].tolist()} == looped
    assert all(cell[0] == cell_of(f"{ALPES}/Financements", "Inclus dans")[0] for cell in own["cell"])


def test_no_contract_follows_itself(small_sources: SmallSources) -> None:
    cell = small_sources.put(f"{ALPES}/Contrat", "Contrat précédent", "alpes")
    frame = small_sources.built().issues
    assert frame.loc[frame["code"] == "ligne-en-boucle", ["cell", "value"]].values.tolist() == [[cell, "alpes"]]


NAMES = [
    "CCI Rhône-Alpes",
    "cci rhone alpes",
    "CCI-RHÔNE\u2011ALPES",
    "Chambre de commerce de Rhône-Alpes",
    "cci-rhone-alpes",
]
UNKNOWN = [
    "CCI Rhone Alpe",
    "Chambre de commerce Rhône-Alpes",
    "CCIRA",
    "CCI Rhône-Alpes (CCIRA)",
    "Gde Traversée des Alpes",
]
COMPARED = {
    ("Sigle", "CCIRA"): None,
    ("Sigle", "ccira"): None,
    ("Sigle", "CCI-RA"): "CCIRA",
    ("Catégorie", "Chambre consulaire"): None,
    ("Catégorie", "association"): "chambre_consulaire",
    ("SIREN", "187300009"): None,
    ("SIREN", "111111118"): "187300009",
    ("Site web", "https://exemple.fr"): "(rien)",
}


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One sheet of partners with all these names, then these cells that the registry outranks."""
    sources = write_small_sources(tmp_path_factory.mktemp("roles") / "sources")
    role = {"Rôle": "signataire", "Sources": "ALP3"}
    rows = [{**role, "Nom": name} for name in (*NAMES, *UNKNOWN)]
    rows += [{**role, "Nom": "CCI Rhône-Alpes", label: typed} for label, typed in COMPARED]
    sources.write_rows(f"{ALPES}/Partenaires", rows)
    return sources.workspace()[0]


def told(workspace: Workspace, row: int) -> list[tuple[str, str, str, str]]:
    frame = workspace.log.frame()
    frame = frame.loc[frame["row"] == row, ["code", "cell", "value", "message"]]
    return [(str(a), str(b), str(c), str(d)) for a, b, c, d in frame.itertuples(index=False)]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_a_partner_by_its_name_a_spelling_or_its_identifier(number: int, roles: Workspace) -> None:
    assert roles.rows["Partenaires"].frame["partenaire_id"][number] == "cci-rhone-alpes"
    assert told(roles, number + 2) == []


@pytest.mark.parametrize("number", range(len(NAMES), len(NAMES) + len(UNKNOWN)), ids=UNKNOWN)
def test_an_unknown_partner_is_an_error_and_never_merged(number: int, roles: Workspace) -> None:
    name = UNKNOWN[number - len(NAMES)]
    assert number not in roles.rows["Partenaires"].frame.index
    ((code, cell, value, message),) = told(roles, number + 2)
    assert (code, cell, value) == ("partenaire-inconnu", f"B{number + 2}", name)
    assert "Vouliez-vous dire « C" in message or "« Grande Traversée des Alpes »" in message


@pytest.mark.parametrize("number", range(len(COMPARED)), ids=[" ".join(one) for one in COMPARED])
def test_the_registry_outranks_the_sheet(number: int, roles: Workspace) -> None:
    (label, typed), said = list(COMPARED.items())[number]
    row = number + len(NAMES) + len(UNKNOWN)
    assert roles.rows["Partenaires"].frame["partenaire_id"][row] == "cci-rhone-alpes"
    found = told(roles, row + 2)
    cell = cell_of("x/Partenaires", label, row + 2)
    assert [one[:3] for one in found] == ([("partenaire-different", cell, typed)] if said else [])
    assert all(f"« {said} »" in message for *_, message in found)


def test_a_financer_is_a_partner_or_a_group_between_quotes(small_sources: SmallSources) -> None:
    small_sources.add(
        f"{ALPES}/Financements", {"Libellé": "x", "Nature": "apport", "Financeur": "«GTA»", "Sources": "ALP3"}
    )
    small_sources.add(
        f"{ALPES}/Financements", {"Libellé": "y", "Nature": "apport", "Financeur": "25 signataires", "Sources": "ALP3"}
    )
    workspace, _ = small_sources.workspace()
    frame = workspace.rows["Financements"].frame[["financeur_libelle", "partenaire_id"]].fillna("")
    assert frame.values.tolist() == [["25 signataires", ""], ["", "grande-traversee"], ["GTA", ""], ["", ""]]
    assert issues(workspace) == [("partenaire-inconnu", ALPES, "D5", "25 signataires")]


def test_rows_of_the_national_sheets_have_no_contract(small_sources: SmallSources) -> None:
    workspace, _ = small_sources.workspace()
    for name in ("Actions", "Financements", "Événements"):
        frame = workspace.rows[name].frame
        file = workspace.typed[name].source.origin.loc[frame.index, "file"]
        assert frame["contrat_id"].isna().tolist() == (file == "national").tolist()
    groups = workspace.rows["Financements"].frame["groupe_code"]
    assert groups.fillna("").tolist() == ["", "", "occitanie_2022"]


def test_an_action_by_its_identifier_or_its_number(small_sources: SmallSources) -> None:
    budget = {"Nature": "budget", "Sources": "ALP3"}
    typed = ["1", "alpes-fiches", "ALPES-FICHES", " 1 ", "2"]
    rows = [{**budget, "Libellé": f"Budget {number}", "Action": action} for number, action in enumerate(typed)]
    small_sources.write_rows(f"{ALPES}/Financements", rows)
    small_sources.put(f"{ALPES}/Actions", "Identifiant", "alpes-paniers", 3)
    workspace, _ = small_sources.keyed()
    resolve_rows(workspace)
    found = workspace.rows["Financements"].frame["action_id"].dropna().tolist()
    assert found == ["alpes-fiches"] * 4 + ["alpes-paniers"]
    assert issues(workspace) == []


def test_a_number_is_that_of_the_contract(small_sources: SmallSources) -> None:
    row = {"Numéro": "1", "Intitulé": "Autre", "Axe": "offre", "Origine de l’axe": "source", "Sources": "BRE1"}
    small_sources.write_rows(f"{BRETAGNE}/Actions", [{**row, "Identifiant": "bretagne-autre"}])
    small_sources.write_rows(
        f"{BRETAGNE}/Financements",
        [
            {"Libellé": "x", "Nature": "budget", "Action": "1", "Sources": "BRE1"},
            {"Libellé": "y", "Nature": "budget", "Action": "2", "Sources": "BRE1"},
        ],
    )
    workspace, _ = small_sources.keyed()
    resolve_rows(workspace)
    funding = workspace.rows["Financements"].frame
    assert funding.loc[funding["libelle"] == "x", "action_id"].tolist() == ["bretagne-autre"]
    assert issues(workspace) == [("ligne-inconnue", BRETAGNE, "P3", "2")]


def test_a_spelling_may_not_stand_for_two_partners(small_sources: SmallSources) -> None:
    row = small_sources.add(
        SPELLINGS, {"Partenaire": "atout-france", "Dénomination": "CCI RHONE ALPES", "Sources": "ALP3"}
    )
    small_sources.add(SPELLINGS, {"Partenaire": "grande-traversee", "Dénomination": "CCI", "Sources": "ALP3"})
    small_sources.add(
        SPELLINGS, {"Partenaire": "cci-rhone-alpes", "Dénomination": "CCI", "Contrat": "alpes", "Sources": "ALP3"}
    )
    workspace, _ = small_sources.workspace()
    assert issues(workspace) == [("ecriture-partagee", f"{SPELLINGS}.csv", f"B{row}", "CCI RHONE ALPES")]
    assert "cci-rhone-alpes" in workspace.log.frame()["message"][0]


def test_a_spelling_may_name_its_partner(small_sources: SmallSources) -> None:
    small_sources.add(SPELLINGS, {"Partenaire": "Atout France", "Dénomination": "L’agence", "Sources": "ALP3"})
    small_sources.put(f"{ALPES}/Partenaires", "Nom", "l'agence", 2)
    workspace, _ = small_sources.workspace()
    assert issues(workspace) == []
    assert workspace.rows["Partenaires"].frame["partenaire_id"].tolist()[0] == "atout-france"


def test_what_was_refused_takes_along_what_refers_to_it_and_is_said_once(small_sources: SmallSources) -> None:
    status = small_sources.put(f"{BRETAGNE}/Contrat", "Statut", "perdu")
    source = small_sources.put(f"{ALPES}/Outils", "Sources", "")
    outcome = small_sources.built()
    errors = outcome.issues[outcome.issues["severity"] == "error"]
    assert errors[["code", "file", "sheet", "cell"]].values.tolist() == [
        ["sans-source", ALPES, "Outils", source],
        ["code-inconnu", BRETAGNE, "Contrat", status],
    ]
    tables = outcome.tables
    # The tool takes its action, which takes the budget that funds it, which takes the share that is a part of it.
    assert tables["actions"]["action_id"].tolist() == ["alpes-paniers-de-services", "national-appui-en-ingenierie"]
    assert tables["actions_marches"].empty
    assert tables["financements"]["contrat_id"].dropna().empty
    # The contract takes its rows and its place among the participants, not the event.
    assert tables["contrats"]["contrat_id"].tolist() == ["alpes"]
    assert set(tables["contrats_partenaires"]["contrat_id"]) == {"alpes"}
    assert "alpes-journee" in tables["evenements"]["evenement_id"].tolist()
    assert tables["evenements_participants"]["contrat_id"].dropna().tolist() == ["alpes"]
    assert tables["partenaires_denominations"]["contrat_id"].dropna().tolist() == ["alpes"]
    assert not (tables["provenance"]["fichier"] == BRETAGNE).any()
    assert not tables["citations"]["ligne_id"].str.startswith("bretagne").any()
    for table in check(tables).values():
        assert table.empty


# --- What is proposed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "proposed"),
    [
        ("alpes", ["Comité du tourisme des Alpes"]),
        ("bretagne", ["Comité régional du tourisme"]),
        ("corse", []),
        ("", []),
    ],
)
def test_only_what_would_resolve_there_is_proposed(scope: str, proposed: list[str]) -> None:
    lookup = Lookup()
    names = text("Comité régional du tourisme", "Comité du tourisme des Alpes", "Atout France")
    lookup.add(names, text("a", "b", "c"), text("bretagne", "alpes", None))
    typed = {"alpes": "Comité tourisme des Alpes", "bretagne": "Comité régional tourisme"}.get(
        scope, "Comité régional tourisme"
    )
    (said,) = near([lookup], text(typed), text(scope))
    assert said == suggestion(proposed)
    found = lookup.resolve(text(*proposed), text(*(scope for _ in proposed)))
    assert found.notna().all()


def test_a_spelling_of_another_contract_is_proposed_in_no_cell(small_sources: SmallSources) -> None:
    name = "Comité des loisirs de plein air"
    small_sources.add(
        SPELLINGS, {"Partenaire": "crt-bretagne", "Dénomination": name, "Contrat": "bretagne", "Sources": "BRE1"}
    )
    typed = "Comité loisirs de plein air"
    for contract in ("alpes", "bretagne"):
        small_sources.put(f"contrats/{contract}/Partenaires", "Nom", typed)
    small_sources.put(f"{ALPES}/Actions", "Partenaires", typed)
    small_sources.put(f"{ALPES}/Événements", "Participants", f"{typed} ; bretagn")
    small_sources.put(f"{ALPES}/Financements", "Financeur", typed)
    found = small_sources.built().issues
    wrong = found[found["code"].isin(["partenaire-inconnu", "participant-inconnu"])]
    here = wrong[wrong["message"].str.contains(f"« {name} »")]
    assert here[["file", "sheet"]].values.tolist() == [[BRETAGNE, "Partenaires"]]
    assert len(wrong) == 6
    assert wrong.loc[wrong["value"] == "bretagn", "message"].item().endswith("Vouliez-vous dire « bretagne » ?")


def test_a_partner_is_proposed_once() -> None:
    lookup = Lookup()
    names = text("Grande Traversée des Alpes", "Grande Traversée des Alpes (association)")
    lookup.add(names, text("gta", "gta"))
    assert near([lookup], text("Grande Traversée des Alpe")) == [suggestion(["Grande Traversée des Alpes"])]
