"""The base that has moved on: what of it the task's branch takes up before more is built on it."""

from dataclasses import asdict

from app.domain.words import commit_message
from app.graphs.context import Context
from app.graphs.engineering.state import State
from app.graphs.ports import Heads, Merge

_NAMED = 20  # files that are told


async def base_merged(context: Context, heads: Heads, number: int) -> Merge | None:
    """The base in the task's branch, for attempt `number`; None where it is in there already."""
    if heads.branch is None:
        return None
    task = context.task
    message = commit_message(task, number)
    return await context.workshop.code.merge(task.issue.repo, heads.branch, heads.base, message)


def begun(merge: Merge, number: int) -> State:
    """What the developer finds where git could not end the merge; nobody else gets to see it."""
    plain = {**asdict(merge), "conflicts": list(merge.conflicts), "attempt": number}
    return State(parent=merge.sha, merging=plain)


async def merge_again(context: Context, state: State) -> Merge | None:
    """What the developer is to end, made anew: it may have been begun on another machine."""
    plain = state.get("merging")
    if not plain:
        return None
    message = commit_message(context.task, plain["attempt"])
    repo, code = context.task.issue.repo, context.workshop.code
    return await code.merge(repo, plain["branch"], plain["base"], message)


def to_settle(state: State, base: str) -> tuple[str, ...]:
    """The words for it, in each attempt until it is settled."""
    plain = state.get("merging")
    if not plain:
        return ()
    files = ", ".join(plain["conflicts"][:_NAMED]) or "what git does not name"
    more = len(plain["conflicts"]) - _NAMED
    return (
        f"The branch {base} has moved, and conflicts with your work in {files}"
        + (f" and {more} more files" if more > 0 else "")
        + f". You find {base} merged into your work as far as git could: where both sides differ "
        "they stand between lines that begin with <<<<<<< and >>>>>>>; of what is no text, or was "
        "deleted on one side, you find one of the two. Settle each so that both sides' intents "
        "hold, remove the markers, and commit.",
    )
