"""What a release wants of a portal: in full, in order, in words that hold, whatever the form of the release."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.portal import words
from pipelines.portal.model import DOCUMENTATION, MAIN, OTHER, UPDATE, Wanted, WantedResource
from pipelines.portal.wanted import wanted
from pipelines.publish.description import DESCRIPTION_FILE, DescriptionError, load_description
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.release import write_release
from tests.publish.publish_dataset import CODES, DATE, DECLARED, frames, issues

TOML = Path(__file__).parents[2] / "sources" / DESCRIPTION_FILE
EXAMPLE, REAL = "https://example.org/contrats-de-destination", "https://donnees.tourisme.fr/contrats"
BASE = f'adresse_de_base = "{EXAMPLE}"'
CONTACT = '[point_de_contact]\nnom = "Contributeurs du jeu de données Contrats de destination"\nadresse = ""'
VERSION = DATE.isoformat()
FLAT, OTHERS = ["organismes_a_plat"], ["organismes", "lieux", "vides", "sources"]

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of tables that the registry of today does not know, one of them empty (shared: not to be changed)."""
    root = tmp_path_factory.mktemp("portail")
    sources = root / "feuilles"
    sources.mkdir()
    shutil.copyfile(TOML, sources / DESCRIPTION_FILE)
    about = load_description(TOML)
    return write_release(frames(), issues(), about, CODES, root / "sorties", DATE, sources, declared=DECLARED).path


@pytest.fixture
def other(folder: Path, tmp_path: Path) -> Path:
    """A copy to change, elsewhere and under another name."""
    copy = tmp_path / "copie"
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / path.relative_to(folder))
    return copy


def read(folder: Path) -> Wanted:
    return wanted(ReleaseFolder.open(folder))


def settle(folder: Path, *changes: tuple[str, str]) -> Wanted:
    """What is wanted once the description of the dataset says something else."""
    path = folder / "sources" / DESCRIPTION_FILE
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return read(folder)


def change(folder: Path, name: str, edit: Change) -> None:
    said = json.loads((folder / name).read_text(encoding="utf-8"))
    edit(said)
    (folder / name).write_text(json.dumps(said), encoding="utf-8")


def named(found: Wanted) -> dict[str, WantedResource]:
    return {one.key: one for one in found.resources}


def links(found: Wanted) -> dict[str, str]:
    return {key: f"https://portail.fr/datasets/r/{rank}" for rank, key in enumerate(named(found))}


# --- A release -----------------------------------------------------------------------------------------------------


def test_the_resources_come_in_the_order_of_their_readers(folder: Path) -> None:
    expected = [
        *((f"csv/{name}.csv", MAIN) for name in FLAT),
        ("contrats-de-destination.xlsx", MAIN),
        ("contrats-de-destination.zip", MAIN),
        *((f"csv/{name}.csv", MAIN) for name in OTHERS),
        *((f"parquet/{name}.parquet", MAIN) for name in (*FLAT, *OTHERS)),
        ("dictionnaire.md", DOCUMENTATION),
        ("datapackage.json", DOCUMENTATION),
        ("qualite.json", OTHER),
        ("issues.csv", OTHER),
        ("journal.md", UPDATE),
        (f"archive/{VERSION}", OTHER),
    ]
    found = read(folder)
    assert [(one.key, one.type) for one in found.resources] == expected
    assert {key.split("/")[1][:-4] for key in named(found) if key.startswith("csv/")} == set(DECLARED)
    assert f"archive/{VERSION}".startswith(found.archive_prefix)


def test_each_resource_is_a_file_that_can_be_told_from_the_others(folder: Path) -> None:
    found = read(folder).resources
    names = [one.name for one in found]
    assert len(set(names)) == len(names) == len({one.key for one in found})
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+", name) for name in names), names
    assert "organismes-a-plat.csv" in names
    assert f"contrats-de-destination-{VERSION}.zip" in names
    assert all(one.path is not None and one.path.is_file() and not one.url for one in found)
    assert len({one.title for one in found}) == len(found)
    assert all(one.title == one.title.strip() and len(one.title) <= 350 and one.description for one in found)


