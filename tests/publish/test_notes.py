"""The publisher's notes go into the journal of the release that they are dated for, once."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.publish.notes import NotesError, notes
from pipelines.publish.release import write_release
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frame, frames, issues

TITLE = "## Note de l’éditeur"
NEW_PLACE: dict[str, object] = {"lieu_id": "l-2b", "zone_type_code": "region", "zone_code": "2B"}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "notes").mkdir(parents=True)
    for day in ("2026-11-15", "2026-11-20", "2026-11-22", "2026-11-23"):
        (folder / "notes" / f"{day}.md").write_text(f"Mot du {day}.\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("after", "kept", "told"),
    [
        (None, [], ["2026-11-15", "2026-11-20", "2026-11-22"]),
        ("2026-11-15", ["2026-11-15"], ["2026-11-20", "2026-11-22"]),
        ("2026-11-21", ["2026-11-15", "2026-11-20", "2026-11-22"], ["2026-11-22"]),  # dated after it: not told yet
        ("2026-11-22", ["2026-11-15", "2026-11-20", "2026-11-22"], []),
        ("2026-11-22", ["2026-11-15", "2026-11-22"], ["2026-11-20"]),  # written late
    ],
)
def test_a_note_is_taken_once(
    sources: Path, tmp_path: Path, after: str | None, kept: list[str], told: list[str]
) -> None:
    (tmp_path / "notes").mkdir()
    for day in kept:
        shutil.copyfile(sources / "notes" / f"{day}.md", tmp_path / "notes" / f"{day}.md")
    lines = notes(sources, dt.date(2026, 11, 22), dt.date.fromisoformat(after) if after else None, tmp_path)
    assert [line for line in lines if line not in ("", TITLE)] == [f"Mot du {day}." for day in told]
    assert lines[:1] == ([TITLE] if told else [])


def test_a_note_written_after_a_release_of_its_day_is_not_lost(sources: Path, tmp_path: Path) -> None:
    outputs, note = tmp_path / "sorties", sources / "notes" / "2026-11-22.md"
    note.rename(tmp_path / "plus-tard.md")
    write_release(frames(), issues(), description(), CODES, outputs, DATE, sources, DECLARED)
    (tmp_path / "plus-tard.md").rename(note)
    later = frames() | {"lieux": pd.concat([frames()["lieux"], frame(DECLARED["lieux"], [NEW_PLACE])])}
    made = write_release(later, issues(), description(), CODES, outputs, DATE, sources, DECLARED)
    journal = (made.path / "journal.md").read_text(encoding="utf-8")
    assert made.version == f"{DATE.isoformat()}.2"
    assert "Mot du 2026-11-22." in journal and "Mot du 2026-11-20." not in journal


def test_a_journal_holds_the_note_and_what_changes(sources: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    write_release(frames(), issues(), description(), CODES, outputs, DATE, sources, DECLARED)
    later = frames() | {"lieux": pd.concat([frames()["lieux"], frame(DECLARED["lieux"], [NEW_PLACE])])}
    made = write_release(later, issues(), description(), CODES, outputs, DATE + dt.timedelta(days=1), sources, DECLARED)
    first = (outputs / "releases" / DATE.isoformat() / "journal.md").read_text(encoding="utf-8")
    second = (made.path / "journal.md").read_text(encoding="utf-8")
    assert "Mot du 2026-11-22." in first and "première version" in first
    assert "Mot du 2026-11-23." in second and "Mot du 2026-11-22." not in second
    assert f"## Ce qui change depuis la version {DATE.isoformat()}" in second
    assert (made.path / "sources" / "notes" / "2026-11-23.md").is_file()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("noel.md", b"Joyeux", "est une date"), ("2026-11-22.md", "é".encode("latin-1"), "UTF-8")],
)
def test_a_note_that_cannot_be_taken_is_said(sources: Path, name: str, content: bytes, said: str) -> None:
    (sources / "notes" / name).write_bytes(content)
    with pytest.raises(NotesError, match=said):
        notes(sources, DATE)


def test_a_note_is_not_taken_from_elsewhere(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("Secret", encoding="utf-8")
    (sources / "notes" / "2026-11-21.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(NotesError, match="hors du dossier"):
        notes(sources, DATE)
