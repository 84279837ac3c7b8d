"""The publisher's report: one HTML page that says what was checked and what is wrong, complete in itself.

Belongs here: the figures of the page and its rendering. Does not belong here: the page's looks (``report.html.j2``),
how issues are found, where the page is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.curation.catalogue import CATALOGUE, SEVERITY_NAMES, Severity

TEMPLATE = Path(__file__).with_name("report.html.j2")
WHOLE_FILE = "(fichier)"
MOST_OF_A_RULE = 2_000
"""Issues of one rule that the page lists, in their order: a browser must bear them; the figures count them all."""


@dataclass(frozen=True)
class Count:
    """One line of a table of figures: what it counts, and how many of each severity."""

    name: str
    errors: int
    warnings: int
    infos: int
    rows: int = 0


@dataclass(frozen=True)
class Rule:
    """One kind of issue that was met: what it says in general, and how many times."""

    code: str
    severity: str
    name: str
    what: str
    how: str
    count: int


def render(issues: pd.DataFrame, files: pd.DataFrame, *, title: str = "Contrôle des feuilles") -> str:
    """The page, as HTML text.

    ``issues``: columns of `issues.COLUMNS`; ``files``: ``file``, ``rows``. Everything shown is escaped. Equal frames
    give equal pages.
    """
    from jinja2 import Environment, StrictUndefined

    listed = issues[issues.groupby("code").cumcount() < MOST_OF_A_RULE]
    by_file, with_issues = _by_file(issues, files), {*issues["file"].replace("", WHOLE_FILE)}
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"figure": _figure, "unbroken": _unbroken}
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=title,
        total=_totals(issues),
        file_count=len(files),
        row_count=int(files["rows"].sum()),
        told=[count for count in by_file if count.name in with_issues],
        silent=[count for count in by_file if count.name not in with_issues],
        by_sheet=_counts(issues, "sheet", WHOLE_FILE),
        by_rule=_rules(issues),
        issues=listed.to_dict("records"),
        most=MOST_OF_A_RULE,
        unlisted=len(issues) - len(listed),
        severity_names=SEVERITY_NAMES,
    )


def _figure(count: int) -> str:
    """A whole number, its thousands apart."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _unbroken(text: str) -> str:
    """A text whose French punctuation stays on the line of its word."""
    return _BEFORE_OR_AFTER.sub("\N{NO-BREAK SPACE}", str(text))


_BEFORE_OR_AFTER = re.compile(r"(?<=«) | (?=[»?!;:])")


def _totals(issues: pd.DataFrame) -> Count:
    found = issues["severity"].value_counts()
    return Count("", *(int(found.get(severity.value, 0)) for severity in Severity))


def _counts(issues: pd.DataFrame, column: str, blank: str) -> list[Count]:
    """How many issues of each severity, by the values of a column, the most errors first."""
    named = issues.assign(name=issues[column].where(issues[column] != "", blank))
    table = (
        named.groupby(["name", "severity"])
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[severity.value for severity in Severity], fill_value=0)
        .reset_index()
        .sort_values(["error", "warning", "info", "name"], ascending=[False, False, False, True], kind="stable")
    )
    return [
        Count(str(name), int(errors), int(warnings), int(infos))
        for name, errors, warnings, infos in table[["name", "error", "warning", "info"]].itertuples(index=False)
    ]


def _by_file(issues: pd.DataFrame, files: pd.DataFrame) -> list[Count]:
    """The files with issues first, then those without, by name."""
    rows = dict(zip(files["file"], files["rows"], strict=True))
    found = [
        Count(one.name, one.errors, one.warnings, one.infos, int(rows.pop(one.name, 0)))
        for one in _counts(issues, "file", WHOLE_FILE)
    ]
    return found + [Count(str(name), 0, 0, 0, int(count)) for name, count in sorted(rows.items())]


def _rules(issues: pd.DataFrame) -> list[Rule]:
    order = {severity.value: rank for rank, severity in enumerate(Severity)}
    found = []
    for code, count in issues["code"].value_counts().items():
        kind = CATALOGUE[str(code)]
        name = SEVERITY_NAMES[kind.severity.value]
        what, how = kind.in_general(kind.message), kind.in_general(kind.advice)
        found.append(Rule(kind.code, kind.severity.value, name, what, how, int(count)))
    return sorted(found, key=lambda rule: (order[rule.severity], -rule.count, rule.code))
