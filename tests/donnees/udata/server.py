"""The real udata in one process, on loopback: ``UDATA_FOLDER=… UDATA_PORT=… python -m tests.donnees.udata.server``.

Its database is in memory and its files under UDATA_FOLDER. What a client needs to know, keys included, is written in
``portal.json`` there, readable by its owner alone, before the server listens.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["UDATA_FOLDER"])
PORT = int(os.environ["UDATA_PORT"])
THREADS = 4

os.environ["UDATA_SETTINGS"] = str(Path(__file__).with_name("settings.py"))


def without_text_indexes() -> None:
    """Lets mongomock, which has no full-text search, pass over the indexes that are for it."""
    from mongomock.collection import Collection

    create_index = Collection.create_index

    def create(self: Collection, keys: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401  (as pymongo's)
        if isinstance(keys, list) and any(kind == "text" for _, kind in keys):
            return "text"
        return create_index(self, keys, *options, **named)

    Collection.create_index = create


def main() -> None:
    """Starts it; ends with the signal that stops it."""
    without_text_indexes()
    from udata.app import create_app, standalone

    app = standalone(create_app())
    from waitress import serve

    from tests.donnees.udata.content import fill
    from tests.donnees.udata.control import control

    app.register_blueprint(control)
    with app.app_context():
        known = fill()
    written = FOLDER / "portal.json"
    written.touch(mode=0o600)
    written.write_text(json.dumps(known), encoding="utf-8")
    serve(app, host="127.0.0.1", port=PORT, threads=THREADS)


if __name__ == "__main__":
    main()
