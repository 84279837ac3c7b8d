"""Columns that several tables share, and short forms to declare the others.

Belongs here: a column whose name stands in more than one table (the same name always holds the same quantity).
Does not belong here: a column of one table only, which stands in that table's file.
"""

from __future__ import annotations

from schemas.declaration import Bilingual, Column, Kind


def column(
    kind: Kind, name: str, title: tuple[str, str], about: tuple[str, str], example: str, **more: object
) -> Column:
    """A column from French and English pairs; ``more`` are the other properties of `Column`."""
    return Column(
        name=name,
        kind=kind,
        title=Bilingual(*title),
        description=Bilingual(*about),
        example=example,
        **more,  # type: ignore[arg-type]
    )


def key(name: str, of: tuple[str, str], example: str) -> Column:
    """The key of a table: a stable lower-case slug, never reused, headed « Identifiant » in sheets."""
    return column(
        Kind.IDENTIFIER,
        name,
        (f"Identifiant {of[0]}", f"{of[1]} identifier"),
        (
            f"Clé stable {of[0]} : minuscules, chiffres et tirets ; ne change jamais et n’est jamais réattribuée.",
            f"Stable key of the {of[1].lower()}: lower-case letters, digits and hyphens; never changed, never reused.",
        ),
        example,
        required=True,
        label="Identifiant",
        aliases=("ID", "Id"),
    )


