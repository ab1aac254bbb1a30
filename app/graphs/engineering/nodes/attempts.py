"""What the nodes share: how an attempt fails, and where that leads."""

from langgraph.graph import END
from langgraph.types import Command

from app.domain.event import AttemptEnded
from app.domain.record import Attempt
from app.engine.clock import now
from app.graphs.engineering.state import Context, State, plain


async def failed(
    state: State, context: Context, attempt: Attempt, update: State | None = None
) -> Command[str]:
    """The attempt is over: on to the next with its failures, or to the end with a reason."""
    known = [a for a in state["attempts"] if a["number"] != attempt.number]
    changed = State(
        attempts=[*known, plain(attempt)], failures=list(attempt.failures) or [attempt.detail]
    )
    changed = {**(update or State()), **changed}
    if attempt.number < context.task.ceiling:
        await context.report(AttemptEnded(now(), context.task.record.round, attempt))
        changed["attempt"] = attempt.number + 1
        changed["work"] = None
        return Command(update=changed, goto="developer")
    spent = context.task.policy.attempts
    tried = "The only attempt is" if spent == 1 else f"All {spent} attempts are"
    # an agent's own words stand fenced, with the attempt, and not among ours
    said = "" if attempt.outcome.startswith("agent") else f" {attempt.detail}"
    changed["reason"] = f"{tried} spent; the last one ended with: {attempt.outcome}.{said}"
    verdict = changed.get("verdict") or state["verdict"]
    return Command(update=changed, goto="publisher" if verdict else END)
