"""Looks whether all was done in a round before this one, so that none of it is done again."""

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.graphs.context import Context
from app.graphs.founding.state import State, repo_of


async def earlier(state: State, runtime: Runtime[Context]) -> Command[str]:
    """People may have changed since who may write to it, and how it is protected."""
    if not state["empty"]:
        issues, task = runtime.context.workshop.founder.issues, runtime.context.task
        made = await issues.find(task.issue, repo_of(state))
        if made is not None:
            return Command(update=State(number=made.number), goto=END)
    return Command(goto="first_commit")
