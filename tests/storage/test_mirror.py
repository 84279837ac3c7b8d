"""A folder that follows a store: what changed is fetched, what is gone goes, what leads out is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipelines.storage import mirror
from pipelines.storage.mirror import follow
from pipelines.storage.places import Place, StorageError, StorageUnreachable, open_place
from tests.storage.conftest import Front

ADDRESS = "s3://seau/feuilles"


def wanted(name: str) -> bool:
    return not name.endswith(".pdf")


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def filled(store: Any) -> Any:  # noqa: ANN401
    for name in ("contrats/a.xlsx", "contrats/b/Contrat.csv", "jeu_de_donnees.toml", "notice.pdf"):
        store.pipe_file(f"seau/feuilles/{name}", name.encode())
    return store


def test_it_holds_what_the_store_holds_and_fetches_what_changed(
    filled: Any,  # noqa: ANN401
    front: Front,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = open_place(ADDRESS)
    folder = follow(place, tmp_path / "miroir", wanted)
    names = ("contrats/a.xlsx", "contrats/b/Contrat.csv", "jeu_de_donnees.toml")
    assert content(folder) == {name: name for name in names}

    fetched: list[str] = []
    get = place.store.get_file

    def get_and_tell(path: str, *rest: str) -> None:
        fetched.append(path)
        get(path, *rest)

    monkeypatch.setattr(place.store, "get_file", get_and_tell)
    follow(place, tmp_path / "miroir", wanted)
    assert fetched == []

    filled.pipe_file("seau/feuilles/contrats/a.xlsx", b"contrats/A.xlsx")  # as long as it was
    filled.mv("seau/feuilles/jeu_de_donnees.toml", "seau/feuilles/autre.toml")
    filled.rm("seau/feuilles/contrats/b", recursive=True)
    follow(place, tmp_path / "miroir", wanted)
    assert content(folder) == {"contrats/a.xlsx": "contrats/A.xlsx", "autre.toml": "jeu_de_donnees.toml"}
    assert sorted(fetched) == ["seau/feuilles/autre.toml", "seau/feuilles/contrats/a.xlsx"]
    assert not (folder / "contrats" / "b").exists()

    (folder / "autre.toml").unlink()
    (folder / "ajout.csv").write_text("par erreur", encoding="utf-8")
    assert content(follow(place, tmp_path / "miroir", wanted)) == {
        "contrats/a.xlsx": "contrats/A.xlsx",
        "autre.toml": "jeu_de_donnees.toml",
    }
    assert front.seen == []  # it writes nothing


@pytest.mark.parametrize("name", ["../dehors.csv", "contrats/../../dehors.csv", "a//b.csv", "a\\b.csv"])
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No client writes such names into our server: what a hostile one could list is given as the library gives it."""
    place = Place("memory://feuilles", fsspec.filesystem("memory"), "feuilles")
    listing = {f"feuilles/{name}": {"name": f"feuilles/{name}", "size": 1, "type": "file"}}
    monkeypatch.setattr(place.store, "find", lambda *_, **__: listing)
    with pytest.raises(StorageError, match="dont le nom mène ailleurs"):
        follow(place, tmp_path / "miroir", wanted)
    assert not list(tmp_path.rglob("*.csv"))


def test_too_much_is_refused(filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    del filled
    monkeypatch.setattr(mirror, "MAX_FILES", 2)
    with pytest.raises(StorageError, match="trop de fichiers"):
        follow(open_place(ADDRESS), tmp_path / "miroir", wanted)


def test_a_store_that_refuses_or_is_away_is_said(front: Front, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="n’existe pas"):
        follow(open_place("s3://autre-seau/feuilles"), tmp_path / "a", wanted)
    front.refuse = 403
    with pytest.raises(StorageError, match="l’accès est refusé") as refused:
        follow(open_place(ADDRESS), tmp_path / "b", wanted)
    assert not isinstance(refused.value, StorageUnreachable)
    assert "secret-du-stockage" not in str(refused.value)


def test_a_store_that_does_not_answer_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.alerts.servers import free_port

    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "cle")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-du-stockage")
    fsspec.filesystem("s3").clear_instance_cache()
    with pytest.raises(StorageUnreachable, match="ne répond pas"):
        follow(open_place(ADDRESS), tmp_path / "miroir", wanted)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://cle:secret-du-stockage@seau/x", "contient un identifiant"),
        ("s3://cle:secret-du/stockage@seau/x", "contient un identifiant"),
        ("s3://cle:secret-du-stockage", "contient un identifiant"),
        ("s3://", "ne dit pas quel seau"),
        ("gopher://seau/x", "n’est pas une adresse"),
    ],
)
def test_a_wrong_address_is_said_without_its_keys(address: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as caught:
        open_place(address)
    assert "secret-du-stockage" not in str(caught.value)
