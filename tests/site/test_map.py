"""The map of destinations: where territories lead, what the page says of it, what the outlines are."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import Markup

from pipelines.site.map import SHAPES, Tables, departments_of, destinations_map, sheet
from tests.chromium import watched_page

ASSETS = SHAPES.with_name("assets")
ZONES = Path("sources/referentiels/zones.csv")
METROPOLE = {f"{n:02d}" for n in range(1, 96) if n != 20} | {"2A", "2B"}
DEPARTMENTS = METROPOLE | {"971", "972", "973", "974", "976"}
Box = tuple[float, float, float, float]


def tables(*territories: tuple[str, str, str | None, str | None, str], **names: str) -> Tables:
    """Tables with these territories (contract, kind, code, today's code, label); names of contracts beside."""
    found = pd.DataFrame(
        territories, columns=["contrat_id", "zone_type_code", "zone_code", "zone_code_actuel", "libelle"], dtype="str"
    )
    found.insert(0, "contrat_territoire_id", [f"t{n}" for n in range(len(found))])
    contracts = sorted({*found["contrat_id"], *names})
    return {
        "contrats": pd.DataFrame({"contrat_id": contracts, "nom": [names.get(one, one) for one in contracts]}),
        "contrats_territoires": found,
        "zones": pd.DataFrame(
            [("epci", "999999999", "246200364"), ("region", "82", "84")],
            columns=["zone_type_code", "zone_code", "zone_code_actuel"],
        ),
    }


def led_to(kind: str, code: str | None, today: str | None = None) -> list[str]:
    return list(departments_of(tables(("c", kind, code, today, "x")))["departement_code"])


def shown(given: Tables, language: str = "fr") -> Markup:
    return destinations_map(given, lambda one: f"contrats/{one}/", "fr" if language == "fr" else "en")


@pytest.mark.parametrize(
    ("kind", "code", "today", "expected"),
    [
        ("departement", "04", "04", ["04"]),
        ("departement", "974", None, ["974"]),
        ("commune", "65286", "65286", ["65"]),
        ("commune", "2A004", None, ["2A"]),
        ("commune", "97411", None, ["974"]),
        ("commune", "97801", None, ["978"]),
        ("commune", "75056", "75056", ["75"]),
        ("region", "94", "94", ["2A", "2B"]),
        ("region", "03", "03", ["973"]),
        ("region", "28", "28", ["14", "27", "50", "61", "76"]),
        ("region", "25", "28", ["14", "50", "61"]),  # Basse-Normandie, not the region that it became part of
        ("epci", "246200364", "246200364", ["62"]),
        ("epci", "200054781", "200054781", ["75", "91", "92", "93", "94", "95"]),  # it has communes in six
        ("epci", "999999999", None, ["62"]),  # by the code of today that `zones` knows
    ],
)
def test_a_territory_leads_to_its_departments(kind: str, code: str, today: str | None, expected: list[str]) -> None:
    assert led_to(kind, code, today) == expected


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("massif", None),
        ("autre", None),
        ("autre", "75056"),
        ("commune", None),
        ("commune", "99123"),
        ("commune", "7505"),
        ("commune", "20004"),  # Corsica has no 20 any more
        ("region", "99"),
        ("departement", "20"),
        ("epci", "123456789"),
        ("region", "246200364"),  # a code of another kind
    ],
)
def test_what_leads_nowhere_is_never_guessed(kind: str, code: str | None) -> None:
    assert led_to(kind, code) == []


def test_each_pair_once_in_order() -> None:
    found = departments_of(
        tables(
            ("b", "commune", "69123", "69123", "Lyon"),
            ("a", "region", "82", "84", "Rhône-Alpes"),
            ("a", "departement", "69", "69", "Rhône"),
        )
    )
    assert list(found.columns) == ["contrat_id", "departement_code"]
    expected = [("a", one) for one in ("01", "07", "26", "38", "42", "69", "73", "74")] + [("b", "69")]
    assert list(found.itertuples(index=False, name=None)) == expected


def test_a_dataset_without_territories_has_a_map_without_links() -> None:
    empty = tables(a="Seul")
    assert departments_of(empty).empty
    page = shown(empty)
    assert "data-departement" not in page
    assert "Seul</a> : aucun territoire n’est cité" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_all_official_zones_lead_to_a_department() -> None:
    zones = pd.read_csv(ZONES, dtype="str")
    given = [
        ("c", kind, code, today, code)
        for kind, code, today in zip(zones["Type de zone"], zones["Code"], zones["Code actuel"], strict=True)
    ]
    page = shown(tables(*given))
    assert "ne mène à aucun" not in page
    assert "non localisé" not in page


