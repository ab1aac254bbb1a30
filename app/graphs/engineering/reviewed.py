"""What reviewers have said of the pull request, as far as the developer is to know it.

It words nothing, and decides no more than whose word counts.
"""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime

from app.domain.record import Record
from app.domain.review import Reviews, Said, Thread
from app.graphs.context import Context
from app.graphs.engineering.state import State
from app.graphs.seen import seen
from app.graphs.thread import those_who_may_ask

_THREADS = 30  # told at once
_LAST = 5  # comments of a thread, besides its first
_REMARKS = 10
_AUTHORS = 50  # asked about: each costs a request
_NEVER = datetime.min.replace(tzinfo=UTC)


async def reviewed(context: Context) -> State:
    """The open threads in which somebody who may ask had the last word, and what is asked besides.

    One request, where there is a pull request; and one for each author's role.
    """
    record = context.task.record
    if record.pull_request is None:
        return State(threads=[], remarks=[], read=_read(record, []), answers={})
    board = context.workshop.reviews
    found = await board.read(context.task.issue, record.pull_request)
    may = await those_who_may_ask(context, _authors(found))
    threads = [thread for thread in found.threads if _counts(thread.comments[-1:], may)]
    since = record.answered
    remarks = [
        one
        for one in (*found.decisive, *found.remarks)
        if _is_remark(one, may) and (since is None or one.at > since)
    ]
    said = remarks + [thread.comments[-1] for thread in threads]

    def plain() -> State:
        return State(
            threads=[_plain(context, thread, may) for thread in threads[:_THREADS]],
            remarks=[_told(context, one) for one in remarks[-_REMARKS:]],
            read=_read(record, said),
            answers={},
        )

    return await asyncio.to_thread(plain)  # a text made for it takes its time to clean


def _read(record: Record, told: list[Said]) -> str:
    """Up to when all is known now, whether or not it is told: what is not now never will be."""
    known = [record.reviewed, record.answered, *(one.at for one in told)]
    return max(filter(None, known), default=_NEVER).isoformat()


def _authors(found: Reviews) -> list[str]:
    said = [*found.decisive, *found.remarks]
    said += [comment for thread in found.threads for comment in thread.comments]
    people = dict.fromkeys(one.by for one in said if one.is_person and not one.ours)
    return list(people)[:_AUTHORS]


def _counts(said: tuple[Said, ...], may: Collection[str]) -> bool:
    """Who edited a comment need not be who wrote it."""
    return any(one.by in may and one.is_person and not one.ours and not one.edited for one in said)


def _is_remark(review: Said, may: Collection[str]) -> bool:
    return bool(review.text.strip()) and _counts((review,), may)


def _told(context: Context, said: Said) -> str:
    text = seen(context.task.issue, f"review {said.id}", said.text)
    return f"{'you' if said.ours else said.by}: {text}"


def _plain(context: Context, thread: Thread, may: Collection[str]) -> dict[str, object]:
    told = [one for one in thread.comments if one.ours or _counts((one,), may)]
    told = [*told[:1], *told[1:][-_LAST:]]
    return {
        "id": thread.id,
        "where": thread.path + (f", line {thread.line}" if thread.line else ", since changed"),
        "hunk": thread.hunk,
        "said": [_told(context, one) for one in told],
    }
