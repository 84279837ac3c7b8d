"""How to read a table from usual tools, by its permanent address: text to copy.

Belongs here: the snippets. Does not belong here: where a page shows them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.site.dictionary import ColumnEntry
from schemas.declaration import Bilingual

_R = {"date": "col_date()", "integer": "col_integer()", "number": "col_double()", "boolean": "col_logical()"}
_M = {"date": "type date", "integer": "Int64.Type", "number": "type number", "boolean": "type logical"}


@dataclass(frozen=True)
class Snippet:
    """One way to read a table. ``name``: of the tool; ``language``: in which it is written; ``help``: what to do."""

    name: str
    language: str
    code: str
    help: Bilingual


def snippets(table: str, address: str, columns: tuple[ColumnEntry, ...]) -> tuple[Snippet, ...]:
    """The snippets of a table of the dataset served at ``address``."""
    parquet, csv = (f"{address}/latest/{form}/{table}.{form}" for form in ("parquet", "csv"))
    return (
        Snippet(
            "Python (pandas)",
            "python",
            # With threads, what pyarrow still holds of the file pandas hands it may abort the interpreter as it ends,
            # everything read and said: apache/arrow issues 33975, 34314 and 50482.
            f'import pandas as pd\n\n{table} = pd.read_parquet("{parquet}", use_threads=False)',
            Bilingual(
                "Il faut pandas et pyarrow. Avec « use_threads=False », le programme finit toujours proprement.",
                "Needs pandas and pyarrow. With “use_threads=False”, the program always ends cleanly.",
            ),
        ),
        Snippet(
            "SQL (DuckDB)",
            "sql",
            f"INSTALL httpfs;\nLOAD httpfs;\n\nSELECT *\nFROM read_parquet('{parquet}')\nLIMIT 10;",
            Bilingual(
                "Dans la console de DuckDB ou tout programme qui s’y connecte.",
                "In DuckDB’s console, or any program connected to it.",
            ),
        ),
        Snippet(
            "R (readr)",
            "r",
            _r(table, csv, columns),
            Bilingual(
                "Les types sont donnés : un code comme « 01 » reste un texte.",
                "Types are given, so that a code such as “01” stays a text.",
            ),
        ),
        Snippet(
            "Excel (Power Query)",
            "m",
            _m(csv, columns),
            Bilingual(
                "Données, Obtenir des données, À partir d’autres sources, Requête vide, puis Éditeur avancé : collez, "
                "validez. « Actualiser tout » relira la dernière version.",
                "Data, Get Data, From Other Sources, Blank Query, then Advanced Editor: paste, confirm. "
                "“Refresh All” then reads the latest release.",
            ),
        ),
    )


def _r(table: str, csv: str, columns: tuple[ColumnEntry, ...]) -> str:
    types = [".default = col_character()", *(f"{one.name} = {_R[one.type]}" for one in columns if one.type in _R)]
    listed = ",\n    ".join(types)
    return f'library(readr)\n\n{table} <- read_csv(\n  "{csv}",\n  col_types = cols(\n    {listed}\n  )\n)'


def _m(csv: str, columns: tuple[ColumnEntry, ...]) -> str:
    types = ",\n        ".join(f'{{"{one.name}", {_M.get(one.type, "type text")}}}' for one in columns)
    return (
        "let\n"
        f'    Fichier = Csv.Document(Web.Contents("{csv}"),\n'
        '        [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n'
        "    EnTetes = Table.PromoteHeaders(Fichier, [PromoteAllScalars = true]),\n"
        f'    Types = Table.TransformColumnTypes(EnTetes, {{\n        {types}\n    }}, "en-US")\n'
        "in\n    Types"
    )
