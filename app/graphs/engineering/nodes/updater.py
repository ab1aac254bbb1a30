"""Brings the project up to its template's newest version, before anybody is asked to work.

It executes nothing of the project. Where git can end the merge, no agent is paid.
"""

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.words import commit_message
from app.graphs.context import Context
from app.graphs.engineering.merged import updating
from app.graphs.engineering.state import State
from app.graphs.ports import GivenUp, TemplateUpdate


async def updater(state: State, runtime: Runtime[Context]) -> Command[str]:
    """On to the tester with what git could merge, else to the developer with what is left."""
    context, number, head = runtime.context, state["attempt"], state["parent"]
    task, workshop = context.task, context.workshop
    if task.record.pull_request is not None:
        return Command(goto="developer")  # reviewers and CI want something of what is there
    message = commit_message(task, number)
    newest = await workshop.scaffold.newest()
    update = await workshop.scaffold.update(task.issue.repo, head, message, newest)
    if update is None and head != state["base"]:
        return Command(goto="developer")  # an attempt has brought it, and is not good yet
    if update is None:
        return Command(update=State(answer=_up_to_date(newest)), goto=END)
    await _inspect(context, update, head)
    branch = task.record.branch
    await workshop.scaffold.lay(task.issue, branch, update)
    if update.merge.conflicts or task.record.asked:
        return Command(update=updating(update, head, number), goto="developer")
    sha = update.merge.sha
    await workshop.code.push(task.issue, branch, sha)
    return Command(update=State(head=sha, parent=sha, text=_told(update)), goto="tester")


async def _inspect(context: Context, update: TemplateUpdate, head: str) -> None:
    """What the template has changed is its own; git may have put it where people moved a file."""
    repo, code = context.task.issue.repo, context.workshop.code
    found = await code.inspect(repo, head, update.merge.sha)
    strange = [f"{one.path}: {one.reason}" for one in found if one.path not in update.brought]
    if strange:
        raise GivenUp(
            "The update of the template would change what only people may: "
            f"{'; '.join(strange[:5])} Merge it by hand, then /retry."
        )


def _up_to_date(version: str) -> str:
    return f"The project is up to date with its template, version {_short(version)}."


def _told(update: TemplateUpdate) -> str:
    return (
        f"The template's version {_short(update.now)} in place of {_short(update.was)}: "
        f"{len(update.brought)} files of it are other, and git could merge them all. "
        "No agent has worked on this."
    )


def _short(version: str) -> str:
    return version.removeprefix("sha256:")[:12]
