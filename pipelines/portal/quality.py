"""The portal's own quality score of a dataset, in words.

Belongs here: what udata answers about quality. Does not belong here: computing it (the portal does).
"""

from __future__ import annotations

from pipelines.portal.answers import Json

_POINTS = {
    "license": "la licence",
    "temporal_coverage": "la période couverte",
    "spatial": "le territoire couvert",
    "update_frequency": "la fréquence de mise à jour",
    "update_fulfilled_in_time": "la mise à jour dans les temps",
    "dataset_description_quality": "la description",
    "has_open_format": "un format ouvert",
    "all_resources_available": "des fichiers tous disponibles",
    "resources_documentation": "la documentation des fichiers",
}
"""The nine points of udata 17.18.0 (``Dataset.compute_quality_score``), which weigh the same."""


def score_of(raw: Json) -> float | None:
    """The score of a dataset as the portal answers it, from 0 to 1; none when it says none."""
    score = (raw.get("quality") or {}).get("score")
    return float(score) if isinstance(score, int | float) else None


def told(raw: Json) -> str:
    """The score in French, and what is missing to it."""
    score = score_of(raw)
    if score is None:
        return "Qualité : le portail n’en dit rien."
    said = raw["quality"]
    missing = [words for name, words in _POINTS.items() if name in said and not said[name]]
    percent = f"{100 * score:.0f} %"
    return f"Qualité selon le portail : {percent}" + (f" ; il manque {', '.join(missing)}." if missing else ".")
