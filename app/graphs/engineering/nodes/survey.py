"""Where the code stands: what the round builds on, and whether an attempt waits for its verdict."""

from dataclasses import asdict

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.ci import CiFailure
from app.domain.policy import Member
from app.domain.record import ASKED, Attempt, Record
from app.domain.spec import Kind
from app.domain.task import Task
from app.domain.verdict import Outcome
from app.graphs.context import Context
from app.graphs.engineering.by_hand import by_hand
from app.graphs.engineering.merged import base_merged, begun
from app.graphs.engineering.restored import best_restored
from app.graphs.engineering.restored import told as told_of
from app.graphs.engineering.reviewed import reviewed
from app.graphs.engineering.state import State
from app.graphs.ports import Heads
from app.graphs.thread import listened


async def survey(state: State, runtime: Runtime[Context]) -> Command[str]:
    """Reads the branch, so that a run whose checkpoints are lost goes on where it was."""
    context = runtime.context
    task, record = context.task, context.task.record
    heads = await _heads(context)
    start = _start(task, heads)
    told = await listened(context)
    start |= State(comments=told["comments"], heard=told["heard"])
    start |= await reviewed(context)
    if record.repairs and heads.branch is not None and not record.merging:
        failed = await context.workshop.ci.failures(task.issue.repo, heads.branch, task.base)
        ours = [one for one in failed if one.is_ours]
        if failed and not ours:
            start["by_hand"] = await by_hand(runtime.context, heads.branch)
            return Command(update=start | _spared(failed, task, heads.branch), goto=END)
        start["failures"] = [_told(one) for one in ours]
    # an attempt that failed after the last push is in the record only
    if start["head"] is not None and heads.attempt >= record.attempt:
        return _on(task, start, "tester")
    start["attempt"] = record.attempt + 1
    best = await best_restored(context, heads)
    if best is not None:
        heads = await _heads(context)
        start["parent"] = heads.branch or heads.base
        start["failures"] = [told_of(best)]
    merge = await base_merged(context, heads, start["attempt"])
    if merge and merge.conflicts:
        start |= begun(merge, start["attempt"])
    elif heads.branch and record.merging and not _asked(start, record):
        start["head"] = start["parent"] = merge.sha if merge else heads.branch
        if merge:
            await context.workshop.code.push(task.issue, record.branch, merge.sha)
        return _on(task, start, "tester")
    return _on(task, start, _maker(task, start, has_branch=heads.branch is not None))


async def _heads(context: Context) -> Heads:
    task, code = context.task, context.workshop.code
    return await code.heads(task.issue, task.record.branch, task.base, task.code_mark)


def _start(task: Task, heads: Heads) -> State:
    """`head` is what this round has pushed, if it has."""
    record = task.record
    pushed = heads.branch is not None and record.floor < heads.attempt <= task.ceiling
    return State(
        attempt=heads.attempt if pushed else record.attempt + 1,
        base=heads.base,
        parent=heads.branch or heads.base,
        head=heads.branch if pushed else None,
        work=None,
        text="",
        failures=_failures(record.attempts[-1:]),
        attempts=[],
        verdict=None,
        pull_request=None,
        reason="",
        over_budget=False,
        question="",
        usage=asdict(record.running),
        plan=record.plan,
        review="",
        merging=None,
    )


def _maker(task: Task, start: State, *, has_branch: bool) -> str:
    """Who makes what is to be tested, or plans it first."""
    if task.spec and task.spec.kind is Kind.UPDATE and not start["merging"]:
        return "updater"
    if task.may_be_split and not has_branch:
        return "lead"
    planned = task.record.plan or task.record.merging or Member.ARCHITECT not in task.policy.team
    return "developer" if planned else "architect"


def _asked(start: State, record: Record) -> bool:
    """Somebody wants more than that the base is taken up."""
    return bool(start["threads"] or start["remarks"] or start["failures"] or record.asked)


def _on(task: Task, start: State, to: str) -> Command[str]:
    """By way of the preparer, where the configuration does not say how to test."""
    if task.policy.test_command:
        start["test_command"] = task.policy.test_command
        return Command(update=start, goto=to)
    start["onward"] = to
    return Command(update=start, goto="preparer")


def _told(failed: CiFailure) -> str:
    return f"CI failed on what you committed: {failed.job}. The end of its log:\n{failed.log}"


def _spared(failed: tuple[CiFailure, ...], task: Task, head: str) -> State:
    """The pull request is as good as it was, unless somebody has moved its branch."""
    last = task.record.attempts[-1:]
    known = any(one.head == head and one.outcome == Outcome.PASSED for one in last)
    number = task.record.pull_request if known else None
    return State(spared=True, reason=_why(failed), head=head, pull_request=number)


def _why(failed: tuple[CiFailure, ...]) -> str:
    names = ", ".join(sorted({one.job for one in failed}))
    if all(one.began for one in failed):
        return f"CI fails on the base branch too ({names}), so it is not this change's to mend."
    return (
        f"CI failed before any of its jobs began ({names}), and agents may not change workflows. "
        "Its run on GitHub says why."
    )


def _failures(last: tuple[Attempt, ...]) -> list[str]:
    """What the last attempt on record left to be mended."""
    failed = [attempt for attempt in last if attempt.outcome not in (ASKED, Outcome.PASSED)]
    return [text for attempt in failed for text in (attempt.failures or (attempt.detail,)) if text]
