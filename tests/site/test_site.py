"""The site as a whole: every link leads somewhere, nothing a cell says is obeyed, equal releases give equal bytes."""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

import pipelines.site.build as building
from pipelines.publish import lock
from pipelines.publish.errors import OutputsBusy
from pipelines.publish.staging import IN_PROGRESS
from pipelines.site.build import build_site
from pipelines.site.model import NoReleaseError, SiteData
from pipelines.site.pages import Page, Words, all_pages
from tests.site.conftest import FIRST, HOSTILE, LAST, WITHDRAWN
from tests.site.reading import pages_of, read

ADDRESS = "https://example.org/contrats-de-destination"
BASE = urlsplit(ADDRESS).path
DATA = ("application/json", "application/ld+json")
ATOM = "{http://www.w3.org/2005/Atom}"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def copy_of(outputs: Path, target: Path) -> Path:
    """Another folder of outputs with the same releases."""
    for name, content in contents(outputs / "releases").items():
        path = target / "releases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return target


def test_every_internal_link_leads_somewhere(site: Path) -> None:
    lost = []
    for name, page in pages_of(site).items():
        for link in page.targets:
            where = urlsplit(link)
            if where.scheme or where.netloc:
                continue
            found = unquote(urlsplit(urljoin(f"http://site{BASE}/{name}", link)).path)
            assert found.startswith(f"{BASE}/"), (name, link)
            target = found.removeprefix(f"{BASE}/")
            file = site / (f"{target}index.html" if target == "" or target.endswith("/") else target)
            fragment = unquote(where.fragment).partition("&")[0]  # what follows is a state of the preview
            if not file.is_file() or (fragment and fragment not in read(file).ids):
                lost.append((name, link))
    assert not lost


def test_links_between_pages_are_relative_save_on_the_page_shown_anywhere(site: Path) -> None:
    for name, page in pages_of(site).items():
        rooted = [link for tag, link in page.links if tag == "a" and link.startswith(("/", f"{ADDRESS}/"))]
        assert bool(rooted) == name.endswith("404.html"), (name, rooted[:3])


def test_nothing_is_asked_of_another_host(site: Path) -> None:
    for name, page in pages_of(site).items():
        asked = [link for tag, link in page.links if tag in ("script", "img")]
        asked += [one["href"] for one in page.all("link", rel="stylesheet")]
        assert [link for link in asked if urlsplit(link).netloc] == [], name


def test_each_page_has_its_like_in_the_other_language(site: Path) -> None:
    pages = pages_of(site)
    french = {name for name in pages if not name.startswith("en/")}
    assert {f"en/{name}" for name in french} == set(pages) - french
    for name, page in pages.items():
        assert page.language == ("en" if name.startswith("en/") else "fr")
        if name.endswith("404.html"):
            continue
        folder = posixpath.dirname(name)
        switched = [
            posixpath.normpath(posixpath.join(folder, said["href"], "index.html"))
            for said in page.all("a")
            if said.get("hreflang") and "aria-current" not in said
        ]
        assert switched == [name.removeprefix("en/") if name.startswith("en/") else f"en/{name}"]
        alternates = {one["hreflang"] for one in page.all("link", rel="alternate") if "hreflang" in one}
        assert alternates == {"fr", "en", "x-default"}


def test_titles_are_unique_and_headings_in_order(site: Path) -> None:
    pages = pages_of(site)
    assert [title for title, times in Counter(page.title for page in pages.values()).items() if times > 1] == []
    for name, page in pages.items():
        levels = [level for level, _ in page.headings]
        assert levels.count(1) == 1 and levels[0] == 1, name
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert not jumps, (name, jumps)


def test_pages_are_well_formed_and_identifiers_unique(site: Path) -> None:
    for name, page in pages_of(site).items():
        assert not page.wrong, name
        assert [one for one, times in Counter(page.ids).items() if times > 1] == [], name
        assert page.all("a", href="#contenu", class_="evitement") and page.all("main", id="contenu"), name


def test_the_part_of_the_site_is_told_in_the_navigation(site: Path) -> None:
    current = read(site / "versions" / "index.html").all("a", aria_current="page")
    assert [said["href"] for said in current] == ["./"]
    above = read(site / "donnees" / "actions" / "index.html").all("a", aria_current="true")
    assert [said["href"] for said in above if "hreflang" not in said] == ["../"]


def test_what_a_cell_says_is_never_obeyed(site: Path) -> None:
    for name in ("donnees/contrats/index.html", "qualite/index.html"):
        assert HOSTILE in read(site / name).text
    for name, page in pages_of(site).items():
        assert not [text for said, text in page.scripts if said.get("type") not in DATA and text], name
        assert not [link for link in page.targets if link.startswith("javascript:")], name
        assert not [said for _, said in page.elements if any(key.startswith("on") for key in said)], name


def test_data_inside_scripts_are_json(site: Path) -> None:
    for name, page in pages_of(site).items():
        for said, text in page.scripts:
            assert said.get("type") not in DATA or json.loads(text), name
    [(_, text)] = [one for one in read(site / "donnees/actions/index.html").scripts if one[0].get("id") == "colonnes"]
    columns = {column["name"]: column for column in json.loads(text)}
    assert columns["axe_code"]["vocabulary"]["offre"].startswith("Structuration")
    assert columns["intitule"]["vocabulary"] is None
    assert (columns["montant_eur"]["type"], columns["montant_eur"]["unit"]) == ("number", "EUR")


def test_a_withdrawn_release_is_said_and_not_linked(site: Path) -> None:
    gone = WITHDRAWN.isoformat()
    assert gone in read(site / "versions" / "index.html").text
    assert not list(site.glob(f"**/{gone}*"))
    assert not [link for page in pages_of(site).values() for link in page.targets if gone in link]
    for name in ("flux.xml", "sitemap.xml", "versions.json", "CITATION.cff"):
        assert gone not in (site / name).read_text(encoding="utf-8"), name
    assert not [name for name, content in contents(site).items() if "publié par erreur".encode() in content]


