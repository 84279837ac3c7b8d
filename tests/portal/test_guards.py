"""What may go to the portal, and every reason why the rest may not; on a real repository and real small releases."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.curation.issues import IssueLog, place
from pipelines.portal import guards_git
from pipelines.portal.guards import Allowed, Refusal, refusals
from pipelines.portal.guards_shown import breaks
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.release import begin, finish, write_csv, write_metadata, write_parquet, write_xlsx
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frames, issues
from tests.publish.verify_folder import read_json, sealed_again, sums_again, write_json

Act = Callable[[Path], object]
BEFORE = DATE - dt.timedelta(days=7)
WORKBOOK, PART, ACCENTS = "contrats/alpes.csv", "contrats/bretagne/Contrat.csv", "contrats/côte d’azur.csv"
UNIX, WINDOWS = "a,b\n1,2\n", "a,b\r\n1,2\r\n"
SHEETS = {
    "assertions.csv": "Table,Minimum,Maximum,Remarque\nsources,1,5,\n",
    WORKBOOK: UNIX,
    PART: "c,d\n3,4\n",
    ACCENTS: "é,œ\n’,2\n",
    "jeu_de_donnees.toml": "nom = 1\n",
}
BESIDE = {"notes.txt": "à part", ".caché/x.csv": "a\n", "contrats/.~lock.x.csv": "a\n", "a/b/c/d.csv": "a\n"}
"""Files of the repository that no build reads."""
GIT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Essai",
    "GIT_AUTHOR_EMAIL": "essai@exemple.fr",
    "GIT_COMMITTER_NAME": "Essai",
    "GIT_COMMITTER_EMAIL": "essai@exemple.fr",
}


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env=GIT, check=True, capture_output=True)


def put(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode())


def commit(repository: Path) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Feuilles")


def write(
    outputs: Path,
    sheets: Path | None,
    date: dt.date = DATE,
    *,
    trial: bool = False,
    found: pd.DataFrame | None = None,
    address: str = "https://exemple.fr/contrats",
    **tables: pd.DataFrame,
) -> Path:
    content, told = frames() | tables, IssueLog().frame() if found is None else found
    about = replace(description(), adresse_de_base=address)
    with begin(outputs, date, DECLARED, trial=trial) as staging:
        write_csv(staging, content)
        write_parquet(staging, content)
        write_xlsx(staging, content, about)
        return finish(staging, write_metadata(staging, content, told, about, CODES, sheets)).path


@dataclass(frozen=True)
class World:
    """A repository with its sheets, a release made of them, and the folder of outputs where an older one is."""

    repository: Path
    release: Path
    outputs: Path

    @property
    def sources(self) -> Path:
        return self.repository / "feuilles"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("monde")
    repository = folder / "dépôt"
    put(repository / "feuilles", SHEETS | BESIDE)
    put(repository, {"LISEZ-MOI.md": "hors des feuilles\n"})
    git(folder, "init", "--quiet", "dépôt")
    commit(repository)
    outputs = folder / "sorties"
    write(outputs, repository / "feuilles", BEFORE, sources=frames()["sources"].head(1))
    return World(repository, write(outputs, repository / "feuilles"), outputs)


@pytest.fixture
def world(shared: World, tmp_path: Path) -> World:
    """The same with a repository to change."""
    shutil.copytree(shared.repository, tmp_path / "dépôt")
    return replace(shared, repository=tmp_path / "dépôt")


def asked(world: World, shown: str | None = None, **more: Any) -> list[Refusal]:  # noqa: ANN401
    said: dict[str, Any] = {"production": True, "today": DATE, "allowed": Allowed(), "outputs": world.outputs} | more
    release, outputs = said.pop("release", world.release), said.pop("outputs")
    return refusals(release, said.pop("sources", world.sources), outputs, shown, **said)


def codes(found: list[Refusal]) -> list[str]:
    assert all(one.why.endswith(".") and "'" not in one.why for one in found), found
    return [one.code for one in found]


def copied(release: Path, folder: Path) -> Path:
    """A copy of a release that can be spoiled."""
    target = folder / release.name
    shutil.copytree(release, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755)
    return target


# --- The release alone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [None, BEFORE.isoformat(), DATE.isoformat(), "2020-01-01"])
def test_a_sound_release_goes(shared: World, shown: str | None) -> None:
    assert asked(shared, shown) == []
    assert asked(shared, shown, production=False, outputs=None) == []


def test_a_damaged_release_is_refused(shared: World, tmp_path: Path) -> None:
    release = copied(shared.release, tmp_path)
    (release / "csv" / "lieux.csv").write_text("autre chose", encoding="utf-8")
    (said,) = asked(shared, release=release)
    assert said.code == "version-non-verifiee"
    assert "csv/lieux.csv" in said.why and f"verify {release}" in said.why


@pytest.mark.parametrize("content", [None, {}, {"datapackage.json": "{}"}, {"datapackage.json": "[", "SHA256SUMS": ""}])
def test_what_is_no_release_is_refused_for_that_alone(
    shared: World, tmp_path: Path, content: dict[str, str] | None
) -> None:
    if content is not None:
        put(tmp_path / "x", {"x": ""} | content)
    (said,) = asked(shared, BEFORE.isoformat(), release=tmp_path / "x")
    assert said.code in ("version-illisible", "version-non-verifiee")


def test_a_partial_release_goes_only_when_asked(shared: World, tmp_path: Path) -> None:
    release = write(tmp_path, shared.sources, found=issues())
    assert codes(asked(shared, release=release)) == ["version-partielle"]
    assert asked(shared, release=release, allowed=Allowed(partial=True)) == []


def test_a_trial_never_goes(shared: World, tmp_path: Path) -> None:
    release = write(tmp_path, shared.sources, trial=True)
    everything = Allowed(partial=True, uncommitted=True, rollback=True)
    for production in (True, False):
        found = asked(shared, release=release, production=production, allowed=everything)
        assert codes(found) == ["version-d-essai"]


@pytest.mark.parametrize(("days", "expected"), [(-1, ["date-a-venir"]), (0, []), (1, [])])
def test_a_release_of_a_day_to_come_is_refused(shared: World, days: int, expected: list[str]) -> None:
    assert codes(asked(shared, today=DATE + dt.timedelta(days=days))) == expected


def test_an_example_as_address_is_refused_on_production_alone(shared: World, tmp_path: Path) -> None:
    release = write(tmp_path, shared.sources, address="https://example.org/contrats")
    (said,) = asked(shared, release=release)
    assert said.code == "adresse-d-exemple"
    assert "adresse_de_base" in said.why
    assert asked(shared, release=release, production=False) == []


# --- The sheets ------------------------------------------------------------------------------------------------------


def edit(name: str) -> Act:
    return lambda repository: put(repository / "feuilles", {name: "autre\n"})


def drop(name: str) -> Act:
    return lambda repository: (repository / "feuilles" / name).unlink()


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (edit(WORKBOOK), f"{WORKBOOK} (autre que celle du dépôt)."),
        (edit(PART), f"{PART} (autre que celle du dépôt)."),
        (edit(ACCENTS), f"{ACCENTS} (autre que celle du dépôt)."),
        (edit("jeu_de_donnees.toml"), "jeu_de_donnees.toml (autre que celle du dépôt)."),
        (drop(ACCENTS), f"{ACCENTS} (pas dans le dépôt)."),
        (edit("contrats/neuf à lire.csv"), "contrats/neuf à lire.csv (dans le dépôt seulement)."),
        (edit("contrats/bretagne/Actions.csv"), "contrats/bretagne/Actions.csv (dans le dépôt seulement)."),
        (edit("contrats/A\n\x1b[31m.csv"), "contrats/A \N{REPLACEMENT CHARACTER}[31m.csv (dans le dépôt seulement)."),
        (edit("notes.txt"), ""),
        (edit(".caché/y.csv"), ""),
        (edit("a/b/c/e.csv"), ""),
    ],
)
def test_sheets_are_those_of_the_last_commit(world: World, act: Act, told: str) -> None:
    act(world.repository)
    assert asked(world) == []  # what the working copy has become is not what is committed
    commit(world.repository)
    found = asked(world)
    assert codes(found) == (["feuilles-non-engagees"] if told else [])
    assert all(f"{world.sources} : {told[:-1]}. Enregistrez" in one.why for one in found)


def test_uncommitted_sheets_go_when_asked_but_never_on_production(world: World) -> None:
    edit(WORKBOOK)(world.repository)
    commit(world.repository)
    let = Allowed(uncommitted=True)
    assert codes(asked(world, production=False)) == codes(asked(world, allowed=let)) == ["feuilles-non-engagees"]
    assert asked(world, allowed=let, production=False) == []


def test_sheets_that_were_never_added_or_only_staged_are_not_committed(world: World) -> None:
    git(world.repository, "rm", "--quiet", "--cached", f"feuilles/{ACCENTS}", f"feuilles/{PART}")
    git(world.repository, "commit", "--quiet", "--message", "Sans elles")
    git(world.repository, "add", f"feuilles/{PART}")
    (said,) = asked(world)
    assert f"{PART} (pas dans le dépôt) ; {ACCENTS} (pas dans le dépôt)." in said.why


def test_the_first_five_are_named_and_all_counted(world: World) -> None:
    put(world.sources, {f"contrats/{rank}.csv": "a\n" for rank in range(8)})
    commit(world.repository)
    (said,) = asked(world)
    assert "contrats/4.csv (dans le dépôt seulement) ; et 3 autres (8 en tout)." in said.why
    assert "contrats/5.csv" not in said.why


def test_no_sheet_at_all_is_not_every_sheet(tmp_path: Path, shared: World) -> None:
    put(tmp_path, {"LISEZ-MOI.md": "x", "feuilles/.vide": ""})
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "LISEZ-MOI.md")
    git(tmp_path, "commit", "--quiet", "--message", "Rien")
    release = write(tmp_path / "sorties", None)
    (said,) = asked(replace(shared, repository=tmp_path), release=release)
    assert "ne contient aucune feuille" in said.why


def test_a_repository_with_other_digests_is_read(tmp_path: Path, shared: World) -> None:
    put(tmp_path / "feuilles", SHEETS)
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    commit(tmp_path)
    assert asked(replace(shared, repository=tmp_path)) == []


def test_a_partial_release_may_lack_what_it_names(world: World, tmp_path: Path) -> None:
    log = IssueLog()
    log.add("version-precedente-reprise", place("contrats/bretagne", value="contrats/bretagne"), expected="2026-01-01")
    log.add("fichier-laisse-de-cote", place(WORKBOOK, value=WORKBOOK), expected="")
    release = write(tmp_path / "sorties", world.sources, found=log.frame())
    assert not (release / "sources" / WORKBOOK).exists()
    assert codes(asked(world, release=release)) == ["version-partielle", "feuilles-non-engagees"]
    assert asked(world, release=release, allowed=Allowed(partial=True)) == []
    edit(ACCENTS)(world.repository)
    commit(world.repository)
    (said,) = asked(world, release=release, allowed=Allowed(partial=True))
    assert ACCENTS in said.why and PART not in said.why


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of sheets one of which has the line ends of Windows, and a release made of them."""
    folder = tmp_path_factory.mktemp("windows")
    put(folder / "feuilles", SHEETS | {WORKBOOK: WINDOWS})
    return folder / "feuilles", write(folder / "sorties", folder / "feuilles")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("*.csv text eol=lf", []),
        ("* text=auto eol=lf", []),
        ("*.csv eol=crlf", []),
        ("*.csv text=auto\n*.md -text", []),
        ("", []),
        ("*.csv -text", []),
    ],
)
def test_line_ends_that_git_stores_otherwise_are_no_difference(
    shared: World, windows: tuple[Path, Path], tmp_path: Path, attributes: str, expected: list[str]
) -> None:
    sources, release = windows
    shutil.copytree(sources, tmp_path / "feuilles")
    put(tmp_path, {".gitattributes": attributes})
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    assert codes(asked(replace(shared, repository=tmp_path), release=release)) == expected


