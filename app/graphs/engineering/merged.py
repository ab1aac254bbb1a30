"""What the task's branch takes up before more is built on it: a base that moved, a template."""

from dataclasses import asdict

from app.domain.words import commit_message
from app.graphs.context import Context
from app.graphs.engineering.state import State
from app.graphs.ports import Heads, Merge, TemplateUpdate

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


def updating(update: TemplateUpdate, head: str, number: int) -> State:
    """The same, where it is the template that has moved since `head`."""
    state = begun(update.merge, number)
    state["merging"] = {**(state["merging"] or {}), "head": head, "template": update.now}
    return state


async def merge_again(context: Context, state: State) -> Merge | None:
    """What the developer is to end, made anew: it may have been begun on another machine."""
    plain = state.get("merging")
    if not plain:
        return None
    message = commit_message(context.task, plain["attempt"])
    repo, code = context.task.issue.repo, context.workshop.code
    if "template" in plain:
        scaffold, version = context.workshop.scaffold, plain["template"]
        update = await scaffold.update(repo, plain["head"], message, version)
        return update.merge if update else None
    return await code.merge(repo, plain["branch"], plain["base"], message)


def to_settle(state: State, base: str) -> str:
    """The words for it, in each attempt until it is settled."""
    plain = state.get("merging")
    if not plain:
        return ""
    if "template" in plain and not plain["conflicts"]:
        return "You find what is new in the project's template merged in; nothing conflicts."
    files = ", ".join(plain["conflicts"][:_NAMED]) or "what git does not name"
    more = len(plain["conflicts"]) - _NAMED
    what, into = f"branch {base}", "your work"
    if "template" in plain:
        what, into = "template that this project was made from", "the project"
    return (
        f"The {what} has moved, and conflicts with {into} in {files}"
        + (f" and {more} more files" if more > 0 else "")
        + f". You find it merged into {into} as far as git could: where both sides differ "
        "they stand between lines that begin with <<<<<<< and >>>>>>>; of what is no text, or was "
        "deleted on one side, you find one of the two. Settle each so that both sides' intents "
        "hold, remove the markers, and commit."
    )
