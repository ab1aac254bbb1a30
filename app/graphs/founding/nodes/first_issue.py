"""Opens the issue in the new repository on which the work goes on."""

from langgraph.runtime import Runtime

from app.graphs.context import Context
from app.graphs.founding.first_issue import wording
from app.graphs.founding.state import State, repo_of


async def first_issue(state: State, runtime: Runtime[Context]) -> State:
    task, repo = runtime.context.task, repo_of(state)
    title, body = wording(task)
    issues = runtime.context.workshop.founder.issues
    made = await issues.open(task.issue, repo, title, body, resumed=True)
    return State(number=made.number)
