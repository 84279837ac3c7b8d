"""How long data stay fresh, and how often people are told again.

Belongs here: these numbers, shared by freshness policies and alerts. Does not belong here: who is told, and how.
"""

from __future__ import annotations

STALE_AFTER_DAYS = 9
"""A release is confirmed or made every week; two days more leave time to mend a refused one."""
TOLD_AGAIN_AFTER_DAYS = 30
"""A source that stays to be checked again is named once more after so many days."""
