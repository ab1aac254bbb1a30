"""Lets the analyst turn a specification into criteria that can be checked."""

from dataclasses import asdict

from langgraph.runtime import Runtime

from app.domain.run import AgentSession
from app.graphs.agent_run import Assignment, run_agent
from app.graphs.context import Context
from app.graphs.intake.state import State, plain_spec, spec_of, usage_of
from app.graphs.thread import comments_of
from app.roles import analyst as role
from app.roles.context import Request


async def analyst(state: State, runtime: Runtime[Context]) -> State:
    """The same specification with sharper criteria; an analyst that fails spoils nothing."""
    context, task, spec = runtime.context, runtime.context.task, spec_of(state)
    if spec is None:
        raise ValueError("there is no specification to analyse")
    comments = comments_of(state)

    def prompt(_session: AgentSession | None) -> str:
        request = Request(task.title, task.body, spec, comments)
        return role.prompt(request, task.policy.role("analyst").words)

    work = await run_agent(
        context,
        Assignment(
            role="analyst",
            part="analyst",
            prompt=prompt,
            attempt=task.record.intakes + 1,
            base=state["base"],
            used=usage_of(state),
            writes=False,
            goes_on=False,
        ),
    )
    sharper = role.sharpened(spec, work.result)
    return State(spec=plain_spec(sharper), usage=asdict(usage_of(state) + work.usage))
