"""Takes the agent's commits, checks them, and pushes them. Nothing of them is executed."""

from pathlib import Path

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.record import Attempt
from app.domain.words import commit_message
from app.graphs.context import Context
from app.graphs.engineering.merged import merge_again
from app.graphs.engineering.nodes import attempts
from app.graphs.engineering.state import State


async def submitter(state: State, runtime: Runtime[Context]) -> Command[str]:
    """The attempt as one commit of ours on the task's branch, or a refused attempt."""
    context, number, work = runtime.context, state["attempt"], state["work"]
    task, code = context.task, context.workshop.code
    if work is None or not Path(work).exists():  # noqa: ASYNC240 - one look
        return Command(goto="survey")  # the folder is lost; the branch says where to go on
    message, merge = commit_message(task, number), await merge_again(context, state)
    repo = task.issue.repo
    view = await code.view(repo, state["parent"], state["base"])
    try:
        sha = await code.take(repo, Path(work), view.sha, message, merge)
        sha = await code.unveil(repo, view, sha)
    except ValueError as error:
        detail = f"The agent's commits can't be taken: {error}"
        return await attempts.failed(state, context, Attempt(number, "refused", detail=detail))
    violations = await code.inspect(repo, state["parent"], sha)
    if violations:
        failures = tuple(f"{v.path}: {v.reason}" for v in violations[:5])
        detail = "The change holds what an agent may not change: " + "; ".join(failures)
        refused = Attempt(number, "refused", detail=detail, failures=failures)
        return await attempts.failed(state, context, refused)
    if merge and (left := await code.unsettled(repo, sha, merge)):
        failures = tuple(f"{path}: markers of the merge are left in it" for path in left[:5])
        refused = Attempt(number, "refused", detail="Conflicts are not settled.", failures=failures)
        return await attempts.failed(state, context, refused)
    await code.push(task.issue, task.record.branch, sha)
    return Command(update=State(head=sha, parent=sha, merging=None), goto="tester")
