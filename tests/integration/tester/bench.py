"""Small repositories, each a commit on an honest one, and the real tester node to judge them."""

import asyncio
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from langgraph.runtime import Runtime

from app.domain.finding import Kind
from app.domain.policy import Policy
from app.domain.record import Attempt
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import RunLimits
from app.domain.verdict import Outcome, Verdict
from app.git.repository import GitCode
from app.git.run import Remote
from app.graphs.context import Context
from app.graphs.engineering.nodes.tester import tester
from app.graphs.engineering.state import State, verdict_of
from app.graphs.ports import Executor
from tests.unit.domain.make import task

REPO = RepoRef(11, "acme", "shop", 3)
ISSUE = IssueRef(REPO, 7)
# Without a cache, and without plugins of this installation, which cost more than the tests.
PYTEST = 'PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 python -m pytest -q --junitxml "$ORC_OUT/junit.xml"'
HONEST = {
    "shop.py": "def price(n):\n    return 2 * n\n",
    "tests/test_price.py": (
        "from shop import price\n\n\n"
        "def test_one():\n    assert price(1) == 2\n\n\n"
        "def test_two():\n    assert price(2) == 4\n\n\n"
        "def test_none():\n    assert price(0) == 0\n"
    ),
    "pytest.ini": "[pytest]\naddopts = -p no:cacheprovider\n",
    "Makefile": "test:\n\t" + PYTEST.replace("$", "$$") + "\n",
    "run_tests.sh": f"{PYTEST}\n",
}
# The code is wrong: an honest run of the honest tests fails.
BROKEN = "def price(n):\n    return 3 * n\n"
GREEN_REPORT = (
    '<testsuite tests=\\"3\\"><testcase classname=\\"tests.test_price\\" name=\\"test_one\\"/>'
    '<testcase classname=\\"tests.test_price\\" name=\\"test_two\\"/>'
    '<testcase classname=\\"tests.test_price\\" name=\\"test_none\\"/></testsuite>'
)


_LIMITS = RunLimits(20.0, 20.0)


@dataclass(frozen=True)
class Trick:
    """A change (None: the file goes), how its tests are run, and what must come of it.

    `findings` are kinds that must be among what is flagged, each with the path it is about.
    """

    change: Mapping[str, str | None]
    outcome: Outcome
    findings: Mapping[Kind, str] = field(default_factory=dict)
    command: str = PYTEST
    reports: tuple[str, ...] = ()
    limits: RunLimits = _LIMITS
    before: int = 0
    base: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """One mirror with all tricks in it, and where runs happen."""

    code: GitCode
    executor: Executor
    heads: Mapping[str, str]
    base: Mapping[str, str]
    gate: None = None  # as a workshop has it

    async def judged(self, name: str, trick: Trick) -> Verdict:
        head = self.heads[name]
        policy = Policy(
            attempts=1,
            test_command=trick.command,
            test_reports=trick.reports,
            test_limits=trick.limits,
        )
        given = replace(task(), policy=policy, issue=ISSUE, base=self.base[name])
        if trick.before:
            earlier = Attempt(0, "failed", "e" * 40, passed=trick.before - 1, failed=1)
            given = replace(given, record=replace(given.record, attempts=(earlier,)))
        context = Context(given, cast("Any", self), cast("Any", None), False, lambda: given)
        state = State(
            test_command=trick.command,
            attempt=1,
            parent=head,
            head=head,
            attempts=[],
            verdict=None,
            failures=[],
        )
        command = await tester(state, Runtime(context=context))
        return verdict_of(cast("State", command.update))


def repository(at: Path, tricks: Mapping[str, Trick]) -> None:
    """A bare repository with the honest branch `main`, and a branch `head/N` for each trick."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(at)], check=True)
    stream = bytearray()
    commit(stream, "main", HONEST, None)
    for number, trick in enumerate(tricks.values()):
        if trick.base:
            commit(stream, f"base/{number}", trick.base, "main")
        commit(stream, f"head/{number}", trick.change, _base(number, trick))
    importing = ["git", "fast-import", "--quiet", "--done"]
    subprocess.run(importing, cwd=at, input=bytes(stream) + b"done\n", check=True)


def _base(number: int, trick: Trick) -> str:
    return f"base/{number}" if trick.base else "main"


def commit(
    stream: bytearray, branch: str, files: Mapping[str, str | None], parent: str | None
) -> None:
    stream += f"commit refs/heads/{branch}\ncommitter a <a@b.c> 1700000000 +0000\n".encode()
    stream += f"data {len(branch)}\n{branch}\n".encode()  # so that no two are the same commit
    if parent:
        stream += f"from refs/heads/{parent}\n".encode()
    for name, text in files.items():
        if text is None:
            stream += f"D {name}\n".encode()
            continue
        mode = "120000" if text.startswith("-> ") else "100644"
        data = text.removeprefix("-> ").encode()
        stream += f"M {mode} inline {name}\ndata {len(data)}\n".encode() + data + b"\n"
    stream += b"\n"


async def mirrored(state: Path, origin: Path, tricks: Mapping[str, Trick]) -> GitCode:
    """Code whose mirror has all of it already, so that no trick waits for a transfer."""

    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(f"file://{origin}")

    code = GitCode(state, remote)
    await code.heads(ISSUE, "head/0", "main", "none")
    await asyncio.to_thread(
        subprocess.run,
        ["git", "fetch", "--quiet", f"file://{origin}", "+refs/heads/*:refs/orc/all/*"],
        cwd=state / "mirrors" / f"{REPO.id}.git",
        check=True,
    )
    return code


def shas(origin: Path, tricks: Mapping[str, Trick]) -> dict[str, str]:
    """The head of each trick."""
    shape = ("for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", "refs/heads/head")
    told = subprocess.run(["git", *shape], cwd=origin, check=True, capture_output=True, text=True)
    known = dict(line.split() for line in told.stdout.splitlines())
    return {name: known[str(number)] for number, name in enumerate(tricks)}


def bases(tricks: Mapping[str, Trick]) -> dict[str, str]:
    return {name: _base(number, trick) for number, (name, trick) in enumerate(tricks.items())}
