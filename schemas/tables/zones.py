"""Official codes of the territories quoted, those from before 2016 included."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, LIBELLE, REMARQUE, SIREN, ZONE_CODE, ZONE_TYPE_CODE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="zones",
    order=230,
    family=Family.REFERENCE,
    title=Bilingual("Zones officielles", "Official zones"),
    description=Bilingual(
        "Les codes officiels des territoires cités, ceux d’avant 2016 compris.",
        "Official codes of the territories quoted, those from before 2016 included.",
    ),
    key="zone_id",
    natural_key=(
        "zone_type_code",
        "zone_code",
    ),
    columns=(
        key("zone_id", ("de la zone", "Zone"), "region-82"),
        ZONE_TYPE_CODE.but(required=True),
        ZONE_CODE.but(required=True),
        LIBELLE.but(example="Rhône-Alpes"),
        column(
            Kind.TEXT,
            "zone_code_actuel",
            ("Code actuel", "Current code"),
            (
                "Code du territoire qui lui correspond aujourd’hui.",
                "Code of the territory that corresponds to it today.",
            ),
            "84",
            pattern="^[0-9AB]{2,9}$",
            required=True,
        ),
        column(
            Kind.TEXT,
            "region_code",
            ("Région", "Region"),
            ("Code de la région d’aujourd’hui.", "Code of today’s region."),
            "84",
            pattern="^[0-9]{2}$",
            required=True,
        ),
        DATE_DEBUT.but(label="Début"),
        DATE_FIN.but(label="Fin"),
        SIREN,
        column(
            Kind.TEXT,
            "reference",
            ("Référence", "Reference"),
            ("Liste officielle dont la ligne est tirée.", "Official list from which the row is taken."),
            "COG INSEE 2026",
            required=True,
        ),
        REMARQUE,
    ),
)
