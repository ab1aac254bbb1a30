"""Changes of the record that the transition table names. Each is a function of task and event."""

from dataclasses import replace

from app.domain import budget, wording
from app.domain.consent import HELD
from app.domain.event import (
    AgentChosen,
    Approved,
    AttemptEnded,
    BudgetAsked,
    ByPerson,
    Delegated,
    Event,
    IntakeFinished,
    Mentioned,
    MergeHeld,
    MergeRefused,
    Paused,
    Planned,
    PullRequestClosed,
    PullRequestMerged,
    Reviewed,
    RunFinished,
    RunStopped,
)
from app.domain.record import MAX_PLAN, MAX_QUESTION, Record, carried
from app.domain.run import UNUSED
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


def begin_asking_approval(task: Task, event: Event) -> Record:
    """A new round, whose plan is to be approved once there is one."""
    return replace(begin(task, event), approved="", planned=None, planned_at=None)


def begin_anew(task: Task, event: Event) -> Record:
    """A round for another wording. An approval that was given, or asked for, is asked for again;
    and what was built for it is left behind, on a branch of its own."""
    fresh = _still_paused(task, begin(task, event))
    if task.record.approved is None:
        return fresh
    branch = f"{task.issue.branch}-{fresh.round}" if task.record.branch else fresh.branch
    return replace(
        fresh, branch=branch, pull_request=None, approved="", planned=None, planned_at=None
    )


def revise(task: Task, event: Event) -> Record:
    """The product owner makes another specification of the request, with what was said since."""
    wanted = task.record.approved is not None
    fresh = _still_paused(task, replace(begin(task, event), spec=None))
    return replace(fresh, approved="", planned=None, planned_at=None) if wanted else fresh


def _still_paused(task: Task, fresh: Record) -> Record:
    """Only who says so lifts a pause."""
    if not task.record.paused or task.stage is Stage.BLOCKED:
        return fresh
    return replace(fresh, paused=True, reason=task.record.reason)


def start_reading(task: Task, _event: Event) -> Record:
    """A run that is cut short and taken up again may have begun with another wording."""
    return replace(task.record, read=task.request_digest)


def want_plan(task: Task, _event: Event) -> Record:
    return replace(task.record, approved="", planned=None, planned_at=None)


def finish_intake(task: Task, event: IntakeFinished) -> Record:
    record = task.record
    return replace(
        record,
        spec=event.spec or record.spec,
        intakes=record.intakes + 1,
        read=event.request,
        heard=event.heard,
        question=carried(event.question, MAX_QUESTION),
        reason=event.reason,
        usage=record.usage + event.usage,
        running=UNUSED,
        counted=event.round,
        over_budget=event.over_budget,
    )


def specify(task: Task, event: IntakeFinished) -> Record:
    """What is built from it is a round of its own, since its runs are others."""
    record = finish_intake(task, event)
    return replace(record, round=record.round + 1)


def finish_intake_and_begin(task: Task, event: IntakeFinished) -> Record:
    """What it found is for another wording, or for less than was said by now."""
    found = replace(finish_intake(task, event), spec=task.record.spec, question="", reason="")
    return begin_anew(replace(task, record=found), event)


def specify_with_plan(task: Task, event: IntakeFinished) -> Record:
    found = specify(task, event)
    return ask_approval(replace(task, record=found), event)


def add_plan(task: Task, event: Planned) -> Record:
    record = task.record
    plan = carried(event.plan, MAX_PLAN) or record.plan
    return replace(record, plan=plan, running=event.usage, reason=event.note or record.reason)


def begin_with_plan(task: Task, event: Event) -> Record:
    return begin(task, event).with_plan(task.plan_digest)


def ask_approval(task: Task, _event: Event) -> Record:
    return task.record.with_plan(task.plan_digest)


def ask_approval_again(task: Task, event: Event) -> Record:
    """What was approved may not be what was seen."""
    return replace(
        ask_approval(task, event),
        reason="The plan, or the request, changed as it was approved. Look at the plan as it "
        "stands now, then write `/approve` once more.",
    )


def approve(task: Task, event: Approved) -> Record:
    return replace(
        task.record,
        approved=task.plan_digest,
        approval=event.comment,
        wording=task.request_digest,
        reason="",
    )


def note(task: Task, event: Mentioned) -> Record:
    """The agent is told in its next attempt; where none comes, another round is for it."""
    record = task.record.with_requesters(event.by)
    return replace(record, asked=max(record.asked, event.comment))


def note_and_ask_approval(task: Task, event: Mentioned) -> Record:
    return note(task, event).with_plan(task.plan_digest)


def void_approval(task: Task, event: Event) -> Record:
    """What was built for another wording is left behind: another round, on a branch of its own."""
    record = begin(task, event)
    return replace(
        record.with_plan(task.plan_digest),
        branch=f"{task.issue.branch}-{record.round}",
        pull_request=None,
        paused=task.record.paused,
        reason=_void(task),
    )


def _void(task: Task) -> str:
    if task.record.approved is None:
        return (
            "The request was edited after it had been asked for, by somebody who may not ask for "
            "work. So it waits for an approval of what it says now."
        )
    return "The request was edited after it had been approved, so it waits for a new approval."


def note_review(task: Task, event: Reviewed) -> Record:
    """The developer is told in the next round, of all that was said by then."""
    last = max(filter(None, (task.record.reviewed, event.written)))
    return replace(task.record, reviewed=last)


