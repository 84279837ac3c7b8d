"""What every test shares: a small folder of sources, valid as it stands, and the means to spoil one cell of it."""

from __future__ import annotations

import csv
import gc
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from pipelines.curation.gather import read_sources
from pipelines.curation.issues import IssueLog
from pipelines.curation.parse import Typed, Vocabularies, parse
from pipelines.job import Outcome, Reading, build, run
from pipelines.normalise.identity import complete_keys
from pipelines.normalise.resolve import References, references, resolve_names
from pipelines.normalise.rows import Workspace
from pipelines.sheets.cells import column_index, column_letter
from schemas.registry import sheets

NOMENCLATURES = Path(__file__).parents[1] / "sources" / "referentiels" / "nomenclatures.csv"

# The codes that the small sources use; the terms themselves are those of the real list.
USED_CODES = {
    "axe": "offre promotion",
    "base": "total par_an",
    "categorie_partenaire": "etat atout_france crt chambre_consulaire association",
    "fiabilite": "primaire",
    "forme_apport": "subvention",
    "generation": "vague_1 vague_2 posterieur",
    "groupe_contrats": "occitanie_2022",
    "instance": "comite_pilotage",
    "marche": "DE US",
    "nature_financement": "budget apport",
    "nature_indicateur": "constat",
    "origine_axe": "source classement",
    "perimetre": "contrat",
    "precision": "jour mois annee",
    "presidence": "tournante",
    "qualificatif": "exact environ",
    "regle_vote": "majorite_presents",
    "role": "chef_de_file signataire technique participant organisateur",
    "statut_action": "realisee",
    "statut_contrat": "signe",
    "statut_financement": "prevu",
    "thematique": "itinerance montagne montagne_ete",
    "type_denomination": "officielle fautive",
    "type_evenement": "journee",
    "type_outil": "guide",
    "type_source": "compte_rendu presse",
    "type_zone": "region departement",
    "unite": "contrats pct",
    "volet": "observation",
}


def pytest_collection_finish() -> None:
    """Lets the garbage collector forget what stays to the end, thousands of tests and modules: a tenth of the time."""
    gc.collect()
    gc.freeze()


