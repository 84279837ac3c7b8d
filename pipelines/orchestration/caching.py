"""What a run may take from an earlier one, and by which code it must have been made.

Belongs here: where the cache is, the rooms whose code decides each stage, how many lots there are. Does not belong
here: the cache itself (``curation.cache``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pipelines.codeversion import code_version
from pipelines.curation.cache import Cache
from pipelines.settings import SettingError

HOME_VARIABLE, CACHE_VARIABLE, LOTS_VARIABLE = "DAGSTER_HOME", "CONTRATS_CACHE", "CONTRATS_LOTS"
Stage = Literal["curation", "normalise", "publish", "site", "portal"]
_MODULES = ("pipelines/text", "pipelines/dtypes", "pipelines/job")
_STAGES: tuple[Stage, ...] = ("curation", "normalise", "publish")
"""One after the other; what shows releases, the site and the portal, comes after them all."""


def code_of(stage: Stage) -> str:
    """The version of the code of a stage: its own room and those before it."""
    rooms = _STAGES[: _STAGES.index(stage) + 1] if stage in _STAGES else (*_STAGES, stage)
    return code_version("schemas", *_MODULES, "pipelines/sheets", *(f"pipelines/{room}" for room in rooms))


def cache_folder() -> Path | None:
    """Where what was read is kept: ``CONTRATS_CACHE``, else beside Dagster's own files; nowhere without a home."""
    own, home = os.environ.get(CACHE_VARIABLE, ""), os.environ.get(HOME_VARIABLE, "")
    return Path(own) if own else Path(home) / "cache" if home else None


def cache() -> Cache | None:
    """The cache of this machine."""
    folder = cache_folder()
    return None if folder is None else Cache(folder / "feuilles", code_of("curation"))


def lots_of_a_run() -> int:
    """In how many lots the workbooks are read: ``CONTRATS_LOTS``, 1 by default; about two a worker serves well.

    Raises:
        SettingError: it is no number from 1 to 1000; the message is for the administrator.
    """
    said = os.environ.get(LOTS_VARIABLE, "") or "1"
    if not said.isdecimal() or not 1 <= int(said) <= 1000:
        raise SettingError(f"{LOTS_VARIABLE} vaut « {said} » : un nombre de 1 à 1000 est attendu.")
    return int(said)