def test_old_regions_make_up_those_of_today() -> None:
    regions = json.loads((SHAPES / "rattachements.json").read_text(encoding="utf-8"))["regions"]
    zones = pd.read_csv(ZONES, dtype="str")
    zones = zones[zones["Type de zone"] == "region"]
    merged = zones[zones["Code"] != zones["Code actuel"]].groupby("Code actuel")["Code"].agg(list)
    assert len(merged) == 7
    for today, before in merged.items():
        assert sorted(itertools.chain(*(regions[one] for one in before))) == regions[today]
    today_codes = set(zones["Code actuel"])
    assert sorted(itertools.chain(*(regions[one] for one in today_codes))) == sorted(DEPARTMENTS)


def test_the_page_counts_links_and_says_what_is_not_located() -> None:
    page = shown(
        tables(
            ("alpes", "region", "82", "84", "Rhône-Alpes"),
            ("alpes", "massif", None, None, "massif des Alpes"),
            ("lyon", "commune", "69123", "69123", "Lyon"),
            ("paris", "commune", "75056", "75056", "Paris"),
            ("vosges", "massif", None, None, "massif des Vosges"),
            ("perdu", "commune", "99123", None, "Nulle part"),
            alpes="Voyage dans les Alpes",
            muet="Sans territoire",
        )
    ).replace("\N{NO-BREAK SPACE}", " ")
    assert 'class="carte-n2" href="#departement-69" data-departement="69"><title>Rhône (69) : 2 contrats\n' in page
    assert "<title>Aisne (02) : aucun contrat</title>" in page
    entry = page[page.index('<li id="departement-69"') :].split('<li id="departement-')[1]
    assert '<a href="contrats/alpes/">Voyage dans les Alpes</a>' in entry
    assert "au titre de : <span>Rhône-Alpes</span>" in entry
    absent, partial = page.split("Contrats non localisés")[1].split("<details")
    assert "massif des Vosges (massif, sans code officiel)" in absent.replace("<span>", "").replace("</span>", "")
    assert "le code 99123 ne mène à aucun département" in absent
    assert "aucun territoire n’est cité" in absent
    assert "Alpes" not in absent
    assert "massif des Alpes" in partial
    assert "3 des 6 contrats" in page
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_each_department_with_contracts_is_one_stop_of_the_keyboard() -> None:
    page = shown(tables(("a", "region", "11", "11", "Île-de-France"), ("a", "region", "03", "03", "Guyane")))
    links = re.findall(r"<a class=\"carte-n\d\"[^>]*>", page)
    stops = [one for one in links if 'tabindex="-1"' not in one]
    assert sorted(re.findall(r'data-departement="(\w+)"', "".join(stops))) == [
        *("75", "77", "78", "91", "92", "93", "94", "95"),
        "973",
    ]
    assert len(re.findall(r"<a class=\"carte-n\d\"[^>]*><title>[^<]", page)) == len(links)
    assert all('aria-hidden="true"' in one for one in set(links) - set(stops))
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_hostile_names_stay_text() -> None:
    hostile = "<script>alert(1)</script>\" onfocus='x' &amp;"
    territories = [("region", "03", hostile), ("massif", None, hostile)]
    given = tables(*(("a", kind, code, code, label) for kind, code, label in territories), a=hostile, b=hostile)
    page = destinations_map(given, lambda one: f'x"><img src={one}>', "fr")
    assert "<script" not in page
    assert "<img" not in page
    assert "onfocus='" not in page
    assert "&lt;script&gt;" in page
    assert "&amp;amp;" in page


def test_english_says_the_same_and_marks_french_names() -> None:
    page = shown(tables(("a", "departement", "69", "69", "Rhône"), b="Sans lieu"), "en")
    assert "<title>Rhône (69): 1 contract\n" in page
    assert "<title>Ain (01): no contracts</title>" in page
    assert '<a href="contrats/a/" lang="fr">a</a>' in page
    assert "no territory is quoted" in page
    for french in ("contrat ", "contrats<", "aucun ", "cité"):
        assert french not in re.sub(r'href="[^"]*"', "", page)


def test_same_tables_same_bytes_whatever_the_order_of_rows() -> None:
    given = tables(
        ("a", "region", "82", "84", "Rhône-Alpes"),
        ("b", "commune", "69123", "69123", "Lyon"),
        ("c", "massif", None, None, "Mont-Blanc"),
    )
    backwards = {name: table[::-1].reset_index(drop=True) for name, table in given.items()}
    assert shown(given) == shown(given) == shown(backwards)


def test_the_map_is_light() -> None:
    page = shown(tables(*((f"contrat-{n}", "region", "76", "76", "Occitanie") for n in range(40))))
    assert len(gzip.compress(page.encode(), 9)) < 60_000
    outlines = (SHAPES / "departements.json").read_bytes()
    assert len(outlines) < 90_000
    assert len(gzip.compress(outlines, 9)) < 35_000


