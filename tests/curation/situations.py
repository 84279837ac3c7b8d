"""Builders of the situations of ``pipelines.curation.situations``: each spoils small sources, in files of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.sheets.examples import example
from schemas.registry import sheets
from tests.conftest import Row, SmallSources, labels
from tests.sheets.hostile import (
    HOSTILE,
    Built,
    encrypted_xlsx,
    entities,
    large_file,
    old_xls,
    packed,
    plain_xlsx,
    random_bytes,
)

Place = tuple[str, str]
"""The file and the cell (or nothing) at which the issue must be reported."""

ALPES, LISTS = "contrats/alpes", "referentiels"


def contract(identifier: str, **more: str) -> Row:
    return {
        "Identifiant": identifier,
        "Nom": f"Contrat {identifier}",
        "Génération": "vague_1",
        "Sources": "ALP3",
        **more,
    }


def action(title: str, **more: str) -> Row:
    return {"Intitulé": title, "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3", **more}


def _new(sources: SmallSources, name: str, **more: str) -> str:
    """A sound contract of its own; its folder."""
    sources.write_rows(f"contrats/{name}/Contrat", [contract(name, **more)])
    return f"contrats/{name}"


def _workbook(sources: SmallSources, name: str, typed: Row) -> str:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for title, row in (("Contrat", contract(name)), ("Actions", typed)):
        sheet = book.create_sheet(title)
        sheet.append(labels(f"x/{title}"))
        sheet.append([row.get(label) for label in labels(f"x/{title}")])
    book.save(sources.root / "contrats" / f"{name}.xlsx")
    return f"contrats/{name}.xlsx"


def unreadable(sources: SmallSources) -> Place:
    (sources.root / "contrats" / "abime.xlsx").write_bytes(b"PK\x03\x04 rien de lisible")
    return "contrats/abime.xlsx", ""


def twice(sources: SmallSources) -> Place:
    _new(sources, "jumeau")
    return _workbook(sources, "jumeau", action("Jumelle")), ""


def stray(sources: SmallSources) -> Place:
    sources.write("referentiels/partenaire", [["Identifiant", "Nom"]])
    return "referentiels/partenaire.csv", ""


def misnamed(sources: SmallSources) -> Place:
    sources.write_rows("contrats/mal-nomme/Contrat", [contract("bien-nomme")])
    return "contrats/mal-nomme", "A2"


def without_contract(sources: SmallSources) -> Place:
    sources.write_rows("contrats/sans-contrat/Actions", [action("Orpheline")])
    return "contrats/sans-contrat", ""


def unknown_sheet(sources: SmallSources) -> Place:
    sources.write(f"{_new(sources, 'feuille')}/Action", [["Intitulé"], ["Perdue"]])
    return "contrats/feuille", ""


def without_header(sources: SmallSources) -> Place:
    sources.write(f"{_new(sources, 'entete')}/Outils", [["À compléter"], ["guide"]])
    return "contrats/entete", ""


def unknown_column(sources: SmallSources) -> Place:
    sources.write(f"{_new(sources, 'colonne')}/Gouvernance", [[*labels("x/Gouvernance"), "Présidance"]])
    return "contrats/colonne", "J1"


def beside_the_table(sources: SmallSources) -> Place:
    header = labels("x/Gouvernance")
    sources.write(f"{_new(sources, 'note')}/Gouvernance", [header, [], ["" for _ in header] + ["", "à revoir"]])
    return "contrats/note", "K3"


def doubled_column(sources: SmallSources) -> Place:
    sources.write(f"{_new(sources, 'doublon')}/Indicateurs", [[*labels("x/Indicateurs"), "LIBELLE"]])
    return "contrats/doublon", "N1"


def missing_column(sources: SmallSources) -> Place:
    header = [label for label in labels("x/Événements") if label != "Lieu"]
    sources.write(f"{_new(sources, 'sans-lieu')}/Événements", [header])
    return "contrats/sans-lieu", ""


def two_contracts(sources: SmallSources) -> Place:
    sources.write_rows("contrats/deux/Contrat", [contract("deux"), contract("deux", Nom="Autre")])
    return "contrats/deux", "A3"


def altered_example(sources: SmallSources) -> Place:
    typed = example(sheets()["Actions"]) | {"Intitulé": "Une vraie action"}
    sources.write_rows(f"{_new(sources, 'modele-modifie')}/Actions", [typed])
    return "contrats/modele-modifie", "A2"


def blank_template(sources: SmallSources) -> Place:
    sources.write_rows("contrats/modele/Contrat", [example(sheets()["Contrat"])])
    return "contrats/modele", ""


def error_value(sources: SmallSources) -> Place:
    return _workbook(sources, "erreur", action("En erreur", **{"Montant (€)": "#N/A"})), "J2"


def formula_without_result(sources: SmallSources) -> Place:
    return _workbook(sources, "formule", action("Calculée", **{"Montant (€)": "=1+2"})), "J2"


def dragged_along(sources: SmallSources) -> Place:
    sources.write_rows("contrats/refuse/Contrat", [contract("refuse", Nom="")])
    sources.write_rows("contrats/refuse/Actions", [action("Entraînée")])
    return "contrats/refuse", "A2"


def written(build: Callable[[Path], Built]) -> Callable[[SmallSources], Place]:
    """A hostile file as the workbook of a contract."""

    def put(sources: SmallSources) -> Place:
        folder = sources.root.parent / "hostile"
        folder.mkdir(exist_ok=True)
        path, code, cell = build(folder)
        path.rename(sources.root / "contrats" / f"{code}{path.suffix}")
        return f"contrats/{code}{path.suffix}", cell

    return put


def with_part(code: str, name: str, part: bytes) -> Callable[[SmallSources], Place]:
    """A workbook that carries something else."""
    return written(lambda folder: (packed(folder / f"{code}.xlsx", plain_xlsx() | {name: part}), code, ""))


def unknown_encoding(sources: SmallSources) -> Place:
    random_bytes(sources.root / _new(sources, "encodage"))
    return "contrats/encodage", ""


def link_to_elsewhere(sources: SmallSources) -> Place:
    elsewhere = sources.root.parent / "ailleurs.xlsx"
    elsewhere.write_bytes(b"")
    (sources.root / "contrats" / "lien.xlsx").symlink_to(elsewhere)
    return "contrats/lien.xlsx", ""


def sheet_twice(sources: SmallSources) -> Place:
    folder = _new(sources, "deux-feuilles")
    for name in ("Actions", "ACTIONS"):
        sources.write(f"{folder}/{name}", [labels("x/Actions")])
    return folder, ""


def _changed(sources: SmallSources, name: str, change: Callable[[Worksheet], None]) -> str:
    """A sound workbook whose sheet Actions is then changed."""
    file = _workbook(sources, name, action("Fusionnée"))
    book = openpyxl.load_workbook(sources.root / file)
    change(book["Actions"])
    book.save(sources.root / file)
    return file


def merged_cells(sources: SmallSources) -> Place:
    return _changed(sources, "fusion", lambda sheet: sheet.merge_cells("D2:D3")), "D2"


def year_as_a_day(sources: SmallSources) -> Place:
    def change(sheet: Worksheet) -> None:
        sheet["H2"] = 2014
        sheet["H2"].number_format = "DD/MM/YYYY"

    return _changed(sources, "annee", change), "H2"


def endless_text(sources: SmallSources) -> Place:
    row = sources.add(f"{ALPES}/Actions", action("x" * 32_768))
    return ALPES, f"C{row}"


EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
    b'Target="autre.xlsx" TargetMode="External"/></Relationships>'
)

SPOILED: dict[str, Callable[[SmallSources], Place]] = {
    "fichier-illisible": unreadable,
    "fichier-double": twice,
    "fichier-inattendu": stray,
    "fichier-mal-nomme": misnamed,
    "feuille-absente": without_contract,
    "feuille-inconnue": unknown_sheet,
    "entete-introuvable": without_header,
    "colonne-inconnue": unknown_column,
    "cellule-hors-tableau": beside_the_table,
    "colonne-doublee": doubled_column,
    "colonne-absente": missing_column,
    "contrat-unique": two_contracts,
    "exemple-modifie": altered_example,
    "modele-vierge": blank_template,
    "cellule-en-erreur": error_value,
    "formule-sans-resultat": formula_without_result,
    "ligne-entrainee": dragged_along,
    "fichier-chiffre": written(encrypted_xlsx),
    "fichier-demesure": written(large_file),
    "fichier-piege": written(entities),
    "format-inattendu": written(old_xls),
    "encodage-inconnu": unknown_encoding,
    "cellule-lointaine": written(HOSTILE["far_cell"]),
    "lien-hors-dossier": link_to_elsewhere,
    "macros": with_part("macros", "xl/vbaProject.bin", b"macro"),
    "lien-externe": with_part("lien-externe", "xl/externalLinks/_rels/externalLink1.xml.rels", EXTERNAL),
    "contenu-incorpore": with_part("contenu-incorpore", "xl/embeddings/lettre.docx", b"PK\x03\x04"),
    "feuille-doublee": sheet_twice,
    "cellules-fusionnees": merged_cells,
    "date-nombre": year_as_a_day,
    "texte-trop-long": endless_text,
}


def _listed(sources: SmallSources, name: str, row: Row) -> Place:
    return f"{LISTS}/{name}.csv", f"A{sources.add(f'{LISTS}/{name}', row)}"


def unused_partner(sources: SmallSources) -> Place:
    return _listed(sources, "partenaires", {"Identifiant": "oublie", "Nom": "Oublié", "Catégorie": "association"})


def unused_source(sources: SmallSources) -> Place:
    row = {"Identifiant": "LUE1", "Titre": "Lue", "Type": "presse", "Fiabilité": "primaire"}
    return _listed(sources, "sources", row)


def unused_code(sources: SmallSources) -> Place:
    row = {"Nomenclature": "axe", "Code": "inutile", "Libellé": "Inutile", "Libellé anglais": "Unused"}
    file, cell = _listed(sources, "nomenclatures", row | {"Définition": "Un code sans emploi."})
    return file, cell.replace("A", "B")


def new_identifier(_: SmallSources) -> Place:
    return ALPES, "A3"


def lost_identifier(sources: SmallSources) -> Place:
    row = {"Table": "outils", "Clé naturelle": "alpes | guide | Guide perdu", "Identifiant": "alpes-guide-perdu"}
    file, cell = _listed(sources, "identifiants", row)
    return file, cell.replace("A", "C")


def too_few_rows(sources: SmallSources) -> Place:
    sources.write("assertions", [["Table", "Minimum", "Maximum"], ["contrats", "40", ""]])
    return "", ""


WHOLE: dict[str, Callable[[SmallSources], Place]] = {
    "partenaire-sans-usage": unused_partner,
    "source-sans-usage": unused_source,
    "code-sans-usage": unused_code,
    "identifiant-nouveau": new_identifier,
    "identifiant-disparu": lost_identifier,
    "table-hors-bornes": too_few_rows,
}
"""What only sources without a refused row can show."""
