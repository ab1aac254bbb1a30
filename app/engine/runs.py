"""Keeps one run of a graph per issue going. What comes of it is an event."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.domain.event import (
    AttemptEnded,
    Event,
    Finished,
    Found,
    IntakeFinished,
    Planned,
    RunFinished,
)
from app.domain.ref import IssueRef
from app.domain.run import Spent
from app.domain.task import Task
from app.engine.clock import now
from app.engine.ports import Graph, Leases, Postponed, Sessions, Unanswered

log = structlog.get_logger(__name__)


class GraphRuns:
    """A run is live here while this instance has its lease, which dies with the process."""

    def __init__(
        self,
        graph: Graph,
        leases: Leases,
        sessions: Sessions,
        spawn: Callable[[IssueRef, Event], None],
        again_seconds: float = 60.0,
    ) -> None:
        self._again_seconds = again_seconds
        self._graph = graph
        self._leases = leases
        self._sessions = sessions
        self._spawn = spawn
        self._live: dict[str, asyncio.Task[None]] = {}
        self._unsettled: set[str] = set()
        self._stopped: dict[str, Spent] = {}  # what runs used that were stopped, until settled

    async def start(self, task: Task, *, resumed: bool) -> bool:
        issue = task.issue
        if issue.key in self._live:
            self._graph.tell(task)
            return True
        if not await self._leases.acquire(issue.key):
            log.info("run is live in another instance", issue=str(issue))
            return False
        self._unsettled.add(issue.key)
        self._stopped.pop(issue.key, None)
        run = asyncio.create_task(self._run(task, resumed=resumed))
        self._live[issue.key] = run
        # not within the run, which may be cancelled before it has begun
        run.add_done_callback(lambda ended: self._forget(issue.key, ended))
        return True

    def is_live(self, issue: IssueRef) -> bool:
        return issue.key in self._live

    def tell(self, task: Task) -> None:
        if task.issue.key in self._live:
            self._graph.tell(task)

    def _forget(self, key: str, run: asyncio.Task[None]) -> None:
        if self._live.get(key) is run:
            del self._live[key]

    async def _run(self, task: Task, *, resumed: bool) -> None:
        issue = task.issue

        async def report(event: AttemptEnded | Planned) -> None:
            self._spawn(issue, event)

        try:
            await self._note(self._sessions.begin(issue, task.record.round, task.graph))
            finished = await self._graph.run(task, report, resumed=resumed)
            await self._note(self._sessions.finish(issue, finished))
        except (Unanswered, Postponed) as error:
            log.warning("run is cut short", issue=str(issue), why=str(error))
            await self._leases.release(issue.key)
            wait = (error.until - now()).total_seconds() if isinstance(error, Postponed) else 0.0
            loop = asyncio.get_running_loop()
            loop.call_later(max(wait, self._again_seconds), self._spawn, issue, Found(now()))
            return
        except Exception as error:
            log.exception("run failed", issue=str(issue))
            finished = _failed(task, error)
        self._live.pop(issue.key, None)
        await self._leases.release(issue.key)
        self._spawn(issue, finished)

    async def _note(self, writing: Awaitable[None]) -> None:
        """Rows are for people to read; that one can't be written decides nothing."""
        try:
            await writing
        except Exception:
            log.exception("session not written")

    async def stop(self, issue: IssueRef) -> Spent:
        await self._end(issue.key)
        spent = await self._graph.stop(issue)
        if spent.round:
            self._stopped[issue.key] = spent
            self._unsettled.add(issue.key)
            ended = RunFinished(now(), spent.round, attempts=(), usage=spent.usage)
            await self._note(self._sessions.finish(issue, ended))
        return self._stopped.get(issue.key, spent)

    async def settle(self, issue: IssueRef) -> None:
        if issue.key in self._unsettled - self._live.keys():
            self._unsettled.discard(issue.key)
            self._stopped.pop(issue.key, None)
            await self._note(self._sessions.settle(issue))
            if await self._leases.acquire(issue.key):  # else another instance is at it
                await self._graph.settle(issue)
                await self._leases.release(issue.key)

    async def collect(self, keys: frozenset[str]) -> None:
        for key in await self._graph.leftovers() - keys - self._unsettled:
            if await self._leases.acquire(key):  # no other instance runs the issue
                await self._graph.remove(key)
                await self._leases.release(key)

    async def close(self) -> None:
        """Let go of every run; their agents go on, and the next start finds them."""
        await asyncio.gather(*(self._end(key) for key in list(self._live)))

    async def _end(self, key: str) -> None:
        """A library in between may swallow a cancellation, so it is repeated."""
        while (run := self._live.get(key)) is not None and not run.done():
            run.cancel()
            await asyncio.wait([run], timeout=2.0)
        self._live.pop(key, None)
        await self._leases.release(key)


def _failed(task: Task, error: Exception) -> Finished:
    reason = (
        f"The orchestrator itself failed while it ran the task: {type(error).__name__}. Its log "
        "has the details for this issue; once that is mended, `/retry` goes on from what was "
        "pushed."
    )
    if task.graph == "intake":
        request = task.request_digest
        return IntakeFinished(
            now(), task.record.round, request, reason=reason, heard=task.record.asked
        )
    return RunFinished(now(), task.record.round, attempts=(), reason=reason)
