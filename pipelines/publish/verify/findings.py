"""Findings of a verification: where each stands, what was found there, what was expected, and their text for a person.

Belongs here: the shape of a finding, gathering and rendering them. Does not belong here: what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from pipelines.curation.issue_kind import SEVERITY_NAMES, Severity
from pipelines.publish.verify.kinds import DAMAGED, KINDS
from pipelines.text import numbered, printable

MOST_ALIKE = 5
"""Findings of one kind in one column (or file) that are told one by one; the last one counts the others."""
_MOST_CHARACTERS = 120


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    ``line``: a line of the file, from 1, or, with a ``table``, the rank of one of its rows. ``row``: the key of that
    row. ``cell``: the address in a workbook. ``others``: how many more of the kind stand in the same column or file.
    """

    code: str
    severity: Severity
    file: str
    message: str
    table: str = ""
    line: int = 0
    row: str = ""
    column: str = ""
    cell: str = ""
    found: str = ""
    expected: str = ""
    others: int = 0

    @property
    def place(self) -> str:
        """Where in the file, in French; empty for the whole file."""
        parts = [
            self.cell,
            f"ligne {self.line}{' de la table' if self.table else ''}" if self.line else "",
            f"« {printable(self.row, _MOST_CHARACTERS)} »" if self.row else "",
            f"colonne {printable(self.column, _MOST_CHARACTERS)}" if self.column else "",
        ]
        return ", ".join(part for part in parts if part)


@dataclass
class Log:
    """Where checks put what they find."""

    findings: list[Finding] = field(default_factory=list)

    def add(  # noqa: PLR0913 (a finding has that many sides)
        self,
        code: str,
        file: str,
        *,
        table: str = "",
        line: int = 0,
        row: object = "",
        column: str = "",
        cell: str = "",
        found: object = "",
        expected: object = "",
        others: int = 0,
    ) -> None:
        """One finding, of a kind of the catalogue."""
        kind = KINDS[code]
        self.findings.append(
            Finding(
                code=code,
                severity=kind.severity,
                file=file,
                message=kind.message,
                table=table,
                line=line,
                row=_plain(row),
                column=column,
                cell=cell,
                found=_plain(found),
                expected=_plain(expected),
                others=others,
            )
        )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By file, in an order that no thread and no disk decides; within a file, as the checks found them."""
    return tuple(sorted(findings, key=lambda finding: finding.file))


def as_text(findings: Iterable[Finding]) -> str:
    """The findings for a person, file by file, then what to do; empty when there are none."""
    found = list(findings)
    damaged = {finding.file for finding in found if finding.code == DAMAGED}
    # The rest of what is said of a damaged file only tells where the damage is.
    codes = {finding.code for finding in found if finding.code == DAMAGED or finding.file not in damaged}
    advice = dict.fromkeys(kind.advice for code, kind in KINDS.items() if code in codes)
    lines = [line for file, group in groupby(found, lambda finding: finding.file) for line in _file(file, list(group))]
    return "\n".join([*lines, *(f"→ {each}" for each in advice)])


def totals(findings: Iterable[Finding]) -> str:
    """« 2 erreurs, 1 avertissement »; empty when there are none."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1 + finding.others
    return ", ".join(numbered(count, SEVERITY_NAMES[severity.value]) for severity, count in counts.items() if count)


def _plain(value: object) -> str:
    """A value as text that any terminal and any file can take (names of files may be no text at all)."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _file(file: str, findings: list[Finding]) -> Iterator[str]:
    yield printable(file)
    for finding in findings:
        yield f"  {_sign(finding)} {_sentence(finding)} ({finding.code})"
    yield ""


def _sign(finding: Finding) -> str:
    return "✗" if finding.severity is Severity.ERROR else "!"


def _sentence(finding: Finding) -> str:
    where = f"{finding.place} : " if finding.place else ""
    said = f"{where}{finding.message}"
    if finding.found or finding.expected:
        parts = {"trouvé": finding.found, "attendu": finding.expected}
        shown = (f"{label} {_value(value)}" for label, value in parts.items() if value)
        said += " ; " + ", ".join(shown)
    if finding.others:
        said += f" ; et {numbered(finding.others, 'autre')} comme celle-ci"
    return said + "."


def _value(value: str) -> str:
    return f"« {printable(value, _MOST_CHARACTERS)} »"
