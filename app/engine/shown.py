"""Shows tasks, and the progress of their runs every few seconds at most. It changes no stage."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

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
        self._progress = timedelta(seconds=progress_seconds)
        self._tasks: dict[str, Task] = {}
        self._at: dict[str, datetime] = {}
        self._later: dict[str, asyncio.TimerHandle] = {}

    def of(self, issue: IssueRef) -> Task | None:
        return self._tasks.get(issue.key)

    def keep(self, task: Task) -> None:
        self._tasks[task.issue.key] = task

    def forget(self, issue: IssueRef) -> None:
        self._tasks.pop(issue.key, None)
        self._at.pop(issue.key, None)
        self._cancel(issue)

    async def show(self, task: Task, shows: Sequence[Show]) -> Task:
        """One write for all the shows of a step; progress waits for its turn."""
        if all(show.soon for show in shows) and (wait := self._wait(task.issue)) > timedelta():
            self._show_later(task.issue, wait)
            return task
        self._cancel(task.issue)  # what it held back is in what is shown now
        is_open = next((show.open for show in shows if show.open is not None), None)
        if task.stage is Stage.PLAN_REVIEW and task.record.planned_at is None:
            task = replace(task, record=replace(task.record, planned_at=now()))
        await self._board.show(task, is_open=is_open)
        self._at[task.issue.key] = now()
        return replace(
            task,
            labels=frozenset({task.stage.value}) if task.stage else frozenset(),
            is_open=task.is_open if is_open is None else is_open,
        )

    def _wait(self, issue: IssueRef) -> timedelta:
        at = self._at.get(issue.key)
        return self._progress - (now() - at) if at else timedelta()

    def _show_later(self, issue: IssueRef, wait: timedelta) -> None:
        if issue.key not in self._later:
            loop = asyncio.get_running_loop()
            self._later[issue.key] = loop.call_later(wait.total_seconds(), self.show_now, issue)

    def show_now(self, issue: IssueRef) -> None:
        """The progress that was held back, as part of whatever the task is by now."""
        self._later.pop(issue.key, None)
        task = self.of(issue)
        event = _progress(task.record) if task else None
        if event is not None:
            self._at.pop(issue.key, None)
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
