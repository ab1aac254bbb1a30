"""Why a green head is merged by a person and not by us: its branch holds more than our own work.

It looks at the branch as a whole, since who may push can have pushed before, between and after our
commits, and call a commit ours. It blocks nothing.
"""

from app.domain.policy import Merge
from app.domain.spec import Kind
from app.domain.words import commit_message
from app.graphs.context import Context
from app.graphs.ports import GivenUp

_NAMED = 5


async def by_hand(context: Context, head: str) -> str:
    """In words for people; empty where nothing stands against a merge of ours."""
    task, code = context.task, context.workshop.code
    repo, policy = task.issue.repo, task.policy
    if policy.merge is not Merge.ON_GREEN:
        return ""
    fork = await code.fork(repo, task.base, head)
    held = await code.held(repo, fork, head)
    if held and task.spec and task.spec.kind is Kind.UPDATE:
        held = await code.held(repo, await _updated(context, fork), head)
    if held:
        names = ", ".join(f"`{one.path}`" for one in held[:_NAMED])
        more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
        return f"The branch changes what only people may: {names}{more}. So a person merges it."
    other = await code.foreign(repo, task.base, head) if policy.reviews else None
    if other is None:
        return ""
    return (
        f"The branch has commits that the orchestrator does not know as its own ({other[:12]}). "
        "Who approves it may be who wrote it. So a person merges it."
    )


async def _updated(context: Context, fork: str) -> str:
    """What the template alone makes of it: its workflows and settings are no agent's."""
    repo, scaffold = context.task.issue.repo, context.workshop.scaffold
    message = commit_message(context.task, context.task.record.attempt)
    try:
        update = await scaffold.update(repo, fork, message, await scaffold.newest())
    except GivenUp:
        return fork  # it was made onto another base; a person looks at it
    return update.merge.sha if update else fork
