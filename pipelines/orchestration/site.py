"""The asset ``publication/site``: the pages that show all releases, made anew once a release is there.

Belongs here: `pipelines.site.build` as one step. Does not belong here: pages, files, the exchange of folders.

It is a step of its own: a release is published whether or not its pages can be made, and they can be made again alone.
"""

# No postponed annotations here: Dagster reads those of its steps.
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.orchestration.caching import code_of
from pipelines.orchestration.failures import apart
from pipelines.orchestration.metadata import link
from pipelines.orchestration.names import OWNERS, PUBLICATION_GROUP, RELEASE_FILES, SITE
from pipelines.orchestration.resources import Run
from pipelines.progress import step
from pipelines.publish.versions import LATEST, RELEASES


def make_site() -> dg.AssetsDefinition:
    """The step that makes the site."""

    @dg.asset(
        key=SITE,
        deps=[RELEASE_FILES["version"]],
        group_name=PUBLICATION_GROUP,
        description="Le site de téléchargement : les pages de toutes les versions, dans outputs/site ; remplacé d’un "
        "seul coup. « contrats-destination serve » le montre.",
        kinds={"html"},
        owners=OWNERS,
        code_version=code_of("site"),
    )
    @apart
    def fabriquer_le_site(settings: Run) -> Iterator[dg.Output]:  # type: ignore[type-arg]
        from pipelines.site.build import build_site  # templates are read when there is something to show

        outputs = settings.outputs_folder
        with step("Site de téléchargement") as making:
            settings.bring_releases()
            made = build_site(outputs)
            settings.send_site(made)
            pages = _pages(made)
            making.counted = f"{pages} pages"
        yield dg.Output(str(made), metadata={"accueil": link(outputs, made / "index.html"), "pages": pages})

    return fabriquer_le_site


def _pages(site: Path) -> int:
    """How many pages it has, besides those that releases hold."""
    own = [folder for folder in site.iterdir() if folder.name not in (RELEASES, LATEST)]
    return sum(
        1
        for folder in own
        for page in ([folder] if folder.is_file() else folder.rglob("*.html"))
        if page.suffix == ".html"
    )
