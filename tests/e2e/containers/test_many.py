"""Two hundred issues at once and five slots: all end, in order, and nothing of them is left."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import docker
import pytest

from app.domain.record import Record
from app.domain.stage import Stage, standing
from app.executors.engine import Engine
from app.graphs.context import issue_key
from app.images.images import Images
from app.wiring import read_record
from tests.e2e.containers.conftest import left
from tests.e2e.containers.watch import Watch
from tests.e2e.containers.weighed import WeighedApp, Weight
from tests.flow.house import OWNER, REPO, WRITER, House

ISSUES, SLOTS = 200, 5
WARM, REPOS = "warm", (REPO, "tides", "pollen", "snow")
URGENCIES = ("normal", "low", "high", None, "low")  # and again from the first
RANKS = {"high": 0, "normal": 1, None: 1, "low": 2}  # none is as good as normal
WARMING = 8  # before all, so that everything is imported and open
WEIGHED_AT = (60, 180)
GROWTH_KB = 4_096  # in all, and
GROWTH_OBJECTS = 15  # for each that has ended
QUICK_TEST = """printf '<testsuite><testcase name="any"/></testsuite>' > "$ORC_OUT/junit.xml" """
CONFIG = {"attempts": 1, "merge": "on-green", "test": {"command": QUICK_TEST}}
ENDS = {Stage.DONE, Stage.BLOCKED}
NEEDED = ({"git", "python", "orchestrator"}, {"git", "python"})  # by agents, and by tests
Note = Callable[[str, object], None]


@dataclass(frozen=True)
class Asked:
    """An issue, by the key that its runs carry."""

    repo: str
    number: int
    urgency: str | None
    key: str

    def stage(self, home: House) -> Stage | None:
        return standing(home.sandbox.issue(self.repo, self.number).labels)

    def record(self, home: House) -> Record:
        repository, secret = home.sandbox.repository(self.repo), home.sandbox.app.webhook_secret
        said = [c.body for c in home.sandbox.comments(self.repo, self.number)]
        (found,) = filter(None, (read_record(b, repository.id, self.number, secret) for b in said))
        return found

    def outcome(self, home: House) -> str:
        """Of its only attempt."""
        (attempt,) = self.record(home).attempts
        return attempt.outcome


@pytest.fixture
def home(
    tmp_path: Path,
    database_url: str,
    docker_engine: docker.DockerClient,
    base_image: str,
    extra_ca: Path | None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """On a server without rate limits. Its requests are those of any task, and not held against
    GitHub's descriptions again."""
    monkeypatch.setattr("tests.flow.house.PATIENCE", 400.0)
    settings = {
        "executor": "docker",
        "base_image": base_image,
        "extra_ca": extra_ca,
        "slots": SLOTS,
        "paced": False,
        "progress_seconds": 3600.0,
        "sweep_seconds": 45.0,
    }
    scenario = str(Path(__file__).with_name("many.yaml"))
    with House(tmp_path, database_url, CONFIG, scenario, settings) as made:
        limits = made.sandbox.limits
        limits.primary = limits.content_per_minute = limits.content_per_hour = 10**9
        for name in (*REPOS[1:], WARM):
            made.sandbox.create_repository(name, source=tmp_path / "sample", private=False)
            made.sandbox.grant(name, OWNER, "admin")
            made.sandbox.grant(name, WRITER, "write")
        yield made
    for container in left(docker_engine, tmp_path / "state"):
        container.remove(force=True)


