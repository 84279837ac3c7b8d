"""The layout of ``sources/assertions.csv``: how many rows each table has at least and at most.

It guards releases and is not published, which is why it stands beside the sheets rather than among them.
"""

from __future__ import annotations

from schemas.declaration import Field, Sheet

TABLE, MINIMUM, MAXIMUM, REMARK = "Table", "Minimum", "Maximum", "Remarque"

SHEET = Sheet(
    name="assertions",
    order=310,
    place="assertions",
    table="",
    scoped=False,
    fields=(
        Field(label=TABLE, required=True),
        Field(label=MINIMUM),
        Field(label=MAXIMUM),
        Field(label=REMARK, optional=True),
    ),
)
