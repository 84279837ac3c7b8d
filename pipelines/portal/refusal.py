"""One reason why a release may not go to the portal, and what such reasons share.

Belongs here: the value, and words. Does not belong here: any rule (``guards``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.publish.versions import Release
from pipelines.text import numbered

SHOWN = 5
"""At most that many names in a reason."""


@dataclass(frozen=True)
class Refusal:
    """One reason; ``code``: a stable slug; ``why``: what, where and what to do, in French."""

    code: str
    why: str


def rank_of(version: str) -> tuple[dt.date, int] | None:
    """The place of a version among the others, as its name tells it; nothing when it is not a name of a version."""
    try:
        return Release(version, dt.date.fromisoformat(version.partition(".")[0]), Path(), "").rank
    except ValueError:
        return None


def cut(told: Sequence[str]) -> str:
    """The first of these texts, and how many there are."""
    if len(told) <= SHOWN:
        return " ; ".join(told)
    return f"{' ; '.join(told[:SHOWN])} ; et {numbered(len(told) - SHOWN, 'autre')} ({len(told)} en tout)"
