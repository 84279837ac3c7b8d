"""The application of Celery workers: ``celery -A pipelines.orchestration.workers worker``.

Belongs here: what a worker loads before it forks its processes, so that none loads it again. Does not belong here: what
a worker does with a step (``celery_steps``).
"""

from __future__ import annotations

import os
import sys

from pipelines.orchestration.executors import CELERY, VARIABLE, ExecutorError

# The settings of a run are read by the definitions of the worker: they must be those of the same executor.
os.environ[VARIABLE] = CELERY

try:
    import pipelines.definitions  # noqa: F401
    from pipelines.orchestration.celery_steps import make_app

    app = make_app()
except ExecutorError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
