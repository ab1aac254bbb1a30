"""What people have said on the issue, as far as an agent is to know it. It words nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.task import Task
from app.domain.thread import Comment
from app.graphs.context import Context
from app.graphs.seen import note_request, seen
from app.graphs.state import Told, plain_comment

_MOST = 20  # comments told
_LONG = 12_000  # characters of them all
_AUTHORS = 10


async def listened(context: Context) -> Told:
    """What counts for the next attempt: the comments of those who may ask, the newest if many.

    It is settled before the agent is called, so that a repeated call tells the same.
    """
    said = context.latest().audible
    may = await those_who_may_ask(context, _authors(context))
    told = [one for one in said if one.by in may or str(one.id) in _taken(context.latest())]
    # a text made for it takes its time to clean
    kept = await asyncio.to_thread(_cleaned, context.task, told[-_MOST:])
    return Told(comments=[plain_comment(one) for one in kept], heard=kept[-1].id if kept else 0)


async def those_who_may_ask(context: Context, logins: Iterable[str]) -> frozenset[str]:
    """One request each: whether they may is asked as late as that."""
    task, roster = context.task, context.workshop.roster
    roles = {login: await roster.role(task.issue.repo, login) for login in logins}
    return frozenset(login for login, role in roles.items() if role >= task.policy.who)


def _cleaned(task: Task, told: Sequence[Comment]) -> list[Comment]:
    """The newest, as many as there is room for, in order."""
    note_request(task)
    kept: list[Comment] = []
    room = _LONG
    for one in reversed(told):
        comment = replace(one, text=seen(task.issue, f"comment {one.id}", one.text))
        room -= len(comment.text)
        if room < 0 and kept:
            break
        kept.append(comment)
    kept.reverse()
    return kept


def _authors(context: Context) -> list[str]:
    """Those whose comments have counted before come first, so that no crowd can push them out."""
    task = context.latest()
    taken = _taken(task)
    ranked = sorted(task.audible, key=lambda said: (str(said.id) not in taken, -said.id))
    return list(dict.fromkeys(comment.by for comment in ranked))[:_AUTHORS]


def _taken(task: Task) -> frozenset[str]:
    """The comments that were taken as commands, or as answers of whoever opened the issue."""
    return frozenset(key.partition("-")[0] for key in task.record.handled)
