"""Where Arrow takes memory, for whoever imports the program."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_VARIABLE = "ARROW_DEFAULT_MEMORY_POOL"
_ASK = "import pipelines.job, pyarrow; print(pyarrow.default_memory_pool().backend_name)"


@pytest.mark.parametrize(("said", "pool"), [({}, "jemalloc"), ({_VARIABLE: "system"}, "system")])
def test_arrow_takes_memory_where_the_program_or_the_environment_says(said: dict[str, str], pool: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != _VARIABLE} | said
    done = subprocess.run([sys.executable, "-c", _ASK], check=True, env=environment, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == (pool, "")
