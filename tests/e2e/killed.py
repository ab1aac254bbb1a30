"""One task whose app is killed again and again, from its beginning to its end."""

import asyncio
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.executors.process import ProcessExecutor
from tests.contract.checker import GitHubContract
from tests.e2e.flow import Flow
from tests.e2e.forking import Nursery
from tests.flow.house import House, answers
from tests.postgres import empty_sessions

PATIENCE = 60.0  # seconds without a kill or a word of anybody's
SPARE = 6  # boundaries new to the task that an app which was started again passes unharmed


@dataclass(frozen=True, slots=True)
class Plan:
    """Where apps may be killed: at boundaries that no line of `killed` names, None: nowhere; and
    only at those that `only` names, if it is given.

    `emptied`: with the sessions. `fault`: one that is planted in the app.
    """

    killed: Path | None
    only: Path | None = None
    emptied: bool = False
    fault: str | None = None


@dataclass
class Run:
    """As many lives of the app as it takes. `first` are the boundaries of the first one."""

    flow: Flow
    nursery: Nursery
    home: House
    plan: Plan
    kills: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    _lives: int = 0
    _pid: int | None = None

    def go(self) -> int:
        """The issue's number, when all is done."""
        self._start()
        self.home.until(lambda: answers(f"{self._url()}/readyz"))
        self._arm()
        number = self.flow.begin(self.home)
        acts = list(self.flow.acts)
        since = time.monotonic()
        while not (self.flow.done(self.home, number) and self._quiet()):
            if self._died(0.05):
                self._go_on()
                since = time.monotonic()
            elif acts and _holds(acts[0].asked, self.home, number):
                acts.pop(0).do(self.home, number)
                since = time.monotonic()
            assert time.monotonic() - since < PATIENCE, f"it stands still\n{self._told(number)}"
        assert not acts, f"it is done and asked nobody\n{self._told(number)}"
        self.home.quiet(0.15)
        self.first = self.first or self._trace()
        return number

    def end(self) -> None:
        """Everything that still runs, the agents of this run included."""
        if self._pid is not None:
            self.nursery.end(self._pid)
        asyncio.run(self._leave_nothing())

    async def _leave_nothing(self) -> None:
        executor = ProcessExecutor(self.home.root / "state")
        await executor.remove(await executor.known())
        await empty_sessions(self.home.database_url)

    @property
    def _folder(self) -> Path:
        return self.home.root / f"life-{self._lives}"

    @property
    def _passed(self) -> Path:
        """The boundaries that earlier lives have come to."""
        return self.home.root / "passed"

    def _trace(self) -> list[str]:
        return (self._folder / "trace").read_text().splitlines()

    def _told(self, number: int) -> str:
        log = (self._folder / "app.log").read_text()[-4000:]
        return "\n".join([*self.kills, *self.home.bot_comments(number), log])

    def _start(self) -> None:
        self._lives += 1
        self._folder.mkdir()
        self._passed.touch()
        plan, first = self.plan, self._lives == 1
        self._pid = self.nursery.start(
            self.flow.name,
            {
                "folder": str(self._folder),
                "killed": str(plan.killed) if plan.killed else None,
                "only": str(plan.only) if plan.only else None,
                "passed": str(self._passed),
                "spare": 0 if first else SPARE,
                "fault": plan.fault,
                "within": self.flow.within,
                "settings": {k: _plain(v) for k, v in self.home.plain_settings().items()},
            },
        )
        since = time.monotonic()
        while not (self._folder / "port").exists():
            gone = self._died(0.003) or time.monotonic() - since > PATIENCE
            assert not gone, f"it did not start\n{(self._folder / 'app.log').read_text()}"
        self.home.sandbox.webhook_url = f"{self._url()}/webhooks"

    def _url(self) -> str:
        return f"http://127.0.0.1:{(self._folder / 'port').read_text()}"

    def _arm(self) -> None:
        (self._folder / "armed").touch()

    def _go_on(self) -> None:
        """In another life."""
        assert self._pid is not None
        assert self.plan.killed is not None
        assert self.nursery.reap(self._pid) == signal.SIGKILL
        self._pid = None
        self.home.sandbox.webhook_url = None
        passed = self._trace()
        self.first = self.first or passed
        self.kills.append(passed[-1])
        for file, lines in ((self._passed, passed), (self.plan.killed, passed[-1:])):
            with file.open("a") as opened:
                opened.writelines(f"{line}\n" for line in lines)
        if self.plan.emptied:
            asyncio.run(empty_sessions(self.home.database_url))
        self._start()
        self._arm()

    def _died(self, seconds: float) -> bool:
        """Within so many seconds."""
        assert self._pid is not None
        fd = os.pidfd_open(self._pid)
        try:
            return bool(select.select([fd], [], [], seconds)[0])
        finally:
            os.close(fd)

    def _quiet(self) -> bool:
        """No boundary was passed for a while."""
        before = len(self._trace())
        return not self._died(0.3) and len(self._trace()) == before


def _plain(value: object) -> object:
    return value if isinstance(value, dict) else str(value)


def _holds(asked: Callable[[House, int], bool], home: House, number: int) -> bool:
    """While the app writes, what is looked for may not be there yet."""
    try:
        return asked(home, number)
    except AssertionError:
        return False


@contextmanager
def prepared(
    flow: Flow,
    nursery: Nursery,
    place: tuple[Path, str],
    plan: Plan,
    contract: GitHubContract | None,
) -> Iterator[Run]:
    """A house without an app, in a folder, with a database; and a run in it."""
    options: dict[str, Any] = {
        "settings": flow.settings, "config": flow.config, "source": flow.source
    }  # fmt: skip
    root, url = place
    with House(root, url, scenario=flow.scenario, contract=contract, **options) as home:
        made = Run(flow, nursery, home, plan)
        try:
            yield made
        finally:
            made.end()
