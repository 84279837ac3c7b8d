"""The small sources as files, written once for the tests of metadata."""

from __future__ import annotations

import pytest

from pipelines.job import Outcome
from pipelines.publish.datapackage import Files
from tests.publish.metadata_folder import write_files


@pytest.fixture(scope="session")
def files(sound: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The small sources in every format (shared: not to be changed)."""
    return write_files(sound.tables, tmp_path_factory.mktemp("files") / "version")
