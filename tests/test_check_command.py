"""``contrats-destination check``: what is meant by a path, what is answered for, and how it is said."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from pipelines.checking import Checked, NothingToCheckError, check, files_to_read, select
from pipelines.cli import main
from pipelines.curation.catalogue import WHOLE_FOLDER
from pipelines.curation.console import MANY_FILES, MOST_ON_A_TERMINAL, print_issues, reading_bar
from pipelines.curation.issues import COLUMNS, IssueLog, place
from pipelines.progress import file_read
from pipelines.text import numbered, printable
from tests.conftest import SmallSources, cell_of, write_small_sources


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SmallSources:
    """Small sources that no test changes."""
    return write_small_sources(tmp_path_factory.mktemp("communes") / "sources")


# --- Which files are meant -----------------------------------------------------------------------------------------


def test_a_folder_of_sources_is_checked_whole(shared: SmallSources) -> None:
    [selection] = select([shared.root, shared.root / "contrats" / "alpes"])
    assert selection.whole
    assert selection.root == shared.root
    assert files_to_read([selection]) == 3 + len(list(shared.root.glob("referentiels/*.csv")))


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("contrats/alpes", ["contrats/alpes"]),
        ("contrats/alpes/Actions.csv", ["contrats/alpes"]),
        ("contrats", ["contrats/alpes", "contrats/bretagne"]),
        ("national", ["national"]),
        ("national/Actions.csv", ["national"]),
        ("referentiels/sources.csv", ["referentiels/sources.csv"]),
    ],
)
def test_files_of_the_sources_keep_their_name(shared: SmallSources, path: str, wanted: list[str]) -> None:
    [selection] = select([shared.root / path])
    assert selection.in_place
    assert selection.shown == {name: name for name in wanted}


@pytest.mark.parametrize(
    ("path", "place_among_sources"),
    [
        ("recu/alpes.xlsx", "contrats/alpes.xlsx"),
        ("recu/national.ods", "national.ods"),
        ("recu/sources.csv", "referentiels/sources.csv"),
        ("recu/corrections.csv", "corrections.csv"),
        ("recu/assertions.csv", "assertions.csv"),
        ("recu/Actions.csv", "national/Actions.csv"),
        ("recu/Dénominations.csv", "contrats/recu/Dénominations.csv"),
        ("recu/Partenaires.csv", "national/Partenaires.csv"),
    ],
)
def test_a_file_from_elsewhere_takes_its_place(
    shared: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, place_among_sources: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(path).parent.mkdir()
    Path(path).write_bytes(b"")
    [selection] = select([Path(path)], shared.root)
    assert not selection.in_place
    assert selection.shown == {place_among_sources: path}


def test_the_nearest_reference_lists_are_found_or_asked_for(
    shared: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alpes.xlsx").write_bytes(b"")
    with pytest.raises(NothingToCheckError, match="--sources"):
        select([Path("alpes.xlsx")])
    monkeypatch.chdir(shared.root.parent)
    assert select([tmp_path / "alpes.xlsx"])[0].root == shared.root


def test_two_files_for_one_place(shared: SmallSources, tmp_path: Path) -> None:
    for folder in ("un", "deux"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "alpes.xlsx").write_bytes(b"")
    with pytest.raises(NothingToCheckError, match="même fichier"):
        select([tmp_path / "un" / "alpes.xlsx", tmp_path / "deux" / "alpes.xlsx"], shared.root)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("absent.xlsx",), "n’existe pas"),
        (("texte.txt",), "n’est pas une feuille"),
        ((".~lock.feuille.xlsx#",), "verrouillage"),
        (("vide",), "Aucune feuille"),
        (("feuille.xlsx",), "--sources"),
        (("feuille.xlsx", "--sources", "vide"), "referentiels/"),
        ((), "n’existe pas"),
        (("--inconnu",), "Option inconnue : --inconnu."),
        (("--sourcs", "vide"), "Vouliez-vous dire --sources"),
        (("--sources",), "--sources attend une valeur"),
        (("--json=oui",), "--json ne prend pas de valeur"),
        (("--sources", "texte.txt"), "il faut un dossier"),
        (("--html", "vide"), "il faut un fichier"),
        (("--html", "feuille.xlsx"), "finit par .html"),
    ],
)
def test_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vide").mkdir()
    (tmp_path / "texte.txt").write_text("bonjour", encoding="utf-8")
    (tmp_path / ".~lock.feuille.xlsx#").write_text("moi", encoding="utf-8")
    (tmp_path / "feuille.xlsx").write_bytes(b"")
    done = run(*arguments)
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert not [word for word in ("Error", "Usage:", "Invalid", "No such") if word in done.output]
    assert "Traceback" not in done.output


def test_a_report_that_cannot_be_written_is_the_environment(shared: SmallSources, tmp_path: Path) -> None:
    done = run(str(shared.root), "--html", str(tmp_path / "absent" / "rapport.html"))
    assert done.exit_code == 3, done.output


def test_a_report_replaces_no_sheet(small_sources: SmallSources) -> None:
    sheet = small_sources.root / "contrats" / "alpes" / "Actions.csv"
    before = sheet.read_bytes()
    for target in (sheet, small_sources.root / "contrats" / "rapport.html"):
        done = run(str(small_sources.root), "--html", str(target))
        assert done.exit_code == 2, done.output
    assert sheet.read_bytes() == before
    assert not (small_sources.root / "contrats" / "rapport.html").exists()


# --- What is answered for --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> SmallSources:
    """Mistakes in both contracts, a source never cited, an identifier lost."""
    sources = write_small_sources(tmp_path_factory.mktemp("abimees") / "sources")
    sources.put("contrats/alpes/Actions", "Début", "31 février 2014", 3)
    sources.put("contrats/bretagne/Partenaires", "Début", "03/04")
    sources.add(
        "referentiels/sources", {"Identifiant": "LUE1", "Titre": "Lue", "Type": "presse", "Fiabilité": "primaire"}
    )
    return sources


@pytest.fixture(scope="module")
def answered(spoiled: SmallSources) -> Checked:
    """The contract that points at another one, checked alone."""
    return check(select([spoiled.root / "contrats" / "bretagne"]))


def test_only_the_files_named_are_answered_for(answered: Checked) -> None:
    assert answered.files.to_dict("records") == [{"file": "contrats/bretagne", "rows": 2}]
    told = answered.issues[answered.issues["severity"] != "info"]
    cell = cell_of("x/Partenaires", "Début")
    assert told[["code", "file", "cell"]].to_numpy().tolist() == [["date-ambigue", "contrats/bretagne", cell]]
    assert set(answered.issues["file"]) == {"contrats/bretagne"}


def test_rules_of_the_whole_are_left_out(answered: Checked) -> None:
    assert not set(answered.issues["code"]) & WHOLE_FOLDER


def test_a_file_from_elsewhere_is_read_among_the_sources_and_named_as_typed(
    shared: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(shared.root / "contrats" / "bretagne", tmp_path / "recu" / "bretagne (2)")
    received = SmallSources(tmp_path / "recu")
    received.put("bretagne (2)/Contrat", "Contrat précédent", "alpe")
    received.put("bretagne (2)/Partenaires", "Nom", "Atou France")
    before = {path: path.read_bytes() for path in shared.root.rglob("*.csv")}
    checked = check(select([Path("recu/bretagne (2)")], shared.root))
    told = checked.issues[checked.issues["severity"] == "error"]
    assert told[["code", "file", "value"]].to_numpy().tolist() == [
        ["contrat-inconnu", "recu/bretagne (2)", "alpe"],
        ["partenaire-inconnu", "recu/bretagne (2)", "Atou France"],
    ]
    assert "« Atout France »" in told["message"].iloc[1]
    assert checked.paths == {"recu/bretagne (2)": tmp_path / "recu" / "bretagne (2)"}
    assert {path: path.read_bytes() for path in shared.root.rglob("*.csv")} == before


def test_annotated_copies_are_checked_against_the_sources_not_against_themselves(
    shared: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared.root.parent)
    copies = tmp_path / "copies"
    shutil.copytree(shared.root / "contrats", copies / "contrats")
    shutil.copytree(shared.root / "national", copies / "national")
    (copies / "referentiels").mkdir()
    for name in ("referentiels/sources.rapport.xlsx", "corrections.rapport.xlsx"):
        (copies / name).write_bytes(b"")
    [selection] = select([copies])
    assert selection.root == shared.root
    assert sorted(selection.placed) == ["contrats/alpes", "contrats/bretagne", "national"]
    assert not check(select([copies / "contrats" / "alpes"])).refused


def test_a_name_inside_another_path_is_not_renamed(
    shared: SmallSources, small_sources: SmallSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_sources.root.parent)
    small_sources.put("contrats/bretagne/Partenaires", "Nom", "Atou France")
    issues = check(select([small_sources.root, shared.root])).issues.set_index("code")
    assert issues.loc["partenaire-inconnu", "file"] == f"{small_sources.root.name}/contrats/bretagne"
    assert "ajoutez-le à sources/referentiels/partenaires.csv, ou" in str(issues.loc["partenaire-inconnu", "advice"])


def test_the_file_of_assertions_counts_as_read(shared: SmallSources, tmp_path: Path) -> None:
    received = tmp_path / "assertions.csv"
    received.write_text("Table,Minimum,Maximum\nactions,1,\n", encoding="utf-8")
    checked = check(select([received], shared.root))
    assert checked.files["rows"].tolist() == [1]
    assert not checked.refused


# --- How it is said --------------------------------------------------------------------------------------------------


def test_json_is_one_object_of_the_agreed_shape(spoiled: SmallSources, tmp_path: Path) -> None:
    page = tmp_path / "rapport.html"
    done = run(str(spoiled.root), "--json", "--html", str(page))
    assert done.exit_code == 1, done.output
    said = json.loads(done.stdout)
    assert list(said) == ["files", "rows", "errors", "warnings", "issues"]
    assert said["files"] == files_to_read(select([spoiled.root]))
    issues = said["issues"]
    assert all(set(issue) == set(COLUMNS) for issue in issues)
    counts = pd.Series([issue["severity"] for issue in issues]).value_counts()
    assert (said["errors"], said["warnings"]) == (2, int(counts.get("warning", 0)))
    assert counts["info"] >= 1
    first = issues[0]
    assert (first["code"], first["file"], first["sheet"], first["row"]) == (
        "date-illisible", "contrats/alpes", "Actions", 3,
    )  # fmt: skip
    assert isinstance(first["row"], int)
    text = page.read_text(encoding="utf-8")
    assert "31 février 2014" in text
    assert "contrats/bretagne" in text


def test_sound_sources_end_with_zero(shared: SmallSources) -> None:
    done = run(str(shared.root))
    assert done.exit_code == 0, done.output
    assert "0 erreur, 0 avertissement" in done.output


def found(count: int = 1, value: str = "31 février") -> pd.DataFrame:
    log = IssueLog()
    for row in range(2, 2 + count):
        log.add("date-illisible", place("contrats/alpes.xlsx", "Actions", f"H{row}", row, "Début", value))
    log.add("colonne-absente", place("contrats/lyon.xlsx", "Outils", row=1, column="Type", value="Type"))
    log.add("fichier-illisible", place("contrats/nice.xlsx", value="nice.xlsx"), expected="abîmé")
    log.add("identifiant-nouveau", place("contrats/alpes.xlsx", "Outils", "A2", 2, "Identifiant", "alpes-guide"))
    return log.frame()


class Terminal(io.StringIO):
    """A stream that someone watches."""

    def isatty(self) -> bool:
        return True


def printed(issues: pd.DataFrame, *, terminal: bool = False) -> str:
    stream = Terminal() if terminal else io.StringIO()
    print_issues(Console(file=stream, force_terminal=terminal, highlight=False, soft_wrap=True), issues)
    return stream.getvalue()


def test_text_says_the_kinds_first_then_each_issue_at_its_cell() -> None:
    lines = printed(found(2)).splitlines()
    assert lines[:5] == [
        "Par nature",
        "      2  erreurs        date-illisible",
        "      1  erreur         colonne-absente",
        "      1  erreur         fichier-illisible",
        "      1  information    identifiant-nouveau",
    ]
    at = lines.index("contrats/alpes.xlsx · Actions")
    assert lines[at + 1] == "  H2       erreur · « Début » · date-illisible"
    assert lines[at + 2].startswith("    « 31 février » n’est pas une date comprise.")
    assert lines[at + 3].startswith("    → Tapez par exemple")
    assert "  ligne 1  erreur · « Type » · colonne-absente" in lines
    assert "contrats/nice.xlsx" in lines
    assert "    valeur : nice.xlsx" not in lines, "the file, said just above"
    assert not [line for line in lines if "alpes-guide" in line]
    assert "Les informations" in lines[-1]


def test_the_value_is_said_unless_the_message_says_it() -> None:
    log = IssueLog()
    log.add("sans-source", place("contrats/alpes.xlsx", "Actions", "O2", 2, "Sources", "source"))
    log.add("date-illisible", place("contrats/alpes.xlsx", "Actions", "H2", 2, "Début", "demain"))
    said = printed(log.frame())
    assert "    valeur : source\n" in said
    assert "valeur : demain" not in said


def test_nothing_wrong() -> None:
    assert printed(IssueLog().frame()) == "Aucune anomalie.\n"


def test_colours_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;31m" in printed(found(), terminal=True)
    assert "\x1b" not in printed(found())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in printed(found(), terminal=True)


def test_colours_asked_for_make_no_terminal_of_a_pipe() -> None:
    stream, many = io.StringIO(), found(MOST_ON_A_TERMINAL + 10)
    console = Console(file=stream, force_terminal=True, soft_wrap=True)
    with reading_bar(console, MANY_FILES + 1):
        file_read("contrats/alpes.xlsx")
    print_issues(console, many)
    assert stream.getvalue().count("Tapez par exemple") == MOST_ON_A_TERMINAL + 10
    assert "Lecture" not in stream.getvalue()


def test_a_pipe_gets_everything_and_a_terminal_what_can_be_read() -> None:
    many = found(MOST_ON_A_TERMINAL + 10)
    assert printed(many).count("date-illisible") == MOST_ON_A_TERMINAL + 10 + 1
    shown = printed(many, terminal=True)
    assert "… et 12 autres" in shown
    assert "H200" in shown
    assert "H203" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\t c", "a b c"),
        ("\x1b[2Jeffacé", "�[2Jeffacé"),
        ("droite\u202egauche", "droite�gauche"),
        ("[bold]mots[/bold]", "[bold]mots[/bold]"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_a_cell_commands_no_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert shown[:200] in printed(found(value=text))


def test_counted_words() -> None:
    said = [numbered(0, "erreur"), numbered(1, "erreur"), numbered(3452, "ligne")]
    assert said == ["0 erreur", "1 erreur", "3\u202f452 lignes"]


@pytest.mark.parametrize(("files", "terminal"), [(MANY_FILES, True), (MANY_FILES + 1, False), (1000, False)])
def test_no_bar_for_few_files_or_in_a_pipe(files: int, terminal: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    with reading_bar(Console(file=stream, force_terminal=terminal), files):
        file_read("contrats/alpes.xlsx")
    assert stream.getvalue() == ""


def test_a_bar_for_many_files_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    with reading_bar(Console(file=stream, force_terminal=True, width=120), MANY_FILES + 1):
        file_read("contrats/alpes.xlsx")
    assert "contrats/alpes.xlsx" in stream.getvalue()
    assert f"/{MANY_FILES + 1}" in stream.getvalue()
    file_read("contrats/lyon.xlsx")
    assert "lyon" not in stream.getvalue()


# --- As a program --------------------------------------------------------------------------------------------------


def started(*arguments: str, **settings: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **settings},
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("text", "contrats/alpes"), 0), (("check", "contrats/alpes"), 1), (("check", "contrats/alpes", "--json"), 1)],
)
def test_a_reader_that_leaves_early_is_no_failure(spoiled: SmallSources, arguments: tuple[str, ...], code: int) -> None:
    command, path, *options = arguments
    with started(command, str(spoiled.root / path), *options) as program:
        assert program.stdout is not None
        program.stdout.close()
        assert program.stderr is not None
        said = program.stderr.read().decode()
    assert (program.returncode, said) == (code, "")


def test_a_terminal_of_another_encoding_loses_letters_and_json_none(spoiled: SmallSources) -> None:
    path = str(spoiled.root / "contrats" / "alpes")
    said, _ = started("check", path, PYTHONIOENCODING="ascii").communicate()
    assert b"31 f?vrier 2014" in said
    said, _ = started("check", path, "--json", PYTHONIOENCODING="latin-1").communicate()
    assert json.loads(said)["issues"][0]["value"] == "31 février 2014"


@pytest.mark.parametrize(
    "arguments",
    [
        *(("--help",), ("check", "--help"), ("text", "-h"), ("build", "-h"), ("releases", "-h")),
        *(("releases", "prune", "-h"), ("alerts", "-h"), ("alerts", "test", "-h"), ("serve", "-h"), ("template", "-h")),
    ],
)
def test_help_is_in_french(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0
    assert "Affiche cette aide." in done.output
    for word in ("Usage:", "Commands", "Options:", "default", "TEXT", "INTEGER", "Show this", "ARGS", "COMMAND "):
        assert word not in done.output, done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("publie",), "Commande inconnue : publie."),
        (("text",), "Il manque un argument : FICHIER."),
        (("text", "un", "deux"), "De trop dans la commande : deux."),
        (("text", "absent.xlsx"), "n’existe pas : absent.xlsx."),
        (("text", "."), "Aucune feuille (.csv) dans le dossier"),
        (("build", "--date", "demain"), "--date : une date s’écrit AAAA-MM-JJ"),
        (("releases", "prune", "--keep", "0"), "--keep : il faut un nombre entier, 1 au moins."),
        (("releases", "prune", "--keep", "deux"), "--keep : il faut un nombre entier, 1 au moins."),
        (("alerts", "envoie"), "Commande inconnue : envoie."),
        (("restore", "copie", "--outputs", "s3://seau/versions"), "s3://seau/versions est une adresse"),
        (("backup", "copie", "--outputs", "s3://seau/versions"), "ajoutez --history-only"),
        (("serve", "--outputs", "s3://seau/versions"), "--outputs : s3://seau/versions est une adresse"),
    ],
)
def test_other_wrong_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_a_file_that_is_no_workbook_has_no_text(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["text", str(tmp_path / "notes.md")])
    assert (done.exit_code, "n’est pas un classeur" in done.output) == (2, True), done.output


@pytest.mark.parametrize("kind", ["boucle", "tube"])
def test_what_is_no_file_is_said(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "alpes.xlsx"
    if kind == "boucle":
        path.symlink_to(path)
    else:
        os.mkfifo(path)
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert "mène à lui-même" in done.output or "ni un fichier ordinaire ni un dossier" in done.output
