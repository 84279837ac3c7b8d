"""What pages are checked with: html-validate and axe-core, as ``tests/site/outils/`` pins them.

Belongs here: installing them once, running them. Does not belong here: which pages, and what may be wrong with them.

They are kept in ``.venv-outils/`` under the hash of what pins them; npm takes them from the registry that it knows.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

PINNED = Path(__file__).parents[1] / "site" / "outils"
KEPT = Path(__file__).parents[2] / ".venv-outils"
MADE = "complet"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_FILES = (".npmrc", "package.json", "package-lock.json")
_RUN = """async rules => (await axe.run(document, {
    runOnly: {type: "tag", values: rules}, resultTypes: ["violations"],
})).violations.map(({id, nodes}) => ({
    rule: id, nodes: nodes.map(node => `${node.target.join(" ")} : ${node.failureSummary.replace(/\\s+/g, " ")}`),
}))"""


@dataclass(frozen=True)
class Wrong:
    """What a tool refuses: its rule, where, what it says."""

    rule: str
    where: str
    said: str

    def __str__(self) -> str:
        return f"{self.rule} – {self.where} – {self.said}"


@cache
def modules() -> Path:
    """The folder of the modules, which are installed first if they are not there or were not to the end."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("npm est introuvable : installez Node.js 20 ou plus (Debian : apt install npm).")
    digest = hashlib.sha256(b"".join((PINNED / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    folder = KEPT / f"node-{digest}"
    if not (folder / MADE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in _FILES:
            shutil.copyfile(PINNED / name, folder / name)
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=False, capture_output=True, text=True
        )
        if done.returncode:
            pytest.fail(f"npm ci (code {done.returncode}).\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
        (folder / MADE).write_text("", encoding="utf-8")
    return folder / "node_modules"


def refused_html(pages: Sequence[Path], root: Path) -> list[Wrong]:
    """What html-validate refuses in pages, told from the root of their site."""
    done = subprocess.run(
        [
            *(str(modules() / ".bin" / "html-validate"), "--config", str(PINNED / "htmlvalidate.json")),
            *("--formatter", "json", "--max-warnings", "0", *map(str, pages)),
        ],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode not in (0, 1) or not done.stdout:
        pytest.fail(f"html-validate (code {done.returncode}).\n{done.stderr[-3000:]}")
    return [
        Wrong(
            said["ruleId"],
            f"{Path(page['filePath']).relative_to(root).as_posix()}:{said['line']}:{said['column']}",
            said["message"],
        )
        for page in json.loads(done.stdout)
        for said in page["messages"]
    ]


def violations(page: Page, where: str) -> list[Wrong]:
    """What axe-core finds in a page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    return [Wrong(found["rule"], where, node) for found in page.evaluate(_RUN, list(RULES)) for node in found["nodes"]]
