"""A publication to the portal that is cut anywhere: the same command again finishes it, and nothing is there twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipelines.portal import uploads
from pipelines.portal.errors import PortalUnreachable
from pipelines.portal.model import RESOURCE_KEY, VERSION, Wanted
from tests.portal import front as fronts
from tests.portal.front import Fault, Front, How
from tests.portal.publications import (
    FIRST,
    PART,
    WHOLE,
    assert_shown,
    datasets,
    first,
    following,
    links,
    publication,
    shown,
)
from tests.udata import Udata

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).parents[2]
JSON = {"Content-Type": "application/json"}
APART = 4
"""Of how many requests one fails."""
LATE = 2.0
"""Seconds that an answer is kept back: enough to kill who waits for it."""


@pytest.fixture(scope="module")
def front(udata: Udata) -> Iterator[Front]:
    with fronts.front(udata.url) as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    """The archive of these releases goes in parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "PART", PART)
        patch.setattr(uploads, "WHOLE", WHOLE)
        yield


@dataclass
class Scene:
    """A publication to be made from a state that can be had again: ``begin``."""

    udata: Udata
    front: Front
    folder: Path
    wanted: Wanted
    before: Wanted | None
    archives: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    """The permanent links from before."""

    def keep(self) -> None:
        """Makes the state from which it begins."""
        self.udata.reset()
        if self.before is not None:
            publication(self.udata, self.before).apply()
            self.links = links(shown(self.udata))
            time.sleep(uploads.APART)  # the portal names files by the second: the next ones are of another
        self.udata.keep()

    def begin(self, fault: Fault | None = None) -> None:
        self.udata.back()
        self.front.fail(fault)

    def publish(self) -> None:
        """The command, once; as another one each time, it remembers nothing."""
        publication(self.udata, self.wanted, self.front.url).apply()

    def writes(self) -> int:
        """How many writing requests it takes when nothing fails."""
        self.begin()
        self.publish()
        return len(self.front.writes)

    def assert_never_half_shown(self) -> None:
        """Whoever looks at the portal now sees nothing, a whole first publication, or what was there before."""
        held = datasets(self.udata)
        if self.before is not None:
            assert shown(self.udata)["private"] is False
            return
        assert len(held) <= 1
        for dataset in held:
            got = {each["extras"].get(RESOURCE_KEY) for each in dataset["resources"]}
            assert dataset["private"] or got == {each.key for each in self.wanted.resources}
            assert not dataset["private"] or VERSION not in dataset["extras"]

    def assert_finished(self) -> None:
        """What is wanted is there, once; what was there before is still under its permanent links."""
        dataset = assert_shown(self.udata, self.wanted, self.archives)
        if self.before is not None:
            was = {each.key for each in self.before.resources} & set(links(dataset))
            assert {key: links(dataset)[key] for key in was} == {key: self.links[key] for key in was}
        self.front.fail(None)
        self.publish()
        assert self.front.writes == [], "nothing is left to do"


@pytest.fixture(scope="module", params=["first", "next"])
def scene(
    udata: Udata, front: Front, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Scene:
    folder = tmp_path_factory.mktemp("release")
    if request.param == "first":
        made = Scene(udata, front, folder, first(folder), None)
    else:
        made = Scene(udata, front, folder, following(folder), first(folder), (FIRST,))
    front.fail(None)
    made.keep()
    return made


@pytest.mark.parametrize("how", ["before", "after"])
def test_the_portal_goes_away_at_any_request(scene: Scene, how: How) -> None:
    writes = scene.writes()
    assert writes > 15
    for number in range(1, writes + 1):
        scene.begin(Fault(how, at=number, ever=True))
        with pytest.raises(PortalUnreachable, match="Relancez la même commande plus tard"):
            scene.publish()
        assert len(scene.front.writes) >= number
        scene.front.fail(None)
        scene.assert_never_half_shown()
        scene.publish()
        scene.assert_finished()


BEFORE, AFTER = Fault("before"), Fault("after")
INTERNAL = Fault("answer", status=500, headers=JSON, body=b'{"message": "Internal Server Error"}')
GATEWAY = Fault("answer", status=502, headers={"Content-Type": "text/html"}, body=b"<h1>Bad gateway</h1>")


@pytest.mark.parametrize(
    ("fault", "since"),
    [
        *((BEFORE, since) for since in range(1, APART + 1)),
        *((AFTER, since) for since in range(1, APART + 1)),
        (Fault("middle"), 1),
        (Fault("half"), 2),
        (Fault("short"), 3),
        (INTERNAL, 4),
        (GATEWAY, 1),
    ],
    ids=lambda value: f"{value.how}{value.status}" if isinstance(value, Fault) else str(value),
)
def test_one_request_out_of_four_fails(scene: Scene, fault: Fault, since: int) -> None:
    """The same command recovers by itself; since the first, the second… so that each request fails in one of the runs.

    Not more often: a file in parts takes three requests in a row.
    """
    scene.begin(replace(fault, at=since, every=APART))
    scene.publish()
    assert len(scene.front.writes) > since + APART
    scene.assert_finished()


KILLED = """
import sys
from pathlib import Path
from pipelines.portal import uploads
from pipelines.portal.applying import Publication
from pipelines.portal.client import Client
from pipelines.portal.held import Owner
from pipelines.portal.portals import portal_at
from tests.portal import publications
uploads.PART, uploads.WHOLE = publications.PART, publications.WHOLE
url, organisation, edition, folder = sys.argv[1:]
wanted = {"first": publications.first, "next": publications.following}[edition](Path(folder))
key = sys.stdin.readline().strip()
Publication(Client(portal_at(url), key), Owner("organization", organisation, "Tests"), wanted).apply()
"""


def test_the_command_is_killed(scene: Scene) -> None:
    """While the portal carries a request out, at several of them."""
    writes = scene.writes()
    edition = "next" if scene.before else "first"
    command = [sys.executable, "-c", KILLED, scene.front.url, scene.udata.organisation, edition, str(scene.folder)]
    for number in (1, writes // 3, 2 * writes // 3, writes):
        scene.begin(Fault("late", at=number, seconds=LATE))
        with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            process.stdin.write(f"{scene.udata.key}\n")
            process.stdin.close()
            until = time.monotonic() + 30
            while scene.front.carried < number:
                assert time.monotonic() < until, process.poll()
                time.sleep(0.005)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        scene.front.fail(None)
        scene.assert_never_half_shown()
        scene.publish()
        scene.assert_finished()
