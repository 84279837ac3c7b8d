"""How ``publish`` and ``portal-check`` refuse a command line, before any portal is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.portal.portals import KEY_VARIABLE
from pipelines.publish import lock

NOWHERE = "http://127.0.0.1:9"
COMMANDS = ["publish", "portal-check"]


def run(*words: str, key: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), env={KEY_VARIABLE: key, "CONTRATS_OUTPUTS": None})


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Il manque un argument : VERSION."),
        (["v1", "v2"], "De trop dans la commande : v2."),
        (["v1", "--portal"], "L’option --portal attend une valeur."),
        (["v1", "--portal", "www.data.gouv.fr"], "--portal : « www.data.gouv.fr » n’est pas l’adresse d’un portail"),
        (["v1", "--portal", "https://[::1"], "--portal : « https://[::1 » n’est pas l’adresse d’un portail"),
        (["v1", "--portal", "http://data.gouv.fr"], "commence par https://"),
        (["v1", "--organisation", " "], "--organisation : l’identifiant est vide"),
        (["v1", "--organization", "a"], "Option inconnue : --organization. Vouliez-vous dire --organisation ?"),
        (["v1", "--key", "secret"], "Option inconnue : --key."),
    ],
)
def test_a_command_line_is_refused_in_french(command: str, words: list[str], why: str) -> None:
    done = run(command, *words)
    assert done.exit_code == 2, done.output
    assert why in " ".join(done.output.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_secret_in_the_address_is_not_printed(command: str) -> None:
    done = run(command, "v1", "--portal", "https://moi:secret@demo.data.gouv.fr")
    assert done.exit_code == 2
    assert "ni identifiant, ni clé" in done.output
    assert "secret" not in done.output


def test_a_check_changes_nothing_and_has_no_such_option() -> None:
    assert run("portal-check", "v1", "--apply").exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_release_that_does_not_exist(command: str, tmp_path: Path) -> None:
    done = run(command, "2026-01-01", "--outputs", str(tmp_path), "--portal", NOWHERE)
    assert done.exit_code == 2, done.output
    assert "« 2026-01-01 » n’est ni un dossier ni une version" in done.output


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("key", "why"),
    [
        (None, f"La clé du portail manque : mettez-la dans la variable {KEY_VARIABLE}."),
        ("  ", "La clé du portail manque"),
        ("clé-secrete", f"La variable {KEY_VARIABLE} ne contient pas une clé"),
        ("cle secrete", "ne contient pas une clé"),
        ("cle\nsecrete", "ne contient pas une clé"),
    ],
)
def test_a_key_is_needed(command: str, key: str | None, why: str, tmp_path: Path) -> None:
    done = run(command, str(tmp_path), "--outputs", str(tmp_path), "--portal", NOWHERE, key=key)
    assert done.exit_code == 3, done.output
    assert why in " ".join(done.output.split())
    assert "secrete" not in done.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_no_release(command: str, tmp_path: Path) -> None:
    done = run(command, str(tmp_path), "--outputs", str(tmp_path), "--portal", NOWHERE, key="cle")
    assert done.exit_code == 2, done.output
    assert str(tmp_path) in done.output.replace("\n", "")
    assert "Traceback" not in done.output


@pytest.mark.parametrize("elsewhere", [False, True], ids=["of outputs", "by its path alone"])
def test_one_at_a_time_sends_to_a_portal_from_a_folder_and_plans_are_not_held_up(
    tmp_path: Path, elsewhere: bool
) -> None:
    release = tmp_path / "version"
    release.mkdir()
    outputs = tmp_path / "absent" if elsewhere else tmp_path
    words = ("publish", str(release), "--outputs", str(outputs), "--portal", NOWHERE)
    with lock.alone(tmp_path, lock.PORTAL):  # as the asset of Dagster does
        held_up, shown = run(*words, "--apply", key="cle"), run(*words, key="cle")
    assert held_up.exit_code == 3, held_up.output
    assert "Une autre publication vers un portail est en cours" in held_up.output
    assert shown.exit_code == 2, "no release: it came to look"
    assert run(*words, "--apply", key="cle").exit_code == 2, "the lock is free again, and freed by what failed"
    assert run(*words, "--apply", key="cle").exit_code == 2
