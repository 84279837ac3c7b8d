"""Every kind of issue, by code: a stable code, a severity, and what it says, in French and in English.

Belongs here: the whole of it, from the ``kinds_*`` modules (add a kind in the one of its section). Does not belong
here: how an issue is found, and the examples of each kind (``examples``).
"""

from __future__ import annotations

from pipelines.curation import kinds_cells, kinds_checks, kinds_files, kinds_rows
from pipelines.curation.issue_kind import SEVERITY_NAMES, IssueKind, Severity

__all__ = ["CATALOGUE", "SEVERITY_NAMES", "WHOLE_FOLDER", "IssueKind", "Severity"]

SECTIONS: dict[str, dict[str, IssueKind]] = {
    "Le fichier, ses feuilles et ses en-têtes": kinds_files.KINDS,
    "La cellule": kinds_cells.KINDS,
    "La ligne, ses sources et ce qu’elle désigne": kinds_rows.KINDS,
    "Les corrections, les doutes et les bornes": kinds_checks.KINDS,
}

CATALOGUE: dict[str, IssueKind] = {code: kind for section in SECTIONS.values() for code, kind in section.items()}

WHOLE_FOLDER = frozenset(
    {"identifiant-disparu", "partenaire-sans-usage", "source-sans-usage", "code-sans-usage", "table-hors-bornes"}
)
"""Kinds that only the whole of the sources can show: left out when some files are checked alone."""
