"""One default task whose app is killed at one boundary and started again, and what it leaves."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from app.db.checkpoints import empty_sessions
from app.domain.stage import Stage
from app.executors.process import ProcessExecutor
from tests.contract.checker import GitHubContract
from tests.flow.house import REPO, House, answers

PATIENCE = 60.0
REMARK = "I begin with the endpoint"


class Nursery:
    """The process that forks apps."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def fork(self, order: dict[str, Any]) -> int:
        pid: int = self._ask(order)["pid"]
        return pid

    def reap(self, pid: int) -> int:
        """Waits for its end; the signal that ended it, or 0."""
        ended: int = self._ask({"reap": pid})["signal"]
        return ended


@dataclass
class Trial:
    """`kill_at`: at which boundary (1, 2, …), None: never. `emptied`: with the sessions."""

    nursery: Nursery
    home: House
    kill_at: int | None
    emptied: bool = False
    fault: str | None = None
    pids: list[int] = field(default_factory=list)

    def run(self) -> int | None:
        """The issue's number, or None where the boundary was never reached: the task was done."""
        first = self._start("first", self.kill_at)
        (self._folder("first") / "armed").touch()
        number = self.home.ask()
        while not _dead(first):
            if self.kill_at is None and self._done(number):
                return number
            if self.kill_at is not None and self._done(number) and self._quiet("first", first):
                return None
            time.sleep(0.01)
        assert self.nursery.reap(first) == signal.SIGKILL
        self.pids.remove(first)
        self.home.sandbox.webhook_url = None
        if self.emptied:
            asyncio.run(empty_sessions(self.home.database_url))
        self._start("second", None)
        deadline = time.monotonic() + PATIENCE
        while not self._done(number):
            if time.monotonic() > deadline:
                raise AssertionError(f"not done after the restart\n{self.log('second')}")
            time.sleep(0.02)
        self.home.quiet(0.15)
        return number

    def trace(self, name: str = "first") -> list[str]:
        return (self._folder(name) / "trace").read_text().splitlines()

    def log(self, name: str) -> str:
        return (self._folder(name) / "app.log").read_text()[-4000:]

    def end(self) -> None:
        """Everything that still runs, the agents of this trial included."""
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
            self.nursery.reap(pid)
        asyncio.run(ProcessExecutor(self.home.root / "state").collect(frozenset()))
        asyncio.run(empty_sessions(self.home.database_url))

    def _done(self, number: int) -> bool:
        home = self.home
        if home.stage(number) is not Stage.DONE or home.sandbox.issue(REPO, number).state == "open":
            return False
        comments = home.bot_comments(number)
        return bool(comments) and home.record(number).stage is Stage.DONE if self.strict else True

    @property
    def strict(self) -> bool:
        """With a planted fault there may be two status comments, which is for the check to say."""
        return self.fault is None

    def _quiet(self, name: str, pid: int) -> bool:
        """Done, and no boundary was passed for a while: the number is beyond the last."""
        before = len(self.trace(name))
        for _ in range(30):
            time.sleep(0.01)
            if _dead(pid):
                return False
        return len(self.trace(name)) == before

    def _folder(self, name: str) -> Path:
        folder = self.home.root / name
        folder.mkdir(exist_ok=True)
        return folder

    def _start(self, name: str, kill_at: int | None) -> int:
        folder = self._folder(name)
        settings = self.home.plain_settings()
        order = {
            "folder": str(folder),
            "kill_at": kill_at,
            "fault": self.fault,
            "settings": {key: str(value) for key, value in settings.items()},
        }
        pid = self.nursery.fork(order)
        self.pids.append(pid)
        url = self._ready(folder, name, pid)
        self.home.sandbox.webhook_url = f"{url}/webhooks"
        return pid

    def _ready(self, folder: Path, name: str, pid: int) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not _dead(pid):
            if (folder / "port").exists():
                url = f"http://127.0.0.1:{(folder / 'port').read_text()}"
                if name == "second" or answers(f"{url}/readyz"):
                    return url
            time.sleep(0.005)
        raise AssertionError(f"the {name} app did not start\n{self.log(name)}")


def _dead(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


@contextmanager
def trial(
    root: Path,
    database_url: str,
    nursery: Nursery,
    contract: GitHubContract | None,
    **options: Any,
) -> Iterator[Trial]:
    """A house without an app, and a trial in it."""
    settings = {"anthropic_api_key": "unused"}  # so that there is a gateway
    with House(root, database_url, scenario="talker", settings=settings, contract=contract) as home:
        made = Trial(nursery, home, **options)
        try:
            yield made
        finally:
            made.end()


def ends_the_same(home: House, number: int) -> list[str]:
    """What is not as it has to be, whenever the app was killed."""
    sandbox, issue = home.sandbox, home.sandbox.issue(REPO, number)
    pulls = sandbox.pull_requests(REPO)
    checks = [(c.head_sha, c.conclusion) for c in sandbox.check_runs(REPO)]
    status = [text for text in home.bot_comments(number) if REMARK not in text]
    said = len(home.bot_comments(number)) - len(status)
    record = home.record(number) if len(status) == 1 else None
    wrong = {
        "one status comment": len(status) == 1,
        "what the agent said, once": said <= 1,  # the gateway may have been away as it spoke
        "one pull request": len(pulls) == 1,
        "the pull request is merged": bool(pulls) and pulls[0].merged,
        "one branch": set(sandbox.branches(REPO)) == {"main", "orc/issue-1"},
        "one check run, green": len(checks) == 1 and checks[0][1] == "success",
        "the verdict is on the merged head": bool(pulls)
        and checks[:1] == [(pulls[0].head_sha, "success")],
        "the issue is closed, with one label of ours": issue.state == "closed"
        and [name for name in issue.labels if name.startswith("orc:")] == ["orc:done"],
        "two attempts, the second green": record is not None
        and [(a.number, a.outcome) for a in record.attempts] == [(1, "failed"), (2, "passed")],
        "two commits of ours": len(pulls) == 1 and _commits(home, pulls[0].head_sha) == 2,
    }
    return [what for what, holds in wrong.items() if not holds]


def _commits(home: House, head: str) -> int:
    base = sample_head(home)
    path = home.sandbox.repository(REPO).path
    command = ["git", "-C", str(path), "rev-list", "--count", f"{base}..{head}"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def sample_head(home: House) -> str:
    command = ["git", "-C", str(home.root / "sample"), "rev-parse", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
