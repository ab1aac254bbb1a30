"""What people have said on the issue, as far as an agent is to know it. It words nothing."""

from dataclasses import replace

import structlog

from app.domain.clean import Cleaned, clean, clean_line
from app.domain.task import Task
from app.domain.thread import Comment
from app.graphs.engineering.state import Context, State, plain_comment

_MOST = 20  # comments told
_LONG = 12_000  # characters of them all
_EACH = 4_000  # of one
_AUTHORS = 10
log = structlog.get_logger(__name__)


async def listened(context: Context) -> State:
    """What counts for the next attempt: the comments of those who may ask, the newest if many.

    It is settled before the agent is called, so that a repeated call tells the same.
    """
    said = context.latest().audible
    may = [login for login in _authors(context) if await _may_ask(context, login)]
    kept: list[Comment] = []
    room = _LONG
    told = [one for one in said if one.by in may or str(one.id) in _taken(context.latest())]
    _log_cut(context, "title", clean_line(context.task.title))
    _log_cut(context, "body", clean(context.task.body))
    for one in reversed(told[-_MOST:]):
        comment = _seen(context, one)
        room -= len(comment.text)
        if room < 0 and kept:
            break
        kept.append(comment)
    kept.reverse()
    return State(comments=[plain_comment(one) for one in kept], heard=kept[-1].id if kept else 0)


def _seen(context: Context, comment: Comment) -> Comment:
    """As a person sees it: whole when it is cleaned, then shortened."""
    cleaned = clean(comment.text)
    _log_cut(context, f"comment {comment.id}", cleaned)
    return replace(comment, text=cleaned.text[:_EACH])


def _log_cut(context: Context, part: str, cleaned: Cleaned) -> None:
    """What an agent did not see, and never what it said."""
    if cleaned.removed:
        cut = {removed.kind.value: removed.count for removed in cleaned.removed}
        log.info("unseen text cut", issue=str(context.task.issue), part=part, cut=cut)


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
