"""Puts what the template makes of the request into the new repository."""

import tempfile
from pathlib import Path

from langgraph.runtime import Runtime

from app.graphs.context import Context
from app.graphs.founding.answers import answers
from app.graphs.founding.state import State, repo_of


async def first_commit(state: State, runtime: Runtime[Context]) -> State:
    """Made again it is the same commit, and what is there already is left as it is."""
    task, founder = runtime.context.task, runtime.context.workshop.founder
    with tempfile.TemporaryDirectory(prefix="orc-found-") as room:
        folder = Path(room, "project")
        await founder.templates.make(answers(task), folder)
        message = f"Begin {state['repo']['name']}\n\nMade from the template for {task.issue}."
        await founder.commits.begin(repo_of(state), state["branch"], folder, message, task.created)
    return State()
