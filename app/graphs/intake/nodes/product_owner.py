"""Lets the product owner read the request: it asks, answers or specifies."""

from dataclasses import asdict

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.policy import Member
from app.domain.run import AgentError, AgentOutcome, AgentResult, AgentSession
from app.domain.spec import Kind
from app.domain.task import Task
from app.graphs.agent_run import Assignment, run_agent
from app.graphs.context import Context
from app.graphs.intake.state import State, plain_spec
from app.graphs.state import comments_of, usage_of
from app.roles import product_owner as role
from app.roles.context import Request

_NOT_HERE = (
    "The product owner wants a new project, and requests of this repository may lead to none: its "
    "name is not among `new_projects: repositories` in the organisation's orchestrator.yml."
)


async def product_owner(state: State, runtime: Runtime[Context]) -> Command[str]:
    """On to the analyst with a specification, or to the end."""
    context, task = runtime.context, runtime.context.task
    comments = comments_of(state)
    words = task.policy.role("product-owner").words

    def prompt(session: AgentSession | None) -> str:
        """A session that knows the request as it stands is told only what was said since."""
        if session is None or session.request != task.plan_digest:
            request = Request(task.title, task.body, comments=comments)
            return role.prompt(request, words, founds=task.policy.new_projects is not None)
        return role.follow_up(tuple(c for c in comments if c.id > session.heard), words)

    work = await run_agent(
        context,
        Assignment(
            role="product-owner",
            part="product-owner",
            prompt=prompt,
            attempt=task.record.intakes + 1,
            base=state["base"],
            heard=state["heard"],
            writes=False,
        ),
    )
    found = _found(work.result, task)
    found["usage"] = asdict(usage_of(state) + work.usage)
    analysed = found.get("spec") is not None and Member.ANALYST in task.policy.team
    return Command(update=found, goto="analyst" if analysed else END)


def _found(result: AgentResult, task: Task) -> State:
    """What the run comes to, as far as the product owner says."""
    said = result.text.strip()
    if result.outcome is AgentOutcome.NEEDS_ANSWER:
        unsaid = State(reason="The product owner asked nothing that can be read.")
        return State(question=said) if said else unsaid
    if result.outcome is AgentOutcome.SUCCEEDED:
        spec = role.read(result, task.request_digest)
        if spec is not None and spec.kind is Kind.QUESTION:
            return State(answer=spec.what)
        if spec is not None and spec.project is not None and task.policy.new_projects is None:
            return State(reason=_NOT_HERE)
        if spec is not None:
            return State(spec=plain_spec(spec))
        reason = f"The product owner left no specification. {said[:600]}"
        return State(reason=reason.strip())
    reason = f"The product owner {result.outcome}. {said[:600]}"
    return State(reason=reason.strip(), over_budget=result.error is AgentError.OVER_BUDGET)
