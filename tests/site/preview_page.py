"""A throw-away page that mounts the preview as table pages do, served by a small server of this machine.

Belongs here: the page, the server, what a column is to the page. Does not belong here: what the preview must do.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd

from schemas.declaration import Column, Kind, Table

ASSETS = Path(__file__).parents[2] / "pipelines" / "site" / "assets"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
FIXED_ROWS = 20
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
_JSON_TYPES = {
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DECIMAL: "number",
    Kind.EUROS: "number",
    Kind.INTEGER: "integer",
    Kind.PERCENT: "number",
}
_COLOURS = """
:root { color-scheme: light dark; --texte: #1d2430; --texte-doux: #525c6b; --fond: #fff; --fond-doux: #f4f6f9;
  --bord: #d5dbe4; --accent: #0b4f8a; --accent-fond: #e8f0f8; --sur-accent: #fff; --alerte: #9b3412; }
@media (prefers-color-scheme: dark) { :root { --texte: #e6eaf0; --texte-doux: #a9b4c3; --fond: #12161d;
  --fond-doux: #1a2029; --bord: #323c4a; --accent: #8fc1f2; --sur-accent: #0c1a2a; --alerte: #f4a583; } }
body { margin: 0; background: var(--fond); color: var(--texte); font: 1rem/1.6 system-ui, sans-serif; }
main { max-width: 72rem; margin-inline: auto; padding: 1rem; }
.defile { overflow-x: auto; }
"""

Described = Mapping[str, object]
Content = bytes | Path


@dataclass
class Served:
    """What a server gives, path → content, and what it was asked for."""

    url: str
    contents: dict[str, Content] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add_page(
        self,
        name: str,
        parquet: Content | None,
        columns: Sequence[Described],
        rows: pd.DataFrame,
        *,
        language: str = "fr",
    ) -> str:
        """Adds a table's page, with its Parquet file unless there is none, and returns its address."""
        if parquet is not None:
            self.contents[f"/latest/parquet/{name}.parquet"] = parquet
        path = f"/donnees/{name}/{language}.html"
        self.contents[path] = _page(name, columns, rows, language).encode()
        return self.url + path


@contextmanager
def served() -> Iterator[Served]:
    """A server on this machine that gives the scripts and styles of the site, and what is added to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            given.asked.append(path)
            content = given.contents.get(path)
            if content is None and path.startswith("/actifs/"):
                content = ASSETS / path.removeprefix("/actifs/")
            if content is None or (isinstance(content, Path) and not content.is_file()):
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = content if isinstance(content, bytes) else content.read_bytes()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", _TYPES.get(Path(path).suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    given = Served(f"http://127.0.0.1:{server.server_port}")
    given.contents["/couleurs.css"] = _COLOURS.encode()
    given.contents["/favicon.ico"] = b""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield given
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def described(table: Table, labels: Mapping[str, Mapping[str, str]], language: str = "fr") -> list[Described]:
    """The columns of a published table as its page states them; ``labels``: vocabulary → code → label."""
    return [_described(column, labels, language) for column in table.published]


def _described(column: Column, labels: Mapping[str, Mapping[str, str]], language: str) -> Described:
    return {
        "name": column.name,
        "title": column.title.fr if language == "fr" else column.title.en,
        "type": _JSON_TYPES.get(column.kind, "string"),
        "vocabulary": labels[column.vocabulary] if column.vocabulary else None,
        "numeric": _JSON_TYPES.get(column.kind) in ("integer", "number"),
    }


def _page(name: str, columns: Sequence[Described], rows: pd.DataFrame, language: str) -> str:
    data = json.dumps(columns, ensure_ascii=False).replace("<", "\\u003c")
    heads = "".join(f'<th scope="col">{html.escape(str(column["title"]))}</th>' for column in columns)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows.head(FIXED_ROWS).itertuples(index=False)
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>
<link rel="stylesheet" href="/couleurs.css"><link rel="stylesheet" href="/actifs/apercu.css">
<script type="module" src="/actifs/apercu.js"></script><script type="module" src="/actifs/copier.js"></script>
</head>
<body><main>
<h1>{name}</h1>
<p id="citation">Les contrats « d’avance »</p>
<button type="button" id="copie" data-copier="#citation" hidden>Copier</button>
<h2 id="apercu">Aperçu</h2>
<div data-apercu data-parquet="../../latest/parquet/{name}.parquet" data-csv="../../latest/csv/{name}.csv"
  data-langue="{language}" data-lignes="{len(rows)}"></div>
<script type="application/json" id="colonnes">{data}</script>
<div class="defile apercu-fixe"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>
</main></body>
</html>
"""