CONTRAT_ID = column(
    Kind.IDENTIFIER,
    "contrat_id",
    ("Contrat", "Contract"),
    (
        "Contrat de destination concerné ; vide pour un fait national ou propre à un groupe de contrats.",
        "Destination contract concerned; empty for a national fact or one about a group of contracts.",
    ),
    "vallee-dordogne",
    references="contrats",
)
CONTRAT_ID_REQUIS = CONTRAT_ID.but(
    required=True,
    description=Bilingual("Contrat de destination concerné.", "Destination contract concerned."),
)
GROUPE_CODE = column(
    Kind.CODE,
    "groupe_code",
    ("Groupe de contrats", "Group of contracts"),
    (
        "Groupe de contrats que le fait concerne quand il n’est propre à aucun d’eux.",
        "Group of contracts that the fact is about when it belongs to none of them alone.",
    ),
    "occitanie_2022",
    vocabulary="groupe_contrats",
    label="Groupe",
)
PARTENAIRE_ID = column(
    Kind.IDENTIFIER,
    "partenaire_id",
    ("Partenaire", "Partner"),
    ("Organisation, telle qu’elle est identifiée au registre.", "Organisation, as identified in the registry."),
    "atout-france",
    references="partenaires",
)
ACTION_ID = column(
    Kind.IDENTIFIER,
    "action_id",
    ("Action", "Action"),
    ("Action concernée.", "Action concerned."),
    "provence-campagnes-expedia",
    references="actions",
)
OUTIL_ID = column(
    Kind.IDENTIFIER,
    "outil_id",
    ("Outil", "Tool"),
    (
        "Outil, répertoire, site, guide, réseau ou étude que l’action produit ou déploie.",
        "Tool, directory, site, guide, network or study that the action makes or deploys.",
    ),
    "provence-outil-flux-vision",
    references="outils",
)
SOURCE_ID = column(
    Kind.IDENTIFIER,
    "source_id",
    ("Source", "Source"),
    ("Document qui énonce le fait.", "Document that states the fact."),
    "jdc2016",
    references="sources",
    required=True,
)
EVENEMENT_ID = column(
    Kind.IDENTIFIER,
    "evenement_id",
    ("Événement", "Event"),
    ("Événement concerné.", "Event concerned."),
    "national-journee-2016-07-05",
    references="evenements",
    required=True,
)
ROLE_CODE = column(
    Kind.CODE,
    "role_code",
    ("Rôle", "Role"),
    ("Rôle tenu, dans la nomenclature des rôles.", "Part played, in the vocabulary of roles."),
    "signataire",
    vocabulary="role",
)
LIBELLE = column(
    Kind.TEXT,
    "libelle",
    ("Libellé", "Label"),
    ("Ce dont la ligne parle, en quelques mots.", "What the row is about, in a few words."),
    "Budget global du contrat",
    required=True,
)
INTITULE = column(
    Kind.TEXT,
    "intitule",
    ("Intitulé", "Title"),
    ("Intitulé rédigé d’après les sources.", "Title written from the sources."),
    "Déploiement de Flux Vision chez les 23 partenaires",
    required=True,
)
DENOMINATION = column(
    Kind.TEXT,
    "denomination",
    ("Dénomination", "Name as written"),
    ("Graphie exacte rencontrée dans une source.", "Exact spelling met in a source."),
    "Voyages dans les Alpes",
    required=True,
)
DESCRIPTION = column(
    Kind.TEXT,
    "description",
    ("Description", "Description"),
    ("Description rédigée d’après les sources.", "Description written from the sources."),
    "Présidence tournante ; vote à la majorité des présents",
)
DATE_DEBUT = column(
    Kind.DATE,
    "date_debut",
    ("Début", "Start"),
    (
        "Début ; premier jour de la période quand la source ne donne que le mois ou l’année.",
        "Start; first day of the period when the source gives only the month or the year.",
    ),
    "2015-06-25",
)
DATE_FIN = column(
    Kind.DATE,
    "date_fin",
    ("Fin", "End"),
    (
        "Fin ; dernier jour de la période quand la source ne donne que le mois ou l’année.",
        "End; last day of the period when the source gives only the month or the year.",
    ),
    "2019-07-01",
    bound="end",
)
MONTANT_EUR = column(
    Kind.EUROS,
    "montant_eur",
    ("Montant (€)", "Amount (€)"),
    ("Montant en euros, tel que la source le donne.", "Amount in euros, as the source gives it."),
    "75000.00",
    aliases=("Montant", "Montant en euros"),
    minimum=0,
)
QUALIFICATIF_CODE = column(
    Kind.CODE,
    "qualificatif_code",
    ("Qualificatif", "Qualifier"),
    (
        "Comment lire la valeur : exacte, environ, plus de, moins de, plafond, borne d’une fourchette.",
        "How to read the value: exact, about, more than, less than, ceiling, bound of a range.",
    ),
    "plus_de",
    vocabulary="qualificatif",
)
BASE_CODE = column(
    Kind.CODE,
    "base_code",
    ("Base", "Basis"),
    (
        "À quoi la valeur se rapporte : total, par an, par contrat, un versement, une évolution.",
        "What the value refers to: total, per year, per contract, one payment, a change.",
    ),
    "par_an",
    vocabulary="base",
)
UNITE_CODE = column(
    Kind.CODE,
    "unite_code",
    ("Unité", "Unit"),
    ("Unité de la valeur.", "Unit of the value."),
    "communes",
    vocabulary="unite",
)
AXE_CODE = column(
    Kind.CODE,
    "axe_code",
    ("Axe", "Strand"),
    (
        "Axe parmi les quatre tables rondes du 5 juillet 2016, l’observation, ou tous.",
        "Strand among the four round tables of 5 July 2016, observation, or all.",
    ),
    "promotion",
    vocabulary="axe",
)
ZONE_TYPE_CODE = column(
    Kind.CODE,
    "zone_type_code",
    ("Type de zone", "Zone type"),
    ("Nature du territoire.", "Kind of territory."),
    "departement",
    vocabulary="type_zone",
)
ZONE_CODE = column(
    Kind.TEXT,
    "zone_code",
    ("Code", "Zone code"),
    (
        "Code officiel (INSEE, ou SIREN pour un EPCI) en vigueur à la date du fait ; toujours du texte.",
        "Official code (INSEE, or SIREN for an EPCI) in force at the date of the fact; always text.",
    ),
    "2A",
    pattern=r"^[0-9AB]{2,9}$",
    aliases=("Code de zone", "Code officiel"),
)
TABLE_CODE = column(
    Kind.CODE,
    "table_code",
    ("Table", "Table"),
    ("Nom de la table publiée que la ligne vise.", "Name of the published table that the row points at."),
    "actions",
    vocabulary="table",
    required=True,
)
LIGNE_ID = column(
    Kind.IDENTIFIER,
    "ligne_id",
    ("Ligne", "Row"),
    ("Clé de la ligne visée dans cette table.", "Key of the row pointed at in that table."),
    "alpes-fiches-clientele-itinerante",
    required=True,
    label="Ligne visée",
)
COLONNE = column(
    Kind.TEXT,
    "colonne",
    ("Colonne", "Column"),
    (
        "Colonne visée ; vide quand c’est la ligne entière.",
        "Column pointed at; empty when it is the whole row.",
    ),
    "date_debut",
    label="Colonne visée",
)
SIREN = column(
    Kind.SIREN,
    "siren",
    ("SIREN", "SIREN"),
    ("Numéro SIREN de l’organisation (texte, neuf chiffres).", "SIREN number of the organisation (text, nine digits)."),
    "213300635",
)
SIGLE = column(
    Kind.TEXT,
    "sigle",
    ("Sigle", "Acronym"),
    ("Sigle usuel.", "Usual acronym."),
    "DGE",
)
CATEGORIE_CODE = column(
    Kind.CODE,
    "categorie_code",
    ("Catégorie", "Category"),
    (
        "Catégorie d’organisation ; un classement fait à la main d’après le nom.",
        "Category of organisation; classified by hand from the name.",
    ),
    "office_tourisme",
    vocabulary="categorie_partenaire",
)
SITE_WEB = column(
    Kind.URL,
    "site_web",
    ("Site web", "Web site"),
    ("Adresse du site de l’organisation.", "Address of the organisation’s site."),
    "https://www.atout-france.fr",
)
URL = column(
    Kind.URL,
    "url",
    ("Adresse", "Address"),
    ("Adresse sur le web, telle qu’elle a été consultée.", "Web address, as consulted."),
    "https://destinationvalleedordogne.fr/20-contrats-de-destination-reunis-a-paris/",
    aliases=("URL", "Lien"),
)
FICHIER = column(
    Kind.TEXT,
    "fichier",
    ("Fichier", "File"),
    ("Fichier source, relatif au dossier des sources.", "Source file, relative to the folder of sources."),
    "contrats/alpes.xlsx",
    required=True,
)
FEUILLE = column(
    Kind.TEXT,
    "feuille",
    ("Feuille", "Sheet"),
    ("Feuille du fichier source.", "Sheet of the source file."),
    "Actions",
    required=True,
)
REMARQUE = column(
    Kind.TEXT,
    "remarque",
    ("Remarque", "Remark"),
    ("Précision, doute ou limite utile au lecteur.", "Detail, doubt or limit useful to the reader."),
    "Classement fait à la main",
    aliases=("Remarques", "Commentaire"),
)
