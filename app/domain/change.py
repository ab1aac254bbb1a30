"""Changes of the record that rules of several topics name: how a round begins or goes on."""

from dataclasses import replace

from app.domain import wording
from app.domain.event import ByPerson, Delegated, Event, Reviewed
from app.domain.record import Record
from app.domain.stage import Stage
from app.domain.task import Task


def nothing(task: Task, _event: Event) -> Record:
    return task.record


def begin(task: Task, event: Event) -> Record:
    """A new round. Attempts go on counting; a pull request that has ended gets a successor."""
    old = task.record
    ended = task.pull_request is not None and task.open_pull_request is None
    number = old.round + 1
    fresh = not old.branch or ended
    first = task.issue.branch if number == 1 else f"{task.issue.branch}-{number}"
    old = old.with_requesters(*_asking(event))
    wished = task.is_unspecified and old.approved == ""  # for a plan that nobody has seen yet
    return replace(
        old,
        round=number,
        rounds=old.rounds + (old.attempt > old.floor),
        floor=old.attempt,
        branch=first if fresh else old.branch,
        pull_request=None if fresh else old.pull_request,
        verified=None,
        merged=None,
        approved="" if wished else None,
        reason="",
        paused=False,
        outdated=False,
        over_budget=False,
        approval=0,
        question="",
        asked=0,
        spec=task.spec,
        plan="",
        repairs=0,
        merging=False,
        merges=0,
        parts=(),
        wording=wording.after(task, event),
    )


def _asking(event: Event) -> tuple[str, ...]:
    """On whose word the round is begun; a reviewer only says how well it was done."""
    if not isinstance(event, ByPerson) or isinstance(event, Reviewed):
        return ()
    return (event.by, *(event.requesters if isinstance(event, Delegated) else ()))


def begin_anew(task: Task, event: Event) -> Record:
    """A round for another wording. An approval that was given, or asked for, is asked for again;
    and what was built for it is left behind, on a branch of its own."""
    fresh = still_paused(task, begin(task, event))
    if task.record.approved is None:
        return fresh
    branch = f"{task.issue.branch}-{fresh.round}" if task.record.branch else fresh.branch
    return replace(
        fresh, branch=branch, pull_request=None, approved="", planned=None, planned_at=None
    )


def still_paused(task: Task, fresh: Record) -> Record:
    """Only who says so lifts a pause."""
    if not task.record.paused or task.stage is Stage.BLOCKED:
        return fresh
    return replace(fresh, paused=True, reason=task.record.reason)


def begin_with_plan(task: Task, event: Event) -> Record:
    return begin(task, event).with_plan(task.plan_digest)


def go_on(task: Task, event: Event, reason: str) -> Record:
    """A round in which nobody asks for anything new: what was approved, and planned, stands."""
    old = task.record
    return replace(
        begin(task, event),
        approved=old.approved,
        approval=old.approval,
        planned=old.planned,
        planned_at=old.planned_at,
        plan=old.plan,
        reason=reason,
    )


def work_off(task: Task, event: Event) -> Record:
    """A round for what reviewers have said."""
    return go_on(task, event, "This round works off what reviewers said on the pull request.")


def mend(task: Task, _event: Event) -> Record:
    """A task whose record was lost goes on under its label, with what GitHub knows of it."""
    record = task.record
    if record.round == 0:
        record = replace(record, round=1, branch=task.issue.branch)
    if task.open_pull_request is not None:
        record = replace(record, pull_request=task.open_pull_request.number)
    return record
