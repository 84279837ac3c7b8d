"""One real portal for all the slow tests that a process runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import udata as portals


@pytest.fixture(scope="session")
def udata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[portals.Udata]:
    """A portal of this session (its datasets are those of the tests that ran before)."""
    with portals.udata(tmp_path_factory.mktemp("udata")) as started:
        yield started


@pytest.fixture
def portal(udata: portals.Udata) -> portals.Udata:
    """The same, without any dataset."""
    udata.reset()
    return udata
