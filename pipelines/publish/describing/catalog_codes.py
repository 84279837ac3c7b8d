"""The codes with which European catalogues name formats, themes and frequencies.

Belongs here: lists kept by the Publications Office of the European Union, as far as this dataset needs them. Does not
belong here: what the catalogue says with them (``catalog``).
"""

from __future__ import annotations

from pipelines.publish.datapackage import OTHER_FORMATS, XLSX_TYPE
from pipelines.publish.describing.archive import ZIP_TYPE
from schemas.declaration import Bilingual

AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FREQUENCY_CODES = {
    "continuous": "UPDATE_CONT",
    "punctual": "AS_NEEDED",
    "irregular": "IRREG",
    "notPlanned": "NOT_PLANNED",
}
"""The European codes that are not the portal's own identifier in capitals."""
THEME_LABELS = {
    "AGRI": Bilingual("Agriculture, pêche, sylviculture et alimentation", "Agriculture, fisheries, forestry and food"),
    "ECON": Bilingual("Économie et finances", "Economy and finance"),
    "EDUC": Bilingual("Éducation, culture et sport", "Education, culture and sport"),
    "ENER": Bilingual("Énergie", "Energy"),
    "ENVI": Bilingual("Environnement", "Environment"),
    "GOVE": Bilingual("Gouvernement et secteur public", "Government and public sector"),
    "HEAL": Bilingual("Santé", "Health"),
    "INTR": Bilingual("Questions internationales", "International issues"),
    "JUST": Bilingual("Justice, système juridique et sécurité publique", "Justice, legal system and public safety"),
    "OP_DATPRO": Bilingual("Données provisoires", "Provisional data"),
    "REGI": Bilingual("Régions et villes", "Regions and cities"),
    "SOCI": Bilingual("Population et société", "Population and society"),
    "TECH": Bilingual("Science et technologie", "Science and technology"),
    "TRAN": Bilingual("Transports", "Transport"),
}
FORMATS = {
    "csv": ("text/csv", "CSV", Bilingual("CSV en UTF-8, séparé par des virgules.", "CSV in UTF-8, comma-separated.")),
    "parquet": (
        OTHER_FORMATS["parquet"],
        "PARQUET",
        Bilingual("Parquet, colonnes typées et décrites.", "Parquet, with typed and described columns."),
    ),
    "xlsx": (
        XLSX_TYPE,
        "XLSX",
        Bilingual("Classeur Excel, avec son dictionnaire.", "Excel workbook, with dictionary."),
    ),
    "zip": (ZIP_TYPE, "ZIP", Bilingual("Archive ZIP.", "ZIP archive.")),
}
"""Extension → media type, code of the European list of file types, description."""


def frequency_code(frequency: str) -> str:
    """The European code of a frequency that bears the portal’s identifier."""
    return _FREQUENCY_CODES.get(frequency, frequency.upper())
