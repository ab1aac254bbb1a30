"""What an open pull request waits for, and the rounds that are begun for its sake."""

from dataclasses import replace
from datetime import datetime

from app.domain import change, consent, guard
from app.domain.event import Event, MergeHeld, MergeRefused, Reviewed
from app.domain.policy import Merge
from app.domain.record import Record
from app.domain.task import Task

MOST_MERGES = 10  # in a row, for a base that moves while nobody merges


# guards


def unread_review(task: Task, event: Reviewed) -> bool:
    """the developer was not told of it yet"""
    record = task.record
    if task.pull_request is not None and task.open_pull_request is None:
        return False
    return _is_after(event.written, record.answered) and _is_after(event.written, record.reviewed)


def _is_after(at: datetime, known: datetime | None) -> bool:
    return known is None or at > known


def may_repair(task: Task, event: Event) -> bool:
    """CI is red on the head that was found green, and may be mended once more"""
    return is_red(task, event) and task.record.repairs < task.policy.repairs


def is_red(task: Task, event: Event) -> bool:
    """CI is red on the head that was found green"""
    pull_request = task.open_pull_request
    return (
        guard.not_paused(task, event)
        and pull_request is not None
        and pull_request.is_red
        and pull_request.head == task.record.verified
        and pull_request.head != task.record.spared
    )


def may_be_merged_again(task: Task, event: Event) -> bool:
    """the base has moved so that it can't be merged, and not too often without a person"""
    return conflicts(task, event) and task.record.merges < MOST_MERGES


def conflicts(task: Task, event: Event) -> bool:
    """the base has moved so that it can't be merged"""
    pull_request = task.open_pull_request
    return guard.not_paused(task, event) and pull_request is not None and pull_request.conflicts


def may_merge(task: Task, event: Event) -> bool:
    """exactly the open head was found green, enough people approve, and the policy merges"""
    return guard.not_paused(task, event) and is_green_head(task)


def is_green_head(task: Task) -> bool:
    """Nothing but a pause could hold its merge back."""
    pull_request = task.open_pull_request
    return (
        task.policy.merge is Merge.ON_GREEN
        and pull_request is not None
        and pull_request.head == task.record.verified
        and consent.is_given(task)
    )


def unsaid_that_held(task: Task, _event: Event) -> bool:
    """the status comment does not say so yet"""
    return task.record.reason != consent.HELD


# changes


def note_review(task: Task, event: Reviewed) -> Record:
    """The developer is told in the next round, of all that was said by then."""
    last = max(filter(None, (task.record.reviewed, event.written)))
    return replace(task.record, reviewed=last)


def begin_review(task: Task, event: Reviewed) -> Record:
    """Who may write asks for it, and it is still what was approved that is built."""
    noted = replace(task, record=note_review(task, event))
    return change.still_paused(task, change.work_off(noted, event))


def begin_repair(task: Task, event: Event) -> Record:
    number = task.record.repairs + 1
    which = f"this is repair {number} of {task.policy.repairs}"
    fresh = change.go_on(task, event, f"CI failed on the pull request; {which}.")
    return replace(fresh, repairs=number)


def begin_merge(task: Task, event: Event) -> Record:
    old = task.record
    fresh = change.go_on(
        task, event, "The pull request conflicts with its base; this round merges that in."
    )
    return replace(fresh, merging=True, merges=old.merges + 1, repairs=old.repairs)


def not_merged(task: Task, _event: Event) -> Record:
    """As often as may be, and to no avail."""
    times = task.record.merges
    reason = f"The pull request conflicts with its base, though that was merged {times} times."
    return replace(task.record, reason=reason)


def not_repaired(task: Task, _event: Event) -> Record:
    """As often as may be, and to no avail."""
    times = task.record.repairs
    tried = f"{times} repair{'s' * (times != 1)}" if times else "no repair was allowed"
    return replace(task.record, reason=f"CI is still red on the pull request, after {tried}.")


def refused(task: Task, event: MergeRefused) -> Record:
    return replace(task.record, reason=f"GitHub refused the merge: {event.reason}")


def held(task: Task, _event: MergeHeld) -> Record:
    return replace(task.record, reason=consent.HELD)
