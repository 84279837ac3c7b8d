"""``docs/regles.md``: the catalogue as a page, in French with the English beside.

Belongs here: the page. Does not belong here: its words (``kinds_*``, ``examples``, ``situations``).
``python -m pipelines.curation.catalogue_page`` writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.curation.catalogue import CATALOGUE, FAMILIES, SEVERITY_NAMES
from pipelines.curation.examples import EXAMPLES, Example
from pipelines.curation.issue_kind import IssueKind
from pipelines.curation.situations import SITUATIONS
from pipelines.text import slug

PAGE = Path(__file__).resolve().parents[2] / "docs" / "regles.md"
_BLANK = "(vide)"
_INTRODUCTION = """# Les règles

Ce que `contrats-destination check` et `build` contrôlent dans les feuilles, règle par règle : ce qui ne va pas, quoi
faire, un exemple et sa correction. Cette page est écrite par `python -m pipelines.curation.catalogue_page`, d’après le
catalogue du programme : ne la modifiez pas ici.

Une **erreur** refuse sa ligne, et la publication avec elle (`build --partial` met la ligne en quarantaine et publie le
reste). Un **avertissement** est à relire, sans rien bloquer. Une **information** n’appelle rien d’urgent. Le code d’une
règle ne change jamais.

*What `contrats-destination check` and `build` check, rule by rule, with an example of each. An* erreur *(error) refuses
its row and, with it, the release; an* avertissement *(warning) is to be looked at and blocks nothing; an* information
*asks for nothing urgent. The code of a rule never changes.*
"""


def page() -> str:
    """The page as Markdown, ending with a newline."""
    lines = [_INTRODUCTION]
    for family in FAMILIES:
        codes = ", ".join(f"[`{code}`](#{code})" for code in family.kinds)
        lines.append(f"- [{family.title}](#{slug(family.title)}) : {codes}")
    for family in FAMILIES:
        lines += ["", f'<a id="{slug(family.title)}"></a>', "", f"## {family.title}"]
        for kind in family.kinds.values():
            lines += ["", *_rule(kind)]
    return "\n".join(lines) + "\n"


def _rule(kind: IssueKind) -> list[str]:
    said, advice = _escaped(kind.in_general(kind.message)), _escaped(kind.in_general(kind.advice))
    said_en, advice_en = _escaped(kind.in_general(kind.message_en)), _escaped(kind.in_general(kind.advice_en))
    lines = [
        f"### {kind.code}",
        "",
        f"**{SEVERITY_NAMES[kind.severity.value].capitalize()}.** {said} {advice}",
        "",
        f"*{said_en} {advice_en}*",
    ]
    if kind.code in EXAMPLES:
        lines += ["", *_example(EXAMPLES[kind.code])]
    elif kind.code in SITUATIONS:
        case = SITUATIONS[kind.code]
        lines += ["", f"- Non : {case.bad.fr} *{case.bad.en}*", f"- Oui : {case.good.fr} *{case.good.en}*"]
    return lines


def _example(example: Example) -> list[str]:
    """The changed cells before and after, and what else of the row it takes to see the mistake."""
    sheet = example.sheet.rpartition("/")[2]
    changed = list(example.good)
    wrong = " ; ".join(f"{label} = {_typed(example.row.get(label, ''))}" for label in changed)
    right = " ; ".join(f"{label} = {_typed(text)}" for label, text in example.good.items())
    lines = [f"- Non, feuille {sheet} : {wrong}", f"- Oui : {right}"]
    rest = {label: text for label, text in example.row.items() if label not in changed and text}
    context = " ; ".join(f"{label} = {_typed(text)}" for label, text in rest.items())
    lines.append(f"- La ligne : {context}")
    if example.beside:
        beside = " ; ".join(f"{label} = {_typed(text)}" for label, text in example.beside.items())
        lines.append(f"- À côté de la ligne : {beside}")
    return lines


def _typed(text: str) -> str:
    return f"`{text}`" if text else _BLANK


def _escaped(text: str) -> str:
    return text.replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")


def missing() -> set[str]:
    """The kinds of the catalogue that nothing shows."""
    return set(CATALOGUE) - set(EXAMPLES) - set(SITUATIONS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
