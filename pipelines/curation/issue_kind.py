"""What a kind of issue is: a stable code, a severity, and what it says to the curator, in French and in English.

Belongs here: the shape of a kind. Does not belong here: any kind (``kinds_*``), nor how an issue is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """``error`` refuses the row (and, in strict mode, the release); ``warning`` and ``info`` do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741

SEVERITY_NAMES = {
    Severity.ERROR.value: "erreur",
    Severity.WARNING.value: "avertissement",
    Severity.INFO.value: "information",
}


@dataclass(frozen=True)
class IssueKind:
    """One kind of issue: message (what is wrong, what was expected) and advice (what to do), in two languages.

    ``{value}``, ``{expected}`` and ``{near}`` (a suggestion, with its leading space, or nothing) are filled in.
    """

    code: str
    severity: Severity
    message: str
    advice: str
    message_en: str
    advice_en: str

    @staticmethod
    def in_general(text: str) -> str:
        """A message or an advice without a case: what is filled in is left out."""
        near = "…" if " {near}" in text else ""
        return text.format(value="…", expected="…", near=near).replace("….", "…")


def kinds(*declared: tuple[str, Severity, str, str, str, str]) -> dict[str, IssueKind]:
    """Code, severity, message and advice in French, then in English.

    Raises:
        ValueError: a code is declared twice.
    """
    found: dict[str, IssueKind] = {}
    for kind in declared:
        if kind[0] in found:
            raise ValueError(f"{kind[0]}: this code is declared twice")
        found[kind[0]] = IssueKind(*kind)
    return found
