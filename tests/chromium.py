"""The system's Chromium, headless, that speaks to this machine alone.

Belongs here: finding and starting it, and what a page asks of other hosts or complains of. Does not belong here: any
page.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTH, HEIGHT = 1600, 1000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page; the addresses of other hosts that it asked for, in vain; its errors: the console's and uncaught ones."""

    page: Page
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def executable() -> str:
    """The path of Chromium: that of CHROMIUM, else the first usual name found.

    Raises:
        RuntimeError: there is none.
    """
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError(
        "Chromium est introuvable : installez-le (Debian : apt install chromium), ou indiquez où il est "
        "(CHROMIUM=/chemin/vers/chromium)."
    )


PATIENCE = 60_000
"""Milliseconds that a busy machine may take to show what a page will show."""


@contextmanager
def watched_page(**options: Any) -> Iterator[Watched]:  # noqa: ANN401  (options of Playwright's contexts)
    """A page of a new profile; requests to any host but this machine are stopped and noted."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(_ARGUMENTS))
        try:
            usual = {"viewport": {"width": WIDTH, "height": HEIGHT}, "locale": "fr-FR", "timezone_id": "Europe/Paris"}
            context = browser.new_context(**(usual | options))
            context.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            watched = Watched(context.new_page())

            def guard(route: Route) -> None:
                address = urlsplit(route.request.url)
                if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in _LOOPBACK:
                    watched.elsewhere.append(route.request.url)
                    route.abort()
                else:
                    route.continue_()

            context.route("**/*", guard)
            watched.page.on(
                "console",
                lambda said: watched.errors.append(said.text) if said.type == "error" else None,
            )
            watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
            yield watched
        finally:
            browser.close()