def begin_review(task: Task, event: Reviewed) -> Record:
    """Who may write asks for it, and it is still what was approved that is built."""
    noted = replace(task, record=note_review(task, event))
    return _still_paused(task, _go_on(noted, event))


def begin_repair(task: Task, event: Event) -> Record:
    return replace(_go_on(task, event), repairs=task.record.repairs + 1)


def begin_merge(task: Task, event: Event) -> Record:
    old = task.record
    merging = replace(_go_on(task, event), merging=True, merges=old.merges + 1)
    return replace(merging, repairs=old.repairs)


def not_merged(task: Task, _event: Event) -> Record:
    """As often as may be, and to no avail."""
    times = task.record.merges
    reason = f"The pull request conflicts with its base, though that was merged {times} times."
    return replace(task.record, reason=reason)


def _go_on(task: Task, event: Event) -> Record:
    """A round in which nobody asks for anything new: what was approved, and planned, stands."""
    old = task.record
    return replace(
        begin(task, event),
        approved=old.approved,
        approval=old.approval,
        planned=old.planned,
        planned_at=old.planned_at,
        plan=old.plan,
    )


def not_repaired(task: Task, _event: Event) -> Record:
    """As often as may be, and to no avail."""
    times = task.record.repairs
    tried = f"{times} repair{'s' * (times != 1)}" if times else "no repair was allowed"
    return replace(task.record, reason=f"CI is still red on the pull request, after {tried}.")


def add_attempt(task: Task, event: AttemptEnded) -> Record:
    return replace(task.record.with_attempt(event.attempt), running=event.usage)


def add_attempt_and_restart(task: Task, event: AttemptEnded) -> Record:
    """The run that takes over has a round of its own, since its runs are others."""
    record = add_attempt(task, event)
    return replace(record, round=record.round + 1, outdated=False)


def choose_agent(task: Task, event: AgentChosen) -> Record:
    return replace(task.record, agent=event.argument)


def replace_agent(task: Task, event: AgentChosen) -> Record:
    """The attempt at work is left to its agent; the next one is another's."""
    outdated = task.record.outdated or event.argument != task.agent
    return replace(choose_agent(task, event), outdated=outdated)


def raise_budget(task: Task, event: BudgetAsked) -> Record:
    extra = budget.extra_usd(task, event.argument) or task.record.budget_extra
    return replace(task.record, budget_extra=extra)


def raise_budget_and_begin(task: Task, event: BudgetAsked) -> Record:
    return replace(begin(task, event), budget_extra=raise_budget(task, event).budget_extra)


def raise_budget_and_plan(task: Task, event: BudgetAsked) -> Record:
    record = begin_with_plan(task, event)
    return replace(record, budget_extra=raise_budget(task, event).budget_extra)


def finish(task: Task, event: RunFinished) -> Record:
    record = task.record
    for attempt in event.attempts:
        record = record.with_attempt(attempt)
    return replace(
        record,
        verified=event.verified,
        pull_request=event.pull_request or record.pull_request,
        reason=event.reason,
        usage=record.usage + event.usage,
        running=UNUSED,
        counted=event.round,
        outdated=False,
        over_budget=event.over_budget,
        question=carried(event.question, MAX_QUESTION),
        spared=event.verified if event.spared else record.spared,
        answered=max(filter(None, (record.answered, event.read)), default=None),
    )


def finish_and_begin(task: Task, event: RunFinished) -> Record:
    return begin(replace(task, record=finish(task, event)), event)


def finish_and_review(task: Task, event: RunFinished) -> Record:
    """Who may write has asked for it, and it is still what was approved that is built."""
    return _go_on(replace(task, record=finish(task, event)), event)


def finish_and_begin_with_plan(task: Task, event: RunFinished) -> Record:
    return begin_with_plan(replace(task, record=finish(task, event)), event)


def add_usage(task: Task, event: RunStopped) -> Record:
    """What it told last counts where nobody can say what it used since; each round counts once."""
    record, spent = task.record, event.spent
    known = spent.usage if spent.round > record.counted else UNUSED
    used = max(record.running, known, key=lambda usage: (usage.tokens, usage.cost_usd))
    counted = max(record.counted, spent.round)
    return replace(record, usage=record.usage + used, running=UNUSED, counted=counted)


def pause(task: Task, event: Paused) -> Record:
    return replace(task.record, paused=True, reason=f"Paused by {event.by}.")


def interrupt(task: Task, event: Paused) -> Record:
    """The run that follows has a round of its own, since its runs are others; attempts go on."""
    return replace(pause(task, event), round=task.record.round + 1, outdated=False)


def resume(task: Task, _event: Event) -> Record:
    return replace(task.record, paused=False, reason="")


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


def refused(task: Task, event: MergeRefused) -> Record:
    return replace(task.record, reason=f"GitHub refused the merge: {event.reason}")


def held(task: Task, _event: MergeHeld) -> Record:
    return replace(task.record, reason=HELD)


def stopped(task: Task, event: ByPerson) -> Record:
    return replace(task.record, reason=f"Stopped by {event.by}.")


def found_closed(task: Task, _event: Event) -> Record:
    return replace(task.record, reason="Stopped: the issue was closed.")


def mend(task: Task, _event: Event) -> Record:
    """A task whose record was lost goes on under its label, with what GitHub knows of it."""
    record = task.record
    if record.round == 0:
        record = replace(record, round=1, branch=task.issue.branch)
    if task.open_pull_request is not None:
        record = replace(record, pull_request=task.open_pull_request.number)
    return record
