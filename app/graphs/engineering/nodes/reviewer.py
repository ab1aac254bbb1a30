"""Lets a second agent read a green change against the request; it may send the change back."""

from dataclasses import asdict, replace
from functools import partial

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.finding import Finding
from app.domain.record import Attempt
from app.domain.run import AgentError, Usage
from app.domain.task import Task
from app.graphs.agent_run import Work
from app.graphs.context import Context
from app.graphs.engineering.nodes import attempts
from app.graphs.engineering.state import State, attempts_of, verdict_of
from app.graphs.reader import Reading, ask
from app.graphs.state import comments_of, usage_of
from app.roles import reviewer as role
from app.roles.context import Request
from app.roles.reviewer import Decision

_TRIES = 2


async def reviewer(state: State, runtime: Runtime[Context]) -> Command[str]:
    """On to the publisher, or back to the developer with what is to be done."""
    context, number = runtime.context, state["attempt"]
    usage = usage_of(state)
    for tried in range(1, _TRIES + 1):
        work = await _review(state, context, tried, usage)
        usage = usage + work.usage
        review = role.read(work.result)
        if review.decision is not Decision.NONE:
            break
    update = State(usage=asdict(usage))
    tested = next(attempt for attempt in attempts_of(state) if attempt.number == number)
    match review.decision:
        case Decision.APPROVED:
            update["review"] = review.text
            return Command(update=update, goto="publisher")
        case Decision.CHANGES:
            sent_back = replace(tested, outcome=Decision.CHANGES.value, failures=review.notes)
            sent_back = replace(sent_back, detail=review.text)
            return await attempts.failed(state, context, sent_back, update)
        case Decision.NONE:
            return _unreviewed(state, tested, work, update)


def _unreviewed(state: State, tested: Attempt, work: Work, update: State) -> Command[str]:
    """Nothing is merged unread where the team has a reviewer."""
    said = work.result.text.strip()[:600]
    detail = f"The reviewer {work.result.outcome}" + (f": {said}" if said else ".")
    failure = replace(tested, outcome=Decision.NONE.value, detail=detail)
    if work.result.error is AgentError.OVER_BUDGET:
        update["over_budget"] = True
    reason = f"The tests passed, but the review ended with: {failure.outcome}."
    return attempts.over(state, failure, update, reason)


def _before(state: State, task: Task) -> tuple[str, ...]:
    """What the last review that sent the change back asked for."""
    known = [*task.record.attempts, *attempts_of(state)]
    sent_back = [one for one in known if one.outcome == Decision.CHANGES]
    return sent_back[-1].failures if sent_back else ()


def _told(found: Finding) -> str:
    where = f"{found.path}, line {found.line}" if found.line else found.path
    return f"{where}: {found.kind.value}" + (f": {found.what}" if found.what else "")


async def _review(state: State, context: Context, tried: int, used: Usage) -> Work:
    task, head = context.task, state["head"]
    if head is None:
        raise ValueError("there is no head to review")
    code = context.workshop.code
    view = await code.view(task.issue.repo, head, state["base"])
    change = role.Change(
        Request(task.title, task.body, task.spec, comments_of(state)),
        base=await code.fork(task.issue.repo, task.base, head),
        plan=state.get("plan", ""),
        findings=tuple(map(_told, verdict_of(state).findings)),
        before=_before(state, task),
        head=head if view.hides else "",
    )
    part = "" if tried == 1 else f"reviewer-again-{tried}"
    reading = Reading("reviewer", view.sha, state["attempt"], used, part)
    return await ask(context, reading, partial(role.prompt, change))
