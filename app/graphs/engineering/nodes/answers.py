"""Answers reviewers in their threads, with the commit that settles what they said."""

from langgraph.runtime import Runtime

from app.domain.review import settled
from app.graphs.context import Context
from app.graphs.engineering.state import State


async def answers(state: State, runtime: Runtime[Context]) -> State:
    """Each thread that the developer was told of gets one reply; one with an answer is resolved."""
    context, head = runtime.context, state["head"]
    for thread in state.get("threads", ()):
        text = state.get("answers", {}).get(thread["id"], "")
        await context.workshop.reviews.answer(
            context.task.issue,
            thread["id"],
            settled(text, head or ""),
            key=f"{context.task.issue.key}-r{context.task.record.round}",
            resolve=bool(text),
        )
    return State()
