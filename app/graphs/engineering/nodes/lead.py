"""Asks the engineering lead whether the request is one task, before anything of it is built."""

from dataclasses import asdict
from functools import partial

import structlog
from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.event import Planned
from app.domain.policy import Member
from app.domain.run import AgentError
from app.engine.clock import now
from app.graphs.context import Context
from app.graphs.engineering.parts import is_of_round, plain_parts
from app.graphs.engineering.state import State
from app.graphs.ports import GivenUp
from app.graphs.reader import Reading, ask
from app.graphs.state import comments_of, usage_of
from app.roles import lead as role
from app.roles.context import Request

log = structlog.get_logger(__name__)


async def lead(state: State, runtime: Runtime[Context]) -> Command[str]:
    """On to the splitter with the parts; as one task, to where it would go without a lead."""
    context, task = runtime.context, runtime.context.task
    await _see_none_open(context)
    request = Request(task.title, task.body, task.spec, comments_of(state))
    view = await context.workshop.code.view(task.issue.repo, state["parent"], state["base"])
    reading = Reading("lead", view.sha, state["attempt"], usage_of(state))
    work = await ask(context, reading, partial(role.prompt, request))
    used = usage_of(state) + work.usage
    update = State(usage=asdict(used))
    if work.result.error is AgentError.OVER_BUDGET:
        reason = "The money was spent before the lead had read the request."
        return Command(update=update | State(reason=reason, over_budget=True), goto=END)
    split = role.read(work.result)
    if split.parts:
        return Command(update=update | State(parts=plain_parts(split.parts)), goto="splitter")
    if split.why:
        log.info("not split", issue=str(task.issue), why=split.why)
        note = f"The lead's split can't be used ({split.why}), so this is built as one task."
        await context.report(Planned(now(), task.record.round, "", used, note))
    planned = Member.ARCHITECT in task.policy.team
    return Command(update=update, goto="architect" if planned else "developer")


async def _see_none_open(context: Context) -> None:
    """A record that was lost, or a request that was edited, must not have all built twice."""
    task = context.task
    listed = await context.workshop.parts.listed(task.issue)
    left = [one for one in listed if one.key and one.is_open]
    if strays := [one for one in left if not is_of_round(one.key or "", task.record.round)]:
        names = ", ".join(str(one.issue) for one in strays)
        raise GivenUp(
            f"It was split before, and {names} is still open. Close what is not wanted there, and "
            "wait for what is; then `/retry`."
        )
