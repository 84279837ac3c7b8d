"""The cache of what was read: it changes nothing but the time, and reads again what changed, nothing else."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines import job
from pipelines.curation.cache import Cache, LotRead, read_lot
from pipelines.curation.gather import Fallback
from pipelines.curation.lots import lot_of, split
from pipelines.curation.units import reading_order, workbook_units
from pipelines.job import Reading
from pipelines.normalise.intake import read_lists, unite
from pipelines.progress import following_files
from pipelines.sheets.files import digest
from tests.conftest import SmallSources, write_small_sources
from tests.corpus.clean import clean_book
from tests.corpus.writers import write

Change = Callable[[SmallSources], None]
XLSX = "contrats/essai.xlsx"
EVERYTHING = {"contrats/alpes", "contrats/bretagne", XLSX, "national"}
OBJECTIVE = {
    "Fichier": "contrats/alpes",
    "Feuille": "Contrat",
    "Ligne visée": "alpes",
    "Colonne visée": "Objectif",
    "Valeur attendue": "Allonger la saison",
    "Valeur corrigée": "Allonger la saison d’été",
    "Motif": "Mot oublié à la saisie.",
    "Source": "ALP3",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SmallSources:
    """The small sources, with a workbook in XLSX of which a cell is in error and another is no date (shared)."""
    small_sources = write_small_sources(tmp_path_factory.mktemp("ecrites") / "sources")
    book = clean_book("essai")
    actions = book.page("Actions")
    actions.rows[1][actions.rows[0].index("Début")] = "31 février 2015"
    write(book, small_sources.root / "contrats", "essai", "xlsx")
    return small_sources


@pytest.fixture
def sources(written: SmallSources, tmp_path: Path) -> SmallSources:
    return written.copy(tmp_path / "sources")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", "une version")


@pytest.fixture(scope="module")
def filled(written: SmallSources, tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """A cache that holds all of these sources (shared)."""
    cache = Cache(tmp_path_factory.mktemp("rempli") / "cache", "une version")
    assert read_again(written, cache) == EVERYTHING
    return cache


@pytest.fixture
def knowing(filled: Cache, tmp_path: Path) -> Cache:
    """The same, of the test's own."""
    return Cache(shutil.copytree(filled.folder, tmp_path / "connu"), filled.version)


def same(one: Reading, other: Reading) -> None:
    """Asserts that two readings are equal, down to the types of columns and the refused rows."""
    pd.testing.assert_frame_equal(one.files, other.files)
    pd.testing.assert_frame_equal(one.issues, other.issues)
    assert list(one.sheets) == list(other.sheets)
    for name, typed in one.sheets.items():
        wanted = other.sheets[name]
        for got, want in (
            (typed.source.text, wanted.source.text),
            (typed.source.kind, wanted.source.kind),
            (typed.source.origin, wanted.source.origin),
            (typed.frame, wanted.frame),
        ):
            pd.testing.assert_frame_equal(got, want, obj=name)
        assert typed.refused == wanted.refused, name
        assert typed.source.letters == wanted.source.letters, name
        assert typed.source.corrected == wanted.source.corrected, name
        assert typed.source.from_1904 == wanted.source.from_1904, name


_PLAIN: dict[str, Reading] = {}


def plain(sources: SmallSources) -> Reading:
    """A reading without the cache; the same bytes under the same names are read once for all tests."""
    digest = hashlib.sha256()
    for path in sorted(sources.root.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.relative_to(sources.root)}\0{len(content)}\0".encode() + content)
    key = digest.hexdigest()
    if key not in _PLAIN:
        _PLAIN[key] = job.read(sources.root)
    return _PLAIN[key]


def read_again(sources: SmallSources, cache: Cache) -> set[str]:
    """The workbooks that a reading with the cache reads, when it gives what a reading without it gives."""
    read: set[str] = set()
    with following_files(read.add):
        found = job.read(sources.root, cache=cache)
    same(found, plain(sources))
    return {name for name in read if name.startswith(("contrats/", "national"))}


def _add(sources: SmallSources) -> None:
    write(clean_book("nouveau"), sources.root / "contrats", "nouveau", "xlsx")


def _rename(sources: SmallSources) -> None:
    (sources.root / XLSX).rename(sources.root / "contrats" / "autre.xlsx")


