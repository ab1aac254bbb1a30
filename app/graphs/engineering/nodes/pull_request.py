"""Opens the pull request for a head that was found green, or says in it what was found now."""

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.finding import section
from app.domain.words import pull_request_body, pull_request_part, pull_request_title
from app.graphs.context import Context
from app.graphs.engineering.by_hand import by_hand
from app.graphs.engineering.state import State, attempts_of, verdict_of
from app.graphs.ports import PullRequestDraft


async def pull_request(state: State, runtime: Runtime[Context]) -> Command[str]:
    """The number of the pull request; on to its reviewers, where they have said something."""
    context, task = runtime.context, runtime.context.task
    record = task.record
    for attempt in attempts_of(state):
        record = record.with_attempt(attempt)
    part = pull_request_part(record.attempts, section(verdict_of(state).findings))
    draft = PullRequestDraft(
        base=task.base,
        branch=task.record.branch,
        title=pull_request_title(task.title),
        body=pull_request_body(task.issue.number, part, state["text"]),
        part=part,
    )
    number = await context.workshop.desk.open_pull_request(
        task.issue, draft, resumed=context.resumed
    )
    answered = "answers" if state.get("threads") else END
    why = await by_hand(context, verdict_of(state).sha)
    return Command(update=State(pull_request=number, by_hand=why), goto=answered)
