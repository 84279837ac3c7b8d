"""The pages about the dataset: how to cite it, its licence, whom to write to, the curators' rules; and of the site."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.curation.catalogue import FAMILIES
from pipelines.curation.examples import EXAMPLES
from pipelines.curation.issue_kind import IssueKind
from pipelines.curation.situations import SITUATIONS
from pipelines.site import bounds
from pipelines.site.citation import bibtex, reference
from pipelines.site.model import SiteData
from pipelines.site.pages import Page, Words
from pipelines.site.pages.quality import SEVERITIES
from pipelines.text import slug

FAMILY_TITLES = {
    "lecture": "The file, its sheets and headers",
    "cellules": "The cell",
    "lignes": "The row, its sources and what it names",
    "garde_fous": "Corrections, doubts and bounds",
}


def pages(data: SiteData) -> Iterator[Page]:
    """About, the rules, accessibility, the site map, the page of what is not found."""
    yield Page(
        path="a-propos/",
        template="a-propos.html.j2",
        title=Words("À propos", "About"),
        description=Words(
            "D’où viennent ces données, comment les citer, sous quelle licence les réutiliser, à qui écrire.",
            "Where these data come from, how to cite them, under which licence to reuse them, whom to write to.",
        ),
        context={
            "reference": {"fr": reference(data, "fr"), "en": reference(data, "en")},
            "bibtex": bibtex(data),
            "modeles": [(name, len(content)) for name, content in data.last.templates.items()],
        },
        kind="AboutPage",
    )
    yield Page(
        path="a-propos/regles/",
        template="regles.html.j2",
        title=Words("Les règles de saisie", "Rules for curators"),
        description=Words(
            "Ce que le programme contrôle dans les feuilles avant de publier, règle par règle, avec des exemples.",
            "What the program checks in the sheets before it publishes, rule by rule, with examples.",
        ),
        context={
            "familles": [
                (
                    slug(family.title),
                    Words(family.title, FAMILY_TITLES.get(family.name, family.title)),
                    [_rule(kind) for kind in family.kinds.values()],
                )
                for family in FAMILIES
            ]
        },
    )
    yield Page(
        path="accessibilite/",
        template="accessibilite.html.j2",
        title=Words("Accessibilité", "Accessibility"),
        description=Words(
            "Ce qui est fait pour que chacun puisse lire ce site, et comment signaler une difficulté.",
            "What is done so that everyone can read this site, and how to report a difficulty.",
        ),
    )
    yield Page(
        path="plan/",
        template="plan.html.j2",
        title=Words("Plan du site", "Site map"),
        description=Words("Toutes les pages du site.", "Every page of the site."),
        context={"combien": bounds.LISTED},
    )
    yield Page(
        path="404.html",
        template="404.html.j2",
        title=Words("Page introuvable", "Page not found"),
        description=Words("Cette adresse ne mène nulle part.", "This address leads nowhere."),
        listed=False,
    )


def _rule(kind: IssueKind) -> dict[str, object]:
    """A rule: its code, its gravity, what it says, and an example of each side."""
    found: dict[str, object] = {
        "code": kind.code,
        "gravite": SEVERITIES[kind.severity.value],
        "message": Words(kind.in_general(kind.message), kind.in_general(kind.message_en)),
        "conseil": Words(kind.in_general(kind.advice), kind.in_general(kind.advice_en)),
        "situation": SITUATIONS.get(kind.code) if kind.code not in EXAMPLES else None,
        "exemple": None,
    }
    if kind.code in EXAMPLES:
        example = EXAMPLES[kind.code]
        found["exemple"] = {
            "feuille": example.sheet.rpartition("/")[2],
            "non": [(label, example.row.get(label, "")) for label in example.good],
            "oui": list(example.good.items()),
        }
    return found