def test_a_reader_of_the_list_learns_what_each_table_holds(folder: Path) -> None:
    found = named(read(folder))
    flat, empty = found["csv/organismes_a_plat.csv"], found["parquet/vides.parquet"]
    assert flat.title == "Les organismes_a_plat — CSV"
    assert flat.description.startswith("Les organismes_a_plat. 7 lignes. Une ligne par valeur de `organisme_id`. CSV :")
    assert "Aucune ligne dans cette version." in empty.description


def test_the_second_release_of_a_day_has_an_archive_of_its_own(other: Path) -> None:
    change(other, "datapackage.json", lambda said: said.update(version=f"{VERSION}.2"))
    archive = read(other).resources[-1]
    assert (archive.key, archive.name) == (f"archive/{VERSION}.2", f"contrats-de-destination-{VERSION}-2.zip")
    assert archive.path == other / "contrats-de-destination.zip"


def test_only_a_csv_file_has_a_schema(folder: Path) -> None:
    found = named(read(folder))
    for key, one in found.items():
        name = key.removeprefix("csv/").removesuffix(".csv")
        assert one.schema_url == (f"{EXAMPLE}/latest/schemas/{name}.json" if key.startswith("csv/") else "")


def test_the_dataset_says_what_its_description_says(folder: Path) -> None:
    found, about = read(folder).dataset, load_description(TOML)
    assert (found.key, found.version, found.title) == (about.nom, VERSION, about.titre)
    assert (found.licence, found.frequency, found.zones) == ("lov2", "irregular", ("country:fr",))
    assert (found.start, found.end) == (about.couverture_temporelle.debut, about.couverture_temporelle.fin)
    assert found.short == f"{about.description.partition('. ')[0]}."
    assert found.tags == tuple(sorted(about.mots_cles))
    assert (found.contact_name, found.contact_form) == (about.point_de_contact.nom, "")


def test_the_same_release_wants_the_same_wherever_it_stands(folder: Path, other: Path) -> None:
    first, again, moved = read(folder), read(folder), read(other)
    assert first == again
    assert first.dataset == moved.dataset
    assert first.dataset.described(links(first)) == moved.dataset.described(links(moved))
    assert [one.name for one in first.resources] == [one.name for one in moved.resources]


# --- The description -----------------------------------------------------------------------------------------------


def test_the_description_links_to_every_table_once_it_knows_where(folder: Path) -> None:
    found = read(folder)
    known = links(found)
    targets = re.findall(r"\]\(([^)]*)\)", found.dataset.described(known))
    assert {known[key] for key in known if not key.startswith("archive/")} <= set(targets)
    first = [known[f"csv/{name}.csv"] for name in (*FLAT, *OTHERS)]
    assert [target for target in targets if target in first] == first
    part = {"csv/lieux.csv": known["csv/lieux.csv"]}
    assert known["csv/lieux.csv"] in found.dataset.described(part)


def test_no_link_of_the_description_leads_nowhere(folder: Path) -> None:
    text = read(folder).dataset.described({})
    assert re.findall(r"https?://[^\s)]+", text) == ["https://www.etalab.gouv.fr/licence-ouverte-open-licence"] * 2
    assert "Journal de la version" in text
    assert "discussions de cette page" in text


