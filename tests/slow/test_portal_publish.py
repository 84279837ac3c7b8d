"""A release of the real sheets on a real portal, as a publisher takes it there: by the shell, from a git repository."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.slow.environments import PROJECT, said_by
from tests.udata import Udata, udata

pytestmark = pytest.mark.slow

OFFICIAL_CLIENT = """
import hashlib, json, pathlib, sys
from datagouv import Client, Dataset
client = Client(verbose=False)
client.base_url = sys.argv[1]
dataset = Dataset(sys.argv[2], _client=client)
folder = pathlib.Path(sys.argv[3])
said = {"title": dataset.title, "score": dataset.quality["score"], "files": {}}
for resource in dataset.resources:
    path = resource.download(folder / resource.id)
    said["files"][resource.extras["contrats:cle"]] = hashlib.sha256(path.read_bytes()).hexdigest()
print(json.dumps(said))
"""


class Publisher:
    """A publisher's folder: the sheets in a git repository, the releases, and the shell."""

    def __init__(self, folder: Path, portal: Udata) -> None:
        self.folder, self.portal = folder, portal
        shutil.copytree(PROJECT / "sources", folder / "sources")
        self.git("init", "--quiet")
        self.commit()

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=Éditeur", "-c", "user.email=editeur@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all", "sources")
        self.git("commit", "--quiet", "--message", "Feuilles")

    def run(self, *words: str, key: str | None = None) -> tuple[int, str]:
        """A command, its exit code, and all that it says."""
        environment = {
            **os.environ,
            "DATAGOUV_API_KEY": self.portal.key if key is None else key,
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "PYTHONPATH": str(PROJECT),
        }
        command = [sys.executable, "-m", "pipelines", *words]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, check=False, text=True)
        return done.returncode, done.stdout + done.stderr

    def build(self, date: str, *more: str) -> None:
        code, said = self.run("build", "--date", date, *more)
        assert code == 0, said

    def publish(self, version: str, *more: str, key: str | None = None) -> tuple[int, str]:
        where = ("--portal", self.portal.url, "--organisation", self.portal.organisation)
        return self.run("publish", version, *where, *more, key=key)

    def check(self, version: str) -> tuple[int, str]:
        where = ("--portal", self.portal.url, "--organisation", self.portal.organisation)
        return self.run("portal-check", version, *where)

    def release(self, version: str) -> Path:
        return self.folder / "outputs" / "releases" / version

    def dataset(self) -> dict[str, Any]:
        (found,) = self.portal.datasets()
        return found

    def identifiers(self) -> dict[str, str]:
        """The resources’ identifiers on the portal, by our key."""
        return {one["extras"]["contrats:cle"]: one["id"] for one in self.dataset()["resources"]}

    def append(self, sheet: str, row: dict[str, str]) -> None:
        """A row more in a list of references."""
        path = self.folder / "sources" / "referentiels" / f"{sheet}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow([row.get(name, "") for name in header])


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with udata(tmp_path_factory.mktemp("portail")) as portal:
        made = Publisher(tmp_path_factory.mktemp("editeur"), portal)
        made.build("2026-11-20")
        yield made


def test_a_first_release_is_planned_then_published_then_kept(publisher: Publisher, tmp_path: Path) -> None:
    code, said = publisher.publish("latest")
    assert (code, publisher.portal.datasets()) == (0, []), said
    assert "créer          le jeu de données, en brouillon" in said
    assert "  créer          parquet/" in said
    assert said.count("absent du portail") == 8  # the workbook, the ZIP, the documents and the archive
    assert said.rstrip().endswith("Rien n’a été envoyé : ajoutez --apply pour le faire.")

    code, said = publisher.publish("latest", "--apply")
    assert code == 0, said
    assert "le portail montre la version 2026-11-20" in said
    assert "Qualité selon le portail : 100 %." in said
    dataset = publisher.dataset()
    assert publisher.portal.quality(dataset["id"])["score"] == 1.0
    assert (dataset["private"], dataset["license"], dataset["frequency"]) == (False, "lov2", "irregular")
    assert dataset["temporal_coverage"]["start"].startswith("2011-01-01")
    assert dataset["spatial"]["zones"] == ["country:fr"]
    assert {"tourisme", "contrats-de-destination"} <= set(dataset["tags"])
    types = [kind for kind, _ in groupby(one["type"] for one in dataset["resources"])]
    assert types == ["main", "documentation", "other", "update", "other"]
    assert dataset["resources"][0]["title"] == "Contrats (à plat) — CSV"
    schemas = {one["extras"]["contrats:cle"]: str((one["schema"] or {}).get("url")) for one in dataset["resources"]}
    assert schemas["csv/contrats.csv"].endswith("/latest/schemas/contrats.json")
    assert all(one["description"] for one in dataset["resources"])

    code, said = publisher.publish("latest", "--apply")
    assert code == 0
    assert "Rien à faire" in said
    assert publisher.dataset()["last_modified"] == dataset["last_modified"]

    code, said = publisher.check("latest")
    assert code == 0, said
    assert "octet pour octet" in said
    _read_by_the_official_client(publisher, dataset["id"], tmp_path)


