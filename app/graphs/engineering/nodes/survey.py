"""Where the code stands: what the round builds on, and whether an attempt waits for its verdict."""

from dataclasses import asdict

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.policy import Member
from app.domain.record import ASKED, Attempt
from app.graphs.engineering.reviewed import reviewed
from app.graphs.engineering.state import Context, State
from app.graphs.engineering.thread import listened


async def survey(state: State, runtime: Runtime[Context]) -> Command[str]:
    """Reads the branch, so that a run whose checkpoints are lost goes on where it was."""
    task, code = runtime.context.task, runtime.context.workshop.code
    record = task.record
    heads = await code.heads(task.issue, record.branch, task.base, task.code_mark)
    pushed = heads.branch is not None and record.floor < heads.attempt <= task.ceiling
    start = State(
        attempt=heads.attempt if pushed else record.attempt + 1,
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
    )
    start |= await listened(runtime.context)
    start |= await reviewed(runtime.context)
    # an attempt that failed after the last push is in the record only
    waiting = pushed and heads.attempt >= record.attempt
    if not waiting:
        start["attempt"] = record.attempt + 1
    if waiting:
        return Command(update=start, goto="tester")
    planned = record.plan or Member.ARCHITECT not in task.policy.team
    return Command(update=start, goto="developer" if planned else "architect")


def _failures(last: tuple[Attempt, ...]) -> list[str]:
    """What the last attempt on record left to be mended."""
    failed = [attempt for attempt in last if attempt.outcome != ASKED]
    return [text for attempt in failed for text in (attempt.failures or (attempt.detail,)) if text]
