"""Kinds of issues of corrections, of what is doubtful without being wrong, and of the guards of a release.

Belongs here: their words. Does not belong here: how they are found.
"""

from __future__ import annotations

from pipelines.curation.issue_kind import E, I, W, kinds

_ACKNOWLEDGE = "si c’est juste, dites pourquoi dans Remarque, et cet avertissement se tait."
_ACKNOWLEDGE_EN = "if it is right, say why in Remarque, and this warning goes."

KINDS = kinds(
    # Corrections
    (
        "correction-sans-objet",
        E,
        "La cible de la correction est introuvable ({expected} : « {value} »).{near}",
        "Donnez le fichier, la feuille, l’Identifiant de la ligne ou son numéro, et le libellé de la colonne ; sinon retirez la correction.",
        "The target of the correction is not found ({expected}: “{value}”).{near}",
        "Give the file, the sheet, the row’s Identifiant or its number, and the header of the column; else take the correction out.",
    ),
    (
        "correction-perimee",
        E,
        "La cellule visée ne dit plus « {value} » : elle dit {expected}. La correction n’est pas appliquée.",
        "Si la feuille est juste désormais, retirez la correction ; sinon mettez à jour « Valeur attendue ».",
        "The cell no longer says “{value}”: it says {expected}. The correction is not applied.",
        "If the sheet is right by now, take the correction out; else bring “Valeur attendue” up to date.",
    ),
    (
        "correction-sans-usage",
        E,
        "La cellule visée dit déjà « {value} » : la correction ne sert à rien.",
        "Retirez la correction.",
        "The cell already says “{value}”: the correction is of no use.",
        "Take the correction out.",
    ),
    # Keys of official numbers
    (
        "cle-siren",
        E,
        "La clé de contrôle de « {value} » est fausse : un chiffre au moins est mal tapé.",
        "Recopiez le numéro depuis annuaire-entreprises.data.gouv.fr.",
        "The check key of “{value}” is wrong: at least one digit is mistyped.",
        "Copy the number again from annuaire-entreprises.data.gouv.fr.",
    ),
    (
        "siret-pour-siren",
        E,
        "« {value} » est le SIRET d’un établissement (quatorze chiffres).",
        "Gardez ses neuf premiers chiffres : le SIREN de l’organisation.",
        "“{value}” is the SIRET of an establishment (fourteen digits).",
        "Keep its first nine digits: the SIREN of the organisation.",
    ),
    # What is doubtful
    (
        "hors-contrat",
        W,
        "La date « {value} » est loin de la vie du contrat ({expected}).",
        f"Vérifiez l’année et le contrat ; {_ACKNOWLEDGE}",
        "The date “{value}” is far from the contract’s life ({expected}).",
        f"Check the year and the contract; {_ACKNOWLEDGE_EN}",
    ),
    (
        "dates-en-desordre",
        W,
        "« {value} » vient après « {expected} », qui devrait suivre.",
        f"Vérifiez les deux dates ; {_ACKNOWLEDGE}",
        "“{value}” comes after “{expected}”, which should follow it.",
        f"Check both dates; {_ACKNOWLEDGE_EN}",
    ),
    (
        "montant-disproportionne",
        W,
        "« {value} » est hors de proportion avec {expected}.",
        f"Vérifiez l’unité (€, k€, M€) et les zéros ; {_ACKNOWLEDGE}",
        "“{value}” is out of proportion with {expected}.",
        f"Check the unit (€, k€, M€) and the zeros; {_ACKNOWLEDGE_EN}",
    ),
    (
        "parties-superieures",
        W,
        "Les parties de « {value} » dépassent le tout : {expected}.",
        f"Vérifiez les montants, et la colonne Inclus dans des parties ; {_ACKNOWLEDGE}",
        "The parts of “{value}” exceed the whole: {expected}.",
        f"Check the amounts, and the column Inclus dans of the parts; {_ACKNOWLEDGE_EN}",
    ),
    (
        "total-different",
        W,
        "Le total « {value} » n’est pas la somme de ses parties : {expected}.",
        f"Vérifiez les montants ; {_ACKNOWLEDGE}",
        "The total “{value}” is not the sum of its parts: {expected}.",
        f"Check the amounts; {_ACKNOWLEDGE_EN}",
    ),
    (
        "ligne-ressemblante",
        W,
        "La ligne ressemble à une autre : {expected}.",
        f"Gardez une seule ligne si c’est le même fait ; {_ACKNOWLEDGE}",
        "The row looks like another: {expected}.",
        f"Keep one row if it is the same fact; {_ACKNOWLEDGE_EN}",
    ),
    (
        "partenaire-ressemblant",
        W,
        "Le partenaire « {value} » ressemble à un autre du registre : {expected}.",
        "Si c’est la même organisation, gardez une seule ligne, et inscrivez l’autre nom dans partenaires_denominations.csv ; "
        "sinon, donnez à chacune son SIREN ou sa zone, ou dites dans Remarque ce qui les distingue, et cet avertissement se tait.",
        "The partner “{value}” looks like another of the registry: {expected}.",
        "If it is the same organisation, keep one row, and add the other name to partenaires_denominations.csv; "
        "else give each its SIREN or its zone, or say in Remarque what tells them apart, and this warning goes.",
    ),
    (
        "code-sans-usage",
        I,
        "Aucune ligne n’emploie le code « {value} » de la nomenclature « {expected} ».",
        "Gardez-le s’il doit servir ; sinon retirez-le de sources/referentiels/nomenclatures.csv.",
        "No row uses the code “{value}” of the vocabulary “{expected}”.",
        "Keep it if it is to be used; else take it out of sources/referentiels/nomenclatures.csv.",
    ),
    # The guards of a release
    (
        "table-hors-bornes",
        E,
        "La table a {value} lignes : {expected}.",
        "Cherchez ce qui manque ou ce qui est entré deux fois ; si le nombre est juste, changez la borne dans sources/assertions.csv.",
        "The table has {value} rows: {expected}.",
        "Look for what is missing or entered twice; if the number is right, change the bound in sources/assertions.csv.",
    ),
)