def extent(path: str) -> Box:
    """The bounds of a path of the sheet: « M x y l dx dy … z » with whole numbers, several times."""
    assert re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", path), path[:80]
    xs: list[int] = []
    ys: list[int] = []
    for ring in path.split("z")[:-1]:
        numbers = [int(one) for one in re.findall(r"-?\d+", ring)]
        assert len(numbers) % 2 == 0
        assert len(numbers) >= 6
        xs += itertools.accumulate(numbers[::2])
        ys += itertools.accumulate(numbers[1::2])
    return min(xs), min(ys), max(xs), max(ys)


def inside(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def test_outlines_are_all_there_each_in_its_box_and_boxes_apart() -> None:
    drawn = sheet()
    assert set(drawn.shapes) == DEPARTMENTS | {"975", "977", "978", "986", "987", "988"}
    assert len(DEPARTMENTS) == 101
    official = pd.read_csv(ZONES, dtype="str")
    official = official[official["Type de zone"] == "departement"]
    names = dict(zip(official["Code"], official["Libellé"], strict=True))
    assert {code: shape.name for code, shape in drawn.shapes.items() if code in names} == names

    x, y, width, height = drawn.view_box
    boxes: dict[str, Box] = {}
    for inset in drawn.insets:
        left, top, wide, high = inset.box
        boxes[inset.id] = (left, top, left + wide, top + high)
        assert inside(boxes[inset.id], (x, y, x + width, y + height))
        for code in inset.codes:
            bounds = extent(drawn.shapes[code].path)
            assert inside(bounds, boxes[inset.id]), code
            assert bounds[0] < bounds[2]
            assert bounds[1] < bounds[3]
            assert inside((*drawn.shapes[code].centre, *drawn.shapes[code].centre), bounds)
    shown_once = [inset for inset in drawn.insets if inset.kind != "agrandissement"]
    assert sorted(itertools.chain(*(inset.codes for inset in shown_once))) == sorted(drawn.shapes)
    for one, other in itertools.combinations(shown_once, 2):
        a, b = boxes[one.id], boxes[other.id]
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one.id, other.id)
    assert inside(boxes["ile-de-france"], boxes["metropole"])


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_classes_lines_and_figures_stand_out(theme: int) -> None:
    declared = re.findall(r":root \{(.*?)\}", (ASSETS / "carte.css").read_text(encoding="utf-8"), re.DOTALL)
    assert len(declared) == 2
    colours = dict(re.findall(r"--carte-([\w-]+): (#[0-9a-f]{6});", declared[theme]))
    least = {
        ("0", "1"): 3.0,  # a contract or none
        ("1", "2"): 2.0,  # black and white are 21:1 apart: four classes cannot all be 3:1 apart; figures say the same
        ("2", "3"): 2.0,
        **{("trait", rank): 3.0 for rank in "123"},
        ("trait-0", "0"): 3.0,
        ("trait-0", "trait"): 3.0,
        **{(f"sur-{rank}", rank): 4.5 for rank in "123"},
        ("vif", "sur-vif"): 4.5,
    }
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in least}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least[pair]} == {}


@pytest.mark.slow
@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_the_map_leads_to_the_list_on_a_phone(tmp_path: Path, with_script: bool) -> None:
    page = shown(tables(("a", "region", "11", "11", "Île-de-France"), ("b", "commune", "75056", "75056", "Paris")))
    css, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("carte.css", "carte.js"))
    module = f'<script type="module">{script}</script>' if with_script else ""
    (tmp_path / "page.html").write_text(
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>x</title><style>{css}</style>{page}{module}',
        encoding="utf-8",
    )
    with watched_page() as watched:
        watched.page.set_viewport_size({"width": 320, "height": 700})
        watched.page.goto((tmp_path / "page.html").as_uri())
        assert watched.page.evaluate("document.documentElement.scrollWidth") == 320
        watched.page.keyboard.press("Tab")
        watched.page.keyboard.press("Tab")  # past « Passer la carte » to the first département
        named = watched.page.get_by_role("link", name="Paris (75)\N{NO-BREAK SPACE}: 2 contrats – ")
        assert named.evaluate("link => link === document.activeElement")
        said = watched.page.locator("[data-carte-lecture]").text_content()
        assert (said or "").endswith("a\N{NARROW NO-BREAK SPACE}; b") is with_script
        watched.page.keyboard.press("Enter")
        watched.page.wait_for_url("**#departement-75")
        assert watched.page.locator("#departement-75").is_visible()
        assert watched.page.locator("#departement-77").is_visible() is not with_script
        if with_script:
            watched.page.get_by_role("button", name="Afficher tous les départements").click()
            assert watched.page.locator("#departement-77").is_visible()
        assert watched.errors == watched.elsewhere == []
