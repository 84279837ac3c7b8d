"""From sheets typed by hand to a release of open data.

The rooms, in the order in which data flows: ``sheets``, ``curation``, ``normalise``, ``publish``; ``orchestration``,
``definitions`` and ``cli`` are thin layers above them. Outside ``orchestration`` and ``definitions`` nothing imports
dagster.

Arrow chooses where it takes memory when it is first imported, and is told here: what it frees, jemalloc gives back to
the work rather than to the system, which would give it anew, page by page. Another choice in the environment holds.
"""

import os
import sys

if sys.platform == "linux":  # where Arrow's packages all hold it
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
