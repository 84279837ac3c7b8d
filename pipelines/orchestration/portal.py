"""The asset ``publication/portail``: a portal in the state of a release, once that release is published.

Belongs here: `pipelines.portal` as a step, and as checks of what the portal serves. Does not belong here: requests,
plans, guards, the key.

Nothing is asked of a portal unless one is named, and nothing changes there unless the run is told to carry the plan
out. What is to be done is shown first, as an observation of the asset; the asset is materialised only once the portal
shows the release. The step can be launched alone, at any time: the portal itself says what is left to do.
"""

# No postponed annotations here: Dagster reads those of its steps.
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.orchestration.caching import code_of
from pipelines.orchestration.failures import KIND, FailureKind, apart
from pipelines.orchestration.names import OWNERS, PORTAL, PUBLICATION_GROUP, RELEASE_FILES
from pipelines.orchestration.portal_settings import ADDRESS_VARIABLE, PortalSettings
from pipelines.orchestration.resources import PARIS, Run
from pipelines.publish import lock
from pipelines.publish.folder import NotAReleaseError
from pipelines.publish.versions import LATEST, read_versions

if TYPE_CHECKING:
    from pipelines.portal.held import HeldDataset
    from pipelines.portal.publishing import Prepared

ADMITTED, SERVED, QUALITY = "admise", "relue", "qualite"
SETTINGS = "portail"
"""The resource that holds the settings of a portal."""
_OFF = f"éteint : aucun portail n’est réglé ({ADDRESS_VARIABLE}, ou « adresse » dans le formulaire)."
_TRIAL = "éteint : une publication d’essai ne va jamais au portail."
_FULL = 1.0


def make_portal() -> dg.AssetsDefinition:
    """The step that takes a release to a portal."""

    @dg.multi_asset(
        name="envoyer_au_portail",
        specs=[
            dg.AssetSpec(
                PORTAL,
                deps=[RELEASE_FILES["version"], RELEASE_FILES["comparaison"]],
                group_name=PUBLICATION_GROUP,
                description="Le jeu de données sur le portail (data.gouv.fr), dans l’état de la version. Éteint tant "
                "qu’aucun portail n’est réglé ; sans « appliquer », le plan est seulement montré.",
                kinds={"json"},
                owners=OWNERS,
                code_version=code_of("portal"),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                ADMITTED,
                asset=PORTAL,
                blocking=True,
                description="La version peut aller au portail : elle se vérifie, vient des feuilles du dépôt, suit "
                "celle qui y est et ne la rompt pas.",
            )
        ],
        can_subset=True,  # what a run that is off does not yield is not awaited either
    )
    @apart
    def envoyer_au_portail(
        settings: Run, portail: PortalSettings
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        context = dg.AssetExecutionContext.get()
        if portail.off or settings.trial:
            context.log.info(f"Portail {_OFF if portail.off else _TRIAL}")
            return
        from pipelines.portal.publishing import Demand, prepare

        release = _release(settings, portail.version)
        outputs = settings.outputs_here
        with lock.alone(outputs, lock.PORTAL):  # a publication of the shell may be at work there
            demand = Demand(
                release=release,
                sources=settings.sources_folder,
                outputs=outputs,
                portal=portail.portal,
                organisation=portail.owner,
                allowed=portail.allowed,
                today=dt.datetime.now(PARIS).date(),
            )
            prepared = prepare(demand, context.log.info)
            plan = dg.MetadataValue.md(f"```text\n{prepared.told()}\n```")
            seen = dg.AssetObservation(PORTAL, metadata={"plan": plan, "version": prepared.plan.version})
            context.log_event(seen)
            if context.selected_asset_check_keys:
                yield _admitted(prepared)
            _require_admitted(prepared)
            if PORTAL not in context.selected_asset_keys:
                return
            if not portail.appliquer:
                context.log.info(f"Le plan est montré, rien n’est envoyé (appliquer : false). {_total(prepared)}")
                return
            context.log.info(_total(prepared))
            held = prepared.publication.apply()
        yield dg.MaterializeResult(asset_key=PORTAL, metadata=_shown(prepared, held) | {"plan": plan})

    return envoyer_au_portail


def make_portal_checks() -> dg.AssetChecksDefinition:
    """What the portal serves, as anybody gets it: after each publication, or alone at any time."""

    @dg.multi_asset_check(
        name="relire_le_portail",
        specs=[
            dg.AssetCheckSpec(
                SERVED,
                asset=PORTAL,
                description="Ce que le portail sert est la version, octet par octet, par les liens permanents.",
            ),
            dg.AssetCheckSpec(
                QUALITY, asset=PORTAL, description="La note de qualité que donne le portail est entière (100 %)."
            ),
        ],
        can_subset=True,
    )
    @apart
    def relire_le_portail(settings: Run, portail: PortalSettings) -> Iterator[dg.AssetCheckResult]:
        context = dg.AssetCheckExecutionContext.get()
        if portail.off:
            context.log.info(f"Portail {_OFF}")
            return
        from pipelines.portal import quality
        from pipelines.portal.drift import compare
        from pipelines.portal.publishing import opened

        publication = opened(_release(settings, portail.version), portail.portal, portail.owner, context.log.info)
        asked = {key.name for key in context.selected_asset_check_keys}
        if SERVED in asked:
            found = compare(publication)
            told = found.told(portail.portal.root, publication.wanted.dataset.version)
            yield dg.AssetCheckResult(
                asset_key=PORTAL,
                check_name=SERVED,
                passed=not found.drifts,
                metadata={
                    "comparaison": dg.MetadataValue.md(_listed(told.splitlines())) if found.drifts else told,
                    "fichiers": found.files,
                },
            )
        if QUALITY in asked:
            held, _ = publication.look()
            raw = held.raw if held is not None else {}
            score = quality.score_of(raw)
            yield dg.AssetCheckResult(
                asset_key=PORTAL,
                check_name=QUALITY,
                passed=score == _FULL,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"qualité": quality.told(raw), **({"note": score} if score is not None else {})},
            )

    return relire_le_portail


