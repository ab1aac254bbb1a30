"""Carries out effects that only go through a port. It knows no slots, and handles no event."""

import structlog

from app.domain import words
from app.domain.effect import (
    Acknowledge,
    Effect,
    Escalate,
    LookAtChecks,
    MergePullRequest,
    RaiseBudget,
    Reply,
    ReplyLogs,
    TellRun,
)
from app.domain.event import (
    ChecksEnded,
    Event,
    MergeHeld,
    MergeRefused,
    NotAssigned,
    PullRequestMerged,
)
from app.domain.ref import IssueRef
from app.domain.step import step
from app.domain.task import Task
from app.engine.clock import now
from app.engine.ports import Awaited, Board, Outside, Refused

log = structlog.get_logger(__name__)


async def perform(task: Task, effect: Effect, outside: Outside) -> Event | None:
    """What came of it, where something did. Raises what the ports raise."""
    board, issue = outside.board, task.issue
    match effect:
        case TellRun():
            outside.runs.tell(task)
        case MergePullRequest(number=number, head=head):
            return await _merge(board, issue, number, head)
        case LookAtChecks():
            return ChecksEnded(now())
        case Reply(to=command, text=text):
            await board.reply(issue, command, text)
        case ReplyLogs(to=command):
            await board.reply(issue, command, words.logs(await outside.logs.tail(issue)))
        case RaiseBudget(usd=usd):
            if outside.budgets is not None:
                await outside.budgets.raise_budget(issue, usd)
        case Acknowledge(comment=comment, accepted=accepted):
            await _acknowledge(board, issue, comment, accepted=accepted)
    return None


async def escalate(task: Task, call: Escalate, board: Board) -> Task:
    """What GitHub refuses of it must not keep the task from being blocked."""
    assigned = frozenset[str]()
    try:
        if call.assign:
            assigned = await board.assign(task.issue, call.assign)
    except Refused as refused:
        log.warning("nobody assigned", issue=str(task.issue), why=str(refused))
    try:
        if call.text:
            await board.reply(task.issue, call.key, call.text)
    except Refused as refused:
        log.warning("nobody told", issue=str(task.issue), why=str(refused))
    there = {login.casefold() for login in assigned}
    left = tuple(login for login in call.assign if login.casefold() not in there)
    if not left:
        return task
    log.warning("not assigned", issue=str(task.issue), logins=left)
    return step(task, NotAssigned(now(), left)).task


async def _merge(board: Board, issue: IssueRef, number: int, head: str) -> Event | None:
    merged = await board.merge(issue, number, head)
    if isinstance(merged, Awaited):  # what it waits for, or a sweep, looks again
        return MergeHeld(now()) if merged is Awaited.REVIEWS else None
    if isinstance(merged, str):
        return MergeRefused(now(), merged)
    return PullRequestMerged(now(), merged.number, merged.merge_commit)


async def _acknowledge(board: Board, issue: IssueRef, comment: int, *, accepted: bool) -> None:
    """A reaction that finds no place any more must not undo what the command has done."""
    try:
        await board.acknowledge(issue, comment, accepted=accepted)
    except Refused as refused:
        log.warning("no reaction", issue=str(issue), why=str(refused))
