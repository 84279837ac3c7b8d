"""The pages of the releases: their list, and one page a release."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.publish.versions import DESCRIPTOR, SUMS
from pipelines.site.changes import changes
from pipelines.site.model import DIFF, File, ReleaseEntry, SiteData
from pipelines.site.pages import Page, Words

GROUPS = (
    ("", Words("Le jeu de données entier et ce qui le décrit", "The whole dataset and what describes it")),
    ("csv", Words("Tables en CSV", "Tables as CSV")),
    ("parquet", Words("Tables en Parquet", "Tables as Parquet")),
    ("xlsx", Words("Tables en Excel (XLSX)", "Tables as Excel (XLSX)")),
    ("schemas", Words("Schémas des tables (Table Schema)", "Schemas of the tables (Table Schema)")),
    ("sources", Words("Feuilles et listes dont la version est faite", "Sheets and lists that it is made of")),
)
DIFF_PAGE = "diff.html"


def pages(data: SiteData) -> Iterator[Page]:
    """The list, then each release, the last first."""
    entries = list(reversed(data.releases))
    yield Page(
        path="versions/",
        template="versions.html.j2",
        title=Words("Les versions", "Releases"),
        description=Words(
            "Toutes les versions publiées des données, ce que chacune change, et leur adresse permanente.",
            "Every published release of the data, what each changes, and its permanent address.",
        ),
        context={"versions": [(entry, changes(entry), model_version(entry)) for entry in entries]},
        kind="CollectionPage",
    )
    for entry in entries:
        yield Page(
            path=f"versions/{entry.version}/",
            template="version.html.j2",
            title=Words(f"Version {entry.version}", f"Release {entry.version}"),
            description=Words(
                f"La version {entry.version} des données : journal, fichiers, sommes de contrôle, adresse permanente.",
                f"Release {entry.version} of the data: journal, files, checksums, permanent address.",
            ),
            context={
                "version": entry,
                "modele": model_version(entry),
                "journal": without_title(entry.journal),
                "changements": changes(entry),
                "comparaison": [name for name in (DIFF_PAGE, DIFF) if (entry.folder / name).is_file()],
                "a_verifier": [name for name in (DESCRIPTOR, SUMS) if (entry.folder / name).is_file()],
                "groupes": _groups(entry),
            },
        )


def model_version(entry: ReleaseEntry) -> str:
    """The version of the model that a release follows."""
    return str(entry.descriptor.get("version_du_modele", "1.0.0"))


def without_title(journal: str) -> str:
    """A journal without its first title, which the page already bears."""
    first, _, rest = journal.partition("\n")
    return rest.lstrip("\n") if first.startswith("# ") else journal


def _groups(entry: ReleaseEntry) -> list[tuple[Words, list[File]]]:
    def group(file: File) -> str:
        return file.path.partition("/")[0] if "/" in file.path else ""

    known = {name for name, _ in GROUPS}
    found = [(said, [file for file in entry.files if group(file) == name]) for name, said in GROUPS]
    rest = [file for file in entry.files if group(file) not in known]
    return [(said, files) for said, files in (*found, (Words("Autres fichiers", "Other files"), rest)) if files]