Row = dict[str, str]
ROWS: dict[str, list[Row]] = {
    "contrats/alpes/Contrat": [
        {
            "Identifiant": "alpes",
            "Nom": "Voyage dans les Alpes",
            "Génération": "vague_1",
            "Date de signature": "16/12/2014",
            "Début": "2015",
            "Fin": "2017",
            "Durée (mois)": "36",
            "Statut": "Signé",
            "Objectif": "Allonger la saison",
            "Thématiques": "itinerance ; Montagne en été",
            "Groupes": "occitanie_2022",
            "Sources": "ALP3 ; Objectif = JDC2016 ; Thématiques = BRE1",
        }
    ],
    "contrats/alpes/Dénominations": [
        {"Dénomination": "Voyages dans les Alpes", "Type": "fautive", "Sources": "JDC2016"},
    ],
    "contrats/alpes/Territoires": [
        {"Type de zone": "region", "Code": "82", "Libellé": "Rhône-Alpes", "Sources": "ALP3"},
    ],
    "contrats/alpes/Partenaires": [
        {"Nom": "Grande Traversée des Alpes", "Rôle": "chef_de_file", "Sources": "ALP3"},
        {"Nom": "CCI Rhône-Alpes", "Sigle": "CCIRA", "Rôle": "Partenaire technique", "Sources": "JDC2016"},
    ],
    "contrats/alpes/Actions": [
        {
            "Identifiant": "alpes-fiches",
            "Numéro": "1",
            "Intitulé": "Fiches d’accueil de la clientèle itinérante",
            "Axe": "offre",
            "Origine de l’axe": "classement",
            "Statut": "realisee",
            "Début": "déc. 2014",
            "Montant (€)": "75 k€",
            "Marchés cibles": "US ; Allemagne",
            "Partenaires": "CCI Rhône-Alpes = technique ; GTA",
            "Outil": "alpes-guide",
            "Sources": "JDC2016 ; Montant (€) = ALP3, BRE1",
        },
        {
            "Numéro": "2",
            "Intitulé": "Paniers de services",
            "Axe": "Promotion et commercialisation",
            "Origine de l’axe": "source",
            "Sources": "ALP3",
        },
    ],
    "contrats/alpes/Financements": [
        {
            "Identifiant": "alpes-budget",
            "Libellé": "Budget global",
            "Nature": "budget",
            "Financeur": "« 25 signataires »",
            "Montant (€)": "1 200,50 €",
            "ETP": "1,5",
            "Base": "par_an",
            "Périmètre": "contrat",
            "Début": "2015",
            "Fin": "2015",
            "Action": "1",
            "Sources": "ALP3",
        },
        {
            "Libellé": "Part de la GTA",
            "Nature": "apport",
            "Financeur": "GTA",
            "Part (%)": "40",
            "Inclus dans": "alpes-budget",
            "Sources": "ALP3",
        },
    ],
    "contrats/alpes/Gouvernance": [
        {"Instance": "comite_pilotage", "Présidence": "tournante", "Description": "Un comité", "Sources": "ALP3"},
    ],
    "contrats/alpes/Indicateurs": [
        {
            "Libellé": "Clientèle européenne en été",
            "Nature": "constat",
            "Valeur": "15",
            "Unité": "%",
            "Début": "2015",
            "Zone": "region 82",
            "Sources": "ALP3",
        },
    ],
    "contrats/alpes/Événements": [
        {
            "Identifiant": "alpes-journee",
            "Type": "journee",
            "Intitulé": "Journée des Alpes",
            "Début": "2016-07-05",
            "Participants": "bretagne ; CCI Rhône-Alpes = participant : accueil",
            "Sources": "JDC2016",
        },
    ],
    "contrats/alpes/Outils": [
        {
            "Identifiant": "alpes-guide",
            "Type": "guide",
            "Intitulé": "Guide d’accueil",
            "Exploitant": "GTA",
            "Nombre d’éléments": "12",
            "Adresse": "https://exemple.fr/guide",
            "Sources": "JDC2016",
        },
    ],
    "contrats/alpes/Divergences": [
        {
            "Identifiant": "alpes-nom",
            "Sujet": "Nom du contrat",
            "Feuille": "Contrat",
            "Ligne visée": "alpes",
            "Colonne visée": "Nom",
            "Valeur A": "Voyage dans les Alpes",
            "Sources A": "ALP3 ; JDC2016",
            "Valeur B": "Voyages dans les Alpes",
            "Sources B": "BRE1",
            "Valeur retenue": "Voyage dans les Alpes",
        },
    ],
    "contrats/bretagne/Contrat": [
        {
            "Identifiant": "bretagne",
            "Nom": "Bretagne",
            "Génération": "Postérieur",
            "Contrat précédent": "alpes",
            "Sources": "BRE1",
        }
    ],
    "contrats/bretagne/Partenaires": [
        {"Nom": "GTA", "Rôle": "signataire", "Début": "2016", "Sources": "BRE1"},
    ],
    "national/Actions": [
        {
            "Intitulé": "Appui en ingénierie",
            "Axe": "promotion",
            "Origine de l’axe": "classement",
            "Partenaires": "Atout France",
            "Sources": "JDC2016",
        },
    ],
    "national/Financements": [
        {
            "Libellé": "Crédits du groupe",
            "Nature": "budget",
            "Montant (€)": "1,5 M€",
            "Groupe": "occitanie_2022",
            "Sources": "JDC2016",
        },
    ],
    "national/Événements": [
        {
            "Type": "journee",
            "Intitulé": "Journée des contrats",
            "Début": "5 juillet 2016",
            "Participants": "alpes ; Atout France = organisateur",
            "Sources": "JDC2016",
        },
    ],
    "referentiels/partenaires": [
        {"Identifiant": "atout-france", "Nom": "Atout France", "Catégorie": "atout_france"},
        {
            "Identifiant": "grande-traversee",
            "Nom": "Grande Traversée des Alpes",
            "Catégorie": "association",
            "Sigle": "GTA",
        },
        {
            "Identifiant": "cci-rhone-alpes",
            "Nom": "Chambre de commerce de Rhône-Alpes",
            "Catégorie": "chambre_consulaire",
            "Sigle": "CCIRA",
            "SIREN": "187300009",
            "Type de zone": "region",
            "Code de zone": "82",
        },
        {"Identifiant": "crt-bretagne", "Nom": "CRT de Bretagne", "Catégorie": "crt"},
    ],
    "referentiels/partenaires_denominations": [
        {"Partenaire": "grande-traversee", "Dénomination": "GTA", "Contrat": "alpes", "Sources": "ALP3"},
        {"Partenaire": "crt-bretagne", "Dénomination": "GTA", "Contrat": "bretagne", "Sources": "BRE1"},
        {"Partenaire": "cci-rhone-alpes", "Dénomination": "CCI Rhône-Alpes", "Sources": "JDC2016"},
    ],
    "referentiels/sources": [
        {"Identifiant": "JDC2016", "Titre": "Journée", "Type": "compte_rendu", "Fiabilité": "primaire"},
        {"Identifiant": "ALP3", "Titre": "Les Alpes", "Type": "presse", "Fiabilité": "primaire"},
        {"Identifiant": "BRE1", "Titre": "La Bretagne", "Type": "presse", "Fiabilité": "primaire"},
    ],
    "referentiels/clauses": [
        {"Identifiant": "duree", "Libellé": "Durée", "Définition": "Trois ou cinq ans.", "Sources": "ALP3"},
    ],
    "referentiels/zones": [
        {
            "Type de zone": "region",
            "Code": "82",
            "Libellé": "Rhône-Alpes",
            "Code actuel": "84",
            "Région": "84",
            "Référence": "COG",
        },
        {
            "Type de zone": "departement",
            "Code": "33",
            "Libellé": "Gironde",
            "Code actuel": "33",
            "Région": "75",
            "Référence": "COG",
        },
    ],
    "referentiels/identifiants": [],
    "referentiels/identifiants_retires": [],
}


