"""Makes the parts that the lead has named: sub-issues, on which the work goes on."""

from langgraph.runtime import Runtime

from app.graphs.context import Context
from app.graphs.engineering.parts import parts_of
from app.graphs.engineering.state import State


async def splitter(state: State, runtime: Runtime[Context]) -> State:
    """Made again it finds what it has made."""
    task = runtime.context.task
    parts = parts_of(state["parts"], task.record.round)
    made = await runtime.context.workshop.parts.create(task.issue, parts)
    return State(made={key: issue.number for key, issue in made.items()})
