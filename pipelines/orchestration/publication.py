"""Assets ``publication/*``: the files of a release, then the release itself, visible only when it is whole.

Belongs here: `pipelines.publish` as one step. Does not belong here: writing, hashing, renaming.
"""

# No postponed annotations here: Dagster reads those of its steps.
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd

from pipelines import job
from pipelines.orchestration.caching import code_of
from pipelines.orchestration.failures import apart
from pipelines.orchestration.metadata import link
from pipelines.orchestration.names import ISSUES, OWNERS, PUBLICATION_GROUP, RELEASE_FILES, table_key
from pipelines.orchestration.policy import STALE_AFTER_DAYS
from pipelines.orchestration.report import METADATA, report_path
from pipelines.orchestration.resources import Run
from pipelines.progress import step
from pipelines.publish import release as publishing
from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.description import DatasetDescription, DescriptionError, load_description
from pipelines.publish.diff.breaking import BreakingReleaseError, require_compatible, warnings
from pipelines.publish.diff.journal import changes_section
from pipelines.publish.diff.model import Diff
from pipelines.publish.formats import chosen
from pipelines.sheets.guard import outside
from schemas.registry import tables

_FILES = {
    "csv": ("Un fichier CSV par table : UTF-8, virgule, dates ISO.", {"csv"}),
    "parquet": ("Un fichier Parquet par table, typé et décrit.", {"parquet"}),
    "xlsx": ("Un classeur par table, et un classeur avec tout.", {"excel"}),
    "metadonnees": ("Schémas, Data Package, dictionnaire, anomalies, feuilles d’origine.", {"json"}),
}
DESCRIPTION_FILE = "jeu_de_donnees.toml"
RELEASE = RELEASE_FILES["version"]
DIFF = RELEASE_FILES["comparaison"]
COMPATIBLE, ADDITIONS = "compatible", "modele_annonce"
_NOT_CHOSEN = "ce format n’est pas de ceux que l’éditeur a choisis"
SHOWN = 50
"""Lines of the comparison that the UI previews; the rest is in ``diff.html``."""


def _links(name: str, release: Path, outputs: Path) -> dict[str, dg.MetadataValue]:
    """The paths that lead from the asset to its files, to copy from the UI."""
    described = ("datapackage.json", "dictionnaire.md", "journal.md", "issues.csv", "schemas", "sources")
    files = {"metadonnees": described, "xlsx": ("xlsx", WORKBOOK)}.get(name, (name,))
    return {file: link(outputs, release / file) for file in files}


def _chosen(text: str) -> tuple[str, ...]:
    """The formats that the settings of a run name.

    Raises:
        dagster.Failure: they do not name what a release must have.
    """
    try:
        return chosen(text)
    except ValueError as error:
        raise dg.Failure(f"Réglage « formats » : {error}", allow_retries=False) from error


def dataset_description(sources: Path) -> DatasetDescription:
    """What the dataset says of itself; raises a `DescriptionError`, also for a file that lies elsewhere."""
    path = sources / DESCRIPTION_FILE
    if outside(path, sources):
        raise DescriptionError(path, ["le fichier est un lien qui mène hors du dossier : mettez-y le fichier lui-même"])
    return load_description(path)


_CHECKS = (
    dg.AssetCheckSpec(
        COMPATIBLE,
        asset=DIFF,
        blocking=True,
        description="Rien ne rompt ce sur quoi comptent les lecteurs, ou la version majeure du modèle l’annonce.",
    ),
    dg.AssetCheckSpec(
        ADDITIONS, asset=DIFF, description="Tout a été comparé, et la version du modèle dit ce qui lui est ajouté."
    ),
)


def _verdict(found: Diff) -> Iterator[dg.AssetCheckResult]:
    """What the policy of versions says of a comparison; a refusal stands in the UI before the step fails."""
    refusal = ""
    try:
        require_compatible(found)
    except BreakingReleaseError as error:
        refusal = str(error)
    yield dg.AssetCheckResult(
        asset_key=DIFF,
        check_name=COMPATIBLE,
        passed=not refusal,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"pourquoi": dg.MetadataValue.md(refusal)} if refusal else {},
    )
    doubts = warnings(found)
    yield dg.AssetCheckResult(
        asset_key=DIFF,
        check_name=ADDITIONS,
        passed=not doubts,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"pourquoi": dg.MetadataValue.md("\n".join(f"- {one}" for one in doubts))} if doubts else {},
    )


def _nothing_compared() -> Iterator[dg.AssetCheckResult]:
    """What a run that publishes nothing says of the comparison: neither that it passed, nor that it stops anything."""
    why = {"pourquoi": dg.MetadataValue.md("Rien n’est publié (publish : false), donc rien n’est comparé.")}
    for spec in _CHECKS:
        yield dg.AssetCheckResult(
            asset_key=DIFF, check_name=spec.name, passed=False, severity=dg.AssetCheckSeverity.WARN, metadata=why
        )


