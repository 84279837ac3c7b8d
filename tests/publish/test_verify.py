"""Whatever a release says of itself is computed again, and what does not hold is named, where it stands."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.folder import NotAReleaseError
from pipelines.publish.tables_arrow import all_to_arrow, to_arrow
from pipelines.publish.verify import tables
from pipelines.publish.verify.files import Stream
from pipelines.publish.verify.findings import Log, as_text
from pipelines.publish.verify.kinds import COPY, KINDS
from pipelines.publish.verify.release import verify
from tests.publish.publish_dataset import DECLARED, ORGANISMES, Rows, frame, frames
from tests.publish.verify_cases import CASES, Case
from tests.publish.verify_folder import (
    DESCRIPTOR,
    flips,
    found_by,
    published_again,
    read_json,
    release_folder,
    sealed_again,
    write_json,
)
from tests.publish.verify_spoil import CSV, PARQUET, XLSX, Spoil, cells, edited, put, removed, said

POINTER = "../../versions.json"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound release in its tree (shared: not to be changed)."""
    return release_folder(tmp_path_factory.mktemp("verify") / "outputs")


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """A copy of its own, out of the tree."""
    return Path(shutil.copytree(published, tmp_path / "une" / "copie"))


@pytest.fixture
def in_tree(published: Path, tmp_path: Path) -> Path:
    """A copy of its own with the whole tree."""
    shutil.copytree(published.parent.parent, tmp_path / "outputs", symlinks=True)
    return tmp_path / "outputs" / "releases" / published.name


# --- A sound release -----------------------------------------------------------------------------------------------


def test_a_sound_release_is_found_sound(published: Path) -> None:
    found = verify(published)
    assert found.findings == ()
    assert found.sound
    files = [path for path in published.rglob("*") if path.is_file()]
    assert (found.version, found.tables, found.rows) == ("2026-11-22", 5, 15)
    assert (found.files, found.size) == (len(files), sum(path.stat().st_size for path in files))
    assert found.text().endswith("5 tables, 15 lignes : tout concorde.")


def test_so_are_its_link_a_copy_of_it_and_one_that_is_not_yet_visible(
    published: Path, folder: Path, tmp_path: Path
) -> None:
    staging = Path(shutil.copytree(published, tmp_path / "outputs" / ".en-cours" / "2026-11-22-123"))
    for one in (published.parent.parent / "latest", folder, staging):
        assert verify(one) == verify(published)


def test_so_is_one_without_the_files_that_came_later(folder: Path) -> None:
    for name in ("catalog.ttl", "catalog.jsonld", "croissant.json", "qualite.json", ARCHIVE):
        (folder / name).unlink()
    descriptor = read_json(folder / DESCRIPTOR)
    del descriptor["version_du_modele"]
    write_json(folder / DESCRIPTOR, descriptor)
    for path in (folder / "schemas").iterdir():
        write_json(path, {name: value for name, value in read_json(path).items() if name != "version"})
    sealed_again(folder)
    assert verify(folder).findings == ()


def test_verifying_writes_nothing(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))}
    verify(folder)
    assert {path: path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))} == before


# --- What is no release, or cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda _: None,
        lambda path: path.mkdir(),
        lambda path: path.write_text("a"),
        lambda path: path.symlink_to(path),
    ],
)
def test_what_is_no_release_is_refused(tmp_path: Path, make: Spoil) -> None:
    make(tmp_path / "autre")
    with pytest.raises(NotAReleaseError, match=r"n’est pas un dossier|n’est pas une version"):
        verify(tmp_path / "autre")


def test_a_disk_that_fails_is_no_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def failing(path: Path) -> bytes:
        if path.name == "lieux.parquet":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", failing)
    with pytest.raises(OSError, match=r"lieux\.parquet"):
        verify(folder)


def test_a_disk_that_fails_halfway_through_a_csv_is_no_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_stream: Stream, _size: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Stream, "read", failing)
    with pytest.raises(OSError, match=re.escape(os.strerror(errno.EIO))):
        verify(folder)


# --- A CSV read block by block -------------------------------------------------------------------------------------


def test_a_csv_that_is_alike_is_never_held_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, held = Path.read_bytes, []

    def noted(path: Path) -> bytes:
        held.append(path.relative_to(folder).as_posix())
        return read(path)

    expected = verify(folder)
    monkeypatch.setattr(Path, "read_bytes", noted)
    monkeypatch.setattr(tables, "_BLOCK", 512)
    assert verify(folder) == expected
    assert PARQUET in held
    assert not [name for name in held if name.startswith("csv/")]


