"""The words of made-up rows: pieces of French sentences that go together in any combination.

Belongs here: texts. Does not belong here: which cell gets which (``columns``). None holds « ; », « = » or « : », which
mean something in cells of several values, save the remarks.
"""

from __future__ import annotations

OBJECTS = (
    "de l’offre d’itinérance douce", "des séjours œnotouristiques", "de la destination « nature »",
    "du réseau des prestataires", "de l’accueil en gare et à l’aéroport", "des fiches d’accueil traduites",
    "de la marque partagée", "du carnet d’adresses des guides", "de l’observatoire des clientèles",
    "des circuits à vélo", "de l’application mobile", "des éductours de la presse étrangère",
    "de la campagne d’affichage", "du club des ambassadeurs", "des paniers de services",
    "de l’hébergement à la ferme", "du salon professionnel", "des parcours de mémoire",
    "de la saison d’hiver", "du pass « musées & monuments »", "des croisières fluviales", "de l’arrière-pays",
)  # fmt: skip
AUDIENCES = (
    "auprès des familles", "à l’étranger", "pour les jeunes actifs", "hors saison", "avec les tour-opérateurs",
    "sur les marchés lointains", "auprès des excursionnistes", "en lien avec l’aéroport", "pour les groupes",
    "à l’échelle du massif", "par voie de presse", "d’ici à la fin du contrat", "en 15 langues", "sans voiture",
)  # fmt: skip
HEADS = {
    "actions": (
        "Déploiement", "Création", "Mise en réseau", "Refonte", "Étude", "Promotion", "Traduction", "Référencement",
        "Structuration", "Lancement", "Évaluation", "Mise à l’œuvre", "Co-construction", "Prolongation",
    ),
    "financements": (
        "Budget", "Part de l’État", "Dotation", "Subvention", "Enveloppe", "Cofinancement", "Mise à disposition",
        "Contribution des partenaires", "Apport en nature", "Plan de financement",
    ),
    "indicateurs": (
        "Part", "Nombre", "Fréquentation", "Notoriété", "Taux de retour", "Dépense moyenne", "Progression",
        "Durée moyenne", "Satisfaction",
    ),
    "evenements": (
        "Signature", "Atelier", "Comité", "Journée d’échanges", "Remise du bilan", "Présentation", "Assises",
        "Conférence de presse", "Visite", "Réunion de lancement",
    ),
    "outils": ("Guide", "Site", "Étude", "Répertoire", "Formation", "Réseau", "Kit", "Médiathèque", "Tableau de bord"),
    "gouvernance": (
        "Le comité de pilotage suit l’avancement", "Le groupe de travail se réunit deux fois l’an à propos",
        "La coordination est assurée au titre", "La présidence tourne tous les ans, au bénéfice",
        "L’assemblée vote le programme", "Un comité technique prépare l’ordre du jour",
    ),
    "divergences": ("Date", "Nombre de partenaires", "Nom", "Montant", "Périmètre", "Portée"),
    "contrats_denominations": ("Contrat", "Destination", "Programme", "Démarche", "Label", "Convention"),
    "sources": (
        "Compte rendu", "Dossier de presse", "Contrat signé", "Bilan à mi-parcours", "Rapport d’activité", "Communiqué",
        "Délibération", "Page de présentation", "Article", "Discours",
    ),
}  # fmt: skip
DEFAULT_HEADS = ("Mention", "Note", "Libellé", "Complément", "Précision", "Détail")
REMARKS = (
    "Année déduite de l’ordre du texte.", "Une source ne donne que le mois ; l’autre, le jour.", "Hors contrat.",
    "Montant « tout compris », d’après le compte rendu.", 'La source écrit "environ", sans autre précision.',
    "Chiffre de l’année 2017 (+ 12 % sur un an).", "Situation d’avant la réforme ; l’Œuvre est citée à part.",
    "D’après l’annexe n° 3, page 12.", "Recoupé ; à revoir.", "Deux lectures possibles :\nla première est retenue.",
    "L’article indique « 1 500 nuitées ».", "Nom d’usage depuis 2016, l’ancien étant « Comité d’accueil ».",
    "Cité par la presse locale, sans date.", "Saisi d’après un tableau en image.",
)  # fmt: skip
KINDS_OF_PARTNERS = {
    "Office de tourisme": "OT", "Comité départemental du tourisme": "CDT", "Comité régional du tourisme": "CRT",
    "Agence d’attractivité": "AA", "Chambre de commerce et d’industrie": "CCI", "Syndicat mixte": "SM",
    "Association des hôteliers": "AH", "Société d’économie mixte": "SEM", "Établissement public d’aménagement": "EPA",
    "Fédération des sites œnotouristiques": "FSO", "Communauté de communes": "CC", "Maison du tourisme": "MDT",
}  # fmt: skip
PREFIXES_OF_CONTRACTS = (
    "Terres", "Vallées", "Rivages", "Massifs", "Chemins", "Lumières", "Saveurs", "Îles et côtes", "Cœurs", "Horizons",
    "Jardins", "Mémoires", "Grands sites", "Canaux", "Échappées", "Sources",
)  # fmt: skip
THEMES_OF_CONTRACTS = (
    "", "bien-être", "itinérance", "gastronomie", "montagne d’été", "patrimoine", "golf", "littoral", "vélo",
    "savoir-faire", "œnotourisme", "art moderne", "eaux vives", "nature", "villes d’eaux", "oiseaux",
)  # fmt: skip
LETTERS = ("ALP", "BDX", "CHA", "DOR", "GUY", "JUR", "LYO", "MTB", "NOR", "OCC", "PRO", "PYR", "TRE", "VDL", "VOS")
