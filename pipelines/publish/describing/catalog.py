"""The catalogue of the dataset in DCAT-AP 3.0.1, as JSON-LD and as Turtle.

Belongs here: what ``catalog.jsonld`` and ``catalog.ttl`` say, which is the same: the Turtle is made from the JSON-LD.
Does not belong here: hashes (``datapackage``) — a typed checksum makes portals of the udata family drop the dataset.

Portals recognise a distribution by its address from one harvest to the next: every address is that of the last
release. They read places as shapes only, and fetch what a period or a context refers to: the shapes are written out,
the period has no address, the context is in the file. The classes of what vocabularies name are stated for validators.

Portals read a file in the character set that its host announces, or guess one; for Turtle announced without any they
take ISO-8859-1. Both files are ASCII, with escapes for the rest, so that accents hold wherever the files are served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pipelines.publish.datapackage import WORKBOOK, Files
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.describing.catalog_codes import AUTHORITY, FORMATS, THEME_LABELS, frequency_code
from pipelines.publish.description import Area, DatasetDescription
from pipelines.publish.dictionary import DICTIONARY, in_order
from pipelines.publish.table_schema import Json
from pipelines.publish.xlsx_parts import Part
from schemas.declaration import Bilingual, Table

JSONLD_CATALOGUE, TURTLE_CATALOGUE = "catalog.jsonld", "catalog.ttl"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_CONTEXT: Json = {
    **PREFIXES,
    **{name: {"@container": "@language"} for name in ("dct:title", "dct:description", "skos:prefLabel")},
    **{
        name: {"@type": "@id"}
        for name in (
            *("dcat:accessURL", "dcat:contactPoint", "dcat:dataset", "dcat:distribution", "dcat:downloadURL"),
            *("dcat:landingPage", "dcat:mediaType", "dcat:theme", "dcat:themeTaxonomy", "dct:accessRights"),
            *("dct:accrualPeriodicity", "dct:conformsTo", "dct:format", "dct:language", "dct:license"),
            *("dct:publisher", "dct:spatial", "foaf:homepage", "foaf:page", "skos:inScheme", "vcard:hasURL"),
        )
    },
    **{name: {"@type": "xsd:date"} for name in ("dct:modified", "dcat:startDate", "dcat:endDate")},
    "dcat:byteSize": {"@type": "xsd:nonNegativeInteger"},
    "dcat:bbox": {"@type": "geo:wktLiteral"},
}


def catalogue(files: Files, description: DatasetDescription, release: Mapping[str, str]) -> Json:
    """The catalogue as JSON-LD: one dataset, the whole of it first, then each table in each format.

    ``release`` is that of `datapackage`; the files that it describes must be there.
    """
    return {"@context": _CONTEXT, "@graph": list(_nodes(files, description, release))}


def jsonld(document: Json) -> str:
    """The catalogue as the text of ``catalog.jsonld``."""
    return json.dumps(document, indent=2) + "\n"


def turtle(document: Json) -> str:
    """The same statements as Turtle, in an order that depends on them alone."""
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    graph.parse(data=json.dumps(document), format="json-ld")
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address)
    return _NOT_ASCII.sub(_escaped, graph.serialize(format="turtle").strip()) + "\n"


def _escaped(found: re.Match[str]) -> str:
    """A character as Turtle's escape, which is read in texts and in addresses, the only places that hold any."""
    code = ord(found[0])
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def polygon(area: Area) -> str:
    """The box of an area as Well-Known Text, longitude first."""
    west, south, east, north = area.ouest, area.sud, area.est, area.nord
    return f"POLYGON (({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"


# --- Nodes ---------------------------------------------------------------------------------------------------------


def _nodes(files: Files, description: DatasetDescription, release: Mapping[str, str]) -> Iterator[Json]:
    distributions = [*_whole(files, description, release), *_tables(files, description, release)]
    yield _catalogue(description, release)
    yield _dataset(description, release, [str(node["@id"]) for node in distributions])
    yield from distributions
    yield _publisher(description)
    yield from _contact(description)
    yield from _places(description)
    yield from _vocabularies(description)
    for table in files.declared.values():
        yield {
            "@id": description.latest(f"schemas/{table.name}.json"),
            "@type": "dct:Standard",
            "dct:title": _both(Bilingual(f"Schéma : {table.title.fr}", f"Schema: {table.title.en}")),
        }