def ask(home: House, count: int, repos: Sequence[str]) -> list[Asked]:
    """So many, one right after the other; as many of each repository."""
    asked = []
    for place in range(count):
        repo, urgency = repos[place * len(repos) // count], URGENCIES[place % len(URGENCIES)]
        labels = ["orchestrate"] if urgency is None else [f"priority:{urgency}", "orchestrate"]
        issue = home.sandbox.open_issue(repo, by=WRITER, title=f"Request {place}", labels=labels)
        key = f"{home.sandbox.repository(repo).id}-{issue.number}"
        asked.append(Asked(repo, issue.number, urgency, key))
    return asked


def weights(app: WeighedApp, home: House, asked: list[Asked]) -> list[Weight]:
    """What the app weighs when so many have ended; returns when all have."""
    open_, found = list(asked), []
    for count in (*WEIGHED_AT, ISSUES):

        def ended(count: int = count) -> bool:
            open_[:] = [one for one in open_ if one.stage(home) not in ENDS]
            return ISSUES - len(open_) >= count

        home.until(ended, lambda: f"{len(open_)} are left: {open_[:3]}\n{app.log()}")
        found.append(app.weigh())
    return found[:-1]


def at_rest(app: WeighedApp, home: House, asked: list[Asked]) -> Weight:
    """What the app weighs when these have ended and nothing is left to be done."""
    home.until(lambda: all(one.stage(home) in ENDS for one in asked), app.log)
    home.quiet()
    return app.weigh()


def wait_for_the_line(home: House, asked: list[Asked]) -> datetime:
    """When the last of them was seen to have been taken in."""
    home.until(lambda: all(one.stage(home) is not None for one in asked))
    return datetime.now(UTC)


def check_order(home: House, watch: Watch, asked: list[Asked], lined_up: datetime) -> int:
    """How many were given their slots in the order of the line.

    Those that came first took what was free. From when all stood in line, slots are given strictly
    by urgency, then age: the record says when. Whoever has a slot starts by itself, so a container
    can be made before those of others that have slots too, which are at most one less than SLOTS.
    """
    began = {
        one.key: next(v.at for v in one.record(home).history if v.stage is Stage.BUILDING)
        for one in asked
    }
    ages = {one.key: age for age, one in enumerate(asked)}
    line = sorted(
        (one for one in asked if began[one.key] > lined_up),
        key=lambda one: (RANKS[one.urgency], ages[one.key]),
    )
    expected = [one.key for one in line]
    assert sorted(expected, key=lambda key: began[key]) == expected
    first = [issue_key(run) for run in watch.runs if "-developer-" in run]
    waiting = list(expected)
    for key in (key for key in first if key in set(expected)):
        assert waiting.index(key) < SLOTS, f"{key} began before {waiting[:SLOTS]}"
        waiting.remove(key)
    assert waiting == []
    return len(expected)


def check_runs(home: House, watch: Watch, asked: list[Asked]) -> None:
    """One container for each agent and each test, and one end for each issue."""
    outcomes = Counter(f"{one.record(home).stage} {one.outcome(home)}" for one in asked)
    assert set(outcomes) == {"orc:done passed", "orc:blocked no change"}, outcomes
    merged = outcomes["orc:done passed"]
    assert merged >= len(REPOS)
    agents = [run for run in watch.runs if "-developer-" in run]
    assert Counter(map(issue_key, agents)) == Counter(one.key for one in asked)
    assert len([run for run in watch.runs if "-tester-" in run]) == merged
    assert len(watch.runs) == ISSUES + merged
    said = [home.root / "state" / "runs" / run / "stdout" for run in agents]
    kept = [path.read_bytes() for path in said if path.exists()]  # others were swept away
    assert kept
    assert all(b'"exit": 0' in each for each in kept)


def check_growth(
    at_work: tuple[Weight, Weight], at_rest: tuple[Weight, Weight], note: Note
) -> None:
    """While the line gets shorter the memory does not grow; and what is kept of an issue that has
    ended, if it were a task, would be dozens of objects."""
    for count, weight in zip(WEIGHED_AT, at_work, strict=True):
        note(f"RSS in KB, {count} have ended", weight.rss_kb)
        note(f"objects, {count} have ended", weight.objects)
    for when, weight in zip(("before", "after"), at_rest, strict=True):
        note(f"objects at rest, {when}", weight.objects)
    (early, late), (fresh, used) = at_work, at_rest
    assert late.rss_kb - early.rss_kb < GROWTH_KB, grown(early, late)
    assert late.objects - early.objects < GROWTH_OBJECTS * ISSUES, grown(early, late)
    assert used.objects - fresh.objects < GROWTH_OBJECTS * ISSUES, grown(fresh, used)


def grown(before: Weight, after: Weight) -> list[tuple[str, int]]:
    """Of which kinds there are more, the most first."""
    more = {kind: count - before.kinds.get(kind, 0) for kind, count in after.kinds.items()}
    return sorted(more.items(), key=lambda one: -one[1])[:15]


def in_engine(client: docker.DockerClient) -> tuple[set[str], set[str]]:
    """Networks and volumes."""
    networks = {str(one.name) for one in client.networks.list()}
    return networks, {str(one.name) for one in client.volumes.list()}


def commands(root: Path) -> list[str]:
    """The command lines of processes that have to do with this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            said = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found += [said] if str(root) in said else []
    return found


@pytest.mark.long
async def test_all_end_in_order_and_nothing_is_left(
    home: House, docker_engine: docker.DockerClient, agent_images: Images, record_property: Note
) -> None:
    images = {await agent_images.ensure(needed) for needed in NEEDED}
    before, state = in_engine(docker_engine), home.root / "state"
    prefix = Engine(state / "runs", docker_engine).name("")
    with WeighedApp(home, "first") as app, Watch(prefix) as watch:
        fresh = at_rest(app, home, ask(home, WARMING, (WARM,)))
        home.until(lambda: not watch.alive, lambda: f"left: {watch.alive}")
        watch.runs.clear()
        began = time.monotonic()
        asked = ask(home, ISSUES, REPOS)
        lined_up = wait_for_the_line(home, asked)
        early, late = weights(app, home, asked)
        record_property("seconds for 200 issues", round(time.monotonic() - began))
        used = at_rest(app, home, asked)
        home.until(lambda: not watch.alive, lambda: f"left: {watch.alive}")
        home.until(lambda: not app.children(), lambda: f"left: {app.children()}")

    record_property("containers", len(watch.runs))
    record_property("most containers at once", watch.most)
    assert watch.most == SLOTS
    check_runs(home, watch, asked)
    check_growth((early, late), (fresh, used), record_property)
    in_line = check_order(home, watch, asked, lined_up)
    record_property("issues that stood in line", in_line)
    assert in_line > ISSUES / 2

    assert left(docker_engine, state) == []
    assert watch.images == images
    assert (watch.networks, watch.volumes) == ({"none"}, set())
    assert in_engine(docker_engine) == before
    assert list((state / "images").glob("*.log")) == []  # nothing was built
    with WeighedApp(home, "second"):
        assert list((state / "runs").iterdir()) == []  # an app is ready when it has swept
    assert commands(home.root) == []
