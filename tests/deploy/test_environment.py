"""`deploy/environnement.exemple` is the reference of the environment: nothing is missing from it, nothing is dead."""

from __future__ import annotations

import re

from tests.publication.conftest import PROJECT

REFERENCE = PROJECT / "deploy" / "environnement.exemple"
NAME = re.compile(r"(?<![\w%])CONTRATS_[A-Z0-9_]+(?!\w)")
READERS = ("pipelines/**/*.py", "deploy/dagster.yaml", "deploy/conteneurs/*.yaml")
NOT_FROM_OUTSIDE = {"CONTRATS_TRACE", "CONTRATS_K"}


def read_by_the_code() -> set[str]:
    files = [path for pattern in READERS for path in PROJECT.glob(pattern)]
    found = {name for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}
    return found - NOT_FROM_OUTSIDE


def documented() -> dict[str, str]:
    """The variables of the reference, with their default."""
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    settings = [line.removeprefix("#").partition("=") for line in lines if re.match(r"#?[A-Z_0-9]+=", line)]
    assert len({name for name, _, _ in settings}) == len(settings), "a variable is told twice"
    return {name: value for name, _, value in settings}


def test_every_variable_that_is_read_is_in_the_reference() -> None:
    assert read_by_the_code() - set(documented()) == set()


def test_none_of_the_reference_is_dead() -> None:
    ours = {name for name in documented() if name.startswith("CONTRATS_")}
    assert ours - read_by_the_code() == set()


def test_the_reference_sets_nothing_and_holds_no_secret() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert all(line.startswith("#") or not line for line in text.splitlines())
    for name, value in documented().items():
        if re.search(r"MOT_DE_PASSE|SECRET|KEY|PG_URL|BROKER", name):
            assert value == "(aucune)" or name.endswith("K8S_SECRETS"), name


def test_each_variable_has_its_words() -> None:
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        if re.match(r"#[A-Z_0-9]+=", line):
            above = next(text for text in reversed(lines[:place]) if not re.match(r"#[A-Z_0-9]+=", text))
            assert re.match(r"# \S", above), line
