"""Governance bodies and rules of the contracts."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID, DESCRIPTION, GROUPE_CODE, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="gouvernance",
    order=120,
    family=Family.FACT,
    title=Bilingual("Gouvernance", "Governance"),
    description=Bilingual(
        "Les instances et les règles de gouvernance des contrats.",
        "Governance bodies and rules of the contracts.",
    ),
    key="gouvernance_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "instance_code",
        "description",
    ),
    columns=(
        key("gouvernance_id", ("de l’instance ou de la règle", "Governance"), "montagnes-jura-comite-pilotage"),
        CONTRAT_ID,
        GROUPE_CODE,
        column(
            Kind.CODE,
            "instance_code",
            ("Instance", "Body"),
            ("Instance ou cadre que la ligne décrit.", "Body or frame that the row describes."),
            "comite_pilotage",
            vocabulary="instance",
            required=True,
        ),
        column(
            Kind.CODE,
            "presidence_code",
            ("Présidence", "Chair"),
            ("Comment l’instance est présidée ou pilotée.", "How the body is chaired or led."),
            "tournante",
            vocabulary="presidence",
        ),
        column(
            Kind.CODE,
            "regle_vote_code",
            ("Règle de vote", "Voting rule"),
            ("Règle selon laquelle l’instance décide.", "Rule by which the body decides."),
            "majorite_presents",
            vocabulary="regle_vote",
        ),
        column(
            Kind.DATE,
            "date_creation",
            ("Date de création", "Date of creation"),
            (
                "Date de création de l’instance, ou depuis laquelle la règle vaut.",
                "Date when the body was made, or since which the rule holds.",
            ),
            "1985-01-01",
        ),
        DESCRIPTION.but(required=True),
        REMARQUE,
    ),
)
