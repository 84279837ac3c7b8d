"""What is done of each resource and of the dataset, from what the portal holds and what the release wants."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.portal.held import HeldDataset, HeldResource
from pipelines.portal.model import DOCUMENTATION, RESOURCE_KEY, VERSION, Wanted, WantedResource
from pipelines.portal.plan import Kind, Plan, contact_of, order, plan
from tests.portal.states import EXTENSIONS, file, foreign, portal, release, remote, resource

Json = dict[str, Any]
OLDER, NEWER = "2026-11-25T10:00:00+00:00", "2026-11-27T10:00:00+00:00"
SHA1 = {"type": "sha1", "value": "0" * 40}


def done(wanted: Wanted, *there: Json, **dataset: Any) -> Plan:  # noqa: ANN401
    return plan(wanted, portal(wanted, there, **dataset), EXTENSIONS)


def kinds(found: Plan) -> dict[str, str]:
    """What is done of each resource of the portal, and of each that is wanted and not there."""
    return {
        (one.held.id if one.held else one.name): one.kind.value for one in sorted(found.resources, key=lambda o: o.name)
    }


# --- One resource ---------------------------------------------------------------------------------------------------


def test_nothing_changes_where_nothing_differs(tmp_path: Path) -> None:
    wanted = release(file(tmp_path), remote(), file(tmp_path, "archive/2026-11-26", b"zip", name="v.zip"))
    found = done(wanted, *(resource(one) for one in wanted.resources))
    assert found.nothing
    assert (found.dataset, found.fields, found.reordered) == (Kind.KEEP, (), False)
    assert {one.kind for one in found.resources} == {Kind.KEEP}


def test_everything_is_created_on_a_portal_without_the_dataset(tmp_path: Path) -> None:
    wanted = release(file(tmp_path), remote())
    found = plan(wanted, None, EXTENSIONS)
    assert [one.kind for one in found.resources] == [Kind.CREATE] * 2
    assert (found.dataset, found.shown, found.reordered, found.changes) == (Kind.CREATE, None, False, 4)


OF_A_FILE: list[tuple[Json, Kind, str]] = [
    ({}, Kind.KEEP, "rien n’a changé"),
    ({"checksum": SHA1}, Kind.REPLACE, "le fichier a changé"),
    ({"checksum": None}, Kind.REPLACE, "le portail ne dit pas le condensé (sha1) du fichier"),
    ({"checksum": {"type": "sha256", "value": "0" * 64}}, Kind.REPLACE, "le portail ne dit pas le condensé"),
    ({"url": "https://static.exemple.fr/r/avant.csv"}, Kind.REPLACE, "le fichier s’appelle avant.csv sur le portail"),
    ({"url": "https://static.exemple.fr/r/contrats.csv?v=2#haut"}, Kind.KEEP, ""),
    ({"url": "https://static.exemple.fr/r/contr%61ts.csv"}, Kind.KEEP, ""),
    ({"title": "contrats.csv"}, Kind.UPDATE, "titre"),
    ({"title": None, "description": None}, Kind.UPDATE, "titre, description"),
    ({"title": " Contrats ", "description": "Un par ligne\r\n"}, Kind.KEEP, ""),
    ({"type": DOCUMENTATION}, Kind.UPDATE, "type"),
    ({"schema": {"name": None, "url": "https://exemple.fr/s.json", "version": None}}, Kind.UPDATE, "schéma"),
    ({"schema": {}}, Kind.KEEP, ""),
    ({"format": "txt", "mime": "text/plain", "filesize": 1}, Kind.KEEP, ""),  # what the portal itself says of a file
    ({"extras": {RESOURCE_KEY: "csv/contrats.csv", "analysis:x": 1}}, Kind.KEEP, ""),
]


@pytest.mark.parametrize(("there", "kind", "why"), OF_A_FILE)
def test_a_file(tmp_path: Path, there: Json, kind: Kind, why: str) -> None:
    wanted = release(file(tmp_path))
    (one,) = done(wanted, resource(wanted.resources[0], **there)).sent
    assert one.kind is kind
    assert one.why.startswith(why)


OF_A_LINK: list[tuple[Json, Kind, str]] = [
    ({}, Kind.KEEP, "rien n’a changé"),
    ({"url": "https://exemple.fr/avant"}, Kind.UPDATE, "adresse"),
    ({"format": "csv", "title": "Site"}, Kind.UPDATE, "titre, format"),
    ({"format": None}, Kind.UPDATE, "format"),
    ({"schema": None}, Kind.UPDATE, "schéma"),
    ({"checksum": SHA1}, Kind.KEEP, ""),
]


@pytest.mark.parametrize(("there", "kind", "why"), OF_A_LINK)
def test_a_link(there: Json, kind: Kind, why: str) -> None:
    wanted = release(remote(url="https://exemple.fr/à?q=1&r=%2F", schema_url="https://exemple.fr/schema.json"))
    (one,) = done(wanted, resource(wanted.resources[0], **there)).sent
    assert one.kind is kind
    assert one.why.startswith(why)


def test_a_file_without_bytes_is_a_file(tmp_path: Path) -> None:
    wanted = release(file(tmp_path, content=b""))
    assert done(wanted, resource(wanted.resources[0])).nothing
    assert kinds(done(wanted, resource(wanted.resources[0], checksum=None))) == {"id-csv/contrats.csv": "remplacer"}


@pytest.mark.parametrize("key", ["csv/é à.csv", "a%2Fb?c=d#e", "[bold]x", "clé\nsur deux lignes", "k" * 300])
def test_a_key_may_be_any_text(tmp_path: Path, key: str) -> None:
    wanted = release(file(tmp_path, key, name="contrats.csv"))
    assert done(wanted, resource(wanted.resources[0])).nothing


@pytest.mark.parametrize("to_file", [True, False])
def test_a_file_and_a_link_do_not_become_each_other(tmp_path: Path, to_file: bool) -> None:
    key = "csv/contrats.csv"
    one, other = file(tmp_path, key), remote(key)
    wanted, before = (one, other) if to_file else (other, one)
    found = done(release(wanted), resource(before, "avant"))
    assert kinds(found) == {key: "créer", "avant": "retirer"}
    # Cut after the new one was made: it is the one that stays.
    assert kinds(done(release(wanted), resource(wanted, "neuf"), resource(before, "avant", created_at=OLDER))) == {
        "neuf": "garder",
        "avant": "retirer",
    }


def test_a_file_that_was_cut_before_it_had_its_key_takes_the_place_of_a_link(tmp_path: Path) -> None:
    wanted = file(tmp_path)
    found = done(release(wanted), resource(wanted, "neuf", extras={}), resource(remote(wanted.key), "avant"))
    assert kinds(found) == {"neuf": "mettre à jour", "avant": "retirer"}


# --- A type of file that the portal does not take ---------------------------------------------------------------------


def test_a_file_that_the_portal_does_not_take_is_skipped(tmp_path: Path) -> None:
    wanted = file(tmp_path, "parquet/contrats.parquet")
    (one,) = plan(release(wanted), None, EXTENSIONS).sent
    assert (one.kind, one.why) == (Kind.SKIP, "le portail ne prend pas les fichiers .parquet")
    assert done(release(wanted)).nothing


def test_a_file_that_the_portal_took_before_stays_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    wanted = file(tmp_path, "parquet/contrats.parquet")
    assert kinds(done(release(wanted), resource(wanted, "là"))) == {"là": "garder"}
    found = done(release(wanted), resource(wanted, "là", checksum=SHA1))
    assert kinds(found) == {wanted.key: "écarter", "là": "retirer"}
    assert found.others[0].why.startswith("le portail ne prend pas les fichiers .parquet ; son lien permanent")


def test_somebody_s_file_of_a_type_that_is_not_taken_stays(tmp_path: Path) -> None:
    wanted = file(tmp_path, "parquet/contrats.parquet")
    found = done(release(wanted), resource(wanted, "leur", checksum=SHA1, extras={}))
    assert kinds(found) == {wanted.key: "écarter", "leur": "laisser"}


# --- Without our key, or twice ----------------------------------------------------------------------------------------


def test_a_file_of_ours_without_its_key_is_taken_for_ours(tmp_path: Path) -> None:
    wanted = file(tmp_path)
    (one,) = done(release(wanted), resource(wanted, "sans", extras={})).sent
    assert (one.kind, one.why, one.held and one.held.id) == (Kind.UPDATE, "clé", "sans")
    (one,) = done(release(wanted), resource(wanted, "sans", extras=None, checksum=SHA1)).sent
    assert (one.kind, one.held and one.held.id) == (Kind.REPLACE, "sans")


def test_the_oldest_of_several_is_taken_and_its_copies_are_removed(tmp_path: Path) -> None:
    wanted = file(tmp_path)
    there = [
        resource(wanted, "copie", extras={}, created_at=NEWER),
        resource(wanted, "autre", extras={}, created_at=NEWER, checksum=SHA1),
        resource(wanted, "sans somme", extras={}, created_at=NEWER, checksum=None),
        resource(wanted, "première", extras={}, created_at=OLDER),
    ]
    found = done(release(wanted), *there)
    assert kinds(found) == {
        "première": "mettre à jour",
        "copie": "retirer",
        "autre": "laisser",
        "sans somme": "laisser",
    }


@pytest.mark.parametrize(
    ("there", "does"),
    [
        ({}, "retirer"),  # what an interrupted upload leaves
        ({"checksum": SHA1}, "laisser"),  # somebody's own file of that name
        ({"filetype": "remote"}, "laisser"),
        ({"url": "https://static.exemple.fr/r/contrats-2.csv"}, "laisser"),
        ({"extras": {RESOURCE_KEY: ""}}, "retirer"),
    ],
)
def test_what_is_beside_ours_without_a_key(tmp_path: Path, there: Json, does: str) -> None:
    wanted = file(tmp_path)
    found = done(release(wanted), resource(wanted, "nôtre"), resource(wanted, "autre", **({"extras": {}} | there)))
    assert kinds(found) == {"nôtre": "garder", "autre": does}


def test_a_copy_of_what_is_about_to_be_replaced_is_one_too(tmp_path: Path) -> None:
    wanted = file(tmp_path)
    there = resource(wanted, "nôtre", checksum=SHA1), resource(wanted, "copie", checksum=SHA1, extras={})
    assert kinds(done(release(wanted), *there)) == {"nôtre": "remplacer", "copie": "retirer"}


def test_of_two_under_one_key_the_oldest_stays(tmp_path: Path) -> None:
    wanted = file(tmp_path)
    there = [resource(wanted, "b", created_at=NEWER), resource(wanted, "a", created_at=OLDER), resource(wanted, "c")]
    found = done(release(wanted), *there)
    assert kinds(found) == {"a": "garder", "b": "retirer", "c": "retirer"}
    same = [resource(wanted, "b", created_at=None), resource(wanted, "a", created_at=None)]
    assert kinds(done(release(wanted), *same)) == {"a": "garder", "b": "retirer"}


def test_a_key_that_is_not_wanted_any_more_is_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    wanted = release(file(tmp_path))
    gone = resource(file(tmp_path, "csv/anciens.csv"), "avant")
    found = done(wanted, resource(wanted.resources[0], "là"), foreign(), gone)
    assert kinds(found) == {"là": "garder", "leur": "laisser", "avant": "retirer"}
    (removed,) = [one for one in found.others if one.kind is Kind.REMOVE]
    assert removed.why == "n’est plus dans cette version ; son lien permanent cessera de répondre"


def test_a_resource_is_named_by_its_key_its_title_or_its_identifier() -> None:
    there = [foreign("a"), foreign("b", title="deux\nlignes\x1b"), foreign("c", title=None)]
    names = [one.name for one in done(release(), *there).others]
    assert names == ["Une carte", "deux lignes\N{REPLACEMENT CHARACTER}", "c"]


@pytest.mark.parametrize("url", [None, "", "http://[exemple]/x", "pas une adresse"])
def test_somebody_s_link_may_lead_anywhere(url: str | None) -> None:
    assert kinds(done(release(), foreign(url=url))) == {"leur": "laisser"}


# --- Archives ---------------------------------------------------------------------------------------------------------


def archive(folder: Path, version: str) -> WantedResource:
    return file(folder, f"archive/{version}", version.encode(), name=f"contrats-{version}.zip")


def test_archives_are_kept_and_pruned_by_version(tmp_path: Path) -> None:
    wanted = release(archive(tmp_path, "2026-11-26"), kept=4)
    old = ["2026-11-01.2", "2026-11-01.10", "2026-11-01", "2025-12-31.99", "2026-11-02"]
    found = done(wanted, *(resource(archive(tmp_path, one), one) for one in ["2026-11-26", *old]))
    removed = {one.held.id for one in found.others if one.kind is Kind.REMOVE}
    assert removed == {"2026-11-01", "2025-12-31.99"}
    assert {one.held.id for one in found.others if one.kind is Kind.KEEP} == {*old} - removed
    whys = {one.why for one in found.others}
    assert whys == {
        "archive d’une version",
        "archive au-delà des 4 plus récentes ; son lien permanent cessera de répondre",
    }


@pytest.mark.parametrize(("kept", "stay"), [(0, 0), (1, 0), (2, 1), (9, 3)])
def test_the_archive_of_this_version_counts(tmp_path: Path, kept: int, stay: int) -> None:
    wanted = release(archive(tmp_path, "2026-11-26"), kept=kept)
    there = [resource(archive(tmp_path, one)) for one in ("2026-11-26", "2026-11-03", "2026-11-02", "2026-11-01")]
    found = done(wanted, *there)
    assert sum(one.kind is Kind.KEEP for one in found.others) == stay


def test_an_archive_may_be_a_link_and_its_key_no_version(tmp_path: Path) -> None:
    wanted = release(file(tmp_path))
    there = [resource(remote(f"archive/{name}"), name) for name in ("brouillon", "2026-11-01.²", "2026-11-01.x.y")]
    found = done(wanted, resource(wanted.resources[0]), *there)
    assert {one.kind for one in found.others} == {Kind.KEEP}


# --- The order --------------------------------------------------------------------------------------------------------


def test_ours_come_first_then_archives_from_the_newest_then_what_is_not_ours(tmp_path: Path) -> None:
    wanted = release(remote(), file(tmp_path), archive(tmp_path, "2026-11-26"), kept=4)
    there = [
        foreign("z"),
        *(resource(archive(tmp_path, one), one) for one in ("2026-11-01.2", "2025-01-01", "2026-11-01.10")),
        resource(archive(tmp_path, "2024-01-01"), "trop vieille"),
        foreign("a"),
        *(resource(one, f"nôtre {rank}") for rank, one in enumerate(reversed(wanted.resources))),
    ]
    held = portal(wanted, there)
    found = plan(wanted, held, EXTENSIONS)
    assert found.reordered
    asked = order(wanted, held, found.sent, found.others)
    assert asked == ["nôtre 2", "nôtre 1", "nôtre 0", "2026-11-01.10", "2026-11-01.2", "2025-01-01", "z", "a"]
    kept = [raw for raw in there if raw["id"] != "trop vieille"]
    after = [next(raw for raw in kept if raw["id"] == ident) for ident in asked]
    assert done(wanted, *after).nothing


def test_the_order_is_told_once_everything_is_there(tmp_path: Path) -> None:
    wanted = release(file(tmp_path), remote(), file(tmp_path, "csv/lieux.csv"))
    there = [resource(one) for one in reversed(wanted.resources)]
    assert done(wanted, *there).reordered
    assert not done(wanted, *there[:2]).reordered


# --- The dataset ------------------------------------------------------------------------------------------------------

FIELDS: list[tuple[Json, tuple[str, ...]]] = [
    ({}, ()),
    ({"title": "Autre"}, ("titre",)),
    ({"title": "Contrats de destination "}, ()),
    ({"description": "Autre"}, ("description",)),
    ({"description": None}, ("description",)),
    ({"description": "\r\nLes contrats de destination.\r\n"}, ()),
    ({"description_short": None}, ("résumé",)),
    ({"license": "notspecified"}, ("licence",)),
    ({"frequency": "unknown"}, ("fréquence",)),
    ({"tags": ["tourisme", "contrats-de-destination"]}, ()),
    ({"tags": ["contrats-de-destination", "tourisme"]}, ()),
    ({"tags": ["tourisme"]}, ("mots-clés",)),
    ({"tags": None}, ("mots-clés",)),
    ({"temporal_coverage": None}, ("période",)),
    ({"temporal_coverage": {"start": "2014-01-01", "end": None}}, ("période",)),
    ({"temporal_coverage": {"start": "2014-11-26", "end": "2020-12-31"}}, ("période",)),
    ({"temporal_coverage": {"start": "2014-01-01T00:00:00", "end": "2020-12-31T00:00:00"}}, ()),
    ({"spatial": None}, ("territoire",)),
    ({"spatial": {"zones": None, "geom": {}}}, ("territoire",)),
    ({"spatial": {"zones": ["country:fr", "fr:region:53"]}}, ("territoire",)),
    ({"private": True}, ()),  # somebody hid it after its first publication
    ({"extras": {VERSION: "2026-11-26", "leur": 1}}, ()),
    ({"title": "Autre", "tags": [], "license": None}, ("titre", "licence", "mots-clés")),
    ({"acronym": "CDD", "badges": ["x"], "quality": None}, ()),
]


@pytest.mark.parametrize(("there", "fields"), FIELDS)
def test_the_fields_of_the_dataset(there: Json, fields: tuple[str, ...]) -> None:
    found = done(release(), **there)
    assert found.fields == fields
    assert found.dataset is (Kind.UPDATE if fields else Kind.KEEP)
    assert found.nothing is (not fields)


def test_a_draft_that_was_never_whole_becomes_public() -> None:
    assert done(release(), private=True, extras={}).fields == ("visibilité",)


@pytest.mark.parametrize(
    ("points", "same"),
    [
        ([{"id": "c", "name": "Contact", "contact_form": "https://exemple.fr/c"}], True),
        ([{"id": "c", "name": "Contact", "contact_form": "https://exemple.fr/c", "email": "a@exemple.fr"}], True),
        ([{"id": "c", "name": "Autre", "contact_form": "https://exemple.fr/c"}], False),
        ([{"id": "c", "name": "Contact", "contact_form": None, "email": "a@exemple.fr"}], False),
        ([{"id": i, "name": "Contact", "contact_form": "https://exemple.fr/c"} for i in "cd"], False),
        ([], False),
        (None, False),
    ],
)
def test_the_contact(points: list[Json] | None, same: bool) -> None:
    wanted = release(contact_name="Contact", contact_form="https://exemple.fr/c")
    held = portal(wanted, [], contact_points=points)
    assert contact_of(wanted, held) == ("c" if same else None)
    assert plan(wanted, held, EXTENSIONS).fields == (() if same else ("contact",))
    assert done(release(), contact_points=points).nothing  # nothing is asked of it


def test_another_version_is_a_change_by_itself() -> None:
    found = done(release(), extras={VERSION: "2026-11-01"})
    assert (found.shown, found.version, found.changes, found.nothing) == ("2026-11-01", "2026-11-26", 1, False)


def test_the_description_changes_with_the_links_that_it_names(tmp_path: Path) -> None:
    wanted = release(file(tmp_path))
    assert done(wanted).fields == ("description",)  # a link comes
    twice = resource(wanted.resources[0], "a"), resource(wanted.resources[0], "b", created_at=NEWER)
    assert done(wanted, *twice).fields == ("description",)  # the portal's, here, names the second of the two
    assert done(wanted, resource(wanted.resources[0], extras={})).fields == ("description",)  # its first link
    silent = release(file(tmp_path), described=lambda _: "Sans liens")
    assert done(silent).fields == ()


# --- Applying a plan leaves nothing to do -----------------------------------------------------------------------------


def applied(wanted: Wanted, held: HeldDataset | None) -> HeldDataset:
    """What a portal holds once a plan was carried out: its effect, without requests."""
    found = plan(wanted, held, EXTENSIONS)
    there = {one.id: one.raw for one in held.resources} if held else {}
    for sending in reversed(found.sent):
        if sending.kind is Kind.SKIP:
            continue
        ident = sending.held.id if sending.held else f"neuf {sending.wanted.key}"
        made = resource(sending.wanted, ident)
        if sending.kind is Kind.CREATE:
            there = {ident: made, **there}
        elif sending.kind is Kind.REPLACE:
            there[ident] |= made
        elif sending.kind is Kind.UPDATE:
            there[ident] = there[ident] | made | {"url": made["url"] if sending.wanted.url else there[ident]["url"]}
    for other in found.others:
        if other.kind is Kind.REMOVE:
            del there[other.held.id]
    middle = portal(wanted, there.values())
    again = plan(wanted, middle, EXTENSIONS)
    asked = order(wanted, middle, again.sent, again.others)
    return portal(wanted, [there[ident] for ident in asked] if asked is not None else there.values())


KEYS = ("csv/a.csv", "csv/b.csv", "parquet/a.parquet", "lien/site", "archive/2026-11-26", "archive/2026-11-01.10")
ARCHIVES = ("archive/2026-11-01.2", "archive/2026-11-01", "archive/2020-01-01")


def any_resource(folder: Path, key: str, content: bytes, linked: bool) -> WantedResource:
    name = f"{key.partition('/')[2]}.zip" if key.startswith("archive/") else key.partition("/")[2]
    return remote(key) if linked else file(folder, key, content, name=name)


wants = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from([b"", b"a"]), st.booleans()), unique_by=lambda one: one[0]
)
holds = st.lists(
    st.tuples(
        st.sampled_from(KEYS + ARCHIVES),
        st.sampled_from([b"", b"a", b"b"]),
        st.booleans(),
        st.sampled_from(
            [{}, {"extras": {}}, {"extras": None, "title": "Autre"}, {"checksum": None}, {"type": "other"}]
        ),
        st.sampled_from([OLDER, NEWER]),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fichiers")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wants=wants, holds=holds, kept=st.integers(0, 4))
@example(wants=[("csv/a.csv", b"a", False)], holds=[("csv/a.csv", b"a", True, {}, OLDER)] * 2, kept=0)
def test_a_plan_that_was_applied_leaves_nothing_to_do(
    folder: Path,
    wants: list[tuple[str, bytes, bool]],
    holds: list[tuple[str, bytes, bool, Json, str]],
    kept: int,
) -> None:
    wanted = release(*(any_resource(folder, *one) for one in wants), kept=kept)
    before = portal(
        replace(wanted, dataset=replace(wanted.dataset, tags=("autre",), end=dt.date(2019, 1, 1))),
        (
            resource(any_resource(folder, key, content, linked), str(rank), created_at=age, **other)
            for rank, (key, content, linked, other, age) in enumerate(holds)
        ),
        private=True,
        extras={},
    )
    after = applied(wanted, before)
    again = plan(wanted, after, EXTENSIONS)
    assert again.nothing, again
    _nothing_else_moved(plan(wanted, before, EXTENSIONS), before, after, wanted)


def _nothing_else_moved(found: Plan, before: HeldDataset, after: HeldDataset, wanted: Wanted) -> None:
    then = {one.id: one for one in after.resources}
    stays = [one.held.id for one in found.others if one.kind is Kind.LEAVE]
    assert [ident for ident in then if ident in stays] == [one.id for one in before.resources if one.id in stays]
    assert all(then[one.id].raw == one.raw for one in before.resources if one.id in stays)
    was = {(one.key, one.hosted) for one in before.resources if one.key}
    for one in wanted.resources:  # the permanent link of what is still wanted stays
        here: list[HeldResource] = [each for each in after.resources if each.key == one.key]
        if (one.key, one.path is not None) in was and here:
            assert here[0].id in {each.id for each in before.resources}
