"""Says of the new repository what it is, protects its branch, lets in who asked for it."""

from langgraph.runtime import Runtime

from app.domain.policy import Role
from app.graphs.context import Context
from app.graphs.founding.state import State, repo_of

TOPIC = "codegen-orchestrator"


async def furnishing(state: State, runtime: Runtime[Context]) -> State:
    """Nobody gets more than they have where they asked: write access is for who has that there."""
    context, task = runtime.context, runtime.context.task
    repositories, repo = context.workshop.founder.repositories, repo_of(state)
    await repositories.add_topics(repo, [TOPIC])
    await repositories.protect(repo, state["branch"])
    least = max(task.policy.who, Role.WRITE)
    for login in sorted({task.author, *task.record.requesters}):
        if await context.workshop.roster.role(task.issue.repo, login) >= least:
            await repositories.invite(repo, login)
    return State()
