"""Shows tasks, and the progress of their runs a while later, together. It changes no stage."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.effect import Show
from app.domain.event import AttemptEnded, Event, Planned
from app.domain.record import Record
from app.domain.ref import IssueRef
from app.domain.stage import Stage
from app.domain.task import Task
from app.engine.clock import now
from app.engine.ports import Board


class Shown:
    """Tasks at work as they were last, with the progress that was held back."""

    def __init__(
        self,
        board: Board,
        *,
        spawn: Callable[[IssueRef, Event], None],
        progress_seconds: float,
    ) -> None:
        self._board = board
        self._spawn = spawn
        self._progress = progress_seconds
        self._tasks: dict[str, Task] = {}
        self._later: dict[str, asyncio.TimerHandle] = {}
        self._due: set[str] = set()  # those whose progress has waited

    def of(self, issue: IssueRef) -> Task | None:
        return self._tasks.get(issue.key)

    def held(self, issue: IssueRef) -> Task | None:
        """As it is known here, where progress has to wait: what is not written need not be read."""
        return self.of(issue) if self._waits(issue) else None

    def keep(self, task: Task) -> None:
        self._tasks[task.issue.key] = task

    def forget(self, issue: IssueRef) -> None:
        self._tasks.pop(issue.key, None)
        self._due.discard(issue.key)
        self._cancel(issue)

    async def show(self, task: Task, shows: Sequence[Show]) -> Task:
        """One write for all the shows of a step; progress waits for what may follow."""
        if all(show.soon for show in shows) and self._waits(task.issue):
            self._show_later(task.issue)
            return task
        self._cancel(task.issue)  # what it held back is in what is shown now
        is_open = next((show.open for show in shows if show.open is not None), None)
        if task.stage is Stage.PLAN_REVIEW and task.record.planned_at is None:
            task = replace(task, record=replace(task.record, planned_at=now()))
        await self._board.show(task, is_open=is_open)
        self._due.discard(task.issue.key)
        return replace(
            task,
            labels=frozenset({task.stage.value}) if task.stage else frozenset(),
            is_open=task.is_open if is_open is None else is_open,
        )

    def _waits(self, issue: IssueRef) -> bool:
        return self._progress > 0 and issue.key not in self._due

    def _show_later(self, issue: IssueRef) -> None:
        if issue.key not in self._later:
            loop = asyncio.get_running_loop()
            self._later[issue.key] = loop.call_later(self._progress, self.show_now, issue)

    def show_now(self, issue: IssueRef) -> None:
        """The progress that was held back, as part of whatever the task is by now."""
        self._later.pop(issue.key, None)
        task = self.of(issue)
        event = _progress(task.record) if task else None
        if event is not None:
            self._due.add(issue.key)
            self._spawn(issue, event)

    def _cancel(self, issue: IssueRef) -> None:
        if timer := self._later.pop(issue.key, None):
            timer.cancel()


def _progress(record: Record) -> AttemptEnded | Planned | None:
    """What the run has told last, to be told again."""
    if record.plan:
        return Planned(now(), record.round, record.plan, record.running)
    if not record.attempts:
        return None
    return AttemptEnded(now(), record.round, record.attempts[-1], record.running)
