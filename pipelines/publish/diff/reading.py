"""Reading one side of a comparison, and saying what cannot be read.

Belongs here: tables and announced figures of a release as the comparison needs them. Does not belong here: comparing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.publish.diff.model import MODEL_VERSION_KEY, Release, Skipped
from pipelines.publish.diff.rows import NotComparableError
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.journal import kept_out

FIRST_MODEL_VERSION = "1.0.0"
"""That of releases which do not say the version of their model."""
OLD, NEW = "l’ancienne", "la nouvelle"
ISSUES_FILE = "issues.csv"
_EUROS = "EUR"


def read(folder: ReleaseFolder, name: str, which: str) -> pa.Table:
    """A table, with the columns that its schema announces.

    Raises:
        NotComparableError: the file lacks, cannot be read, or has other columns.
    """
    try:
        return folder.parquet(name)
    except NotAReleaseError as error:
        raise NotComparableError(f"dans {which} version, {error}") from error


def read_or_skip(folder: ReleaseFolder, name: str, which: str, skipped: list[Skipped]) -> pa.Table | None:
    """The same for a table that a release may lack; one that cannot be read is told in ``skipped``."""
    if name not in folder.resources:
        return None
    try:
        return read(folder, name, which)
    except NotComparableError as error:
        skipped.append(Skipped(name, None, str(error)))
        return None


def is_partial(folder: ReleaseFolder) -> bool:
    """Whether rows or workbooks were kept out of a release, as its list of issues says; one without a list is whole."""
    try:
        issues = pd.read_csv(folder.path / ISSUES_FILE, dtype="str", keep_default_na=False)
        return not kept_out(issues).empty
    except (OSError, ValueError, KeyError):
        return False


def release(folder: ReleaseFolder) -> Release:
    """What the release says of itself, in figures."""
    content = folder.descriptor.get("contenu_sha256")
    return Release(
        version=folder.version,
        partielle=is_partial(folder),
        version_du_modele=str(folder.descriptor.get(MODEL_VERSION_KEY, FIRST_MODEL_VERSION)),
        contenu_sha256=None if content is None else str(content),
        tables=len(folder.resources),
        lignes=sum(announced(folder, name) for name in folder.resources),
    )


def announced(folder: ReleaseFolder, name: str) -> int:
    """The number of rows that the descriptor announces for a table; none when it has no such table."""
    return int(folder.resources[name].get("rows", 0)) if name in folder.resources else 0


def written(value: object, column: Mapping[str, Any]) -> str | None:
    """A value as it stands in the CSV file; None when it is missing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text if column.get("unite") == _EUROS or "." not in text else text.rstrip("0").rstrip(".")
    return str(value)
