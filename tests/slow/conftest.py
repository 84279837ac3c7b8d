"""What the slow tests take from the other rooms of tests."""

from __future__ import annotations

from tests.portal.conftest import udata

__all__ = ["udata"]
