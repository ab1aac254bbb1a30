"""Settles what the agents are told: which code, and what people have said."""

from langgraph.runtime import Runtime

from app.graphs.context import Context
from app.graphs.intake.state import State
from app.graphs.thread import listened


async def listener(state: State, runtime: Runtime[Context]) -> State:
    """In a checkpoint before an agent is called, so that a repeated call tells the same."""
    context, task = runtime.context, runtime.context.task
    branch = task.record.branch or task.issue.branch
    heads = await context.workshop.code.heads(task.issue, branch, task.base, task.code_mark)
    heard = await listened(context)
    return State(base=heads.base, comments=heard["comments"], heard=heard["heard"])
