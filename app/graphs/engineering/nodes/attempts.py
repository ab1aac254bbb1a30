"""What the nodes share: how an attempt fails, and where that leads."""

from langgraph.graph import END
from langgraph.types import Command

from app.domain.event import AttemptEnded
from app.domain.record import ASKED, MAX_ESSENCE, Attempt
from app.domain.verdict import Outcome
from app.engine.clock import now
from app.graphs.context import Context
from app.graphs.engineering.state import State, plain
from app.graphs.state import usage_of
from app.graphs.thread import listened
from app.roles.reviewer import Decision

_AGENTS = ("agent", Decision.CHANGES.value, Decision.NONE.value)  # outcomes in their own words


async def failed(
    state: State, context: Context, attempt: Attempt, update: State | None = None
) -> Command[str]:
    """The attempt is over: on to the next with its failures, or to the end with a reason."""
    if attempt.number >= context.task.ceiling:
        return over(state, attempt, update, _spent(attempt, context.task.policy.attempts))
    changed = _with(state, attempt, update)
    used = usage_of(changed if "usage" in changed else state)
    await context.report(AttemptEnded(now(), context.task.record.round, attempt, used))
    changed["attempt"] = attempt.number + 1
    changed["work"] = None
    told = await listened(context)
    changed |= State(comments=told["comments"], heard=told["heard"])
    return Command(update=changed, goto="developer")


def over(state: State, attempt: Attempt, update: State | None, reason: str) -> Command[str]:
    """No further attempt: to the end, with the verdict of what was tested last, if any."""
    changed = _with(state, attempt, update)
    changed["reason"] = reason
    verdict = changed.get("verdict") or state["verdict"]
    return Command(update=changed, goto="publisher" if verdict else END)


def _spent(last: Attempt, most: int) -> str:
    """An agent's own words stand fenced, with the attempt, and not among ours."""
    tried = "The only attempt is spent" if most == 1 else f"All {most} attempts are spent"
    if last.outcome == Outcome.FAILED:
        return f"{tried}. In the last one {last.detail[:MAX_ESSENCE]}"
    said = "" if last.outcome.startswith(_AGENTS) else f" {last.detail[:MAX_ESSENCE]}"
    return f"{tried}. The last one ended with: {last.outcome}.{said}"


def asked(state: State, number: int, question: str, update: State) -> Command[str]:
    """No further attempt before a person has answered. The question stands where all see it."""
    changed = _with(state, Attempt(number, ASKED), update)
    changed["reason"] = "The agent can't go on before its question is answered."
    changed["question"] = question or "It did not say what. Its log may tell: `/logs`."
    return Command(update=changed, goto="publisher" if state["verdict"] else END)


def _with(state: State, attempt: Attempt, update: State | None) -> State:
    known = [a for a in state["attempts"] if a["number"] != attempt.number]
    return State(
        **{
            **(update or State()),
            "attempts": [*known, plain(attempt)],
            "failures": list(attempt.failures) or [attempt.detail],
        }
    )