def _release(settings: Run, version: str) -> Path:
    """The folder of the release to publish, whole, on this machine.

    Raises:
        NotAReleaseError: there is none of that name, or none at all.
        StorageError: the store refuses.
    """
    outputs = settings.outputs_folder
    settings.bring_releases()  # from a store: the one to publish, and the one that the portal shows
    found = read_versions(outputs)
    version = version.strip()
    if version in ("", LATEST):
        last = found.current()
        if last is None:
            raise NotAReleaseError(f"Il n’y a pas encore de version dans {settings.outputs} : publiez-en une d’abord.")
        return last.path
    named = next((one for one in found.releases if one.version == version), None)
    if named is None:
        known = ", ".join(one.version for one in found.releases) or "aucune"
        raise NotAReleaseError(f"« {version} » n’est pas une version de {settings.outputs} (il y a : {known}).")
    return named.path


def _admitted(prepared: "Prepared") -> dg.AssetCheckResult:
    reasons = [one.why for one in prepared.refused]
    return dg.AssetCheckResult(
        asset_key=PORTAL,
        check_name=ADMITTED,
        passed=not reasons,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"pourquoi": dg.MetadataValue.md(_listed(reasons))} if reasons else {},
    )


def _require_admitted(prepared: "Prepared") -> None:
    """Ends the step of a release that the guards refuse; nothing was sent.

    Raises:
        dagster.Failure: it is refused; every reason is in it.
    """
    if prepared.refused:
        kind = FailureKind.REFUSED
        reasons = "\n".join(f"- {one.why}" for one in prepared.refused)
        raise dg.Failure(
            f"{kind.title.capitalize()}. La version {prepared.plan.version} ne va pas au portail, rien n’a été envoyé :"
            f"\n{reasons}\n{kind.advice}",
            metadata={KIND: kind.title},
            allow_retries=False,
        )


def _shown(prepared: "Prepared", held: "HeldDataset") -> dict[str, dg.MetadataValue]:
    """What was done, and what the portal shows from now on."""
    from pipelines.portal import quality
    from pipelines.portal.publishing import page_of

    score = quality.score_of(held.raw)
    client = prepared.publication.client
    return {
        "page": dg.MetadataValue.url(page_of(prepared.publication, held)),
        "version": dg.MetadataValue.text(held.version or ""),
        "portail": dg.MetadataValue.text(client.portal.root),
        "ressources": dg.MetadataValue.json(_counted(prepared)),
        "écritures": dg.MetadataValue.int(client.writes),
        "qualité": dg.MetadataValue.text(quality.told(held.raw)),
        **({"note": dg.MetadataValue.float(score)} if score is not None else {}),
    }


def _counted(prepared: "Prepared") -> dict[str, int]:
    """How many resources of each kind, in the words of the plan."""
    return dict(sorted(Counter(one.kind.value for one in prepared.plan.resources).items()))


def _total(prepared: "Prepared") -> str:
    return prepared.told().splitlines()[-1]


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
