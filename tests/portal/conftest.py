"""One scripted server for the tests of each module of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.portal.scripted import Scripted, scripted


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted() as started:
        yield started


@pytest.fixture
def script(server: Scripted) -> Scripted:
    """The server, with no answer prepared and nothing asked yet."""
    server.answers.clear()
    server.asked.clear()
    return server
