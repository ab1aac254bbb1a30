"""What people have said on the issue, as far as an agent is to know it. It words nothing."""

from dataclasses import replace

from app.domain.task import Task
from app.domain.thread import Comment
from app.graphs.engineering.seen import note_request, seen
from app.graphs.engineering.state import Context, State, plain_comment

_MOST = 20  # comments told
_LONG = 12_000  # characters of them all
_AUTHORS = 10


async def listened(context: Context) -> State:
    """What counts for the next attempt: the comments of those who may ask, the newest if many.

    It is settled before the agent is called, so that a repeated call tells the same.
    """
    said = context.latest().audible
    may = [login for login in _authors(context) if await _may_ask(context, login)]
    kept: list[Comment] = []
    room = _LONG
    told = [one for one in said if one.by in may or str(one.id) in _taken(context.latest())]
    note_request(context.task)
    for one in reversed(told[-_MOST:]):
        text = seen(context.task.issue, f"comment {one.id}", one.text)
        comment = replace(one, text=text)
        room -= len(comment.text)
        if room < 0 and kept:
            break
        kept.append(comment)
    kept.reverse()
    return State(comments=[plain_comment(one) for one in kept], heard=kept[-1].id if kept else 0)


def _authors(context: Context) -> list[str]:
    """Those whose comments have counted before come first, so that no crowd can push them out."""
    task = context.latest()
    taken = _taken(task)
    ranked = sorted(task.audible, key=lambda said: (str(said.id) not in taken, -said.id))
    return list(dict.fromkeys(comment.by for comment in ranked))[:_AUTHORS]


def _taken(task: Task) -> frozenset[str]:
    """The comments that were taken as commands, or as answers of whoever opened the issue."""
    return frozenset(key.partition("-")[0] for key in task.record.handled)


async def _may_ask(context: Context, login: str) -> bool:
    task = context.task
    role = await context.workshop.roster.role(task.issue.repo, login)
    return role >= task.policy.who