def _catalogue(description: DatasetDescription, release: Mapping[str, str]) -> Json:
    return {
        "@id": _own(description, "catalogue"),
        "@type": "dcat:Catalog",
        "dct:title": {"fr": f"Catalogue : {description.titre}", "en": f"Catalogue: {description.titre_en}"},
        "dct:description": {
            "fr": f"Le catalogue d’un seul jeu de données : {description.titre}.",
            "en": f"The catalogue of one dataset: {description.titre_en}.",
        },
        "dct:publisher": _own(description, "editeur"),
        "dct:license": description.licence.adresse,
        "dct:language": _languages("FRA", "ENG"),
        "dct:modified": release["date"],
        "dct:spatial": _spatial(description),
        "foaf:homepage": _home(description),
        "dcat:themeTaxonomy": f"{AUTHORITY}data-theme",
        "dcat:dataset": _own(description, "jeu-de-donnees"),
    }


def _dataset(description: DatasetDescription, release: Mapping[str, str], distributions: list[str]) -> Json:
    period = description.couverture_temporelle
    return {
        "@id": _own(description, "jeu-de-donnees"),
        "@type": "dcat:Dataset",
        "dct:identifier": description.nom,
        "dct:title": {"fr": description.titre, "en": description.titre_en},
        "dct:description": {"fr": description.description, "en": description.description_en},
        "dcat:version": release["version"],
        "dct:modified": release["date"],
        "dct:publisher": _own(description, "editeur"),
        **({"dcat:contactPoint": _own(description, "contact")} if description.point_de_contact.adresse else {}),
        "dct:license": description.licence.adresse,
        "dct:accessRights": f"{AUTHORITY}access-right/PUBLIC",
        "dct:accrualPeriodicity": f"{AUTHORITY}frequency/{frequency_code(description.frequence)}",
        "dct:language": _languages("FRA"),
        "dct:spatial": _spatial(description),
        "dct:temporal": {
            # A name of its own keeps the Turtle the same from run to run.
            "@id": "_:periode",
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": period.debut.isoformat(),
            "dcat:endDate": period.fin.isoformat(),
        },
        "dcat:keyword": [{"@value": word, "@language": "fr"} for word in description.mots_cles],
        "dcat:theme": [f"{AUTHORITY}data-theme/{theme}" for theme in description.themes],
        "dcat:landingPage": _home(description),
        "foaf:page": {"@id": description.latest(DICTIONARY), "@type": "foaf:Document"},
        "dcat:distribution": distributions,
    }


def _whole(files: Files, description: DatasetDescription, release: Mapping[str, str]) -> Iterator[Json]:
    everything = {
        WORKBOOK: Bilingual("Toutes les tables, un classeur", "All tables, one workbook"),
        ARCHIVE: Bilingual("Toutes les tables, une archive", "All tables, one archive"),
    }
    about = {
        WORKBOOK: Bilingual(
            "Toutes les tables, le dictionnaire et les nomenclatures.", "All tables, the dictionary and vocabularies."
        ),
        ARCHIVE: Bilingual(
            "Les fichiers CSV, leurs schémas et le dictionnaire.", "The CSV files, their schemas and the dictionary."
        ),
    }
    for path in files.whole:
        yield _distribution(files, description, release, path, everything[path], about[path])


def _tables(files: Files, description: DatasetDescription, release: Mapping[str, str]) -> Iterator[Json]:
    for table in in_order(files.declared).values():
        about = _about(table, files.tables[table.name].num_rows)
        csv = f"csv/{table.name}.csv"
        node = _distribution(files, description, release, csv, _titled(table, "csv"), about)
        node["dct:conformsTo"] = description.latest(f"schemas/{table.name}.json")
        yield node
        for format_, path, part in files.forms(table.name):
            yield _distribution(files, description, release, path, _titled(table, format_, part), about)


def _titled(table: Table, format_: str, part: Part | None = None) -> Bilingual:
    rows = Bilingual(f", {part.rows_text}", f", {part.rows_text_en}") if part and part.of > 1 else Bilingual("", "")
    return Bilingual(f"{table.title.fr} – {format_.upper()}{rows.fr}", f"{table.title.en} – {format_.upper()}{rows.en}")


def _about(table: Table, rows: int) -> Bilingual:
    return Bilingual(
        f"{table.description.fr} {rows} ligne{'s' if rows > 1 else ''}, {len(table.published)} colonnes.",
        f"{table.description.en} {rows} row{'' if rows == 1 else 's'}, {len(table.published)} columns.",
    )