def test_a_row_longer_than_a_block_is_read_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = verify(folder)
    monkeypatch.setattr(tables, "_BLOCK", 16)
    assert verify(folder) == expected


@pytest.mark.parametrize("rank", [0, 1_500, 2_999])
def test_a_cell_that_differs_is_found_in_whichever_block(
    folder: Path, monkeypatch: pytest.MonkeyPatch, rank: int
) -> None:
    monkeypatch.setattr(tables, "_BLOCK", 2_048)
    many(folder, 3_000)
    edited("csv/organismes.csv", f"o-{rank},n-{rank}", f"o-{rank},autre")(folder)
    sealed_again(folder)
    [found] = [one for one in verify(folder).findings if one.code == "formats-cellule"]
    assert (found.line, found.column, found.found, found.expected) == (rank + 1, "nom", "autre", f"n-{rank}")


@pytest.mark.parametrize("rows", [1_999, 2_001])
def test_rows_too_few_or_too_many_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(tables, "_BLOCK", 2_048)
    many(folder, rows)
    other = (folder / "csv" / "organismes.csv").read_bytes()
    many(folder, 2_000)
    (folder / "csv" / "organismes.csv").write_bytes(other)
    sealed_again(folder)
    assert {"formats-lignes", "lignes-differentes"} <= {one.code for one in verify(folder).findings}


def many(folder: Path, count: int) -> None:
    """Publishes again with so many rows in a table."""
    rows: Rows = [
        {"organisme_id": f"o-{rank}", "nom": f"n-{rank}", "zone_type_code": "region"} for rank in range(count)
    ]
    arrow = all_to_arrow(frames(), DECLARED)
    published_again(folder, arrow | {"organismes": to_arrow(frame(ORGANISMES, rows), ORGANISMES, DECLARED)})


# --- Bytes ---------------------------------------------------------------------------------------------------------


def test_a_flipped_byte_is_found_and_named(folder: Path) -> None:
    for flip in flips(folder, 60, seed=4):
        back = flip(folder)
        assert found_by(verify(folder).findings, flip, folder), flip
        back()


@pytest.mark.parametrize("name", [PARQUET, XLSX, WORKBOOK, ARCHIVE, "croissant.json", "sources/contrats/alpes.csv"])
def test_a_damaged_file_is_all_that_is_told_of(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:-1] + b"!")
    assert [(one.code, one.file) for one in verify(folder).findings] == [("fichier-abime", name)]


def test_a_damaged_csv_is_told_to_the_cell(folder: Path) -> None:
    edited(CSV, "012345678", "012345679")(folder)
    told = verify(folder)
    found = {one.code: one for one in told.findings}
    assert [line for line in told.text().splitlines() if line.startswith("→")] == [f"→ {COPY}"]
    assert set(found) == {"fichier-abime", "formats-cellule"}
    assert found["formats-cellule"].place == "ligne 1 de la table, « a-1 », colonne siren"


# --- Every kind of finding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_is_found_where_it_stands(folder: Path, case: Case) -> None:
    case.spoil(folder)
    found = verify(folder)
    own = [one for one in found.findings if (one.code, one.file) == (case.code, case.file)]
    assert own, found.text()
    assert any(all(getattr(one, name) == value for name, value in case.place.items()) for one in own), own
    assert {one.code for one in found.findings} <= {case.code} | case.also, found.text()
    assert found.sound == (KINDS[case.code].severity.value != "error")
    assert verify(folder) == found


def test_a_value_among_many_alike_is_found_too(folder: Path) -> None:
    arrow = all_to_arrow(frames(), DECLARED)
    rows: Rows = [{"organisme_id": f"o-{rank}", "nom": f"{rank}", "zone_type_code": "region"} for rank in range(3_000)]
    rows[2_000]["zone_type_code"] = "royaume"
    published_again(folder, arrow | {"organismes": to_arrow(frame(ORGANISMES, rows), ORGANISMES, DECLARED)})
    found = [one for one in verify(folder).findings if one.code.startswith(("contrainte", "cle", "formats", "csv"))]
    assert [(one.code, one.line, one.row, one.found) for one in found] == [
        ("contrainte-liste", 2_001, "o-2000", "royaume")
    ]


def test_every_kind_has_its_case() -> None:
    pointer = {"versions-illisible", "versions-differente", "versions-absente"}
    assert {case.code for case in CASES} | pointer == set(KINDS)


