"""Which wording of a request was asked for by somebody who may. It looks nobody up.

An issue can be edited by its author, who may be anybody: what stands later need not be what a
maintainer has put a label on.
"""

from dataclasses import replace

from app.domain.event import (
    Commanded,
    Delegated,
    Event,
    IssueReopened,
    Mentioned,
    PlanAsked,
    Requested,
    Retried,
)
from app.domain.task import Task

UNSEEN = "?"  # it was edited just as it was asked for: of neither wording can it be said
_ASKS = (Requested, Delegated, Retried, PlanAsked, IssueReopened, Mentioned)


def after(task: Task, event: Event) -> str:
    """The digest that is on record after the event; "" where nobody has asked yet."""
    if not isinstance(event, _ASKS):
        return task.record.wording
    if task.editors_ask:
        return task.request_digest
    told = event.request if isinstance(event, Requested | Delegated) else ""
    if told:
        return told
    written = event.written if isinstance(event, Commanded) else None
    was_seen = task.edited_at is None or task.edited_at < (written or event.at)
    return task.request_digest if was_seen else UNSEEN


def as_asked(task: Task) -> Task:
    """Whoever edited it may ask for work, and so they did."""
    stood = task.request_digest if task.record.wording else ""
    return replace(task, editors_ask=True, record=replace(task.record, wording=stood))


def is_to_be_looked_up(task: Task, event: Event) -> bool:
    """It stands otherwise than it was asked for, and has people who edited it."""
    return bool(task.editors) and after(task, event) not in ("", task.request_digest)