def _compared(found: Diff, release: Path, outputs: Path) -> dict[str, dg.MetadataValue]:
    """The comparison in the UI: its findings by severity, the journal's words, the paths of the whole."""
    counted = Counter(one.gravite.value for one in found.constats)
    return {
        "résumé": dg.MetadataValue.md("\n".join(changes_section(found)[:SHOWN])),
        "constats": dg.MetadataValue.json(dict(sorted(counted.items()))),
        **{name: link(outputs, release / name) for name in (publishing.DIFF_PAGE, publishing.DIFF)},
    }


def make_publication() -> dg.AssetsDefinition:
    """The step that writes a release."""
    from_tables = {table_key(table) for table in tables().values()} | {ISSUES}
    outs = {
        name: dg.AssetOut(
            key=RELEASE_FILES[name],
            group_name=PUBLICATION_GROUP,
            description=what,
            kinds=kinds,
            owners=OWNERS,
            code_version=code_of("publish"),
            is_required=False,
        )
        for name, (what, kinds) in _FILES.items()
    }
    outs["comparaison"] = dg.AssetOut(
        key=DIFF,
        group_name=PUBLICATION_GROUP,
        description="Ce qui change depuis la dernière version, par gravité : modèle, lignes, codes, identifiants.",
        kinds={"json"},
        owners=OWNERS,
        code_version=code_of("publish"),
        is_required=False,
    )
    outs["version"] = dg.AssetOut(
        key=RELEASE,
        group_name=PUBLICATION_GROUP,
        description="La version : un dossier complet, rendu visible d’un seul renommage ; aucune si rien n’a changé.",
        kinds={"file"},
        owners=OWNERS,
        code_version=code_of("publish"),
        is_required=False,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(days=STALE_AFTER_DAYS)),
    )
    lineage = {name: set(from_tables) for name in _FILES}
    lineage["comparaison"] = {RELEASE_FILES["parquet"], RELEASE_FILES["metadonnees"]}
    lineage["version"] = {RELEASE_FILES[name] for name in _FILES} | {DIFF}
    ins = {name: dg.AssetIn(key=table_key(table)) for name, table in tables().items()}
    ins["anomalies_de_saisie"] = dg.AssetIn(key=ISSUES)

    @dg.multi_asset(
        name="publier_la_version", ins=ins, outs=outs, internal_asset_deps=lineage, check_specs=list(_CHECKS)
    )
    @apart
    def publier_la_version(settings: Run, **inputs: pd.DataFrame) -> Iterator[dg.Output | dg.AssetCheckResult]:  # type: ignore[type-arg]
        if not settings.publish:
            yield from _nothing_compared()
            return
        issues = inputs.pop("anomalies_de_saisie")
        codes = job.codes_of(inputs["nomenclatures"])
        sources, outputs = settings.sources_folder, settings.outputs_folder
        description = dataset_description(sources)
        formats = _chosen(settings.formats) if settings.formats else description.formats
        staging = publishing.begin(outputs, settings.release_date, trial=settings.trial, formats=formats)
        arrow = publishing.prepare(staging, inputs)
        with step("Fichiers CSV") as writing:
            publishing.write_csv(staging, arrow)
            writing.counted = f"{len(inputs)} fichiers"
        with step("Fichiers Parquet") as writing:
            publishing.write_parquet(staging, arrow)
            writing.counted = f"{len(inputs)} fichiers"
        with step("Classeurs XLSX") as writing:
            written = publishing.write_xlsx(staging, arrow, description)
            writing.counted = f"{written} classeurs" if written else _NOT_CHOSEN
        with step("Métadonnées") as writing:
            found = publishing.write_metadata(staging, arrow, issues, description, codes, sources)
            writing.counted = "schémas, catalogue, dictionnaire, comparaison"
        yield from _verdict(found)
        with step("Mise en place de la version") as writing:
            release = publishing.finish(staging, found)
            settings.send(release)
            writing.counted = release.version if release.new else f"{release.version}, déjà publiée"
        where = link(outputs, release.path)
        for name in _FILES:
            kept = name in (*formats, "metadonnees")
            said = _links(name, release.path, outputs) if kept else {"format": dg.MetadataValue.text(_NOT_CHOSEN)}
            yield dg.Output(str(release.path), name, metadata=said)
        yield dg.Output(found, "comparaison", metadata=_compared(found, release.path, outputs))
        yield dg.Output(
            release,
            "version",
            metadata={
                "version": release.version,
                "nouvelle": release.new,
                "dossier": where,
                METADATA: link(outputs, report_path(outputs, settings.release_date)),
            },
        )

    return publier_la_version
