"""What verifying a release can find: a stable code, a severity, the words.

Belongs here: every kind of finding. Does not belong here: how one is found, where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.curation.issue_kind import Severity

COPY = "Téléchargez à nouveau les fichiers nommés ci-dessus, ou toute la version, puis vérifiez encore."
PUBLISHER = "La version se contredit elle-même : signalez-le à l’éditeur des données, n’en corrigez pas les fichiers."
STRANGERS = "Retirez du dossier ce qui n’est pas de la version."
DAMAGED = "fichier-abime"
UNLISTED = "fichier-en-trop"
POINTER = "Relancez une publication : elle remet la liste des versions d’accord avec leurs dossiers."


@dataclass(frozen=True)
class Kind:
    """One kind of finding: ``message`` says what is wrong, ``advice`` what to do about it."""

    code: str
    severity: Severity
    message: str
    advice: str


def _kinds(severity: Severity, advice: str, said: dict[str, str]) -> dict[str, Kind]:
    return {code: Kind(code, severity, message, advice) for code, message in said.items()}


KINDS: dict[str, Kind] = {
    # The files and their sums.
    **_kinds(
        Severity.ERROR,
        COPY,
        {
            "sommes-absentes": "la liste des empreintes n’est pas dans le dossier",
            "sommes-ligne-illisible": "ligne illisible dans la liste des empreintes",
            "sommes-ligne-doublee": "fichier déjà listé plus haut",
            "sommes-chemin-refuse": "chemin refusé : il ne désigne pas un fichier de la version",
            "sommes-ligne-abimee": "ligne abîmée : le fichier est bon, son empreinte est mal écrite ici",
            "sommes-autre-nom": "la ligne nomme un fichier absent, et son empreinte est celle d’un fichier non listé",
            "sommes-fin-coupee": "la dernière ligne ne finit pas par un saut de ligne",
            "fichier-manquant": "fichier absent du dossier, que la liste des empreintes nomme",
            DAMAGED: "le contenu n’est pas celui qui a été publié",
            "descripteur-absent": "le descripteur n’est pas dans le dossier ; les tables n’ont pas été examinées",
            "descripteur-abime": "le descripteur n’est pas celui qui a été publié ; les tables n’ont pas été examinées",
        },
    ),
    **_kinds(
        Severity.ERROR,
        STRANGERS,
        {
            UNLISTED: "fichier que SHA256SUMS ne liste pas",
            "lien-refuse": "lien symbolique : une version n’en contient pas, il n’a pas été suivi",
            "fichier-special": "ce n’est ni un fichier ni un dossier, il n’a pas été ouvert",
        },
    ),
    **_kinds(
        Severity.WARNING,
        STRANGERS,
        {"fichier-du-poste": "fichier laissé par le système ou par un tableur, qui n’est pas de la version"},
    ),
    # What the descriptor says, and the schemas.
    **_kinds(
        Severity.ERROR,
        PUBLISHER,
        {
            "descripteur-illisible": "le descripteur ne se lit pas ; les tables n’ont pas été examinées",
            "descripteur-incomplet": "mal dit dans le descripteur ; ce qui en dépend n’a pas été examiné",
            "fichier-decrit-absent": "fichier décrit, absent du dossier",
            "fichier-non-decrit": "fichier d’aucune table du descripteur",
            "taille-differente": "la taille n’est pas celle que donne le descripteur",
            "empreinte-differente": "l’empreinte n’est pas celle que donne le descripteur",
            "lignes-differentes": "le nombre de lignes n’est pas celui que donne le descripteur",
            "schema-illisible": "le schéma ne se lit pas",
            "schema-different": "le schéma n’est pas celui du descripteur",
            "type-inconnu": "type que ce programme ne connaît pas ; la colonne n’a pas été examinée",
            # The data.
            "csv-illisible": "le CSV ne se lit pas",
            "csv-entete": "l’en-tête n’est pas celui du schéma",
            "csv-fin-coupee": "la dernière ligne ne finit pas par un saut de ligne",
            "csv-valeur": "la valeur n’est pas du type déclaré",
            "parquet-illisible": "le fichier Parquet ne se lit pas",
            "parquet-colonnes": "les colonnes ne sont pas celles du schéma",
            "parquet-type": "le type n’est pas celui du schéma",
            "parquet-description": "ce que le fichier dit de lui-même n’est pas ce que dit le schéma",
            "formats-lignes": "le CSV et le Parquet n’ont pas le même nombre de lignes",
            "formats-ligne": "ligne du CSV que le Parquet n’a pas",
            "formats-cellule": "le CSV et le Parquet ne disent pas la même chose",
            "contrainte-obligatoire": "valeur manquante là où elle est obligatoire",
            "contrainte-motif": "la valeur ne suit pas le motif déclaré",
            "contrainte-liste": "la valeur n’est pas dans la liste déclarée",
            "contrainte-borne": "la valeur est hors des bornes déclarées",
            "contrainte-illisible": "contrainte que ce programme ne sait pas lire ; elle n’a pas été contrôlée",
            "cle-doublee": "cette valeur, qui doit être unique, est déjà plus haut",
            "cle-naturelle-doublee": "cette clé naturelle est déjà celle d’une ligne plus haut",
            "cle-etrangere": "la valeur n’est pas dans la table visée",
            "cle-etrangere-incomplete": "clé à demi remplie : un lecteur strict la refuse",
            "cle-mal-declaree": "la clé déclarée nomme une table ou une colonne qui n’existe pas",
            # The workbooks and the archive.
            "classeur-illisible": "le classeur ne s’ouvre pas",
            "classeur-demesure": "le classeur se déploie au-delà du raisonnable, il n’a pas été ouvert",
            "classeur-feuille": "feuille absente du classeur",
            "classeur-entete": "l’en-tête de la feuille n’est pas celui du schéma",
            "classeur-lignes": "la feuille n’a pas autant de lignes que la table",
            "classeur-cellule": "la cellule ne dit pas ce que dit la table",
            "classeur-formule": "la feuille contient une formule",
            "archive-illisible": "l’archive ne s’ouvre pas",
            "archive-membre-absent": "fichier absent de l’archive",
            "archive-membre-en-trop": "fichier de l’archive que le dossier n’a pas, ou qu’elle ne doit pas contenir",
            "archive-membre-different": "le fichier de l’archive n’est pas celui du dossier",
            # What files say of the release.
            "metadonnees-illisibles": "le fichier ne se lit pas",
            "metadonnees-differentes": "ce fichier ne dit pas ce que dit le descripteur",
        },
    ),
    **_kinds(
        Severity.ERROR,
        POINTER,
        {
            "versions-illisible": "la liste des versions ne se lit pas",
            "versions-differente": "la liste des versions ne dit pas ce que dit la version",
        },
    ),
    **_kinds(Severity.WARNING, POINTER, {"versions-absente": "la liste des versions ne nomme pas cette version"}),
}