def vocabulary_rows() -> list[Row]:
    """The real terms of the codes that the small sources use."""
    with NOMENCLATURES.open(encoding="utf-8", newline="") as stream:
        terms = list(csv.DictReader(stream))
    return [term for term in terms if term["Code"] in USED_CODES.get(term["Nomenclature"], "").split()]


_PARSED: dict[str, tuple[Typed, pd.DataFrame]] = {}


def labels(sheet: str) -> list[str]:
    """The labels of a sheet."""
    return [field.label for field in sheets()[sheet.rpartition("/")[2]].fields]


def cell_of(sheet: str, label: str, row: int = 2) -> str:
    """The address of a label's cell in a sheet that holds all its labels in order."""
    return f"{column_letter(labels(sheet).index(label))}{row}"


@dataclass(frozen=True)
class SmallSources:
    """A folder of sources as folders of CSV files; sheets are named « contrats/alpes/Actions », cells « C2 »."""

    root: Path

    def path(self, sheet: str) -> Path:
        """The file of a sheet."""
        return self.root / f"{sheet}.csv"

    def grid(self, sheet: str) -> list[list[str]]:
        """Every line of a sheet, header included."""
        with self.path(sheet).open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    def write(self, sheet: str, grid: list[list[str]]) -> None:
        """Replaces a sheet."""
        self.path(sheet).parent.mkdir(parents=True, exist_ok=True)
        with self.path(sheet).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(grid)

    def write_rows(self, sheet: str, rows: list[Row]) -> None:
        """Replaces a sheet by its header and these rows."""
        header = labels(sheet)
        assert all(set(row) <= set(header) for row in rows), f"no such label in {sheet}"
        self.write(sheet, [header, *([row.get(label, "") for label in header] for row in rows)])

    def change(self, sheet: str, cell: str, value: str) -> None:
        """Changes one cell."""
        letters = cell.rstrip("0123456789")
        grid = self.grid(sheet)
        grid[int(cell.removeprefix(letters)) - 1][column_index(letters)] = value
        self.write(sheet, grid)

    def put(self, sheet: str, label: str, value: str, row: int = 2) -> str:
        """Changes the cell of a label; returns its address."""
        cell = cell_of(sheet, label, row)
        self.change(sheet, cell, value)
        return cell

    def add(self, sheet: str, row: Row) -> int:
        """Adds a row under the others; returns its number."""
        grid = self.grid(sheet) if self.path(sheet).exists() else [labels(sheet)]
        self.write(sheet, [*grid, [row.get(label, "") for label in labels(sheet)]])
        return len(grid) + 1

    def remove(self, sheet: str, row: int) -> None:
        """Takes a row out."""
        grid = self.grid(sheet)
        del grid[row - 1]
        self.write(sheet, grid)

    def run(self) -> Outcome:
        """The whole job."""
        return run(self.root)

    def read(self) -> Reading:
        """The first stage of the job; a sheet that another test has already parsed as it stands is not parsed again."""
        sources = read_sources(self.root)
        terms = sources.sheets["nomenclatures"]
        vocabularies = Vocabularies.read(terms)
        listed = terms.text.to_csv()
        sheets = {}
        for name, gathered in sources.sheets.items():
            content = "".join(frame.to_csv() for frame in (gathered.text, gathered.origin[["file", "row"]]))
            key = f"{name}\0{content}\0{listed}"
            if key not in _PARSED:
                log = IssueLog()
                _PARSED[key] = parse(gathered, vocabularies, log), log.frame()
            known, issues = _PARSED[key]
            sheets[name] = Typed(source=gathered, frame=known.frame.copy(), refused=set(known.refused))
            sources.issues.extend(IssueLog.of(issues))
        return Reading(sheets, sources.files, sources.issues.frame())

    def built(self) -> Outcome:
        """The job without its third stage, the checks of the published tables."""
        reading = self.read()
        made, issues = build(reading.sheets, reading.issues)
        return Outcome(made, issues, reading.files)

    def workspace(self) -> tuple[Workspace, References]:
        """The state of a normalisation once the names are resolved."""
        reading = self.read()
        vocabularies = Vocabularies.read(reading.sheets["nomenclatures"].source)
        workspace = Workspace.start(reading.sheets, vocabularies, IssueLog.of(reading.issues))
        known = references(workspace)
        resolve_names(workspace, known)
        return workspace, known

    def keyed(self) -> tuple[Workspace, References]:
        """The state of a normalisation once the rows have their keys too."""
        workspace, known = self.workspace()
        for rows in workspace.rows.values():
            rows.keys = complete_keys(rows.frame, rows.table, workspace.rows["identifiants"].frame)
        return workspace, known

    def copy(self, root: Path) -> SmallSources:
        """The same folder elsewhere."""
        shutil.copytree(self.root, root)
        return SmallSources(root)


def write_small_sources(root: Path) -> SmallSources:
    """Writes the folder."""
    sources = SmallSources(root)
    for sheet, rows in ROWS.items():
        sources.write_rows(sheet, rows)
    sources.write_rows("referentiels/nomenclatures", vocabulary_rows())
    return sources


@pytest.fixture
def small_sources(tmp_path: Path) -> SmallSources:
    """A valid folder of sources of its own: two contracts, the national sheets, the reference lists."""
    return write_small_sources(tmp_path / "sources")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the small sources give, unspoiled (shared: not to be changed)."""
    return write_small_sources(tmp_path_factory.mktemp("sound") / "sources").run()
