"""Lets the architect say how the request is to be built, before the first attempt."""

from dataclasses import asdict
from functools import partial

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.event import Planned
from app.domain.record import MAX_PLAN, carried
from app.domain.run import AgentError, AgentOutcome
from app.engine.clock import now
from app.graphs.agent_run import Work
from app.graphs.context import Context
from app.graphs.engineering.state import State
from app.graphs.reader import Reading, ask
from app.graphs.state import comments_of, usage_of
from app.roles import architect as role
from app.roles.context import Request


async def architect(state: State, runtime: Runtime[Context]) -> Command[str]:
    """The plan, as everybody sees it; or the end, with a question or a reason."""
    context, task = runtime.context, runtime.context.task
    request = Request(task.title, task.body, task.spec, comments_of(state))
    view = await context.workshop.code.view(task.issue.repo, state["parent"], state["base"])
    reading = Reading("architect", view.sha, state["attempt"], usage_of(state))
    work = await ask(context, reading, partial(role.prompt, request))
    used = usage_of(state) + work.usage
    update = State(usage=asdict(used))
    if work.result.outcome is AgentOutcome.SUCCEEDED and work.result.text.strip():
        update["plan"] = carried(work.result.text.strip(), MAX_PLAN)
        await context.report(Planned(now(), task.record.round, update["plan"], used))
        return Command(update=update, goto="developer")
    return Command(update=update | _ended(work), goto=END)


def _ended(work: Work) -> State:
    result = work.result
    if result.outcome is AgentOutcome.NEEDS_ANSWER:
        reason = "The architect can't go on before its question is answered."
        return State(reason=reason, question=result.text.strip() or "It did not say what.")
    said = f": {result.text.strip()[:600]}" if result.text.strip() else "."
    reason = f"The architect {result.outcome} and left no plan{said}"
    return State(reason=reason, over_budget=result.error is AgentError.OVER_BUDGET)
