"""The pages of the data: the list of tables, and one page a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.describing.catalog import JSONLD_CATALOGUE, TURTLE_CATALOGUE
from pipelines.publish.describing.croissant import CROISSANT
from pipelines.publish.describing.jsonld import table_jsonld
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.versions import DESCRIPTOR, SUMS
from pipelines.site.changes import TableChange, changes
from pipelines.site.dictionary import columns, told_to_scripts
from pipelines.site.model import LANGUAGES, Json, Language, SiteData
from pipelines.site.pages import Page, Words
from pipelines.site.render import address
from pipelines.site.snippets import snippets
from schemas.declaration import Family

PREVIEW = 20
"""How many rows a page shows without a script."""

FAMILIES: dict[str, tuple[Words, Words]] = {
    Family.FLAT: (
        Words("À plat, pour un tableur", "Flat, for a spreadsheet"),
        Words(
            "Une ligne par contrat, par partenaire ou par action, avec les libellés en clair. "
            "Ces tables sont calculées d’après les autres : commencez par elles.",
            "One row per contract, partner or action, with labels. Computed from the other tables: start here.",
        ),
    ),
    Family.FACT: (
        Words("Les faits", "Facts"),
        Words(
            "Une ligne, un fait, avec ses sources. Les tables se relient par leurs identifiants.",
            "One row, one fact, with its sources. Tables are joined by their identifiers.",
        ),
    ),
    Family.REFERENCE: (
        Words("Les listes de référence", "Reference lists"),
        Words(
            "Les documents, les codes et leurs libellés, les territoires officiels.",
            "Documents, codes and their labels, official territories.",
        ),
    ),
    Family.TRACE: (
        Words("La traçabilité", "Traceability"),
        Words(
            "D’où vient chaque ligne, ce qui a été corrigé, ce que sont devenus les identifiants abandonnés.",
            "Where each row comes from, what was corrected, what became of identifiers given up.",
        ),
    ),
}

WHOLE = (
    (WORKBOOK, Words("Toutes les tables dans un classeur Excel", "Every table in one Excel workbook")),
    (ARCHIVE, Words("Toutes les tables en CSV, schémas et dictionnaire", "Every table as CSV, schemas, dictionary")),
)
WITH_WORKBOOKS = Words("CSV, Parquet et Excel", "CSV, Parquet and Excel")
WITHOUT = Words("CSV et Parquet", "CSV and Parquet")
DESCRIBING = (
    (DESCRIPTOR, Words("Description du jeu de données (Data Package)", "Description of the dataset (Data Package)")),
    (DICTIONARY, Words("Dictionnaire des tables et des colonnes", "Dictionary of tables and columns")),
    (TURTLE_CATALOGUE, Words("Catalogue DCAT-AP (Turtle)", "DCAT-AP catalogue (Turtle)")),
    (JSONLD_CATALOGUE, Words("Catalogue DCAT-AP (JSON-LD)", "DCAT-AP catalogue (JSON-LD)")),
    (CROISSANT, Words("Description Croissant, pour l’apprentissage automatique", "Croissant, for machine learning")),
    (SUMS, Words("Sommes de contrôle SHA-256", "SHA-256 checksums")),
)


@dataclass(frozen=True)
class Step:
    """A table in one release: its rows, and what that release changed in it."""

    version: str
    date: dt.date
    rows: int
    change: TableChange | None
    first: bool


def pages(data: SiteData) -> Iterator[Page]:
    """The list, then each table."""
    release, files = data.last, {file.path: file for file in data.current.files}
    groups = [
        (title, about, [one for name, one in release.resources.items() if release.family(name) == family], family)
        for family, (title, about) in FAMILIES.items()
    ]
    said = WITH_WORKBOOKS if release.with_workbooks else WITHOUT
    yield Page(
        path="donnees/",
        template="donnees.html.j2",
        title=Words("Les données", "The data"),
        description=Words(
            f"Toutes les tables des contrats de destination, à télécharger en {said.fr}, avec leur dictionnaire.",
            f"Every table on destination contracts, to download as {said.en}, with its dictionary.",
        ),
        context={
            "groupes": [group for group in groups if group[2]],
            "ensemble": [(files[name], said) for name, said in WHOLE if name in files],
            "description": [
                (name, files[name].size if name in files else None, said)
                for name, said in DESCRIBING
                if (release.folder / name).is_file()
            ],
        },
        kind="CollectionPage",
    )
    for name in release.resources:
        yield _page(data, name)


def _page(data: SiteData, table: str) -> Page:
    release = data.last
    resource = release.resources[table]
    entries = columns(release, table)
    path = f"donnees/{table}/"

    def described(language: Language) -> Json:
        return table_jsonld(release.descriptor, table, address(data, path, language), language)

    return Page(
        path=path,
        template="table.html.j2",
        title=Words(resource["title"], resource["titre_en"]),
        description=Words(resource["description"], resource["description_en"]),
        context={
            "table": table,
            "ressource": resource,
            "famille": FAMILIES[release.family(table)][0],
            "formats": [resource, *resource["autres_formats"]],
            "colonnes": entries,
            "colonnes_json": {language: told_to_scripts(entries, language) for language in LANGUAGES},
            "extraits": snippets(table, data.dataset.address, entries),
            "histoire": _history(data, table),
            "lignes": _first_rows(data, table),
        },
        kind="ItemPage",
        jsonld=described,
    )


def _history(data: SiteData, table: str) -> list[Step]:
    """The releases that hold a table, the last first."""
    steps = []
    for entry in reversed(data.releases):
        if table in entry.rows:
            found = changes(entry)
            change = found.of(table) if found and not found.first else None
            steps.append(Step(entry.version, entry.date, entry.rows[table], change, bool(found and found.first)))
    return steps


def _first_rows(data: SiteData, table: str) -> list[list[object]]:
    """The first rows as Python values, in published order; nothing where a value is missing."""
    first = data.last.tables.head(table, PREVIEW).astype(object)
    rows: list[list[object]] = first.where(first.notna(), None).to_numpy().tolist()
    return rows