def _copy(sources: SmallSources) -> None:
    shutil.copyfile(sources.root / XLSX, sources.root / "contrats" / "double.xlsx")


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (lambda _: None, set()),
        (lambda sources: sources.put("contrats/alpes/Contrat", "Objectif", "Un autre"), {"contrats/alpes"}),
        (lambda sources: sources.put("contrats/alpes/Contrat", "Début", "peut-être"), {"contrats/alpes"}),
        (lambda sources: sources.put("national/Événements", "Lieu", "Ailleurs"), {"national"}),
        (_add, {"contrats/nouveau.xlsx"}),
        (_rename, {"contrats/autre.xlsx"}),
        (_copy, {"contrats/double.xlsx"}),
        (lambda sources: (sources.root / XLSX).unlink(), set()),
        (lambda sources: sources.path("contrats/alpes/Outils").unlink(), {"contrats/alpes"}),
        (lambda sources: sources.put("referentiels/nomenclatures", "Code", "ofre"), set()),
        (lambda sources: sources.write_rows("corrections", [OBJECTIVE]), set()),
        (lambda sources: sources.write_rows("corrections", [OBJECTIVE | {"Valeur attendue": "Autre"}]), set()),
        (lambda sources: (sources.root / XLSX).write_bytes(b"rien"), {XLSX}),
    ],
    ids=[
        "nothing", "a value", "a wrong value", "the national workbook", "a workbook more", "renamed", "copied",
        "removed", "a sheet less", "a term of a vocabulary", "a correction", "a stale correction", "damaged",
    ],
)  # fmt: skip
def test_only_what_changed_is_read_again_and_nothing_else_differs(
    sources: SmallSources, knowing: Cache, change: Change, read: set[str]
) -> None:
    change(sources)
    assert read_again(sources, knowing) == read
    assert read_again(sources, knowing) == (read if read == {XLSX} else set())  # what cannot be read is not kept


def test_changes_follow_one_another_and_come_back(sources: SmallSources, knowing: Cache) -> None:
    before = sources.path("contrats/alpes/Contrat").read_bytes()
    for number in range(3):
        sources.put("contrats/alpes/Contrat", "Objectif", f"Objectif {number}")
        assert read_again(sources, knowing) == {"contrats/alpes"}
    sources.put("contrats/bretagne/Contrat", "Objectif", "Autre")
    sources.path("contrats/alpes/Contrat").write_bytes(before)
    assert read_again(sources, knowing) == {"contrats/alpes", "contrats/bretagne"}
    assert read_again(sources, knowing) == set()


def test_corrections_leave_what_is_kept_as_it_was(sources: SmallSources, cache: Cache) -> None:
    """A correction fills the cell of a reading, not that of the cache: without it, the sheet speaks again."""
    sources.write_rows("corrections", [OBJECTIVE])
    read_again(sources, cache)
    assert read_again(sources, cache) == set()
    sources.path("corrections").unlink()
    assert read_again(sources, cache) == set()
    objectives = job.read(sources.root, cache=cache).sheets["Contrat"].frame["objectif"]
    assert "Allonger la saison" in set(objectives)


@pytest.mark.parametrize("other", ["another version", "a flipped byte", "cut", "no pickle", "emptied"])
def test_what_is_damaged_or_made_by_another_code_is_read_again(
    sources: SmallSources, knowing: Cache, other: str
) -> None:
    kept = [path for path in knowing.folder.iterdir() if path.is_file()]
    assert kept
    for path in kept:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= other == "a flipped byte"
        spoiled = {"cut": bytes(content[:-9]), "no pickle": b"x" * 99, "emptied": b""}.get(other, bytes(content))
        path.write_bytes(spoiled)
    if other == "another version":
        knowing = Cache(knowing.folder, "une autre version")
    assert read_again(sources, knowing) == EVERYTHING
    assert read_again(sources, knowing) == set()


def test_a_file_that_changes_while_it_is_read_is_not_kept(sources: SmallSources, cache: Cache) -> None:
    """Its digest is that of one content, its rows those of another: kept together, the first would bring the second."""
    before = sources.path("contrats/alpes/Contrat").read_bytes()

    def change(name: str) -> None:
        if name == "contrats/alpes":
            sources.put("contrats/alpes/Contrat", "Objectif", "Changé pendant la lecture")

    with following_files(change):
        job.read(sources.root, cache=cache)
    sources.path("contrats/alpes/Contrat").write_bytes(before)
    assert read_again(sources, cache) == {"contrats/alpes"}


def test_a_link_that_leads_out_is_refused_though_its_content_is_known(sources: SmallSources, knowing: Cache) -> None:
    elsewhere = sources.root.parent / "ailleurs.xlsx"
    (sources.root / XLSX).rename(elsewhere)
    (sources.root / XLSX).symlink_to(elsewhere)
    assert "lien-hors-dossier" in set(job.read(sources.root, cache=knowing).issues["code"])


