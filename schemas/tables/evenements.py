"""Dated events: signatures, calls, committees, meetings, forums, amendments."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID, DATE_DEBUT, DATE_FIN, GROUPE_CODE, INTITULE, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="evenements",
    order=150,
    family=Family.FACT,
    title=Bilingual("Événements", "Events"),
    description=Bilingual(
        "Les événements datés : signatures, appels à projets, comités, journées, forums, avenants.",
        "Dated events: signatures, calls, committees, meetings, forums, amendments.",
    ),
    key="evenement_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "type_code",
        "intitule",
        "date_debut",
    ),
    columns=(
        key("evenement_id", ("de l’événement", "Event"), "national-journee-2016-07-05"),
        column(
            Kind.CODE,
            "type_code",
            ("Type", "Type"),
            ("Nature de l’événement.", "Kind of event."),
            "journee",
            vocabulary="type_evenement",
            required=True,
        ),
        CONTRAT_ID,
        GROUPE_CODE,
        INTITULE.but(example="Journée des contrats de destination"),
        DATE_DEBUT,
        DATE_FIN,
        column(Kind.TEXT, "lieu", ("Lieu", "Place"), ("Lieu de l’événement.", "Place of the event."), "Paris"),
        REMARQUE,
    ),
)
