"""One real portal for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import udata as portals


@pytest.fixture(scope="session")
def udata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[portals.Udata]:
    """A portal of this session (its datasets are those of the tests that ran before: see ``Udata.reset``)."""
    with portals.udata(tmp_path_factory.mktemp("udata")) as started:
        yield started
