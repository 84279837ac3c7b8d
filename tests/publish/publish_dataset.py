"""A small dataset with every kind of value and every trap, declared apart from the published tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd

from pipelines.curation.issues import IssueLog, place
from pipelines.dtypes import empty, typed
from pipelines.publish.description import Body, DatasetDescription, Licence, Period
from schemas.declaration import Bilingual, Column, Family, ForeignKey, Kind, Table

DATE = dt.date(2026, 11, 22)
CODES = {"type": frozenset({"region", "massif"}), "precision": ["jour", "mois", "annee"]}
TEXTS = ["=1+1", 'un "mot", deux', "ligne 1\nligne 2", "https://exemple.fr/é?a=1,2", "  _x0041_ œ’ € 𝄞 ", "01", "@a;b"]
ZONES = ForeignKey(columns=("zone_type_code", "zone_code"), table="lieux", target=("zone_type_code", "zone_code"))

Rows = list[dict[str, object]]


def column(kind: Kind, name: str, example: str, **more: object) -> Column:
    about = Bilingual(f"Ce que dit « {name} » | ici.", f"What “{name}” says.")
    title = Bilingual(f"Titre de {name}", f"Title of {name}")
    plain = Column(name=name, kind=Kind.TEXT, title=title, description=about, example=example)
    return plain.but(kind=kind, **more)


def table(name: str, order: int, family: Family, columns: Sequence[Column], **more: object) -> Table:
    title = Bilingual(f"Les {name}", f"The {name}")
    key = columns[0].name
    made: dict[str, object] = {"name": name, "title": title, "description": title, "family": family, "order": order}
    return Table(key=key, columns=tuple(columns), **made, **more)  # type: ignore[arg-type]


def key(name: str) -> Column:
    return column(Kind.IDENTIFIER, name, "a-1", required=True)


ORGANISMES = table(
    "organismes",
    20,
    Family.FACT,
    [
        key("organisme_id"),
        column(Kind.TEXT, "nom", "Nom", required=True),
        column(Kind.CODE, "zone_type_code", "region", vocabulary="type"),
        column(Kind.TEXT, "zone_code", "01", pattern="^[0-9AB]{2,9}$"),
        column(Kind.DATE, "date_debut", "2015-06-25"),
        column(Kind.BOOLEAN, "est_actif", "true"),
        column(Kind.INTEGER, "rang", "1", minimum=-10),
        column(Kind.DECIMAL, "etp", "1.5", unit="ETP"),
        column(Kind.EUROS, "montant_eur", "75000.00", minimum=0),
        column(Kind.PERCENT, "part_pct", "50", minimum=0, maximum=100),
        column(Kind.URL, "url", "https://exemple.fr/"),
        column(Kind.SIREN, "siren", "012345678"),
        column(Kind.SHA256, "empreinte", "a" * 64),
        column(Kind.IDENTIFIER, "parent_id", "a-1", references="organismes"),
    ],
    natural_key=("nom",),
    composite_keys=(ZONES,),
)
LIEUX = table(
    "lieux",
    30,
    Family.REFERENCE,
    [
        key("lieu_id"),
        column(Kind.CODE, "zone_type_code", "region", vocabulary="type", required=True),
        column(Kind.TEXT, "zone_code", "01", required=True),
    ],
)
VIDES = table(
    "vides",
    40,
    Family.TRACE,
    [
        key("vide_id"),
        column(Kind.IDENTIFIER, "organisme_id", "a-1", references="organismes"),
        *ORGANISMES.columns[4:10],
    ],
)
SOURCES = table(
    "sources",
    50,
    Family.REFERENCE,
    [key("source_id"), column(Kind.TEXT, "titre", "Titre"), column(Kind.URL, "url", "https://exemple.fr/")],
)
A_PLAT = table("organismes_a_plat", 90, Family.FLAT, [key("organisme_id"), column(Kind.TEXT, "nom", "Nom")])
DECLARED = {each.name: each for each in (ORGANISMES, LIEUX, VIDES, SOURCES, A_PLAT)}


def frame(declared: Table, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """A frame of the declared types; what a row does not say is missing."""
    if not rows:
        return empty(declared)
    return pd.DataFrame(
        {
            part.name: typed(pd.Series([row.get(part.name) for row in rows], dtype=object), part)
            for part in declared.published
        }
    )


FULL: dict[str, object] = {
    "organisme_id": "a-1",
    "nom": TEXTS[1],
    "zone_type_code": "region",
    "zone_code": "01",
    "date_debut": dt.date(2015, 6, 25),
    "date_debut_precision": "jour",
    "date_debut_texte": TEXTS[2],
    "est_actif": True,
    "rang": 14,
    "etp": Decimal("1.5"),
    "montant_eur": Decimal("9999999999999.99"),
    "part_pct": Decimal("100"),
    "url": TEXTS[3],
    "siren": "012345678",
    "empreinte": "0" * 64,
    "parent_id": "a-2",
}


def frames() -> dict[str, pd.DataFrame]:
    organismes: Rows = [
        FULL,
        {"organisme_id": "a-2", "nom": "=1+1", "est_actif": False, "etp": Decimal("14"), "montant_eur": Decimal("0.1")},
        {
            "organisme_id": "a-3",
            "nom": TEXTS[4],
            "date_debut": dt.date(1790, 3, 4),
            "etp": Decimal("0.0001"),
            "rang": -7,
        },
        {"organisme_id": "a-4", "nom": "01", "part_pct": Decimal("33.30"), "etp": Decimal("-120.1200"), "rang": 0},
    ]
    lieux: Rows = [
        {"lieu_id": "l-01", "zone_type_code": "region", "zone_code": "01"},
        {"lieu_id": "l-2a", "zone_type_code": "region", "zone_code": "2A"},
    ]
    sources: Rows = [
        {"source_id": "s-1", "titre": "Compte rendu", "url": "https://exemple.fr/cr"},
        {"source_id": "s-2", "titre": "Sans adresse"},
    ]
    flat: Rows = [{"organisme_id": f"p-{rank}", "nom": text} for rank, text in enumerate(TEXTS)]
    rows: dict[str, Rows] = {
        "organismes": organismes,
        "lieux": lieux,
        "vides": [],
        "sources": sources,
        "organismes_a_plat": flat,
    }
    return {name: frame(declared, rows[name]) for name, declared in DECLARED.items()}


def issues() -> pd.DataFrame:
    log = IssueLog()
    log.add("date-illisible", place("contrats/a.xlsx", "Contrat", "D3", 3, "Début", 'dit "x", y'))
    return log.frame().assign(message="Une date ?", advice="")


def description() -> DatasetDescription:
    return DatasetDescription(
        nom="essai",
        titre="Un essai",
        titre_en="A trial",
        description="Ce jeu de données n’existe pas. " * 10,
        description_en="This dataset does not exist. " * 10,
        adresse_de_base="https://example.org/essai",
        frequence="irregular",
        couverture_spatiale="France",
        mots_cles=("essai",),
        editeur=Body("Contributeurs", ""),
        point_de_contact=Body("Contributeurs", "https://example.org/contact"),
        licence=Licence("etalab-2.0", "Licence Ouverte 2.0", "https://example.org/licence", "lov2"),
        couverture_temporelle=Period(dt.date(2011, 1, 1), dt.date(2027, 12, 31)),
        couverture_spatiale_portail=("country:fr",),
    )


def digests(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
