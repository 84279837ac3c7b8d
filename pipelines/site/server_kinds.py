"""What is said of a file of the site by its path alone: its type, how long it may be kept, who may read it.

Belongs here: rules on paths. Does not belong here: anything that looks at the disk or at a request.

The types are listed here, since Python's ``mimetypes`` says what the machine's own files of types say.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".cff": "text/yaml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".ics": "text/calendar; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".toml": "text/plain; charset=utf-8",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml; charset=utf-8",
    ".yaml": "text/yaml; charset=utf-8",
    ".yml": "text/yaml; charset=utf-8",
    ".zip": "application/zip",
}
_NAMED = {"flux.xml": _TYPES[".atom"]}
_PLAIN_NAME = re.compile(r"[A-Z0-9_-]+")
_PACKED = re.compile(r"font/|image/(?!svg)|application/(?:zip|pdf|octet-stream|vnd\.)")
_HASHED = re.compile(r"[/.-][0-9a-f]{8,64}(?=[/.-])")

_PAGES_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# A release's own pages, such as diff.html, hold their style and run nothing.
_RELEASE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def content_type(path: str) -> str:
    """The type of a file."""
    place = PurePosixPath(path)
    if not place.suffix and _PLAIN_NAME.fullmatch(place.name):  # SHA256SUMS, LICENSE
        return _TYPES[".txt"]
    return _NAMED.get(place.name) or _TYPES.get(place.suffix.lower(), "application/octet-stream")


def shrinks(kind: str) -> bool:
    """Whether a file of this type gets smaller by gzip."""
    return _PACKED.match(kind) is None


def of_release(path: str) -> bool:
    """Whether it is a file of a release."""
    parts = path.split("/")
    return (parts[0] == "latest" and len(parts) > 1) or (parts[0] == "releases" and len(parts) > 2)


def caching(path: str) -> str:
    """How long it may be kept: for ever what never changes under its address, else until it is asked again."""
    lasting = path.startswith("releases/") if of_release(path) else path.startswith("actifs/") and _HASHED.search(path)
    return "public, max-age=31536000, immutable" if lasting else "no-cache"


def is_data(path: str) -> bool:
    """Whether pages of other sites may read it: every file but pages and what dresses them."""
    return of_release(path) or not (path.startswith("actifs/") or path.endswith(".html"))


def policy(path: str) -> str:
    """What the browser may load for it (``Content-Security-Policy``).

    The blocks of JSON-LD in pages are data, which no policy on scripts refuses.
    """
    return _RELEASE_POLICY if of_release(path) else _PAGES_POLICY
