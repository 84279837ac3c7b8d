"""The formats of a release: which there are, and which of them a publisher may go without.

Belongs here: their names, their order, what makes a choice of them valid. Does not belong here: writing a format, nor
which files it makes (``datapackage``).
"""

from __future__ import annotations

from collections.abc import Sequence

CSV, PARQUET, XLSX, ZIP = "csv", "parquet", "xlsx", "zip"
FORMATS = (CSV, PARQUET, XLSX, ZIP)
REQUIRED = (CSV, PARQUET)
"""Everything else reads them: comparison, verification, site, portal."""

EXPECTED = "une liste parmi « csv », « parquet », « xlsx » et « zip », avec au moins « csv » et « parquet »"


def are_formats(value: object) -> bool:
    """Whether a list names formats, each once, the required ones among them."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
        and set(REQUIRED) <= set(value) <= set(FORMATS)
    )


def chosen(text: str) -> tuple[str, ...]:
    """The formats of « csv,parquet », in their own order.

    Raises:
        ValueError: not a valid choice; the message is in French.
    """
    names = [name.strip().lower() for name in text.split(",")]
    if not are_formats(names):
        raise ValueError(f"« {text} » : attendu {EXPECTED}, séparés par des virgules.")
    return in_order(names)


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Formats in the order of `FORMATS`: the same choice makes the same release."""
    return tuple(name for name in FORMATS if name in names)
