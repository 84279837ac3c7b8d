"""What each chart is about, and what stands under it: what is counted, and how to read it.

Belongs here: sentences that no count changes. Does not belong here: what was found (``charts``).
"""

from __future__ import annotations

from schemas.declaration import Bilingual

SUBJECTS: dict[str, Bilingual] = {
    "contrats-signes": Bilingual("Contrats signés par année", "Contracts signed by year"),
    "frise-des-contrats": Bilingual("Les contrats dans le temps", "Contracts over time"),
    "actions-par-axe": Bilingual("Actions par axe", "Actions by strand"),
    "actions-par-statut": Bilingual("Actions par statut", "Actions by status"),
    "actions-par-contrat-et-axe": Bilingual("Actions par contrat et par axe", "Actions by contract and strand"),
    "financements": Bilingual("Financements par nature et par forme", "Financing by kind and form"),
    "indicateurs-par-nature": Bilingual("Chiffres par nature", "Figures by kind"),
    "objectifs-et-resultats": Bilingual("Objectifs et résultats", "Aims and results"),
    "partenaires-par-categorie": Bilingual("Partenaires par catégorie", "Partners by category"),
    "sources-par-ligne": Bilingual("Sources par ligne", "Sources per row"),
}
CAPTIONS: dict[str, Bilingual] = {
    "contrats-signes": Bilingual(
        "Contrats par année de signature et par génération. « Signature non datée » : aucune source réunie ne donne la date de signature.",
        "Contracts by year of signature and by generation. “No date of signature”: no source gathered gives a date of signature.",
    ),
    "frise-des-contrats": Bilingual(
        "Un contrat par ligne, par génération. Une date connue au mois ou à l’année près est aussi large que ce mois ou que cette année.",
        "One contract a line, by generation. A date known to the month or the year is as wide as that month or year.",
    ),
    "actions-par-axe": Bilingual(
        "Chaque action compte une fois, dans son axe. Dans la table des actions, « axe_origine_code » dit si l’axe vient de la source ou d’un classement fait ici.",
        "Each action counts once, in its strand. In the table of actions, “axe_origine_code” tells whether the source gives the strand or we filed it.",
    ),
    "actions-par-statut": Bilingual(
        "Statut que les sources donnent à chaque action, à leur date. Une action prévue a pu être réalisée sans qu’une source publique le dise.",
        "Status that sources give to each action, at their date. A planned action may have been carried out without any public source saying so.",
    ),
    "actions-par-contrat-et-axe": Bilingual(
        "Nombre d’actions par contrat et par axe. Un zéro dit qu’aucune source réunie ici ne donne d’action, et non qu’il n’y en eut pas.",
        "Number of actions by contract and strand. A zero says that no source gathered here gives an action, not that there was none.",
    ),
    "financements": Bilingual(
        "Sommes par nature et par forme d’apport, montants espérés, prévus, engagés et réalisés ensemble. Une nature ne s’ajoute pas à une autre : un budget peut contenir des apports. Un montant inclus dans un autre n’est pas ajouté deux fois. « Environ » et « plus de » comptent pour le montant écrit.",
        "Sums by kind and form of contribution, amounts hoped for, planned, committed and spent together. One kind does not add to another: a budget may hold contributions. An amount that is part of another is not added twice. “About” and “more than” count for the amount written.",
    ),
    "indicateurs-par-nature": Bilingual(
        "Un objectif est une valeur visée ; un résultat, un effet mesuré des actions ; un constat, une valeur observée que la source n’attribue pas au contrat.",
        "An aim is a value sought; a result, a measured effect of the actions; an observation, a value seen that the source does not attribute to the contract.",
    ),
    "objectifs-et-resultats": Bilingual(
        "Ce que les contrats visaient en chiffres, à côté des effets mesurés dans la même unité. « Aucun résultat publié » : aucune source réunie ici n’en donne.",
        "What contracts aimed at in figures, beside the effects measured in the same unit. “No published result”: no source gathered here gives one.",
    ),
    "partenaires-par-categorie": Bilingual(
        "Chaque organisation du registre compte une fois, quel que soit le nombre de ses contrats et de ses rôles. Un groupe que les sources ne détaillent pas compte pour une.",
        "Each organisation of the registry counts once, whatever the number of its contracts and roles. A group that sources do not detail counts as one.",
    ),
    "sources-par-ligne": Bilingual(
        "Nombre de sources différentes que cite chaque ligne, dans les tables dont les lignes citent leurs sources.",
        "Number of different sources that each row cites, in the tables whose rows cite their sources.",
    ),
}
