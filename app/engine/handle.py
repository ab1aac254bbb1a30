"""Handles one event of one issue: lock, load, step, apply. It chooses nothing; `step` does."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import structlog

from app.domain import wording
from app.domain.effect import (
    Effect,
    Escalate,
    Show,
    StartRun,
    StopRun,
    TakeSlot,
    Tell,
    Withdraw,
)
from app.domain.event import (
    AttemptEnded,
    Event,
    Found,
    Planned,
    RunStopped,
    SlotFreed,
    Spoken,
    Withdrawn,
)
from app.domain.ref import IssueRef
from app.domain.stage import AT_WORK, ENDED, Stage
from app.domain.step import step
from app.domain.task import Task
from app.domain.thread import joined
from app.domain.topic import ending
from app.engine.clock import now
from app.engine.effects import escalate, perform
from app.engine.ports import (
    Outside,
    Postponed,
    Refused,
    Unanswered,
)
from app.engine.shown import Shown
from app.engine.slots import Slots

log = structlog.get_logger(__name__)
TRIES = 6
LOOKS = 2


class Handler:
    """Carries out events. What fails for want of an answer is taken up again from the facts."""

    def __init__(
        self,
        outside: Outside,
        slots: Slots,
        *,
        spawn: Callable[[IssueRef, Event], None],
        progress_seconds: float = 5.0,
        retry_seconds: float = 1.0,
    ) -> None:
        self._outside = outside
        self._slots = slots
        self._spawn = spawn
        self._retry_seconds = retry_seconds
        self._shown = Shown(outside.board, spawn=spawn, progress_seconds=progress_seconds)

    async def handle(self, issue: IssueRef, event: Event) -> bool:
        """Whether it is done, or refused for good; False: it is left to the next sweep."""
        for attempt in range(TRIES):
            try:
                await self._once(issue, event)
                if attempt:  # the event may have been cut short after its stage was shown
                    await self._once(issue, Found(now()))
            except Postponed as postponed:
                wait = (postponed.until - now()).total_seconds()
            except Unanswered as error:
                wait = self._retry_seconds * 2**attempt
                log.warning("unanswered", issue=str(issue), on=type(event).__name__, why=str(error))
            except Refused as error:
                if error.status == 404 and attempt < LOOKS:
                    wait = self._retry_seconds  # what was just made may not be there to read yet
                    await asyncio.sleep(wait)
                    continue
                log.error("refused", issue=str(issue), on=type(event).__name__, why=str(error))
                self._give_up(issue)
                return True
            except Exception as error:  # an event must not be lost to a fault of ours
                wait = self._retry_seconds * 2**attempt
                log.exception("failed", issue=str(issue), on=type(event).__name__, why=str(error))
            else:
                return True
            await asyncio.sleep(max(wait, 0.0))
        log.error("left to the next sweep", issue=str(issue), on=type(event).__name__)
        self._give_up(issue)
        return False

    async def _once(self, issue: IssueRef, event: Event) -> None:
        async with self._outside.locks.issue_lock(issue.key):
            task, event = await self._look(issue, event)
            events: deque[Event] = deque([event])
            while events:
                task, following = await self._advance(task, events.popleft())
                events.extend(following)
            await self._keep(task)

    async def _look(self, issue: IssueRef, event: Event) -> tuple[Task, Event]:
        """The task as it stands, and what of the event is still so."""
        if isinstance(event, AttemptEnded | Planned):
            held = self._shown.held(issue)
            if held is not None and not held.record.outdated:
                return held, event
        task = await self._load(issue)
        if ending.is_denied(task, event):  # read too early, or told in another order
            await asyncio.sleep(self._retry_seconds)
            task = await self._load(issue)
            event = Found(now()) if ending.is_denied(task, event) else event
        if self._is_overtaken(task):
            self._shown.forget(issue)
            task = await self._stop(task)
        if wording.is_to_be_looked_up(task, event):
            task = await self._with_editors(task)
        if isinstance(event, Spoken):
            task = replace(task, thread=joined(task.thread, event.said))
        return task, event

    async def _with_editors(self, task: Task) -> Task:
        """Whoever may ask for work has asked for what they wrote; others are nobody to us."""
        roster, repo, who = self._outside.roster, task.issue.repo, task.policy.who
        for login in sorted(task.editors):
            if not login or await roster.role(repo, login) < who:
                return task
        return wording.as_asked(task)

    async def _keep(self, task: Task) -> None:
        """What is known of a task in memory is for its run; both end with the building."""
        issue, runs = task.issue, self._outside.runs
        if task.stage in AT_WORK and runs.is_live(issue):
            self._shown.keep(task)
            return
        self._shown.forget(issue)
        if task.stage in AT_WORK:  # its run is another instance's
            self.free_slot(issue)
            return
        await runs.settle(issue)
        if task.stage is not Stage.QUEUED or task.record.paused:
            self.free_slot(issue)

    def _is_overtaken(self, task: Task) -> bool:
        """Another instance has ended what is at work here. A late read may only look like that."""
        known = self._shown.of(task.issue)
        if known is None or not self._outside.runs.is_live(task.issue):
            return False
        ended = task.stage in ENDED and task.record.round == known.record.round
        return ended or task.record.round > known.record.round

    def _give_up(self, issue: IssueRef) -> None:
        """Nothing more may ever come of the issue, so that it must not keep a slot."""
        if not self._outside.runs.is_live(issue):
            self._shown.forget(issue)
            self.free_slot(issue)

    async def _load(self, issue: IssueRef) -> Task:
        """As GitHub has it, with the progress that was held back."""
        setting = await self._outside.policies.of(issue.repo)
        task = await self._outside.board.load(issue, setting)
        known = self._shown.of(issue)
        if known is None or known.stage is not task.stage:
            return task
        return replace(task, record=task.record.with_progress(known.record))

    async def _advance(self, task: Task, event: Event) -> tuple[Task, list[Event]]:
        """One step, with a slot that is free at once taken before anything is shown."""
        before, known = task.stage, task
        taken = step(task, event)
        task, effects = taken.task, list(taken.effects)
        while TakeSlot() in effects:
            effects.remove(TakeSlot())
            if self._slots.take(task.issue, task.turn):
                onward = step(task, SlotFreed(now()))
                task = onward.task
                effects = [*onward.effects, *effects]
        if taken.task == known and known.is_stale and not isinstance(event, Found):
            return task, [*(await self._apply(task, effects))[1], Found(now())]
        if task.stage != before:
            why = {"why": task.record.reason} if task.record.reason else {}
            name = type(event).__name__
            log.info("stage", issue=str(task.issue), stage=task.stage, on=name, **why)
        return await self._apply(task, effects)

    async def _apply(self, task: Task, effects: list[Effect]) -> tuple[Task, list[Event]]:
        shows = [effect for effect in effects if isinstance(effect, Show)]
        events: list[Event] = []
        for effect in effects:
            match effect:
                case Show():
                    if effect is shows[0]:
                        task = await self._shown.show(task, shows)
                case StartRun(resumed=resumed):
                    await self._start(task, resumed=resumed)
                case StopRun():
                    task = await self._stop(task)
                case Escalate():
                    task = await escalate(task, effect, self._outside.board)
                case Withdraw(issue=part):
                    await self._withdraw(part)
                case Tell(issue=other, event=news):
                    self._spawn(other, news)
                case _:
                    if (event := await perform(task, effect, self._outside)) is not None:
                        events.append(event)
        return task, events

    async def _start(self, task: Task, *, resumed: bool) -> None:
        if await self._outside.runs.start(task, resumed=resumed):
            self._slots.hold(task.issue)
        else:
            self.free_slot(task.issue)

    async def _stop(self, task: Task) -> Task:
        """What the run used is part of what is shown next."""
        spent = await self._outside.runs.stop(task.issue)
        return step(task, RunStopped(now(), spent)).task

    async def _withdraw(self, part: IssueRef) -> None:
        """A part that is gone needs it no more. Locks are only ever taken from whole to part."""
        try:
            await self._once(part, Withdrawn(now()))
        except Refused as refused:
            log.warning("not withdrawn", issue=str(part), why=str(refused))

    def open_slots(self) -> None:
        """All who wait are known: those whose turn it is may start."""
        for issue in self._slots.open():
            self._spawn(issue, SlotFreed(now()))

    def free_slot(self, issue: IssueRef) -> None:
        """The issue's run is over: the next in line may start."""
        if (waiting := self._slots.free(issue)) is not None:
            self._spawn(waiting, SlotFreed(now()))
