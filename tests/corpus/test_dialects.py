"""The same workbook as other programs write it gives the same cells."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipelines.sheets.files import read_grids
from tests.corpus.clean import clean_book
from tests.corpus.writers import write
from tests.slow.aimed import ODS_DIALECTS, XLSX_DIALECTS, Dialect


@pytest.mark.parametrize(
    ("file_format", "dialect"),
    [*(("xlsx", one) for one in XLSX_DIALECTS), *(("ods", one) for one in ODS_DIALECTS)],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_a_dialect_changes_no_cell(file_format: str, dialect: Dialect, tmp_path: Path) -> None:
    plain = write(clean_book("essai"), tmp_path, "plain", file_format)
    other = tmp_path / f"other.{file_format}"
    changed = False
    with zipfile.ZipFile(plain) as package, zipfile.ZipFile(other, "w") as written:
        for name in package.namelist():
            part = package.read(name)
            written.writestr(name, dialect(name, part))
            changed |= dialect(name, part) != part
    assert changed
    for one, two in zip(read_grids(plain), read_grids(other), strict=True):
        assert one.sheet == two.sheet
        assert np.array_equal(one.text, two.text)
        assert np.array_equal(one.kind, two.kind)