@pytest.mark.parametrize("known", [True, False], ids=["linked", "plain"])
def test_the_description_is_markdown_that_comes_back_unchanged(folder: Path, known: bool) -> None:
    found = read(folder)
    text = found.dataset.described(links(found) if known else {})
    assert 100 < len(text) < 100_000
    assert text == text.strip()
    assert all(line == line.rstrip() for line in text.splitlines())
    tokens = MarkdownIt("commonmark").parse(text)
    inner = [child.type for token in tokens for child in token.children or []]
    assert not {"html_block", "html_inline", "softbreak", "hardbreak"} & {*inner, *(token.type for token in tokens)}
    assert f"**Version {VERSION}**, publiée le 22/11/2026." in text
    assert f"published on {VERSION}" in text
    assert text.index("Les contrats de destination") < text.index("Destination contracts bind")


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" *_`[]<>#&;\\+-1.)~"), max_size=40))
@example("__0__")
def test_a_text_of_a_release_is_never_taken_for_markdown(text: str) -> None:
    safe = words.plain(text)
    [*tokens] = MarkdownIt("commonmark").parse(f"- {safe}") if safe else []
    inline = [token for token in tokens if token.type == "inline"]
    shown = "".join(child.content for token in inline for child in token.children or [])
    assert [child.type for token in inline for child in token.children or [] if not child.type.startswith("text")] == []
    assert shown == words.one_line(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Une phrase. Une autre.", "Une phrase."),
        ("Vu par M. Dupont en 2011. Puis rien.", "Vu par M. Dupont en 2011."),
        ("Version 1.0 du jeu : voilà.\nSuite.", "Version 1.0 du jeu : voilà."),
        ("Sans point final\n\nUn paragraphe.", "Sans point final"),
        ("La période\u202f: 2011\xa0à 2027.  Et\nplus.", "La période\u202f: 2011\xa0à 2027."),
        ("Pourquoi ? « Parce que. »", "Pourquoi ?"),
    ],
)
def test_the_short_description_is_the_first_sentence(text: str, said: str) -> None:
    assert words.short(text) == said


@given(st.lists(st.text("abcé,", min_size=1, max_size=30), min_size=1, max_size=60))
def test_a_long_sentence_is_never_cut_inside_a_word(parts: list[str]) -> None:
    line = " ".join(parts)
    found = words.short(line)
    assert 0 < len(found) <= words.MOST_SHORT
    if found != line:
        kept = found.removesuffix("…")
        assert line.startswith(kept)
        assert line[len(kept)] in " ,"


# --- Other forms ---------------------------------------------------------------------------------------------------


def test_an_example_as_base_address_is_told_and_a_real_one_gives_the_site(other: Path) -> None:
    said = " ".join(read(other).remarks)
    assert EXAMPLE in said
    assert "« adresse_de_base »" in said
    found = settle(other, (BASE, f'adresse_de_base = "{REAL}"'))
    assert REAL not in " ".join(found.remarks)
    site = named(found)["lien/site"]
    assert (site.url, site.type, site.format, site.path) == (f"{REAL}/", DOCUMENTATION, "html", None)
    text = found.dataset.described({})
    assert f"({REAL}/)" in text
    assert f"{REAL}/releases/{VERSION}/" in text
    assert named(found)["csv/lieux.csv"].schema_url == f"{REAL}/latest/schemas/lieux.json"


@pytest.mark.parametrize(
    ("address", "kept"), [("https://tourisme.fr/contact", True), ("https://example.org/contact", False)]
)
def test_a_contact_is_kept_when_it_leads_somewhere(other: Path, address: str, kept: bool) -> None:
    found = settle(other, (CONTACT, f'[point_de_contact]\nnom = "Le comité"\nadresse = "{address}"'))
    assert (found.dataset.contact_name, found.dataset.contact_form) == ("Le comité", address if kept else "")
    assert ("point de contact" in " ".join(found.remarks)) is not kept
    assert (f"[Le comité]({address})" in found.dataset.described({})) is kept


def test_a_long_first_sentence_is_told(other: Path) -> None:
    assert "première phrase" not in " ".join(read(other).remarks)
    longer = "à promouvoir, dans la durée et sur des marchés étrangers qu’ils choisissent,"
    found = settle(other, ("à promouvoir \\", f"{longer} \\"))
    assert found.dataset.short.endswith("…")
    assert "première phrase" in " ".join(found.remarks)


