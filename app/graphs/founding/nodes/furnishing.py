"""Says of the new repository what it is, protects its branch, and lets the requester in."""

from langgraph.runtime import Runtime

from app.domain.project import BranchRules
from app.graphs.context import Context
from app.graphs.founding.state import State, repo_of

TOPIC = "codegen-orchestrator"


async def furnishing(state: State, runtime: Runtime[Context]) -> State:
    """Who could not have asked for work is given nothing."""
    context, task = runtime.context, runtime.context.task
    repositories, repo = context.workshop.founder.repositories, repo_of(state)
    await repositories.add_topics(repo, [TOPIC])
    await repositories.protect(repo, state["branch"], BranchRules())
    role = await context.workshop.roster.role(task.issue.repo, task.author)
    if role >= task.policy.who:
        await repositories.invite(repo, task.author)
    return State()
