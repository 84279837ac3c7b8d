"""The site of the real sheets, in a browser: valid, accessible, light. Run with ``-s``, it prints its figures."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from pipelines import job
from pipelines.publish.description import DESCRIPTION_FILE, load_description
from pipelines.publish.release import write_release
from pipelines.site.build import build_site
from pipelines.site.model import read_site
from pipelines.site.pages import all_pages
from tests.chromium import Watched, watched_page
from tests.site.reading import pages_of
from tests.site.serving import Client, serving
from tests.slow.environments import PROJECT
from tests.slow.site_tools import Wrong, refused_html, violations

pytestmark = pytest.mark.slow

SOURCES = PROJECT / "sources"
DAYS = (dt.date(2026, 11, 22), dt.date(2026, 11, 29))
WIDE, NARROW, HEIGHT = 1280, 320, 800
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (WIDE, NARROW)]
HOME_AT_MOST = 300_000
STOPS = 30
# Of WCAG 1.4.12. A sheet that is adopted is no style in the page, which the policy refuses.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""
ADOPT = (
    """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }"""
)
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Elements that cut their own text; those meant for screen readers alone are a pixel wide.
CUT = """[...document.querySelectorAll('body *')].filter(one => {
    const style = getComputedStyle(one);
    const cuts = /hidden|clip/.test(style.overflowX + style.overflowY) && one.clientWidth > 1 && one.clientHeight > 1;
    return cuts && !one.closest('svg') && one.textContent.trim()
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map(one => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`)"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one);
    const inside = ({left, right, top, bottom}) => {
        const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
        const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
        const found = document.elementFromPoint(x, y);
        return found && (one.contains(found) || found.contains(one));
    };
    return {
        what: one.outerHTML.slice(0, 120),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
            && !/, 0\\)$|transparent/.test(style.outlineColor),
        seen: [...one.getClientRects()].some(inside),
    };
}"""
MOVING = """() => [
    ...document.getAnimations().filter(one => one.effect.getComputedTiming().duration > 1).map(String),
    ...[...document.querySelectorAll('*')].filter(one => {
        const style = getComputedStyle(one);
        const lasting = text => text.split(", ").some(each => parseFloat(each) > 0.001);
        return lasting(style.transitionDuration) || lasting(style.animationDuration)
            || style.scrollBehavior === "smooth";
    }).map(one => one.outerHTML.slice(0, 80)),
]"""


@dataclass(frozen=True)
class Shown:
    """The site, the server that gives it, the browser that shows it."""

    site: Path
    client: Client
    watched: Watched
    samples: list[str]
    """The longest page of each template, in French."""

    def open(self, path: str, scheme: str = "light", width: int = WIDE) -> None:
        """Shows a page, and waits for what scripts put on it."""
        page = self.watched.page
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto("about:blank")
        page.goto(f"http://127.0.0.1:{self.client.port}/{path}")
        self.settle()

    def settle(self) -> None:
        """Waits for the graph and the preview, where the page has one."""
        page = self.watched.page
        if page.locator("#reseau").count():
            page.locator("#reseau[data-pret]").wait_for()
        if page.locator("[data-apercu] .apercu-simple, .apercu").count():
            page.locator(".apercu-table").wait_for()

    def open_parts(self) -> None:
        """Opens what is closed and uses what can be used: details, filters, a card of the graph, a filtered preview."""
        page = self.watched.page
        page.evaluate(OPEN)
        if page.locator("#reseau").count():
            page.locator("#reseau-liste-contrats button").first.click()
            expect(page.locator("#reseau-fiche")).to_be_visible()
        if page.locator(".apercu-table").count():
            page.locator(".apercu-recherche input").fill("a")
            page.locator(".apercu-champs input[type=text], .apercu-champs input[type=search]").first.fill("e")
            expect(page.locator(".apercu-poses li").first).to_be_visible()
            page.evaluate(OPEN)
        if page.locator(".filtre input").count():
            page.locator(".filtre input").fill("de")

    def complaints(self) -> list[str]:
        """What the browser complained of, and the other hosts that were asked for; forgotten once told."""
        said = [*self.watched.errors, *self.watched.elsewhere]
        self.watched.errors.clear()
        self.watched.elsewhere.clear()
        return said


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases of the real sheets, between which a title changed, and their site."""
    sources, folder = tmp_path_factory.mktemp("feuilles") / "sources", tmp_path_factory.mktemp("sorties")
    shutil.copytree(SOURCES, sources)
    described = sources / DESCRIPTION_FILE
    for day in DAYS:
        outcome = job.run(sources)
        write_release(
            outcome.tables,
            outcome.issues,
            load_description(described),
            job.codes_of(outcome.tables["nomenclatures"]),
            folder,
            day,
            sources,
        )
        described.chmod(0o644)
        text = described.read_text(encoding="utf-8")
        described.write_text(
            re.sub(r'^titre = "', 'titre = "Les ', text, count=1, flags=re.MULTILINE), encoding="utf-8"
        )
    build_site(folder)
    return folder


@pytest.fixture(scope="module")
def site(outputs: Path) -> Path:
    return outputs / "site"


@pytest.fixture(scope="module")
def samples(outputs: Path, site: Path) -> list[str]:
    templates: dict[str, list[tuple[int, str]]] = {}
    for page in all_pages(read_site(outputs)).values():
        templates.setdefault(page.template, []).append(((site / page.file).stat().st_size, page.path))
    return [max(pages)[1] for pages in templates.values()]


@pytest.fixture(scope="module")
def shown(site: Path, samples: list[str]) -> Iterator[Shown]:
    with serving(site) as client, watched_page() as watched:
        yield Shown(site, client, watched, samples)


@pytest.fixture
def still(shown: Shown) -> Iterator[Shown]:
    """The same, for a reader who asked the system that nothing moves."""
    shown.watched.page.emulate_media(reduced_motion="reduce")
    yield shown
    shown.watched.page.emulate_media(reduced_motion="no-preference")


def told(wrong: list[Wrong]) -> str:
    """Each rule with its number and its first places."""
    rules: dict[str, list[Wrong]] = {}
    for one in wrong:
        rules.setdefault(one.rule, []).append(one)
    return "\n".join(
        f"{rule} : {len(found)}\n" + "\n".join(f"  {one.where} – {one.said}" for one in found[:5])
        for rule, found in rules.items()
    )


def test_every_page_is_valid(site: Path) -> None:
    names = list(pages_of(site))
    assert len(names) > 500
    wrong = refused_html([site / name for name in names], site)
    assert not wrong, told(wrong)


def test_the_validator_refuses_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html>\n<html lang="fr"><head><title>x</title></head><body><p style="color:red">a<div>b</p>'
    )
    assert {"no-inline-style", "close-order"} <= {one.rule for one in refused_html([page], tmp_path)}


def test_every_page_has_its_frame(site: Path) -> None:
    for name, page in pages_of(site).items():
        assert page.language in ("fr", "en"), name
        assert page.title.strip(), name
        assert [level for level, _ in page.headings].count(1) == 1, name
        for landmark in ("header", "main", "footer"):
            assert len(page.all(landmark)) == 1, (name, landmark)
        assert page.all("nav"), name
        assert page.all("a")[0]["href"] == "#contenu", name
        assert page.all("main")[0]["id"] == "contenu", name


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("opened", [False, True], ids=["as loaded", "opened"])
def test_axe_finds_nothing(shown: Shown, scheme: str, width: int, opened: bool) -> None:
    wrong: list[Wrong] = []
    english = [f"en/{path}" for path in shown.samples] if (scheme, width) == LOOKS[0] else []
    for path in shown.samples + english:
        shown.open(path, scheme, width)
        if opened:
            shown.open_parts()
        sideways = shown.watched.page.evaluate(SIDEWAYS)
        wrong += [Wrong("sideways", path, f"{sideways} px")] if sideways > 0 else []
        wrong += [Wrong("console", path, said) for said in shown.complaints() if not _absence(path, said)]
        wrong += violations(shown.watched.page, path)
        shown.complaints()  # of what axe itself does
    assert not wrong, told(wrong)


@pytest.mark.parametrize(
    ("width", "change"),
    [(NARROW, SPACED), (WIDE, SPACED), (WIDE, "")],
    ids=["spaced, narrow", "spaced, wide", "zoomed"],
)
def test_text_that_is_spaced_or_zoomed_stays_whole(shown: Shown, width: int, change: str) -> None:
    wrong: list[Wrong] = []
    page = shown.watched.page
    for path in shown.samples:
        shown.open(path, width=width)
        shown.open_parts()
        before = set(page.evaluate(CUT))
        if change:
            page.evaluate(ADOPT, change)
        else:  # a page that is zoomed to 200 % is laid out for half of its width
            page.set_viewport_size({"width": width // 2, "height": HEIGHT // 2})
        wrong += [Wrong("cut", path, one) for one in page.evaluate(CUT) if one not in before]
        sideways = page.evaluate(SIDEWAYS)
        wrong += [Wrong("sideways", path, f"{sideways} px")] if sideways > 0 else []
    assert not wrong, told(wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_is_followed_by_the_eye(still: Shown, scheme: str) -> None:
    wrong: list[Wrong] = []
    shown, page = still, still.watched.page
    for path in shown.samples:
        shown.open(path, scheme)
        for stop in range(STOPS):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            if found is None:
                break
            if stop == 0 and 'class="evitement"' not in found["what"]:
                wrong.append(Wrong("skip link", path, found["what"]))
            wrong += [Wrong(what, path, found["what"]) for what in ("outlined", "seen") if not found[what]]
    assert not wrong, told(wrong)


def test_the_skip_link_leads_to_the_content(shown: Shown) -> None:
    page = shown.watched.page
    for path in shown.samples:
        shown.open(path)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "contenu", path
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main, footer') !== null"), path


def test_nothing_moves_for_who_wants_none(still: Shown) -> None:
    page = still.watched.page
    for path in still.samples:
        still.open(path)
        still.open_parts()
        assert page.evaluate(MOVING) == [], path


def test_an_absence_is_dressed_wherever_it_is_found(shown: Shown) -> None:
    page = shown.watched.page
    base = "contrats-de-destination"
    for path in ("absente", "contrats/absent/", f"{base}/absente", f"{base}/en/contrats/x/y/", "en/absente"):
        shown.open(path)
        assert page.locator(".entete").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(18, 62, 107)"
        assert [said for said in shown.complaints() if not _absence("404.html", said)] == [], path
        page.locator("main a").nth(1).click()
        expect(page).to_have_url(re.compile(f"/{base}/{'en/' if 'en/' in path else ''}donnees/$"))
        expect(page.locator("main nav")).to_be_visible()
        assert shown.complaints() == []


def test_the_site_works_under_a_path(site: Path, shown: Shown, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "contrats-de-destination", copy_function=os.link)
    page = shown.watched.page
    with serving(tmp_path) as client:
        for name in ("404.html", "donnees/contrats/", "reseau/"):
            page.goto(f"http://127.0.0.1:{client.port}/contrats-de-destination/{name}")
            shown.settle()
            assert page.locator(".entete").evaluate("one => getComputedStyle(one).position") == "static"
            assert shown.complaints() == []
            for link in page.locator("header a").evaluate_all("all => all.map(one => new URL(one.href).pathname)"):
                assert client.ask(link).status == 200, (name, link)


def test_pages_are_light(shown: Shown) -> None:
    page = shown.watched.page
    weights: dict[str, tuple[int, int]] = {}
    print("\npage | octets | comprimés | fichiers | HTML lu (ms) | scripts finis (ms)")
    for path in [*shown.samples, "en/"]:
        asked: list[str] = []
        note = _noting(asked)
        page.on("response", note)
        shown.open(path)
        page.remove_listener("response", note)
        # What the reader asks for by using the page (Parquet of the preview, ties of the graph) is told apart.
        own = [one for one in asked if one.startswith("http") and not one.endswith((".parquet", ".json"))]
        weights[path] = _weigh(shown.client, own), _weigh(shown.client, own, Accept_Encoding="gzip")
        read, done = page.evaluate(
            "() => { const one = performance.getEntriesByType('navigation')[0];"
            " return [one.domContentLoadedEventEnd, performance.now()].map(Math.round); }"
        )
        print(f"/{path} | {weights[path][0]} | {weights[path][1]} | {len(own)} | {read} | {done}")
    for home in ("", "en/"):
        assert weights[home][0] < HOME_AT_MOST


def _noting(asked: list[str]) -> Callable[[Response], None]:
    return lambda one: asked.append(one.url)


def _weigh(client: Client, addresses: list[str], **headers: str) -> int:
    """The bytes that are sent for files."""
    return sum(len(client.ask(re.sub(r"^http://[^/]+", "", one), **headers).body) for one in addresses)


def _absence(path: str, said: str) -> bool:
    """Whether the browser only says that a page that is missing is."""
    return path.endswith("404.html") and "status of 404" in said
