"""What a command imports: a help page is read at once, and a check does not wait for what only builds use."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import SmallSources

HEAVY = {"numpy", "pandas", "pandera", "polars", "pyarrow", "python_calamine", "rapidfuzz"}
BUILDERS = {"boto3", "celery", "dagster", "jinja2", "rustpy_xlsxwriter", "sqlalchemy", "xlsxwriter"}
SAY = """
import sys
from pipelines.cli import main
try:
    main(sys.argv[1:])
finally:
    print("modules", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def imported(*words: str) -> set[str]:
    """The packages that a command line imports."""
    done = subprocess.run([sys.executable, "-c", SAY, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stderr.rpartition("modules")[2].split())


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["build", "--help"], ["publish", "--help"]])
def test_a_help_page_imports_nothing_that_computes(words: list[str]) -> None:
    found = imported(*words)
    assert "click" in found
    assert found & (HEAVY | BUILDERS) == set()


def test_the_check_of_a_workbook_imports_nothing_that_builds(small_sources: SmallSources) -> None:
    found = imported("check", str(small_sources.root / "contrats" / "alpes"))
    assert "pandas" in found
    assert found & BUILDERS == set()