def _distribution(
    files: Files,
    description: DatasetDescription,
    release: Mapping[str, str],
    path: str,
    title: Bilingual,
    about: Bilingual,
) -> Json:
    mediatype, file_type, format_ = FORMATS[path.rpartition(".")[2]]
    return {
        "@id": _own(description, path),
        "@type": "dcat:Distribution",
        "dct:identifier": path,
        "dct:title": _both(title),
        "dct:description": {"fr": f"{about.fr} {format_.fr}", "en": f"{about.en} {format_.en}"},
        "dcat:accessURL": description.latest(path),
        "dcat:downloadURL": description.latest(path),
        "dcat:mediaType": f"{MEDIA_TYPE}{mediatype}",
        "dct:format": f"{AUTHORITY}file-type/{file_type}",
        "dcat:byteSize": str(files.measures(path)["bytes"]),
        "dct:license": description.licence.adresse,
        "dct:language": _languages("FRA"),
        "dct:modified": release["date"],
    }


def _publisher(description: DatasetDescription) -> Json:
    body = description.editeur
    homepage: Json = {"foaf:homepage": {"@id": body.adresse, "@type": "foaf:Document"}} if body.adresse else {}
    return {"@id": _own(description, "editeur"), "@type": "foaf:Agent", "foaf:name": body.nom} | homepage


def _contact(description: DatasetDescription) -> Iterator[Json]:
    """The contact point, when it has an address: portals refuse one that can't be written to."""
    body = description.point_de_contact
    if body.adresse:
        yield {
            "@id": _own(description, "contact"),
            "@type": ["vcard:Kind", "vcard:Organization"],
            "vcard:fn": body.nom,
            "vcard:hasURL": body.adresse,
        }


def _places(description: DatasetDescription) -> Iterator[Json]:
    if description.couverture_spatiale_adresse:
        yield {
            **_code("dct:Location", description.couverture_spatiale_adresse),
            "skos:prefLabel": {"fr": description.couverture_spatiale},
        }
    for address, area in zip(_areas(description), description.emprise, strict=True):
        label = {"fr": area.nom}
        yield {"@id": address, "@type": "dct:Location", "skos:prefLabel": label, "dcat:bbox": polygon(area)}


def _vocabularies(description: DatasetDescription) -> Iterator[Json]:
    """The class of each code that the catalogue uses, and its list: nobody has to fetch them to check it."""
    licence = description.licence
    yield {"@id": licence.adresse, "@type": "dct:LicenseDocument", "dct:title": {"fr": licence.titre}}
    yield {"@id": _home(description), "@type": "foaf:Document"}
    yield _code("dct:RightsStatement", f"{AUTHORITY}access-right/PUBLIC")
    yield _code("dct:Frequency", f"{AUTHORITY}frequency/{frequency_code(description.frequence)}")
    for language in _languages("FRA", "ENG"):
        yield _code("dct:LinguisticSystem", language)
    for mediatype, file_type, _about in FORMATS.values():
        yield {"@id": f"{MEDIA_TYPE}{mediatype}", "@type": "dct:MediaType"}
        yield _code("dct:MediaTypeOrExtent", f"{AUTHORITY}file-type/{file_type}")
    title = Bilingual("Thèmes des données", "Data themes")
    yield {"@id": f"{AUTHORITY}data-theme", "@type": "skos:ConceptScheme", "dct:title": _both(title)}
    for theme in description.themes:
        label = _both(THEME_LABELS[theme])
        yield {**_code("skos:Concept", f"{AUTHORITY}data-theme/{theme}"), "skos:prefLabel": label}


def _code(class_: str, address: str) -> Json:
    """A code of a European list, which stands under the address of that list."""
    return {"@id": address, "@type": class_, "skos:inScheme": address.rpartition("/")[0]}


# --- Addresses and texts -------------------------------------------------------------------------------------------


def _own(description: DatasetDescription, name: str) -> str:
    """The address of something that this catalogue names: part of the dataset's page, never of one release."""
    return f"{_home(description)}#{name}"


def _home(description: DatasetDescription) -> str:
    return f"{description.adresse_de_base}/"


def _spatial(description: DatasetDescription) -> list[str]:
    return [*filter(None, [description.couverture_spatiale_adresse]), *_areas(description)]


def _areas(description: DatasetDescription) -> list[str]:
    return [_own(description, f"territoire-{rank}") for rank in range(1, len(description.emprise) + 1)]


def _languages(*codes: str) -> list[str]:
    return [f"{AUTHORITY}language/{code}" for code in codes]


def _both(text: Bilingual) -> dict[str, str]:
    return {"fr": text.fr, "en": text.en}
