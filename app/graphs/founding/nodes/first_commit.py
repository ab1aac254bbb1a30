"""Puts what the template makes of the request into the new repository."""

import tempfile
from pathlib import Path

import structlog
from langgraph.runtime import Runtime

from app.engine.ports import Refused, Unanswered
from app.graphs.context import Context
from app.graphs.founding.answers import answers
from app.graphs.founding.project import new_project
from app.graphs.founding.state import State, repo_of
from app.graphs.ports import GivenUp

log = structlog.get_logger(__name__)


async def first_commit(state: State, runtime: Runtime[Context]) -> State:
    """Made again it is the same commit, and what is there already is left as it is."""
    try:
        await _begin(state, runtime.context)
    except Unanswered:
        raise
    except (GivenUp, Refused):
        await _discard(runtime.context)
        raise
    return State()


async def _begin(state: State, context: Context) -> None:
    task, founder = context.task, context.workshop.founder
    with tempfile.TemporaryDirectory(prefix="orc-found-") as room:
        folder = Path(room, "project")
        await founder.templates.make(answers(task), folder)
        message = f"Begin {state['repo']['name']}\n\nMade from the template for {task.issue}."
        await founder.commits.begin(repo_of(state), state["branch"], folder, message, task.created)


async def _discard(context: Context) -> None:
    """An empty repository keeps a name that the next round may not want."""
    try:
        gone = await context.workshop.founder.repositories.discard(new_project(context.task))
    except Refused as refused:
        log.warning("not discarded", issue=str(context.task.issue), why=str(refused))
    else:
        log.info("founding failed", issue=str(context.task.issue), discarded=gone)