@pytest.mark.parametrize("attributes", ["", "*.csv -text", "*.csv -text eol=lf", "*.txt text"])
def test_other_line_ends_are_a_difference_when_git_stores_them_as_they_are(
    shared: World, windows: tuple[Path, Path], tmp_path: Path, attributes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, release = windows
    put(tmp_path, {".gitattributes": attributes, "réglages": "[core]\nautocrlf = true\nattributesFile = /dev/null\n"})
    put(tmp_path / "feuilles", SHEETS)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "réglages"))
    (said,) = asked(replace(shared, repository=tmp_path), release=release)
    assert f"{WORKBOOK} (autre que celle du dépôt)." in said.why


def test_nothing_that_a_repository_names_is_run(shared: World, windows: tuple[Path, Path], tmp_path: Path) -> None:
    _, release = windows
    put(tmp_path / "feuilles", SHEETS)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    put(tmp_path, {".gitattributes": "*.csv text filter=piege diff=piege\n"})
    trap = f"touch {tmp_path / 'lancé'}; cat"
    for name in ("filter.piege.clean", "filter.piege.smudge", "diff.piege.textconv", "core.fsmonitor", "core.pager"):
        git(tmp_path, "config", name, trap)
    assert asked(replace(shared, repository=tmp_path), release=release) == []
    assert not (tmp_path / "lancé").exists()


