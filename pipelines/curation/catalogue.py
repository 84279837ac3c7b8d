"""Every kind of issue: its stable code, its severity, and what it says to the curator, in French.

Belongs here: the words. Does not belong here: how an issue is found. ``{value}``, ``{expected}`` and ``{near}`` are
filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """``error`` refuses the row (and, in strict mode, the release); ``warning`` and ``info`` do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class IssueKind:
    """One kind of issue: message (what is wrong, what was expected) and advice (what to do)."""

    code: str
    severity: Severity
    message: str
    advice: str


def _kinds(*kinds: tuple[str, Severity, str, str]) -> dict[str, IssueKind]:
    return {code: IssueKind(code, severity, message, advice) for code, severity, message, advice in kinds}


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

CATALOGUE = _kinds(
    # The file and the sheet
    (
        "fichier-illisible",
        _E,
        "Fichier illisible : {expected}.",
        "Rouvrez-le dans Excel ou LibreOffice, puis enregistrez-le à nouveau.",
    ),
    ("fichier-double", _E, "Deux fichiers portent le même contrat : {value}.", "Gardez-en un seul."),
    (
        "fichier-mal-nomme",
        _E,
        "Le fichier s’appelle autrement que le contrat qu’il contient : « {value} ».",
        "Renommez le fichier d’après l’Identifiant de la feuille Contrat ({expected}).",
    ),
    ("feuille-absente", _E, "La feuille « {value} » manque.", "Ajoutez-la, avec ses en-têtes : {expected}."),
    (
        "feuille-inconnue",
        _W,
        "La feuille « {value} » n’est pas de celles qui sont lues.{near}",
        "Renommez-la si elle doit l’être ; sinon laissez-la, elle est ignorée.",
    ),
    (
        "entete-introuvable",
        _E,
        "Aucune ligne d’en-têtes n’a été trouvée dans « {value} ».",
        "Mettez les libellés sur une même ligne, dans les trente premières : {expected}.",
    ),
    (
        "colonne-inconnue",
        _E,
        "L’en-tête « {value} » n’est pas connu.{near}",
        "Corrigez l’en-tête, ou retirez la colonne. Attendus : {expected}.",
    ),
    ("colonne-doublee", _E, "L’en-tête « {value} » est présent deux fois.", "Gardez une seule colonne de ce nom."),
    ("colonne-absente", _E, "La colonne « {value} » manque.", "Ajoutez-la sur la ligne d’en-têtes."),
    (
        "contrat-unique",
        _E,
        "La feuille Contrat doit avoir une ligne, et une seule : {value} lues.",
        "Gardez une ligne par classeur ; un autre contrat a son propre classeur.",
    ),
    # The cell
    (
        "cellule-en-erreur",
        _E,
        "La cellule contient une erreur de calcul : {value}.",
        "Corrigez la formule ou tapez la valeur.",
    ),
    (
        "formule-sans-resultat",
        _E,
        "La formule n’a pas de résultat enregistré.",
        "Rouvrez le fichier dans le tableur et enregistrez-le, ou tapez la valeur.",
    ),
    ("valeur-obligatoire", _E, "« {expected} » est vide.", "Remplissez la cellule."),
    (
        "date-illisible",
        _E,
        "« {value} » n’est pas une date comprise.",
        "Tapez par exemple 16/12/2014, décembre 2014 ou 2014 ; les mots de la source vont entre accolades : 2016 {{printemps 2016}}.",
    ),
    (
        "date-ambigue",
        _E,
        "« {value} » peut se lire de plusieurs façons.",
        "Tapez la date avec son année sur quatre chiffres, par exemple 03/04/2014.",
    ),
    (
        "nombre-illisible",
        _E,
        "« {value} » n’est pas un nombre compris.",
        "Tapez par exemple 990000, 1 200,50 ou 1,5 M€.",
    ),
    (
        "nombre-ambigu",
        _E,
        "« {value} » peut se lire comme un millier ou comme un décimal.",
        "Tapez 1 200 pour douze cents, ou 1,20 pour un virgule vingt.",
    ),
    ("nombre-non-entier", _E, "« {value} » n’est pas un nombre entier.", "Tapez un nombre entier."),
    ("booleen-illisible", _E, "« {value} » n’est ni oui ni non.", "Tapez oui, non ou x, ou laissez vide."),
    (
        "code-inconnu",
        _E,
        "« {value} » n’est pas dans la nomenclature « {expected} ».{near}",
        "Choisissez un code de la liste, ou ajoutez-le dans sources/referentiels/nomenclatures.csv.",
    ),
    ("format-invalide", _E, "« {value} » n’a pas la forme attendue : {expected}.", "Corrigez la cellule."),
    ("hors-bornes", _E, "{value} est hors des bornes : {expected}.", "Vérifiez la valeur."),
    (
        "identifiant-invalide",
        _E,
        "« {value} » n’est pas un identifiant : minuscules, chiffres et tirets.",
        "Tapez par exemple {near}.",
    ),
    (
        "identifiant-double",
        _E,
        "L’identifiant « {value} » est déjà porté par une autre ligne : {expected}.",
        "Donnez-en un autre à la nouvelle ligne.",
    ),
    (
        "ligne-doublee",
        _E,
        "Une autre ligne dit la même chose : {expected}.",
        "Gardez une seule ligne, ou distinguez-les par leurs dates ou par leurs mots.",
    ),
    ("date-inversee", _E, "La fin ({value}) précède le début ({expected}).", "Vérifiez les deux dates."),
    # What the row says
    (
        "sans-source",
        _E,
        "La ligne n’a pas de source.",
        "Indiquez au moins un identifiant de source, par exemple JDC2016.",
    ),
    (
        "source-inconnue",
        _E,
        "La source « {value} » n’est pas dans la bibliographie.{near}",
        "Corrigez l’identifiant, ou ajoutez le document dans sources/referentiels/sources.csv.",
    ),
    (
        "colonne-citee-inconnue",
        _E,
        "« {value} » n’est pas une colonne de cette feuille.{near}",
        "Écrivez le libellé de la colonne, par exemple Début = ALP4.",
    ),
    (
        "partenaire-inconnu",
        _E,
        "« {value} » n’est pas au registre des partenaires.{near}",
        "Corrigez le nom ; s’il est juste, ajoutez-le à sources/referentiels/partenaires.csv, ou son écriture à partenaires_denominations.csv.",
    ),
    (
        "participant-inconnu",
        _E,
        "« {value} » n’est ni un contrat ni un partenaire connu.{near}",
        "Tapez l’identifiant d’un contrat ou le nom d’un partenaire du registre.",
    ),
    (
        "contrat-inconnu",
        _E,
        "« {value} » n’est pas un contrat connu.{near}",
        "Tapez l’identifiant d’un contrat, par exemple alpes.",
    ),
    (
        "zone-inconnue",
        _E,
        "« {value} » n’est pas une zone officielle connue.{near}",
        "Tapez le type et le code, par exemple departement 33 ; les listes sont dans sources/referentiels/zones.csv.",
    ),
    (
        "ligne-inconnue",
        _E,
        "« {value} » ne désigne aucune ligne de « {expected} ».{near}",
        "Tapez l’Identifiant de la ligne visée.",
    ),
    (
        "cle-etrangere",
        _E,
        "« {value} » n’existe pas dans la table {expected}.",
        "Corrigez le code, ou complétez la liste.",
    ),
    (
        "partenaire-different",
        _W,
        "Le registre dit « {expected} », la feuille dit « {value} ».",
        "Le registre l’emporte. Corrigez la feuille, ou le registre.",
    ),
    (
        "ecriture-partagee",
        _E,
        "L’écriture « {value} » désigne déjà un autre partenaire : {expected}.",
        "Limitez-la à un contrat (colonne Contrat), ou retirez-la.",
    ),
    (
        "partenaire-sans-usage",
        _W,
        "Aucune feuille ne cite le partenaire « {value} ».",
        "Retirez-le du registre, ou citez-le.",
    ),
    (
        "source-sans-usage",
        _W,
        "Aucune ligne ne cite la source « {value} ».",
        "Retirez-la de la bibliographie, ou citez-la.",
    ),
    # Identity through time
    (
        "identifiant-nouveau",
        _I,
        "Identifiant attribué : « {value} ».",
        "Pour l’inscrire au registre : contrats-destination register.",
    ),
    (
        "identifiant-disparu",
        _E,
        "L’identifiant « {value} » du registre n’existe plus dans « {expected} ».{near}",
        "Recollez-le dans la cellule Identifiant de la ligne, ou inscrivez son retrait dans sources/referentiels/identifiants_retires.csv.",
    ),
)
