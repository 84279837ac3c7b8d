"""The blank workbooks that the site gives to whoever wants to add a contract.

Belongs here: making them from the lists of a release. Does not belong here: what a workbook is made of (``template``).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

NAMES = ("modele-de-contrat.xlsx", "modele-de-contrat.ods")


def blank_workbooks(sources: Path) -> dict[str, bytes]:
    """Each workbook by name; none when the sources are not there."""
    from pipelines.curation.units import REFERENCES_FOLDER
    from pipelines.template import TERMS, write_template

    if not (sources / REFERENCES_FOLDER / f"{TERMS}.csv").is_file():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            write_template(Path(folder) / name, sources)
        return {name: (Path(folder) / name).read_bytes() for name in NAMES}