def test_a_folder_that_refuses_is_no_failure(sources: SmallSources, tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    assert read_again(sources, Cache(tmp_path / "fichier" / "cache", "une version"))


def test_a_copy_that_took_the_place_of_an_unreadable_workbook_is_not_kept(
    sources: SmallSources, cache: Cache, tmp_path: Path
) -> None:
    fallback = Fallback(sources.copy(tmp_path / "avant").root, "2026-01-01")
    job.read(sources.root, partial=True, fallback=fallback, cache=cache)
    good = (sources.root / XLSX).read_bytes()
    (sources.root / XLSX).write_bytes(b"rien")
    for _ in range(2):
        found = job.read(sources.root, partial=True, fallback=fallback, cache=cache)
        same(found, job.read(sources.root, partial=True, fallback=fallback))
        assert "version-precedente-reprise" in set(found.issues["code"])
    (sources.root / XLSX).write_bytes(good)
    assert "version-precedente-reprise" not in set(job.read(sources.root, partial=True, cache=cache).issues["code"])


def in_lots(sources: SmallSources, count: int, *, partial: bool = False) -> Reading:
    lists = read_lists(sources.root, partial=partial)
    lots: list[LotRead] = [
        read_lot(f"{number}", units, sources.root, lists.vocabularies, partial=partial)
        for number, units in enumerate(split(workbook_units(sources.root), count))
    ]
    order = reading_order(name for one in lots for name in one.lot.files["file"])
    return job.reading_of(unite(lists, [one.lot for one in lots], order, partial=partial), sources.root)


@pytest.mark.parametrize("count", [2, 7])
@pytest.mark.parametrize("partial", [False, True])
def test_the_number_of_lots_changes_nothing(sources: SmallSources, count: int, partial: bool) -> None:
    for name in ("nouveau", "ancien", "tiers"):
        write(clean_book(name), sources.root / "contrats", name, "xlsx")
    sources.write_rows("corrections", [OBJECTIVE])
    sources.write("contrats/bretagne/Partenaires", [row[1:] for row in sources.grid("contrats/bretagne/Partenaires")])
    (sources.root / "contrats" / "tiers.xlsx").write_bytes(b"rien")
    same(in_lots(sources, count, partial=partial), job.read(sources.root, partial=partial))


def test_a_contract_stays_in_its_lot_whatever_the_format_and_the_others(sources: SmallSources) -> None:
    before = {unit.name: lot_of(unit, 5) for unit in workbook_units(sources.root)}
    _add(sources)
    after = {unit.name: lot_of(unit, 5) for unit in workbook_units(sources.root)}
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) > 1


def _rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the files be older than any date of a file system is coarse, as they are an hour later."""
    monkeypatch.setattr("pipelines.curation.states.RESTED", -3_600_000_000_000)


def _digested(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the workbooks that are opened for their digest by the cache from now on."""
    opened: list[str] = []

    def told(path: Path) -> str:
        if path.suffix != ".csv":  # a list
            opened.append(path.stem)
        return digest(path)

    monkeypatch.setattr("pipelines.curation.cache.digest", told)
    return opened


def test_a_file_that_stands_as_it_did_is_not_opened(
    sources: SmallSources, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rest(monkeypatch)
    read_again(sources, cache)
    opened = _digested(monkeypatch)
    assert read_again(sources, cache) == set()
    assert opened == []
    os.utime(sources.root / XLSX, (0, 0))
    os.utime(sources.path("contrats/alpes/Contrat"), (0, 0))
    assert read_again(sources, cache) == set()
    assert sorted(opened) == ["alpes", "essai"]
    opened.clear()
    assert read_again(sources, cache) == set()
    assert opened == []


def test_a_file_just_written_is_opened_until_it_has_rested(
    sources: SmallSources, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within one date, the same file may be written twice with as many bytes: it must not be taken for the first."""
    monkeypatch.setattr("pipelines.curation.states.RESTED", 3_600_000_000_000)
    read_again(sources, cache)
    opened = _digested(monkeypatch)
    assert read_again(sources, cache) == set()
    assert sorted(opened) == ["alpes", "bretagne", "essai", "national"]
    _rest(monkeypatch)
    assert read_again(sources, cache) == set()
    opened.clear()
    assert read_again(sources, cache) == set()
    assert opened == []


@pytest.mark.parametrize("kept", ["same bytes", "same dates"])
def test_another_content_is_seen_whatever_looks_the_same(
    sources: SmallSources, cache: Cache, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    _rest(monkeypatch)
    path = sources.path("contrats/alpes/Contrat")
    read_again(sources, cache)
    before = path.stat()
    content = path.read_bytes().replace(b"Allonger", b"Rallonge" if kept == "same bytes" else b"Rallonger")
    path.write_bytes(content)
    if kept == "same dates":
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read_again(sources, cache) == {"contrats/alpes"}


def test_a_folder_that_became_a_link_out_is_refused_though_its_files_are_known(
    sources: SmallSources, knowing: Cache
) -> None:
    (sources.root / "contrats").rename(sources.root.parent / "ailleurs")
    (sources.root / "contrats").symlink_to(sources.root.parent / "ailleurs")
    assert "lien-hors-dossier" in set(job.read(sources.root, cache=knowing).issues["code"])


def test_what_was_kept_may_be_written_into(sources: SmallSources, knowing: Cache) -> None:
    """Columns are mapped from the file: writing into them reaches neither the file nor what is read next."""
    found = job.read(sources.root, cache=knowing)
    for typed in found.sheets.values():
        typed.source.kind[:] = 9
    assert read_again(sources, knowing) == set()
