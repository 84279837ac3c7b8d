"""``python -m pipelines.site.helper``: one of the processes that write pages together (see `pipelines.helpers`).

It reads the release while the other pages are made, then writes what it can take of those that are shared.

Belongs here: that program. Does not belong here: who starts it (``writing``).
"""

from __future__ import annotations

from pipelines.helpers import Share, serve
from pipelines.site.model import read_site
from pipelines.site.render import Renderer
from pipelines.site.writing import SHARED, Task, Told, write_pages


def write_share(share: Share) -> bool:
    """Reads, waits for what it must know, writes."""
    task: Task = share.task
    data = read_site(task.outputs)
    if data.last.version != task.version:
        raise RuntimeError(f"{data.last.version} is not {task.version}: the release changed under the lock")
    made = {page.path: page for module in SHARED for page in module.pages(data)}
    told: Told = share.told()
    renderer = Renderer(data, {**told.pages, **{path: made[path] for path in told.shared}}, told.assets)
    piece = None
    for piece in share.taken():
        write_pages(renderer, told.part(piece, task.pieces), task.folder)
    return piece is not None


if __name__ == "__main__":
    serve(write_share)
