"""Finds out how the repository is tested, where its configuration does not say so.

It reads what the base branch holds, which no agent has touched, and executes nothing.
"""

import asyncio
import tempfile
from pathlib import Path

import structlog
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.policy import DEFAULT_TEST
from app.graphs.context import Context
from app.graphs.engineering.conventions import FolderTree, Way, find
from app.graphs.engineering.state import State

log = structlog.get_logger(__name__)
_UNKNOWN = Way(DEFAULT_TEST, "Nothing in the repository says how it is tested, so it is pytest.")


async def preparer(state: State, runtime: Runtime[Context]) -> Command[str]:
    """The command that decides, for the whole run; on to where the survey would have gone.

    A repository in which nothing is found may get its first tests from the developer. Raises
    GivenUp where its tests are of a kind that a person has to describe first.
    """
    context, task = runtime.context, runtime.context.task
    with tempfile.TemporaryDirectory(prefix="orc-read-") as folder:
        place = Path(folder, "base")
        await context.workshop.code.checkout(task.issue.repo, state["base"], place)
        way = await asyncio.to_thread(find, FolderTree(place)) or _UNKNOWN
    log.info("tests found", issue=str(task.issue), why=way.why, counted=way.counted)
    found = State(
        test_command=way.command,
        test_needs=sorted(way.capabilities),
        test_counted=way.counted,
        test_why=way.why,
    )
    return Command(update=found, goto=state["onward"])
