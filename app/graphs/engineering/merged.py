"""The base that has moved on: what of it the task's branch takes up before more is built on it."""

from dataclasses import asdict

from app.domain.words import commit_message
from app.graphs.engineering.ports import Heads, Merge
from app.graphs.engineering.state import Context, State

_NAMED = 20  # files that are told


async def base_merged(context: Context, heads: Heads, number: int) -> Merge | None:
    """The base in the task's branch, for attempt `number`; None where it is in there already."""
    if heads.branch is None:
        return None
    task = context.task
    message = commit_message(task, number)
    return await context.workshop.code.merge(task.issue.repo, heads.branch, heads.base, message)


def begun(merge: Merge, number: int, base: str, failures: list[str]) -> State:
    """What the developer finds where git could not end the merge; nobody else gets to see it."""
    return State(
        parent=merge.sha,
        merging={**asdict(merge), "conflicts": list(merge.conflicts), "attempt": number},
        failures=[*failures, _told(merge, base)],
    )


async def merge_again(context: Context, state: State) -> Merge | None:
    """What the developer is to end, made anew: it may have been begun on another machine."""
    plain = state.get("merging")
    if not plain:
        return None
    message = commit_message(context.task, plain["attempt"])
    repo, code = context.task.issue.repo, context.workshop.code
    return await code.merge(repo, plain["branch"], plain["base"], message)


def _told(merge: Merge, base: str) -> str:
    files = ", ".join(merge.conflicts[:_NAMED]) or "what git does not name"
    more = len(merge.conflicts) - _NAMED
    return (
        f"The branch {base} has moved, and conflicts with your work in {files}"
        + (f" and {more} more files" if more > 0 else "")
        + f". You find {base} merged into your work as far as git could: where both sides differ "
        "they stand between lines that begin with <<<<<<< and >>>>>>>. Settle each of these so "
        "that both sides' intents hold, remove the markers, and commit."
    )