def test_files_of_releases_are_served_as_they_are(site: Path, outputs: Path) -> None:
    for day in (FIRST, LAST):
        assert contents(site / "releases" / str(day)) == contents(outputs / "releases" / str(day))
    assert contents(site / "latest") == contents(outputs / "releases" / str(LAST))
    assert (site / "latest" / "datapackage.json").samefile(outputs / "latest" / "datapackage.json")


def test_files_are_copied_where_links_cannot_be_made(
    outputs: Path, data: SiteData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refused)
    building.write_site(data, tmp_path)
    assert contents(tmp_path / "latest") == contents(outputs / "releases" / str(LAST))


def test_equal_releases_give_equal_bytes(site: Path, outputs: Path, tmp_path: Path) -> None:
    again, before = contents(build_site(copy_of(outputs, tmp_path))), contents(site)
    told = {"versions/index.html", "en/versions/index.html", "versions.json"}  # the copy has no withdrawn release
    assert again.keys() | told == before.keys() | told
    assert [name for name in again.keys() - told if again[name] != before[name]] == []


def test_no_path_of_this_machine_is_told(site: Path, outputs: Path) -> None:
    own = {name: content for name, content in contents(site).items() if not name.startswith(("latest/", "releases/"))}
    assert [name for name, content in own.items() if str(outputs.parent).encode() in content] == []


def test_a_build_that_fails_leaves_the_site_that_was_there(
    outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of(outputs, tmp_path)
    before = contents(build_site(folder))

    def dies(*_: object) -> None:
        raise RuntimeError("a page cannot be made")

    with monkeypatch.context() as changed:
        changed.setattr(building, "extras", dies)
        with pytest.raises(RuntimeError):
            build_site(folder)
    assert contents(folder / "site") == before
    assert not (folder / IN_PROGRESS).exists()
    build_site(folder)  # the folder is free again


@pytest.mark.parametrize("exchanges", [True, False])
def test_the_site_is_replaced_whole(
    outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exchanges: bool
) -> None:
    folder = copy_of(outputs, tmp_path)
    (build_site(folder) / "reste.html").write_text("d’avant", encoding="utf-8")
    if not exchanges:
        monkeypatch.setattr(building, "_exchange", lambda *_: False)
    build_site(folder)
    assert not (folder / "site" / "reste.html").exists()
    assert (folder / "site" / "index.html").is_file()
    assert not (folder / IN_PROGRESS).exists()


def test_nothing_is_built_while_a_publication_is_at_work(outputs: Path, tmp_path: Path) -> None:
    folder = copy_of(outputs, tmp_path)
    lock.take(folder)
    try:
        with pytest.raises(OutputsBusy):
            build_site(folder)
        with pytest.raises(OutputsBusy):  # the refusal did not free the lock of another
            build_site(folder)
    finally:
        lock.free(folder)


def test_there_is_no_site_without_a_release(tmp_path: Path) -> None:
    with pytest.raises(NoReleaseError, match="aucune version"):
        build_site(tmp_path)
    assert not (tmp_path / "site").exists()


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NoReleaseError, match="n’existe pas"):
        build_site(tmp_path / "ailleurs")
    assert not (tmp_path / "ailleurs").exists()


@pytest.mark.parametrize("part", ["..", "../../ailleurs", ".", "a b", "a?b", "a#b", "é", "a//b", ""])
def test_no_page_stands_out_of_the_site_nor_where_a_link_would_not_lead(part: str) -> None:
    words = Words("Titre", "Title")
    with pytest.raises(ValueError, match="not the address"):
        Page(path=f"contrats/{part}/", template="retire.html.j2", title=words, description=words)


def test_two_pages_cannot_have_one_address(data: SiteData, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.site.pages import quality

    home = all_pages(data)[""]
    monkeypatch.setattr(quality, "pages", lambda _: iter([home]))
    with pytest.raises(ValueError, match="two pages"):
        all_pages(data)
    with pytest.raises(ValueError, match="not the address"):
        Page(path="/x", template=home.template, title=home.title, description=home.description)


def test_the_feed_tells_the_releases_the_last_first(site: Path) -> None:
    feed = ElementTree.parse(site / "flux.xml").getroot()  # noqa: S314  (our own file)
    assert feed.findtext(f"{ATOM}updated") == f"{LAST}T00:00:00Z"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [f"Version {LAST}", f"Version {FIRST}"]
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [f"{ADDRESS}/versions/{day}/" for day in (LAST, FIRST)]
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [f"{day}T00:00:00Z" for day in (LAST, FIRST)]
    assert all("Ce qui change" in str(entry.findtext(f"{ATOM}content")) for entry in entries)
    assert {f"{ATOM}{name}" for name in ("id", "title", "updated", "author", "link")} <= {child.tag for child in feed}


def test_the_site_map_names_every_listed_page(site: Path) -> None:
    root = ElementTree.parse(site / "sitemap.xml").getroot()  # noqa: S314
    named = {str(url.findtext("{*}loc")).removeprefix(f"{ADDRESS}/") for url in root.findall("{*}url")}
    assert named == {name.removesuffix("index.html") for name in pages_of(site) if not name.endswith("404.html")}
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")


def test_the_home_page_is_light(site: Path) -> None:
    page = read(site / "index.html")
    asked = [link for tag, link in page.links if tag in ("script", "img")]
    asked += [said["href"] for said in page.all("link", rel="stylesheet")]
    assert sum((site / name).stat().st_size for name in ("index.html", *asked)) < 300_000
