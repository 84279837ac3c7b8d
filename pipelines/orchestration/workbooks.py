"""The workbooks in the UI: a partition for each, what became of all of them, and the job that checks some of them.

Belongs here: ``feuilles/classeurs``, the checks of ``feuilles/inventaire``, ``relire_des_classeurs``. Does not belong
here: the steps that read everything (``reading``).
"""

# No postponed annotations here: Dagster reads those of its steps.
from collections.abc import Iterator
from pathlib import PurePosixPath

import dagster as dg
import pandas as pd
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from pipelines.curation.cache import read_lot
from pipelines.curation.issues import errors
from pipelines.curation.units import Unit, workbook_units
from pipelines.curation.workbooks import READ, workbook_states
from pipelines.normalise.intake import read_lists
from pipelines.orchestration.caching import cache
from pipelines.orchestration.failures import apart
from pipelines.orchestration.metadata import issues_metadata, markdown
from pipelines.orchestration.names import INVENTORY, ISSUES, OWNERS, WORKBOOK, WORKBOOKS
from pipelines.orchestration.resources import Run
from pipelines.text import numbered

SHOWN_WORKBOOKS = 100


def workbook_asset() -> dg.AssetSpec:
    """The workbooks themselves, which people type: one partition each, told of whenever its file is read."""
    return dg.AssetSpec(
        key=WORKBOOK,
        group_name="feuilles",
        description="Les classeurs tels que les tiennent leurs auteurs : une partition par classeur, mise à jour "
        "chaque fois que son fichier est relu. Pour en contrôler quelques-uns : le job relire_des_classeurs.",
        kinds={"excel"},
        owners=OWNERS,
        partitions_def=WORKBOOKS,
    )


def told_of(states: pd.DataFrame) -> Iterator[dg.AssetMaterialization]:
    """What each of these workbooks turned out to be, for its partition."""
    for state in states.to_dict("records"):
        yield dg.AssetMaterialization(
            WORKBOOK,
            partition=str(state["classeur"]),
            metadata={
                "état": str(state["etat"]),
                "dagster/row_count": int(state["lignes"]),
                "erreurs": int(state["erreurs"]),
                "avertissements": int(state["avertissements"]),
                "fichier": str(state["fichier"]),
            },
            tags={DATA_VERSION_TAG: str(state["sha256"]) or "illisible"},
        )


def inventory_metadata(states: pd.DataFrame) -> dict[str, dg.MetadataValue]:
    """How many workbooks are in each state, and those with errors first."""
    shown = states.head(SHOWN_WORKBOOKS)
    return {
        "dagster/row_count": dg.MetadataValue.int(len(states)),
        "relus": dg.MetadataValue.int(int(states["relu"].sum())),
        "avec des erreurs": dg.MetadataValue.int(int((states["erreurs"] > 0).sum())),
        **{
            f"état : {state}": dg.MetadataValue.int(int(count))
            for state, count in states["etat"].value_counts(sort=False).sort_index().items()
        },
        "classeurs": dg.MetadataValue.md(markdown(shown.drop(columns=["sha256", "relu"]), SHOWN_WORKBOOKS)),
    }


def partition_requests(
    instance: dg.DagsterInstance, units: list[Unit]
) -> list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest]:
    """What gives each workbook that is there its partition, and takes it from those that are gone."""
    wanted = {PurePosixPath(unit.name).stem for unit in units}
    known = set(instance.get_dynamic_partitions(str(WORKBOOKS.name)))
    requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
    if wanted - known:
        requests.append(WORKBOOKS.build_add_request(sorted(wanted - known)))
    if known - wanted:
        requests.append(WORKBOOKS.build_delete_request(sorted(known - wanted)))
    return requests


