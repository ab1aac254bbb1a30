"""Makes the repository, or takes up the one that this request has made before."""

from langgraph.runtime import Runtime

from app.domain.project import NameTaken
from app.graphs.context import Context
from app.graphs.founding.project import new_project
from app.graphs.founding.state import State, plain_repo
from app.graphs.ports import GivenUp


async def repository(state: State, runtime: Runtime[Context]) -> State:
    """Always looked for first: a round before this one may have made it."""
    context = runtime.context
    project = new_project(context.task)
    try:
        made = await context.workshop.founder.repositories.create(project, resumed=True)
    except NameTaken as taken:
        raise GivenUp(f"{taken} Edit the request so that it names one, then `/retry`.") from None
    return plain_repo(made)
