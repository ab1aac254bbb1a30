"""Keeps one run of the engineering graph per issue going. What comes of it is an event."""

import asyncio
from collections.abc import Callable

import structlog

from app.domain.event import AttemptEnded, Event, RunFinished
from app.domain.ref import IssueRef
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
    ) -> None:
        self._graph = graph
        self._leases = leases
        self._sessions = sessions
        self._spawn = spawn
        self._live: dict[str, asyncio.Task[None]] = {}
        self._unsettled: set[str] = set()

    async def start(self, task: Task, *, resumed: bool) -> None:
        issue = task.issue
        if issue.key in self._live:
            return
        if not await self._leases.acquire(issue.key):
            log.info("run is live in another instance", issue=str(issue))
            return
        self._unsettled.add(issue.key)
        await self._sessions.begin(issue, task.record.round)
        self._live[issue.key] = asyncio.create_task(self._run(task, resumed=resumed))

    async def _run(self, task: Task, *, resumed: bool) -> None:
        issue = task.issue

        async def report(event: AttemptEnded) -> None:
            self._spawn(issue, event)

        try:
            finished = await self._graph.run(task, report, resumed=resumed)
            await self._sessions.finish(issue, finished)
        except (Unanswered, Postponed) as error:
            log.warning("run is left to the next sweep", issue=str(issue), why=str(error))
            return
        except Exception as error:
            log.exception("run failed", issue=str(issue))
            finished = RunFinished(
                now(),
                task.record.round,
                attempts=(),
                reason="The orchestrator itself failed while it ran the task: "
                f"{type(error).__name__}. Its log has the details for this issue; once that is "
                "mended, `/retry` goes on from what was pushed.",
            )
        finally:
            self._live.pop(issue.key, None)
            await self._leases.release(issue.key)
        self._spawn(issue, finished)

    async def stop(self, issue: IssueRef) -> None:
        run = self._live.get(issue.key)
        if run is not None:
            run.cancel()
            await asyncio.wait([run])
        await self._graph.stop(issue)

    async def settle(self, issue: IssueRef) -> None:
        if issue.key in self._unsettled - self._live.keys():
            self._unsettled.discard(issue.key)
            await self._sessions.settle(issue)
            await self._graph.settle(issue)

    async def close(self) -> None:
        """Let go of every run; their agents go on, and the next start finds them."""
        runs = list(self._live.values())
        for run in runs:
            run.cancel()
        if runs:
            await asyncio.wait(runs)