def keep_partitions(instance: dg.DagsterInstance, units: list[Unit]) -> None:
    """One partition for each workbook that is there, none for those that are gone."""
    for request in partition_requests(instance, units):
        if isinstance(request, dg.AddDynamicPartitionsRequest):
            instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        else:
            for key in request.partition_keys:
                instance.delete_dynamic_partition(request.partitions_def_name, key)


READABLE, CLEAN = "lisibles", "sans_erreur"
WORKBOOK_CHECKS = (
    dg.AssetCheckSpec(
        READABLE,
        asset=INVENTORY,
        additional_deps=[ISSUES],
        description="Chaque classeur a été lu : aucun n’est illisible, repris d’une version, laissé de côté.",
    ),
    dg.AssetCheckSpec(
        CLEAN,
        asset=INVENTORY,
        additional_deps=[ISSUES],
        description="Aucun classeur n’a d’erreur, une fois tout rapproché.",
    ),
)


def make_workbook_checks() -> dg.AssetChecksDefinition:
    """The step that says which workbooks are not as they should; what stops a release is told by the tables."""

    @dg.multi_asset_check(
        name="verifier_les_classeurs",
        specs=list(WORKBOOK_CHECKS),
        ins={"inventaire": dg.AssetIn(key=INVENTORY), "anomalies_de_saisie": dg.AssetIn(key=ISSUES)},
    )
    @apart
    def verifier_les_classeurs(
        inventaire: pd.DataFrame, anomalies_de_saisie: pd.DataFrame
    ) -> Iterator[dg.AssetCheckResult]:
        files = inventaire[["fichier", "sha256", "lignes"]].set_axis(["file", "sha256", "rows"], axis="columns")
        states = workbook_states(files, anomalies_de_saisie, set(inventaire.loc[inventaire["relu"], "fichier"]))
        yield _told_by_check(READABLE, states[states["etat"] != READ])
        yield _told_by_check(CLEAN, states[states["erreurs"] > 0])

    return verifier_les_classeurs


def _told_by_check(check: str, wrong: pd.DataFrame) -> dg.AssetCheckResult:
    shown = wrong.drop(columns=["sha256", "relu"])
    return dg.AssetCheckResult(
        asset_key=INVENTORY,
        check_name=check,
        passed=wrong.empty,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "nombre": dg.MetadataValue.int(len(wrong)),
            **({"classeurs": dg.MetadataValue.md(markdown(shown, SHOWN_WORKBOOKS))} if len(wrong) else {}),
        },
    )


@dg.op(description="Contrôle un classeur, sans rien publier ; échoue s’il contient une erreur.")
@apart
def relire_un_classeur(
    context: dg.OpExecutionContext, settings: Run
) -> Iterator[dg.AssetMaterialization | dg.Output[None]]:
    """Reads the workbook of the partition as it stands now, whatever the cache knows, and tells what it is."""
    root, wanted = settings.sources_folder, context.partition_key
    units = [unit for unit in workbook_units(root) if PurePosixPath(unit.name).stem == wanted]
    if not units:
        raise dg.Failure(f"Aucun classeur ne s’appelle « {wanted} » dans {settings.sources}.", allow_retries=False)
    found = read_lot(wanted, units, root, read_lists(root, cache=cache()).vocabularies)
    issues = found.lot.issues()
    yield from told_of(workbook_states(found.lot.files, issues, found.read))
    wrong = errors(issues)
    if len(wrong):
        raise dg.Failure(
            f"Le classeur « {wanted} » contient {numbered(len(wrong), 'erreur')}.",
            metadata=dict(issues_metadata(wrong)),
            allow_retries=False,
        )
    yield dg.Output(None)


@dg.job(
    name="relire_des_classeurs",
    partitions_def=WORKBOOKS,
    executor_def=dg.in_process_executor,
    description="Contrôle les classeurs choisis, une exécution pour chacun, sans attendre ni rien publier.",
)
def reread_job() -> None:
    """The workbooks that a publisher chooses, one run each: a backfill in the UI."""
    relire_un_classeur()