def test_tags_are_written_as_the_portal_keeps_them(other: Path) -> None:
    found = settle(
        other, ('"tourisme",', '"Tourisme", "tourisme", "politique de l’État", "Œnotourisme", "à b", "É !!",')
    )
    assert {"tourisme", "politique-de-letat", "oenotourisme", "a-b"} < set(found.dataset.tags)
    assert list(found.dataset.tags) == sorted(set(found.dataset.tags))
    assert "É !!" in " ".join(found.remarks)


@pytest.mark.parametrize("said", [lambda said: said.pop("completude"), lambda said: said.update(completude=[])])
def test_a_release_that_does_not_say_the_families_is_read_with_those_of_today(other: Path, said: Change) -> None:
    change(other, "qualite.json", said)
    assert list(named(read(other)))[:2] == ["contrats-de-destination.xlsx", "contrats-de-destination.zip"]

    def rename(said: dict[str, Any]) -> None:
        said["resources"][0]["name"] = "contrats_a_plat"

    change(other, "datapackage.json", rename)
    assert named(read(other))
    assert read(other).resources[0].schema_url.endswith("contrats_a_plat.json")


def test_an_older_release_without_a_report_goes_without_it(other: Path) -> None:
    (other / "qualite.json").unlink()

    def forget(said: dict[str, Any]) -> None:
        said["autres_fichiers"] = [one for one in said["autres_fichiers"] if one["path"] != "qualite.json"]
        for one in said["resources"]:
            one.pop("rows")

    change(other, "datapackage.json", forget)
    found = read(other)
    assert "qualite.json" not in named(found)
    assert "Rapport de qualité" not in found.dataset.described({})
    assert any("qualite.json" in remark for remark in found.remarks)
    assert "ligne dans" not in named(found)["csv/vides.csv"].description


@pytest.mark.parametrize(
    "path", ["csv/lieux.csv", "parquet/vides.parquet", "qualite.json", "contrats-de-destination.zip"]
)
def test_a_file_that_the_release_declares_and_lacks_is_named(other: Path, path: str) -> None:
    (other / path).unlink()
    with pytest.raises(NotAReleaseError, match=re.escape(path)):
        read(other)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda said: said["resources"][1].update(path="../copie/csv/lieux.csv/../../../feuilles"), "manque"),
        (lambda said: said["resources"][1].update(path="/etc/hostname"), "manque"),
        (lambda said: said["resources"][1].update(path="csv/vides.csv"), "distingue"),
        (lambda said: said["resources"][1].update(autres_formats=[]), "Parquet"),
        (lambda said: said.pop("created"), "created"),
        (lambda said: said.update(created=3), "created"),
    ],
    ids=["leads out", "absolute", "twice", "no parquet", "no date", "bad date"],
)
def test_a_descriptor_that_does_not_hold_is_refused(other: Path, edit: Change, said: str) -> None:
    change(other, "datapackage.json", edit)
    with pytest.raises(NotAReleaseError, match=said):
        read(other)


@pytest.mark.parametrize("content", ["{", "\x00", "[" * 100_000])
def test_a_report_that_cannot_be_read_is_named(other: Path, content: str) -> None:
    (other / "qualite.json").write_text(content, encoding="utf-8")
    with pytest.raises(NotAReleaseError, match=r"qualite\.json ne se lit pas"):
        read(other)


def test_a_release_from_before_the_zones_of_the_portal_says_which_key_it_lacks(other: Path) -> None:
    with pytest.raises(DescriptionError, match="couverture_spatiale_portail » absente"):
        settle(other, ('couverture_spatiale_portail = ["country:fr"]\n', ""))


def test_a_release_without_its_sources_has_no_description(other: Path) -> None:
    shutil.rmtree(other / "sources")
    with pytest.raises(DescriptionError, match="n’existe pas"):
        read(other)


def test_a_description_too_long_for_the_portal_is_refused(other: Path) -> None:
    with pytest.raises(DescriptionError, match="trop longue pour le portail"):
        settle(other, ("ensemble. Ce jeu", f"ensemble. {'Long ' * 19_500}. Ce jeu"))
