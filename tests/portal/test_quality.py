"""The portal's quality score, in French."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.portal.quality import score_of, told


@pytest.mark.parametrize(
    ("raw", "score", "text"),
    [
        ({}, None, "Qualité : le portail n’en dit rien."),
        ({"quality": None}, None, "Qualité : le portail n’en dit rien."),
        ({"quality": {"score": None}}, None, "Qualité : le portail n’en dit rien."),
        ({"quality": {"score": 0}}, 0.0, "Qualité selon le portail : 0 %."),
        ({"quality": {"score": 1.0, "license": True}}, 1.0, "Qualité selon le portail : 100 %."),
        (
            {"quality": {"score": 7 / 9, "license": False, "spatial": False, "has_open_format": True, "autre": False}},
            7 / 9,
            "Qualité selon le portail : 78 % ; il manque la licence, le territoire couvert.",
        ),
    ],
)
def test_the_score(raw: dict[str, Any], score: float | None, text: str) -> None:
    assert score_of(raw) == score
    assert told(raw).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == text
