"""What an agent's program does when it is really run: the scripted one, in all its scenarios."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agent_image.tree import pids
from app.agents.scenario import load_scenario
from app.agents.scripted import ScriptedAgent
from app.domain.run import AgentJob, AgentOutcome, AgentResult, RunExit, RunLimits
from app.executors.process import ProcessExecutor
from app.sandbox.sample import sample_repository
from app.sandbox.scenario_list import builtin_scenarios

LIMITS = RunLimits(wall_seconds=60, idle_seconds=1.2, output_bytes=20_000)


def git(folder: Path, *args: str) -> str:
    return subprocess.run(
        ["git", *args], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


@dataclass
class Bench:
    """A repository, an executor, and what an agent does there."""

    executor: ProcessExecutor
    origin: Path

    async def attempt(self, name: str, number: int) -> tuple[RunExit, AgentResult]:
        agent = ScriptedAgent(load_scenario(builtin_scenarios()[name]))
        base = git(self.origin, "rev-parse", "HEAD").strip()
        run = replace(agent.run(AgentJob(f"a{number}", "please", number)), base=base, limits=LIMITS)

        async def prepare(workspace: Path) -> None:
            git(workspace, "clone", "-q", str(self.origin), ".")

        await self.executor.start(run, prepare)
        ended = await self.executor.wait(run.id)
        return ended, agent.read(ended)

    def take(self, ended: RunExit) -> None:
        """Put the work into the repository, as it is."""
        assert ended.work is not None
        git(self.origin, "fetch", "-q", str(ended.work), "HEAD")
        git(self.origin, "reset", "-q", "--hard", "FETCH_HEAD")

    def tests(self) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=self.origin, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    executor = ProcessExecutor(tmp_path / "state", grace_seconds=0.5)
    yield Bench(executor, sample_repository(tmp_path / "origin"))
    await executor.remove(await executor.known())


async def test_default(bench: Bench) -> None:
    """A bug that a test finds, then a fix: from the last head, and from the beginning too."""
    ended, result = await bench.attempt("default", 1)
    assert result.outcome is AgentOutcome.SUCCEEDED
    assert (result.usage.input, result.usage.output) == (18240, 2310)
    start = git(bench.origin, "rev-parse", "HEAD").strip()
    bench.take(ended)
    code, said = bench.tests()
    assert code == 1
    assert "1 failed, 8 passed" in said
    assert "assert 'Toronto' == 'Lisbon'" in said
    for head in ("HEAD", start):
        git(bench.origin, "reset", "-q", "--hard", head)
        await bench.executor.remove(await bench.executor.known())
        ended, result = await bench.attempt("default", 2)
        assert result.outcome is AgentOutcome.SUCCEEDED
        bench.take(ended)
    assert bench.tests()[0] == 0


RIGHT_AT_ONCE = ("first-try", "flood", "binary")
# What the first attempt does wrong, as mode and path.
WRONG_FIRST = {
    "workflow": "100644 .github/workflows/ci.yml",
    "symlink": "120000 src/weather/cities.txt",
    "secret": "100644 src/weather/settings.py",
    "submodule": "160000 vendor/charts",
    "huge": "100644 data/history.csv",
}
GOOD = {"README.md", "src/weather/api.py", "tests/test_warmest.py"}


@pytest.mark.parametrize("name", RIGHT_AT_ONCE)
async def test_right_at_once(bench: Bench, name: str) -> None:
    ended, result = await bench.attempt(name, 1)
    assert result.outcome is AgentOutcome.SUCCEEDED, result.text
    bench.take(ended)
    assert changed(bench.origin) == GOOD


@pytest.mark.parametrize(("name", "entry"), WRONG_FIRST.items(), ids=WRONG_FIRST)
async def test_wrong_then_right(bench: Bench, name: str, entry: str) -> None:
    """Even where the first attempt was taken, the second leaves only good things."""
    ended, result = await bench.attempt(name, 1)
    assert result.outcome is AgentOutcome.SUCCEEDED, result.text
    bench.take(ended)
    tree = git(bench.origin, "ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD")
    assert entry in tree.splitlines()
    ended, result = await bench.attempt(name, 2)
    assert result.outcome is AgentOutcome.SUCCEEDED, result.text
    bench.take(ended)
    assert changed(bench.origin) == GOOD


def changed(repository: Path) -> set[str]:
    """The paths that differ from the sample's first commit."""
    first = git(repository, "rev-list", "--max-parents=0", "HEAD").strip()
    return set(git(repository, "diff", "--name-only", first, "HEAD").split())


UNFINISHED = {
    "agent-fails": (AgentOutcome.FAILED, "warmest"),
    "crash": (AgentOutcome.CRASHED, "exit code 139"),
    "hang": (AgentOutcome.TIMED_OUT, "nothing for too long"),
    "stubborn": (AgentOutcome.TIMED_OUT, "nothing for too long"),
}


@pytest.mark.parametrize(
    ("name", "outcome", "text"),
    [(name, *rest) for name, rest in UNFINISHED.items()],
    ids=UNFINISHED,
)
async def test_unfinished(bench: Bench, name: str, outcome: AgentOutcome, text: str) -> None:
    _, result = await bench.attempt(name, 1)
    assert result.outcome is outcome
    assert text in result.text
    assert not [pid for pid in pids() if _runs_in(pid, bench.executor)]


def _runs_in(pid: int, executor: ProcessExecutor) -> bool:
    try:
        return str(executor._runs).encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


async def test_nothing(bench: Bench) -> None:
    ended, result = await bench.attempt("nothing", 1)
    assert (result.outcome, ended.work) == (AgentOutcome.SUCCEEDED, None)


async def test_no_tests(bench: Bench) -> None:
    ended, _ = await bench.attempt("no-tests", 1)
    bench.take(ended)
    assert bench.tests()[0] == 5  # pytest's code for: no tests collected


async def test_gives_up(bench: Bench) -> None:
    for number in (1, 3):
        ended, result = await bench.attempt("gives-up", number)
        assert result.outcome is AgentOutcome.SUCCEEDED
        bench.take(ended)
    assert bench.tests()[0] == 1


async def test_prints_bytes_and_is_understood(bench: Bench) -> None:
    ended, result = await bench.attempt("binary", 1)
    assert b"\0\x01\x02" in ended.stdout
    assert "GET /warmest" in result.text


def test_the_sample_is_the_same_commit_everywhere(tmp_path: Path) -> None:
    made = [sample_repository(tmp_path / name) for name in ("a", "b")]
    heads = {git(folder, "rev-parse", "main").strip() for folder in made}
    assert len(heads) == 1
    assert git(made[0], "status", "--porcelain") == ""
