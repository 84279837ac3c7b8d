"""``croissant.json``: the dataset for machine learning tools, in Croissant 1.1.

Belongs here: what Croissant says of files, records and fields. Does not belong here: the other descriptions.

It describes one release: its addresses are those of that release, so that its hashes stay true. Records are read from
Parquet, whose types no reader has to guess: read from CSV without their schema, codes such as « 01 » become numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.publish.datapackage import MEDIA_TYPES, OTHER_FORMATS, WORKBOOK, Files
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.description import Body, DatasetDescription
from pipelines.publish.dictionary import in_order
from pipelines.publish.table_schema import Json
from schemas.declaration import Column, Kind, Table
from schemas.version import MODEL_VERSION

CROISSANT = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
DATA_TYPES: dict[Kind, str] = {
    Kind.TEXT: "sc:Text",
    Kind.IDENTIFIER: "sc:Text",
    Kind.CODE: "sc:Text",
    Kind.DATE: "sc:Date",
    Kind.BOOLEAN: "sc:Boolean",
    Kind.INTEGER: "sc:Integer",
    Kind.DECIMAL: "sc:Float",
    Kind.EUROS: "sc:Float",
    Kind.PERCENT: "sc:Float",
    Kind.URL: "sc:URL",
    Kind.SIREN: "sc:Text",
    Kind.SHA256: "sc:Text",
}
_PARQUET_ALIAS = "application/x-parquet"
"""The name that tools of this format know, beside the registered one."""

_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileProperty"),
    *("fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator"),
    *("source", "subField", "transform"),
)
_CONTEXT: Json = {
    "@language": "fr",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}


def croissant(files: Files, description: DatasetDescription, release: Mapping[str, str]) -> Json:
    """The description of a release; ``release`` is that of `datapackage`, the files that it names must be there.

    Croissant wants a semantic version: that of the model, and the release as its build.
    """
    period = description.couverture_temporelle
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": {"fr": description.titre, "en": description.titre_en},
        "alternateName": description.nom,
        "description": {"fr": description.description, "en": description.description_en},
        "url": f"{description.adresse_de_base}/",
        "version": f"{MODEL_VERSION}+{release['version']}",
        "datePublished": release["date"],
        "license": description.licence.adresse,
        "creator": _organisation(description.editeur),
        "publisher": _organisation(description.editeur),
        "keywords": list(description.mots_cles),
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "temporalCoverage": f"{period.debut.isoformat()}/{period.fin.isoformat()}",
        "spatialCoverage": description.couverture_spatiale,
        "citeAs": _bibtex(description, release),
        "distribution": list(_file_objects(files, description, release["version"])),
        "recordSet": [_record_set(table, files.declared) for table in in_order(files.declared).values()],
    }


def _file_objects(files: Files, description: DatasetDescription, version: str) -> Iterator[Json]:
    whole = {
        WORKBOOK: {"fr": "Toutes les tables, un classeur", "en": "All tables, one workbook"},
        ARCHIVE: {"fr": "Les fichiers CSV, leurs schémas, le dictionnaire", "en": "CSV files, schemas, dictionary"},
    }
    for path in files.whole:
        yield _file_object(files, description, version, path, whole[path])
    for table in in_order(files.declared).values():
        about = {"fr": table.description.fr, "en": table.description.en}
        yield _file_object(files, description, version, f"csv/{table.name}.csv", about)
        for _, path, part in files.forms(table.name):
            rows = {"fr": part.rows_text, "en": part.rows_text_en} if part.of > 1 else {}
            told = {language: f"{text} ({rows[language]})" if rows else text for language, text in about.items()}
            yield _file_object(files, description, version, path, told)


def _file_object(files: Files, description: DatasetDescription, version: str, path: str, about: dict[str, str]) -> Json:
    suffix = path[path.rindex(".") :]
    mediatype = OTHER_FORMATS["parquet"] if suffix == ".parquet" else MEDIA_TYPES[suffix]
    measures = files.measures(path)
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path.rpartition("/")[2],
        "description": about,
        "contentUrl": description.pinned(version, path),
        "contentSize": f"{measures['bytes']} B",
        "encodingFormat": [mediatype, _PARQUET_ALIAS] if suffix == ".parquet" else mediatype,
        "sha256": measures["hash"].removeprefix("sha256:"),
    }


def _record_set(table: Table, declared: Mapping[str, Table]) -> Json:
    references = {
        key.columns[0]: _column(key.table, declared[key.table].key)
        for key in table.foreign_keys
        if len(key.columns) == 1 and key.table != table.name
    }
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": {
            "fr": f"{table.title.fr}. {table.description.fr}",
            "en": f"{table.title.en}. {table.description.en}",
        },
        "key": {"@id": f"{table.name}/{table.key}"},
        "field": [_field(table, column, references.get(column.name)) for column in table.published],
    }


def _field(table: Table, column: Column, reference: Json | None) -> Json:
    field: Json = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": {
            "fr": f"{column.title.fr}. {column.description.fr}",
            "en": f"{column.title.en}. {column.description.en}",
        },
        "dataType": DATA_TYPES[column.kind],
        "source": _column(table.name, column.name),
    }
    return field | ({"references": reference} if reference is not None else {})


def _column(table: str, column: str) -> Json:
    return {"fileObject": {"@id": f"parquet/{table}.parquet"}, "extract": {"column": column}}


def _organisation(body: Body) -> Json:
    return {"@type": "sc:Organization", "name": body.nom, **({"url": body.adresse} if body.adresse else {})}


def _bibtex(description: DatasetDescription, release: Mapping[str, str]) -> str:
    said = {
        "title": description.titre,
        "author": f"{{{description.editeur.nom}}}",
        "year": release["date"][:4],
        "version": release["version"],
        "url": f"{description.adresse_de_base}/",
    }
    return f"@misc{{{description.nom}, {', '.join(f'{name} = {{{text}}}' for name, text in said.items())}}}"