# --- No answer of git ------------------------------------------------------------------------------------------------


def alone(world: World, code: str) -> str:
    (said,) = asked(world)
    assert codes([said]) == [code]
    assert asked(world, allowed=Allowed(uncommitted=True), production=False) == []
    return said.why


def test_no_git(shared: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Installez-le" in alone(shared, "git-absent")


def test_a_git_that_cannot_be_run(shared: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_bytes(b"\x7fELF")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Réinstallez-le" in alone(shared, "git-absent")


def test_a_git_that_does_not_answer(shared: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec /bin/sleep 20\n", encoding="utf-8")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(guards_git, "TIMEOUT", 0.1)
    assert "pas répondu" in alone(shared, "depot-illisible")


def test_no_repository(shared: World, tmp_path: Path) -> None:
    put(tmp_path / "feuilles", SHEETS)
    assert "pas dans un dépôt git" in alone(replace(shared, repository=tmp_path), "feuilles-sans-depot")


def test_no_folder_of_sheets(shared: World, tmp_path: Path) -> None:
    assert "n’existe pas" in alone(replace(shared, repository=tmp_path), "feuilles-sans-depot")


def test_inside_the_repository_itself_nothing_is_committed(world: World) -> None:
    (world.repository / "feuilles").rename(world.repository / ".git" / "feuilles")
    alone(replace(world, repository=world.repository / ".git"), "feuilles-sans-depot")


def test_no_commit(shared: World, tmp_path: Path) -> None:
    put(tmp_path / "feuilles", SHEETS)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    assert "aucun commit" in alone(replace(shared, repository=tmp_path), "depot-sans-engagement")


def test_a_damaged_repository(world: World) -> None:
    tree = subprocess.run(
        ["git", "rev-parse", "HEAD:feuilles"],
        cwd=world.repository,
        env=GIT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (world.repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert "Git dit : « " in alone(world, "depot-illisible")


def test_the_surroundings_of_a_hook_do_not_lead_git_elsewhere(
    shared: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    assert asked(shared) == []


# --- The number of rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected", "told"),
    [
        ("sources,2,2,", [], ""),
        ("sources,,,", [], ""),
        ("sources,3,,Une remarque", ["table-hors-bornes"], "sources 2 (au moins 3 attendues)."),
        ("sources,,1,", ["table-hors-bornes"], "sources 2 (au plus 1 attendues)."),
        ("sources,1,5,\ncontrats,1,,", ["table-hors-bornes"], "contrats 0 (au moins 1 attendues)."),
        ("sources,x,5,", ["bornes-illisibles"], "assertions.csv B2"),
        ("inconnue,1,5,\nsources,3,,", ["bornes-illisibles", "table-hors-bornes"], "assertions.csv A2"),
    ],
)
def test_tables_hold_as_many_rows_as_the_bounds_of_today_want(
    world: World, lines: str, expected: list[str], told: str
) -> None:
    put(world.sources, {"assertions.csv": f"Table,Minimum,Maximum,Remarque\n{lines}\n"})
    found = asked(world)
    assert [one.code for one in found] == expected
    assert told in "".join(one.why for one in found)


def test_without_bounds_nothing_is_held_to(world: World) -> None:
    (world.sources / "assertions.csv").unlink()
    assert asked(world) == []


def test_rows_are_counted_not_believed(shared: World, tmp_path: Path) -> None:
    release = copied(shared.release, tmp_path)
    descriptor = read_json(release / "datapackage.json")
    next(one for one in descriptor["resources"] if one["name"] == "sources")["rows"] = 99
    write_json(release / "datapackage.json", descriptor)
    sums_again(release)
    assert codes(asked(shared, release=release)) == ["version-non-verifiee"]


# --- What the portal shows -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def breaking(shared: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that lacks an organisation of the older one, and does not say why."""
    return write(tmp_path_factory.mktemp("autres"), shared.sources, lieux=frames()["lieux"].head(1))


def test_a_break_with_what_is_shown_is_refused(shared: World, breaking: Path) -> None:
    (said,) = asked(shared, BEFORE.isoformat(), release=breaking)
    assert codes([said]) == ["rupture-non-annoncee"]
    assert "identifiant-perdu" in said.why and "l-2a" in said.why and BEFORE.isoformat() in said.why
    assert asked(shared, BEFORE.isoformat(), release=breaking, allowed=Allowed(rollback=True)) == []
    assert asked(shared, None, release=breaking) == []
    assert codes(asked(shared, DATE.isoformat(), release=breaking)) == ["rupture-non-annoncee"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (None, []),
        (DATE.isoformat(), []),
        (BEFORE.isoformat(), []),
        ("2026-11-21.99", []),
        (f"{DATE.isoformat()}.2", ["version-anterieure"]),
        (f"{DATE.isoformat()}.10", ["version-anterieure"]),
        ("2027-01-01", ["version-anterieure"]),
        ("brouillon", ["version-montree-inconnue"]),
        ("2026-11-22.x", ["version-montree-inconnue"]),
        ("", ["version-montree-inconnue"]),
    ],
)
def test_an_older_release_is_refused(shared: World, shown: str | None, expected: list[str]) -> None:
    assert codes(asked(shared, shown)) == expected
    assert asked(shared, shown, allowed=Allowed(rollback=True)) == []


def test_a_rollback_to_a_release_that_is_there(shared: World) -> None:
    before = shared.outputs / "releases" / BEFORE.isoformat()
    assert codes(asked(shared, DATE.isoformat(), release=before)) == ["version-anterieure", "rupture-non-annoncee"]
    assert asked(shared, DATE.isoformat(), release=before, allowed=Allowed(rollback=True)) == []


def test_what_is_shown_cannot_be_compared_when_it_is_damaged(shared: World, tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    shown = copied(shared.outputs / "releases" / BEFORE.isoformat(), tmp_path / "releases")
    assert asked(shared, shown.name, outputs=tmp_path) == []
    (shown / "parquet" / "lieux.parquet").unlink()
    (said,) = asked(shared, shown.name, outputs=tmp_path)
    assert codes([said]) == ["comparaison-impossible"]
    assert "parquet/lieux.parquet" in said.why
    assert asked(shared, shown.name, outputs=tmp_path, allowed=Allowed(rollback=True)) == []


BREAK = {"gravite": "rupture", "code": "table-retiree", "message": "La table « x » n’est plus là.", "exemples": []}


@pytest.mark.parametrize(
    ("changes", "models", "expected"),
    [
        ([], {}, []),
        ([BREAK], {}, ["rupture-non-annoncee"]),
        ([BREAK | {"gravite": "attention", "code": "licence-changee"}], {}, []),
        ([BREAK], {"ancienne": "0.9.0"}, []),
        ([], {"ancienne": "99.0.0"}, ["rupture-non-annoncee"]),
        ([BREAK | {"code": "inconnu"}], {}, ["comparaison-impossible"]),
        ([BREAK | {"gravite": "terrible"}], {}, ["comparaison-impossible"]),
        (["rien"], {}, ["comparaison-impossible"]),
    ],
)
def test_without_what_is_shown_the_comparison_of_the_release_is_read(
    shared: World, tmp_path: Path, changes: list[object], models: dict[str, str], expected: list[str]
) -> None:
    found = read_json(shared.release / "diff.json")
    found["constats"] += changes
    for side, version in models.items():
        found[side]["version_du_modele"] = version
    write_json(tmp_path / "diff.json", found)
    opened = replace(ReleaseFolder.open(shared.release), path=tmp_path)
    assert codes(list(breaks(opened, shared.outputs, "2020-01-01"))) == expected
    (tmp_path / "diff.json").unlink()
    assert list(breaks(opened, None, "2020-01-01")) == []


def test_the_comparison_of_the_release_gives_way_to_the_real_one(shared: World, tmp_path: Path) -> None:
    release = copied(shared.release, tmp_path)
    found = read_json(release / "diff.json")
    found["constats"].append(BREAK)
    write_json(release / "diff.json", found)
    sealed_again(release)
    assert codes(asked(shared, "2020-01-01", release=release)) == ["rupture-non-annoncee"]
    assert asked(shared, "2020-01-01", release=release, allowed=Allowed(rollback=True)) == []
    assert asked(shared, BEFORE.isoformat(), release=release) == []


# --- All at once -----------------------------------------------------------------------------------------------------


def test_every_reason_is_given_at_once_in_order(world: World, tmp_path: Path) -> None:
    release = copied(
        write(
            tmp_path / "sorties",
            world.sources,
            trial=True,
            found=issues(),
            address="http://localhost",
            lieux=frames()["lieux"].head(1),
        ),
        tmp_path,
    )
    (release / "dictionnaire.md").write_text("x", encoding="utf-8")
    put(world.sources, {WORKBOOK: "autre\n", "assertions.csv": "Table,Minimum,Maximum,Remarque\nsources,9,x,\n"})
    commit(world.repository)
    found = asked(world, f"{DATE.isoformat()}.2", release=release, today=BEFORE)
    assert [one.code for one in found] == [
        "version-non-verifiee",
        "version-partielle",
        "version-d-essai",
        "date-a-venir",
        "adresse-d-exemple",
        "feuilles-non-engagees",
        "bornes-illisibles",
        "table-hors-bornes",
        "version-anterieure",
    ]
    assert found == asked(world, f"{DATE.isoformat()}.2", release=release, today=BEFORE)
