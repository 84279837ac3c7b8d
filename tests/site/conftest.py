"""The small site, served."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.site.serving import FILES, PARQUET, Client, serving, write_site


@pytest.fixture(scope="module")
def served_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sorties") / "site"
    write_site(folder, FILES)
    table = pa.table({"n": list(range(50_000)), "texte": [f"ligne {n}" for n in range(50_000)]})
    (folder / PARQUET).parent.mkdir(parents=True)
    pq.write_table(table, folder / PARQUET, row_group_size=5_000, compression="none")
    (folder / "latest/gros.zip").write_bytes(bytes(16_000_000))
    (folder.parent / "secret.txt").write_text("caché", encoding="utf-8")
    (folder / "lien.txt").symlink_to("../secret.txt")
    (folder / "dehors").symlink_to("..")
    (folder / "boucle").symlink_to("boucle")
    os.mkfifo(folder / "tube.txt")
    return folder


@pytest.fixture(scope="module")
def client(served_site: Path) -> Iterator[Client]:
    with serving(served_site) as answering:
        yield answering
