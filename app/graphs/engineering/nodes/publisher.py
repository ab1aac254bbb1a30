"""Publishes the verdict of the last tested head as a check run bound to its sha."""

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.graphs.context import Context
from app.graphs.engineering.state import State, verdict_of


async def publisher(state: State, runtime: Runtime[Context]) -> Command[str]:
    """One check run for the head the run ends with; heads in between stand in the comment."""
    context, verdict = runtime.context, verdict_of(state)
    await context.workshop.desk.publish_check(context.task.issue, verdict, resumed=context.resumed)
    return Command(goto=END if state["reason"] or not verdict.green else "pull_request")
