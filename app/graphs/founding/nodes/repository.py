"""Makes the repository, or takes up the one that this request has made before."""

from langgraph.runtime import Runtime

from app.domain.project import NameTaken, NewProject
from app.graphs.context import Context
from app.graphs.founding.state import State, plain_repo
from app.graphs.ports import GivenUp


async def repository(state: State, runtime: Runtime[Context]) -> State:
    """Always looked for first: a round before this one may have made it."""
    context, task = runtime.context, runtime.context.task
    project, wanted = task.spec.project if task.spec else None, task.policy.new_projects
    if project is None or wanted is None:
        raise GivenUp(
            "The organisation's orchestrator.yml does not name this repository among "
            "`new_projects: repositories`, so no repository is made."
        )
    summary = task.title or project.name
    new = NewProject(project.name, wanted.private, summary, task.issue)
    try:
        made = await context.workshop.founder.repositories.create(new, resumed=True)
    except NameTaken as taken:
        raise GivenUp(f"{taken} Edit the request so that it names one, then `/retry`.") from None
    return plain_repo(made)
