"""A plan as a person reads it before applying it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.portal.model import RESOURCE_KEY, VERSION, Wanted
from pipelines.portal.plan import Plan, plan
from pipelines.portal.plan_text import told
from pipelines.portal.portals import portal_at
from tests.portal.states import EXTENSIONS, file, foreign, portal, release, remote, resource

DEMO, PRODUCTION = portal_at("demo"), portal_at("production")
PAGE = "https://portail.exemple.fr/datasets/contrats/"


def text(found: Plan) -> str:
    return told(found, DEMO, "Agence d’essai", PAGE)


def done(wanted: Wanted, *there: dict[str, Any], **dataset: Any) -> Plan:  # noqa: ANN401
    return plan(wanted, portal(wanted, there, **dataset), EXTENSIONS)


def test_a_first_publication(tmp_path: Path) -> None:
    wanted = release(
        file(tmp_path), remote(), file(tmp_path, "parquet/contrats.parquet"), remarks=("L’adresse est un exemple.",)
    )
    assert told(plan(wanted, None, EXTENSIONS), PRODUCTION, "Atout France", "") == (
        "Portail : https://www.data.gouv.fr (portail public)\n"
        "Propriétaire : Atout France\n"
        "Jeu de données : à créer\n"
        "Version : aucune → 2026-11-26\n"
        "\n"
        "  créer          le jeu de données, en brouillon ; il devient public quand tout y est\n"
        "  écarter        parquet/contrats.parquet                      le portail ne prend pas les fichiers .parquet\n"
        "  créer          csv/contrats.csv                              absent du portail\n"
        "  créer          lien/site                                     absent du portail\n"
        "\n"
        "À savoir :\n"
        "  - L’adresse est un exemple.\n"
        "\n"
        "En tout : le jeu de données à créer, 2 ressources à créer."
    )


def test_a_first_publication_counts_the_files_of_a_folder(tmp_path: Path) -> None:
    names = ("csv/a.csv", "classeur.xlsx", "csv/b.csv", "csv/c.csv", "archive/2026-11-26")
    wanted = release(*(file(tmp_path, name) for name in names))
    created = [
        "  créer          csv/                                          3 ressources, absentes du portail",
        "  créer          classeur.xlsx                                 absent du portail",
        "  créer          archive/2026-11-26                            absent du portail",
    ]
    extensions = {*EXTENSIONS, "xlsx", "2026-11-26"}
    cut_short = portal(wanted, (), extras={}, private=True)
    for found in (plan(wanted, None, extensions), plan(wanted, cut_short, extensions)):
        lines = text(found).splitlines()
        assert [line for line in lines if line.endswith("du portail")] == created
        assert "5 ressources à créer" in lines[-1]
    later = text(plan(wanted, portal(wanted, (), extras={VERSION: "2026-11-01"}), extensions))
    assert later.count("absent du portail") == len(names)


def test_nothing(tmp_path: Path) -> None:
    wanted = release(file(tmp_path), remote())
    assert text(done(wanted, *(resource(one) for one in wanted.resources))) == (
        "Portail : https://demo.data.gouv.fr (portail de démonstration ou d’essai)\n"
        "Propriétaire : Agence d’essai\n"
        "Jeu de données : https://portail.exemple.fr/datasets/contrats/\n"
        "Version : 2026-11-26 → 2026-11-26\n"
        "\n"
        "  garder         le jeu de données : rien n’a changé\n"
        "  garder         2 ressources inchangées\n"
        "\n"
        "Rien à faire : le portail est déjà dans l’état de cette version."
    )


def test_a_little_of_everything(tmp_path: Path) -> None:
    wanted = release(
        file(tmp_path, "csv/a.csv"),
        file(tmp_path, "csv/b.csv"),
        file(tmp_path, "csv/c.csv"),
        file(tmp_path, "csv/d.csv"),
        file(tmp_path, "parquet/a.parquet"),
    )
    a, b, c = wanted.resources[:3]
    there = [
        resource(c),
        resource(a, checksum=None),
        resource(b, title="b.csv", type="other"),
        foreign(title="Une carte\nsur deux lignes"),
        resource(file(tmp_path, "csv/avant.csv")),
        resource(remote("archive/2020-01-01")),
    ]
    found = done(wanted, *there, tags=[], license="notspecified", extras={VERSION: "2026-11-01"})
    assert text(found).partition("\n\n")[2] == (
        "  mettre à jour  le jeu de données : description, licence, mots-clés\n"
        "  écarter        parquet/a.parquet                             le portail ne prend pas les fichiers .parquet\n"
        "  retirer        csv/avant.csv                                 n’est plus dans cette version ; son lien"
        " permanent cessera de répondre\n"
        "  laisser        Une carte sur deux lignes                     n’est pas de nous\n"
        "  créer          csv/d.csv                                     absent du portail\n"
        "  remplacer      csv/a.csv                                     le portail ne dit pas le condensé (sha1)"
        " du fichier\n"
        "  mettre à jour  csv/b.csv                                     titre, type\n"
        "  garder         2 ressources inchangées\n"
        "\n"
        "En tout : le jeu de données à mettre à jour, 1 ressource à créer, 1 ressource à remplacer, "
        "1 ressource à mettre à jour, 1 ressource à retirer.\n"
        "Sans retour, pour 1 ressource retirée : un lien permanent perdu ne revient pas, même si le fichier revient."
    )


def test_the_order_alone(tmp_path: Path) -> None:
    wanted = release(file(tmp_path), remote())
    found = done(wanted, *(resource(one) for one in reversed(wanted.resources)))
    assert text(found).endswith(
        "  garder         le jeu de données : rien n’a changé\n"
        "  réordonner     les ressources : leur ordre a changé\n"
        "  garder         2 ressources inchangées\n"
        "\n"
        "En tout : l’ordre des ressources."
    )


def test_the_version_alone() -> None:
    found = text(done(release(), extras={VERSION: "2026-11-01"}))
    assert "Version : 2026-11-01 → 2026-11-26\n" in found
    assert found.endswith("En tout : la version montrée, et rien d’autre.")


def test_columns_hold_whatever_the_names(tmp_path: Path) -> None:
    names = ["a", "k" * 44, "k" * 60]
    found = plan(release(*(file(tmp_path, name, name="a.csv") for name in names)), None, EXTENSIONS)
    lines = [line for line in text(found).splitlines() if line.endswith("absent du portail")]
    assert len(lines) == len(names)
    assert all(line[:17] == "  créer          " for line in lines)
    assert [line.index("absent") for line in lines] == [63, 63, 79]


def test_a_terminal_obeys_nothing_of_what_the_portal_says(tmp_path: Path) -> None:
    wanted = file(tmp_path)
    there = [
        resource(file(tmp_path, "csv/avant.csv"), extras={RESOURCE_KEY: "\x1b[2J\nautre"}),
        resource(wanted, url="https://static.exemple.fr/r/%1b[2J%0Aa.csv"),
        foreign(title="\x1b]0;a\x07"),
    ]
    found = text(done(release(wanted), *there))
    assert not {"\x1b", "\x07"} & set(found)
    assert len([line for line in found.splitlines() if line.startswith(("  re", "  laisser"))]) == 3
