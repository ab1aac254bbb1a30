"""Lets the analyst turn a specification into criteria that can be checked."""

from dataclasses import asdict
from functools import partial

from langgraph.runtime import Runtime

from app.graphs.context import Context
from app.graphs.intake.state import State, plain_spec, spec_of
from app.graphs.reader import Reading, ask
from app.graphs.state import comments_of, usage_of
from app.roles import analyst as role
from app.roles.context import Request


async def analyst(state: State, runtime: Runtime[Context]) -> State:
    """The same specification with sharper criteria; an analyst that fails spoils nothing."""
    context, task, spec = runtime.context, runtime.context.task, spec_of(state)
    if spec is None:
        raise ValueError("there is no specification to analyse")
    request = Request(task.title, task.body, spec, comments_of(state))
    reading = Reading("analyst", state["base"], task.record.intakes + 1, usage_of(state))
    work = await ask(context, reading, partial(role.prompt, request))
    sharper = role.sharpened(spec, work.result)
    return State(spec=plain_spec(sharper), usage=asdict(usage_of(state) + work.usage))