def _read_by_the_official_client(publisher: Publisher, dataset: str, folder: Path) -> None:
    said = said_by("datagouv-client", OFFICIAL_CLIENT, publisher.portal.url, dataset, folder)
    release = publisher.release("2026-11-20")
    assert (said["title"], said["score"]) == ("Contrats de destination touristiques", 1.0)
    for key, digest in said["files"].items():
        path = release / ("contrats-de-destination.zip" if key.startswith("archive/") else key)
        assert digest == hashlib.sha256(path.read_bytes()).hexdigest(), key
    assert {key for key in said["files"] if key.startswith("csv/")} == {
        f"csv/{p.name}" for p in release.glob("csv/*.csv")
    }


def test_a_changed_release_replaces_in_place_and_leaves_an_archive(publisher: Publisher) -> None:
    before = publisher.identifiers()
    publisher.append(
        "partenaires", {"Identifiant": "office-essai", "Nom": "Office de l’essai", "Catégorie": "association"}
    )
    publisher.build("2026-11-21")

    code, said = publisher.publish("latest", "--apply")
    assert code == 1, said  # not committed
    assert "referentiels/partenaires.csv" in said
    assert publisher.identifiers() == before

    publisher.commit()
    code, said = publisher.publish("latest", "--apply")
    assert code == 0, said
    after = publisher.identifiers()
    assert {key: after[key] for key in before} == before
    assert set(after) - set(before) == {"archive/2026-11-21"}
    assert publisher.check("latest")[0] == 0
    assert publisher.check("2026-11-20")[0] == 1

    code, said = publisher.publish("2026-11-20", "--apply", "--uncommitted")
    assert code == 1, said
    assert "  - version-anterieure : La version 2026-11-20 est antérieure à 2026-11-21" in said
    assert "\n    - Un identifiant de « partenaires » a disparu" in said
    assert said.count("\n    Si c’est voulu : --rollback.") == 2
    assert publisher.dataset()["extras"]["contrats:version"] == "2026-11-21"


def test_an_older_release_goes_back_from_the_sheets_of_its_commit(publisher: Publisher, tmp_path: Path) -> None:
    code, said = publisher.publish("2026-11-20", "--rollback")
    assert code == 1, said
    assert "feuilles-non-engagees" in said
    assert "Si c’est voulu : --uncommitted." in said
    publisher.git("worktree", "add", "--quiet", str(tmp_path / "avant"), "HEAD~1")
    code, said = publisher.publish("2026-11-20", "--rollback", "--sources", str(tmp_path / "avant" / "sources"))
    assert code == 0, said
    assert "Version : 2026-11-21 → 2026-11-20" in said


def test_a_key_that_has_no_right_changes_nothing_and_is_shown_nowhere(publisher: Publisher) -> None:
    before = publisher.dataset()
    for key, meant in (
        ("", "DATAGOUV_API_KEY"),
        ("cle-fausse-a-ne-pas-montrer", "401"),
        (publisher.portal.revoked_key, "401"),
    ):
        code, said = publisher.publish("latest", "--apply", key=key)
        assert code == 3, said
        assert meant in said
        assert not key or key not in said
    assert publisher.dataset() == before
    kept = [path for path in publisher.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert kept
    assert not [path for path in kept if publisher.portal.key.encode() in path.read_bytes()]


def test_without_an_organisation_the_plan_says_whose_the_dataset_would_be(publisher: Publisher) -> None:
    code, said = publisher.run("publish", "latest", "--portal", publisher.portal.url)
    assert code == 0, said
    assert "(la personne de la clé)\nJeu de données : à créer\n" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--portal", "ftp://portail"), "n’est pas l’adresse d’un portail"),
        (("--portal", "http://www.data.gouv.fr"), "https://"),
        (("--portal", "https://cle@demo.data.gouv.fr"), "ne porte ni identifiant"),
        (("--portal", "https://demo.data.gouv.fr/fr/datasets/"), "racine"),
    ],
)
def test_a_wrong_address_is_a_wrong_usage(publisher: Publisher, words: tuple[str, ...], said: str) -> None:
    code, answer = publisher.run("publish", "latest", *words)
    assert code == 2
    assert said in answer


def test_a_descriptor_edited_by_hand_is_refused(publisher: Publisher) -> None:
    copied = publisher.folder / "copie" / "releases" / "2026-11-21"
    shutil.copytree(publisher.release("2026-11-21"), copied)
    path = copied / "datapackage.json"
    path.chmod(0o644)
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**descriptor, "title": "Autre titre"}), encoding="utf-8")
    code, said = publisher.publish(str(copied), "--apply")
    assert code == 1, said
    assert "datapackage.json" in said


def test_without_an_organisation_the_dataset_is_of_the_person_of_the_key(publisher: Publisher) -> None:
    of_the_organisation = publisher.dataset()
    code, said = publisher.run("publish", "latest", "--portal", publisher.portal.url, "--apply")
    assert code == 0, said
    assert "la personne de la clé" in said
    owned = publisher.portal.call("GET", f"/api/1/datasets/?owner={publisher.portal.user}").json()["data"]
    assert [(one["organization"], one["quality"]["score"]) for one in owned] == [(None, 1.0)]
    code, said = publisher.run("publish", "latest", "--portal", publisher.portal.url, "--apply")
    assert code == 0, said
    assert "Rien à faire" in said
    assert publisher.dataset() == of_the_organisation
