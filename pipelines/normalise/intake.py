"""A folder of sources as read → typed sheets, the corrections applied on the way.

Belongs here: the order (corrections, vocabularies, typing). Does not belong here: any of the three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pipelines.curation.corrections import apply_corrections
from pipelines.curation.gather import Gathered, Sources
from pipelines.curation.issues import IssueLog
from pipelines.curation.parse import Typed, Vocabularies, parse
from pipelines.normalise.build import keyed


def intake(sources: Sources) -> dict[str, Typed]:
    """Corrects and types every sheet; what is wrong goes to the issues of ``sources``."""
    sheets = sources.sheets
    apply_corrections(sheets, sources.issues, lambda: _given_keys(sheets))
    vocabularies = Vocabularies.read(sheets["nomenclatures"])
    return {name: parse(gathered, vocabularies, sources.issues) for name, gathered in sheets.items()}


def _given_keys(sheets: Mapping[str, Gathered]) -> dict[str, pd.Series]:
    """The keys that rows get without any correction, from a rehearsal on copies whose issues are not kept."""
    log = IssueLog()
    copies = {name: replace(gathered, text=gathered.text.copy(), refused=set()) for name, gathered in sheets.items()}
    vocabularies = Vocabularies.read(copies["nomenclatures"])
    typed = {name: parse(gathered, vocabularies, log) for name, gathered in copies.items()}
    return {name: rows.keys["key"] for name, rows in keyed(typed, vocabularies, log).rows.items()}
