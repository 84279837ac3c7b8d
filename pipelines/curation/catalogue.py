"""Every kind of issue, by code: a stable code, a severity, and what it says, in French and in English.

Belongs here: the whole of it, from the ``kinds_*`` modules (add a kind in the one of its section). Does not belong
here: how an issue is found, and the examples of each kind (``examples``).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.curation import kinds_cells, kinds_checks, kinds_files, kinds_rows
from pipelines.curation.issue_kind import SEVERITY_NAMES, IssueKind, Severity

__all__ = [
    "CATALOGUE",
    "CELLS",
    "FAMILIES",
    "GUARDS",
    "READING",
    "ROWS",
    "SEVERITY_NAMES",
    "WHOLE_FOLDER",
    "IssueKind",
    "RuleFamily",
    "Severity",
]


@dataclass(frozen=True)
class RuleFamily:
    """Kinds that belong together: ``name`` for machines (a check of Dagster), ``title`` for people."""

    name: str
    title: str
    kinds: dict[str, IssueKind]


READING = RuleFamily("lecture", "Le fichier, ses feuilles et ses en-têtes", kinds_files.KINDS)
CELLS = RuleFamily("cellules", "La cellule", kinds_cells.KINDS)
ROWS = RuleFamily("lignes", "La ligne, ses sources et ce qu’elle désigne", kinds_rows.KINDS)
GUARDS = RuleFamily("garde_fous", "Les corrections, les doutes et les bornes", kinds_checks.KINDS)
FAMILIES = (READING, CELLS, ROWS, GUARDS)

CATALOGUE: dict[str, IssueKind] = {code: kind for family in FAMILIES for code, kind in family.kinds.items()}

WHOLE_FOLDER = frozenset(
    {"identifiant-disparu", "partenaire-sans-usage", "source-sans-usage", "code-sans-usage", "table-hors-bornes"}
)
"""Kinds that only the whole of the sources can show: left out when some files are checked alone."""
