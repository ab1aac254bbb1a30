"""How a pull request, or a task, came to its end, and what is on record of it."""

from dataclasses import replace

from app.domain.event import (
    ByPerson,
    Event,
    IssueClosed,
    IssueReopened,
    PullRequestClosed,
    PullRequestMerged,
)
from app.domain.record import Record
from app.domain.task import PullRequestState, Task

# guards


def ours(task: Task, event: PullRequestMerged | PullRequestClosed) -> bool:
    """the task's own"""
    number = task.record.pull_request or (task.pull_request and task.pull_request.number)
    return event.number == number


def is_merged(task: Task, _event: Event) -> bool:
    """the pull request is merged"""
    return task.pull_request is not None and task.pull_request.state is PullRequestState.MERGED


def is_closed_unmerged(task: Task, _event: Event) -> bool:
    """the pull request is closed"""
    return task.pull_request is not None and task.pull_request.state is PullRequestState.CLOSED


def is_denied(task: Task, event: Event) -> bool:
    """GitHub says otherwise by now: it delivers in any order, and may be read too early."""
    match event:
        case IssueClosed():
            return task.is_open
        case IssueReopened():
            return not task.is_open
        case PullRequestClosed():
            return task.open_pull_request is not None and ours(task, event)
        case _:
            return False


# changes


def merged(task: Task, event: PullRequestMerged) -> Record:
    return replace(task.record, pull_request=event.number, merged=event.sha, reason="")


def found_merged(task: Task, _event: Event) -> Record:
    pull_request = task.pull_request
    if pull_request is None:
        return task.record
    return replace(
        task.record,
        pull_request=pull_request.number,
        merged=pull_request.merge_commit,
        reason="",
    )


def closed_unmerged(task: Task, event: PullRequestClosed) -> Record:
    return replace(task.record, reason=f"{event.by} closed the pull request without merging it.")


def found_unmerged(task: Task, _event: Event) -> Record:
    return replace(task.record, reason="The pull request was closed without being merged.")


def stopped(task: Task, event: ByPerson) -> Record:
    return replace(task.record, reason=f"Stopped by {event.by}.")


def found_closed(task: Task, _event: Event) -> Record:
    return replace(task.record, reason="Stopped: the issue was closed.")
