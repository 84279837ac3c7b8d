"""Archives whose members come in blocks, or from other archives, are those that anyone reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn
from zipfile import ZipFile

import pytest

from pipelines.publish.xlsx_archive import add_blocks, add_member, copy_member

BLOCKS = [b"", b"a" * 100_000, b"b", *(bytes(range(256)) * rank for rank in range(40))]
WHOLE = b"".join(BLOCKS)


def made(path: Path, *, large: bool = False) -> Path:
    with ZipFile(path, "w") as archive:
        add_member(archive, "avant", b"1")
        add_blocks(archive, "blocs", (partial(bytes, block) for block in BLOCKS), large=large)
        add_member(archive, "après", b"2")
    return path


@pytest.mark.parametrize("large", [False, True])
def test_a_member_made_of_blocks_is_read_whole(tmp_path: Path, large: bool) -> None:
    path = made(tmp_path / "a.zip", large=large)
    with ZipFile(path) as archive:
        assert archive.namelist() == ["avant", "blocs", "après"]
        assert archive.testzip() is None
        assert archive.read("blocs") == WHOLE
        assert archive.getinfo("blocs").compress_size < len(WHOLE)
    assert path.read_bytes() == made(tmp_path / "b.zip", large=large).read_bytes()


@pytest.mark.parametrize("large", [False, True])
def test_a_member_is_copied_compressed_as_it_is(tmp_path: Path, large: bool) -> None:
    source = made(tmp_path / "a.zip", large=large)
    with ZipFile(tmp_path / "b.zip", "w") as archive:
        copy_member(source, "blocs", archive, "copie")
        add_member(archive, "avant", b"3")
    with ZipFile(source) as one, ZipFile(tmp_path / "b.zip") as other:
        assert (other.testzip(), other.read("copie"), other.read("avant")) == (None, WHOLE, b"3")
        kept = [(found.CRC, found.compress_size) for found in (one.getinfo("blocs"), other.getinfo("copie"))]
        assert kept[0] == kept[1]


def test_a_block_that_cannot_be_made_stops_all(tmp_path: Path) -> None:
    def fail() -> NoReturn:
        raise ValueError("en plein milieu")

    blocks: list[Callable[[], bytes]] = [lambda: b"a", fail, lambda: b"b"]
    with ZipFile(tmp_path / "a.zip", "w") as archive, pytest.raises(ValueError, match="en plein milieu"):
        add_blocks(archive, "blocs", blocks)
