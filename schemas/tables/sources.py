"""Documents that state the facts."""

from __future__ import annotations

from schemas.columns import REMARQUE, URL, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="sources",
    order=180,
    family=Family.REFERENCE,
    title=Bilingual("Sources", "Sources"),
    description=Bilingual(
        "Les documents qui énoncent les faits.",
        "Documents that state the facts.",
    ),
    key="source_id",
    columns=(
        key("source_id", ("de la source", "Source"), "jdc2016"),
        column(
            Kind.TEXT,
            "titre",
            ("Titre", "Title"),
            (
                "Titre du document ; un nom de personne y est remplacé par sa fonction, entre crochets.",
                "Title of the document; a person’s name is replaced in it by the office held, in brackets.",
            ),
            "Compte rendu de la journée des contrats de destination du 5 juillet 2016",
            required=True,
        ),
        column(
            Kind.TEXT,
            "editeur",
            ("Éditeur", "Publisher"),
            ("Organisme ou média qui publie le document.", "Body or medium that publishes the document."),
            "Localtis (Banque des Territoires)",
        ),
        URL,
        column(
            Kind.CODE,
            "type_code",
            ("Type", "Type"),
            ("Nature du document.", "Kind of document."),
            "presse",
            vocabulary="type_source",
            required=True,
        ),
        column(
            Kind.TEXT,
            "apport",
            ("Apport", "Contribution"),
            ("Ce que le document apporte.", "What the document contributes."),
            "Liste des onze contrats de la première vague",
        ),
        column(
            Kind.DATE,
            "date_publication",
            ("Date de publication", "Date of publication"),
            ("Date de publication du document.", "Date when the document was published."),
            "2014-12-17",
        ),
        column(
            Kind.DATE,
            "date_consultation",
            ("Date de consultation", "Date of consultation"),
            ("Date à laquelle le document a été lu.", "Date when the document was read."),
            "2026-11-01",
        ),
        column(
            Kind.DATE,
            "date_reverification",
            ("À revérifier le", "To be checked again on"),
            (
                "Date à partir de laquelle le document est à relire.",
                "Date from which the document is to be read again.",
            ),
            "2027-11-01",
        ),
        column(
            Kind.CODE,
            "fiabilite_code",
            ("Fiabilité", "Reliability"),
            (
                "Rapport du document aux faits : primaire, secondaire, reprise, partisane.",
                "How the document stands to the facts: primary, secondary, reprint, partisan.",
            ),
            "primaire",
            vocabulary="fiabilite",
            required=True,
        ),
        REMARQUE,
    ),
)
