"""What raises the kinds of issues that no single row can show, and what does not, in words.

Belongs here: the words, which ``docs/regles.md`` shows. Does not belong here: the files themselves, which the tests
build (``tests/curation/situations.py``, one builder a code), nor rows (``examples``).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.declaration import Bilingual


@dataclass(frozen=True)
class Situation:
    """A mistaken state of the files, and a sound one."""

    bad: Bilingual
    good: Bilingual


def _situations(*declared: tuple[str, str, str, str, str]) -> dict[str, Situation]:
    """Code, then what is wrong and what is right, in French and in English."""
    return {
        code: Situation(Bilingual(bad, bad_en), Bilingual(good, good_en))
        for code, bad, good, bad_en, good_en in declared
    }


SITUATIONS = _situations(
    (
        "fichier-illisible",
        "`alpes.xlsx` dont le contenu est abîmé.",
        "Le même fichier, enregistré à nouveau par le tableur.",
        "`alpes.xlsx`, whose content is damaged.",
        "The same file, saved again by the spreadsheet program.",
    ),
    (
        "fichier-double",
        "`contrats/jumeau.xlsx` et `contrats/jumeau.ods` à la fois.",
        "`contrats/jumeau.xlsx` seul.",
        "Both `contrats/jumeau.xlsx` and `contrats/jumeau.ods`.",
        "`contrats/jumeau.xlsx` alone.",
    ),
    (
        "fichier-inattendu",
        "`referentiels/partenaire.csv`, à côté de `partenaires.csv`.",
        "`referentiels/partenaires.csv` seul.",
        "`referentiels/partenaire.csv`, beside `partenaires.csv`.",
        "`referentiels/partenaires.csv` alone.",
    ),
    (
        "fichier-mal-nomme",
        "`contrats/mal-nomme.xlsx`, dont la feuille Contrat dit `bien-nomme`.",
        "`contrats/bien-nomme.xlsx`.",
        "`contrats/mal-nomme.xlsx`, whose sheet Contrat says `bien-nomme`.",
        "`contrats/bien-nomme.xlsx`.",
    ),
    (
        "feuille-absente",
        "Un classeur de contrat sans feuille Contrat.",
        "Le même, avec sa feuille Contrat.",
        "A contract’s workbook without a sheet Contrat.",
        "The same, with its sheet Contrat.",
    ),
    (
        "feuille-inconnue",
        "Une feuille nommée « Action ».",
        "« Actions », dans n’importe quelle casse.",
        "A sheet named “Action”.",
        "“Actions”, in any case.",
    ),
    (
        "entete-introuvable",
        "Une feuille Outils dont aucune ligne ne porte les libellés.",
        "Les libellés sur une même ligne, sous un titre au besoin.",
        "A sheet Outils in which no row holds the labels.",
        "The labels in one row, under a title if need be.",
    ),
    (
        "colonne-inconnue",
        "Une colonne « Présidance ».",
        "« Présidence ».",
        "A column “Présidance”.",
        "“Présidence”.",
    ),
    (
        "cellule-hors-tableau",
        "« à revoir », tapé à droite du tableau.",
        "La même note dans la colonne Remarque.",
        "“à revoir”, typed to the right of the table.",
        "The same note in the column Remarque.",
    ),
    (
        "colonne-doublee",
        "Deux colonnes, « Libellé » et « LIBELLE ».",
        "Une seule.",
        "Two columns, “Libellé” and “LIBELLE”.",
        "One only.",
    ),
    (
        "colonne-absente",
        "Une feuille Événements sans colonne Lieu.",
        "La colonne Lieu, même vide.",
        "A sheet Événements without a column Lieu.",
        "The column Lieu, even blank.",
    ),
    (
        "contrat-unique",
        "Deux lignes dans la feuille Contrat.",
        "Une ligne.",
        "Two rows in the sheet Contrat.",
        "One row.",
    ),
    (
        "exemple-modifie",
        "L’intitulé de la ligne d’exemple du modèle remplacé par une vraie action.",
        "La ligne d’exemple laissée telle quelle, et l’action tapée dessous.",
        "The title of the template’s row of example replaced by a real action.",
        "The row of example left as it is, and the action typed under it.",
    ),
    (
        "modele-vierge",
        "Le modèle tel qu’il vient d’être fait.",
        "Le modèle, une fois la feuille Contrat remplie.",
        "The template as it was made.",
        "The template once the sheet Contrat is filled in.",
    ),
    (
        "cellule-en-erreur",
        "Une cellule qui affiche `#N/A`.",
        "La valeur elle-même.",
        "A cell that shows `#N/A`.",
        "The value itself.",
    ),
    (
        "formule-sans-resultat",
        "`=1+2` écrit par un programme qui ne calcule pas.",
        "La même formule, une fois le classeur enregistré par le tableur ; ou `3`.",
        "`=1+2` written by a program that does not compute.",
        "The same formula once the spreadsheet program saved the workbook; or `3`.",
    ),
    (
        "fichier-chiffre",
        "Un classeur protégé par un mot de passe.",
        "Le même, enregistré sans mot de passe.",
        "A workbook protected by a password.",
        "The same, saved without a password.",
    ),
    (
        "fichier-demesure",
        "Un fichier de plusieurs centaines de mégaoctets, ou qui en devient un une fois décompressé.",
        "Un classeur de données, sans images.",
        "A file of hundreds of megabytes, or that becomes one once decompressed.",
        "A workbook of data, without pictures.",
    ),
    (
        "fichier-piege",
        "Un classeur dont le XML déclare des entités.",
        "Un classeur écrit par un tableur.",
        "A workbook whose XML declares entities.",
        "A workbook written by a spreadsheet program.",
    ),
    (
        "format-inattendu",
        "Un ancien `.xls` renommé en `.xlsx`.",
        "Le même, enregistré au format `.xlsx`.",
        "An old `.xls` renamed `.xlsx`.",
        "The same, saved in the format `.xlsx`.",
    ),
    (
        "encodage-inconnu",
        "Un CSV dont des octets ne sont d’aucun encodage connu.",
        "Le même, en UTF-8.",
        "A CSV some bytes of which belong to no known encoding.",
        "The same, in UTF-8.",
    ),
    (
        "cellule-lointaine",
        "Un mot tapé par mégarde en XFD1048576.",
        "La cellule vidée.",
        "A word typed by accident in XFD1048576.",
        "The cell emptied.",
    ),
    (
        "lien-hors-dossier",
        "Un lien symbolique vers un fichier d’un autre dossier.",
        "Le fichier lui-même.",
        "A symbolic link to a file of another folder.",
        "The file itself.",
    ),
    (
        "macros",
        "Un classeur qui contient `vbaProject.bin`.",
        "Le même, enregistré sans macros.",
        "A workbook that holds `vbaProject.bin`.",
        "The same, saved without macros.",
    ),
    (
        "lien-externe",
        "Un classeur dont des cellules viennent de `autre.xlsx`.",
        "Les valeurs elles-mêmes.",
        "A workbook some cells of which come from `autre.xlsx`.",
        "The values themselves.",
    ),
    (
        "contenu-incorpore",
        "Un classeur où un document Word est collé.",
        "Le classeur sans ce document.",
        "A workbook in which a Word document is pasted.",
        "The workbook without that document.",
    ),
    (
        "feuille-doublee",
        "Deux feuilles, « Actions » et « ACTIONS ».",
        "Une seule feuille Actions.",
        "Two sheets, “Actions” and “ACTIONS”.",
        "One sheet Actions.",
    ),
    (
        "cellules-fusionnees",
        "L’axe de deux actions dans une cellule fusionnée.",
        "L’axe répété dans les deux cellules.",
        "The axis of two actions in one merged cell.",
        "The axis repeated in both cells.",
    ),
    (
        "date-nombre",
        "`2014` tapé dans une cellule au format date, que le tableur lit 06/07/1905.",
        "`2014` dans une cellule au format texte.",
        "`2014` typed in a cell formatted as a date, which the spreadsheet program reads as 6 July 1905.",
        "`2014` in a cell formatted as text.",
    ),
    (
        "texte-trop-long",
        "Un texte de plus de 32 767 caractères.",
        "Un résumé.",
        "A text of more than 32,767 characters.",
        "A summary.",
    ),
    (
        "partenaire-sans-usage",
        "Un partenaire au registre, qu’aucune feuille ne cite.",
        "Un partenaire cité par une feuille Partenaires.",
        "A partner of the register that no sheet cites.",
        "A partner that a sheet Partenaires cites.",
    ),
    (
        "source-sans-usage",
        "Un document dans la bibliographie, qu’aucune ligne ne cite.",
        "Un document cité par une ligne.",
        "A document of the bibliography that no row cites.",
        "A document that a row cites.",
    ),
    (
        "code-sans-usage",
        "Un code de la nomenclature « axe » qu’aucune ligne n’emploie.",
        "Un code qu’une ligne emploie.",
        "A code of the vocabulary “axe” that no row uses.",
        "A code that a row uses.",
    ),
    (
        "identifiant-nouveau",
        "Une action nouvelle, à l’Identifiant laissé vide.",
        "La même, une fois inscrite au registre.",
        "A new action, its Identifiant left blank.",
        "The same, once entered in the registry.",
    ),
    (
        "identifiant-disparu",
        "Une ligne du registre dont l’identifiant n’est plus porté par aucune ligne des feuilles.",
        "L’identifiant recollé dans sa ligne, ou inscrit aux identifiants retirés.",
        "A row of the registry whose identifier no row of the sheets bears any more.",
        "The identifier pasted back into its row, or entered among the withdrawn ones.",
    ),
    (
        "ligne-entrainee",
        "Les actions d’un contrat dont la ligne est refusée.",
        "Les mêmes, quand le contrat est accepté.",
        "The actions of a contract whose row is refused.",
        "The same, when the contract is accepted.",
    ),
    (
        "table-hors-bornes",
        "Deux contrats, quand `assertions.csv` en veut au moins quarante.",
        "Quarante contrats ou plus.",
        "Two contracts, where `assertions.csv` wants forty at least.",
        "Forty contracts or more.",
    ),
    (
        "version-precedente-reprise",
        "Avec `--partial`, `alpes.xlsx` abîmé, que la version précédente contient.",
        "`alpes.xlsx` lisible.",
        "With `--partial`, a damaged `alpes.xlsx` that the previous release holds.",
        "A readable `alpes.xlsx`.",
    ),
    (
        "fichier-laisse-de-cote",
        "Avec `--partial`, `alpes.xlsx` abîmé, et aucune version précédente.",
        "`alpes.xlsx` lisible.",
        "With `--partial`, a damaged `alpes.xlsx`, and no previous release.",
        "A readable `alpes.xlsx`.",
    ),
)