def listed(change: Callable[[dict[str, object]], object]) -> Spoil:
    """Something else said of the release in the list of releases."""

    def spoil(folder: Path) -> None:
        pointer = folder.parent.parent / "versions.json"
        content = json.loads(pointer.read_text(encoding="utf-8"))
        change(content["releases"][0])
        pointer.write_text(json.dumps(content), encoding="utf-8")

    return spoil


@pytest.mark.parametrize(
    ("spoil", "code", "file"),
    [
        (put(POINTER, "{"), "versions-illisible", POINTER),
        (put(POINTER, "[]"), "versions-illisible", POINTER),
        (listed(lambda release: release.update(date="2026-11-21")), "versions-differente", POINTER),
        (listed(lambda release: release.update(contenu_sha256="0")), "versions-differente", POINTER),
        (listed(lambda release: release.update(version="2026-11-23")), "versions-absente", POINTER),
        (said(lambda all_: all_.update(version="2026-11-22.2")), "metadonnees-differentes", DESCRIPTOR),
    ],
)
def test_the_list_of_releases_must_agree(in_tree: Path, spoil: Spoil, code: str, file: str) -> None:
    spoil(in_tree)
    assert (code, file) in {(one.code, one.file) for one in verify(in_tree).findings}


def test_a_tree_without_its_list_is_a_copy(in_tree: Path) -> None:
    removed(POINTER)(in_tree)
    assert verify(in_tree).findings == ()


# --- Words ---------------------------------------------------------------------------------------------------------


def test_findings_are_told_file_by_file(folder: Path) -> None:
    cells({"rang": {0: -11, 2: -12}})(folder)
    for spoil in (put("journal.md"), put(".DS_Store"), removed("dictionnaire.md"), put("x\x1b[2J\n")):
        spoil(folder)
    first, *rest = verify(folder).text().splitlines()
    journal = next(line for line in rest if "fichier-abime" in line)
    assert re.fullmatch(
        r"  ✗ le contenu n’est pas celui qui a été publié ; trouvé « [0-9a-f]{64} », "
        r"attendu « [0-9a-f]{64} \(ligne \d+ de SHA256SUMS\) »\. \(fichier-abime\)",
        journal,
    )
    outside = "la valeur est hors des bornes déclarées"
    assert [first, *(line for line in rest if line is not journal)] == [
        ".DS_Store",
        "  ! fichier laissé par le système ou par un tableur, qui n’est pas de la version. (fichier-du-poste)",
        "",
        "csv/organismes.csv",
        f"  ✗ ligne 1 de la table, « a-1 », colonne rang : {outside} ; trouvé « -11 », attendu « au moins -10 ». "
        "(contrainte-borne)",
        f"  ✗ ligne 3 de la table, « a-3 », colonne rang : {outside} ; trouvé « -12 », attendu « au moins -10 ». "
        "(contrainte-borne)",
        "",
        "dictionnaire.md",
        "  ✗ fichier absent du dossier, que la liste des empreintes nomme ; attendu « ligne 12 de SHA256SUMS ». "
        "(fichier-manquant)",
        "",
        "journal.md",
        "",
        "x\N{REPLACEMENT CHARACTER}[2J",
        "  ✗ fichier que SHA256SUMS ne liste pas. (fichier-en-trop)",
        "",
        "→ Téléchargez à nouveau les fichiers nommés ci-dessus, ou toute la version, puis vérifiez encore.",
        "→ Retirez du dossier ce qui n’est pas de la version.",
        "→ La version se contredit elle-même : signalez-le à l’éditeur des données, n’en corrigez pas les fichiers.",
        "",
        "Version 2026-11-22 : 35 fichiers (0,2 Mo), 5 tables, 15 lignes : 5 erreurs, 1 avertissement.",
    ]


def test_more_of_a_kind_than_can_be_read_are_counted(folder: Path) -> None:
    cells({"nom": dict.fromkeys(range(7), None)}, "organismes_a_plat")(folder)
    assert verify(folder).findings == ()
    said(lambda all_: all_["resources"][4]["schema"]["fields"][1].update(constraints={"required": True}))(folder)
    found = [one for one in verify(folder).findings if one.code == "contrainte-obligatoire"]
    assert [one.others for one in found] == [0, 0, 0, 0, 2]
    assert "; et 2 autres comme celle-ci" in as_text(found)


def test_a_code_that_is_not_declared_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        Log().add("autre", "a.csv")
