"""Conditions of the transition table: questions that a task and an event answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from app.domain import budget, consent
from app.domain.event import (
    AgentChosen,
    Approved,
    AttemptEnded,
    BudgetAsked,
    Commanded,
    Event,
    IntakeFinished,
    Mentioned,
    Planned,
    PullRequestClosed,
    PullRequestMerged,
    Reviewed,
    RunFinished,
    Spoken,
)
from app.domain.policy import Merge
from app.domain.task import PullRequestState, Task

E = TypeVar("E", bound=Event)
Guard = Callable[[Task, E], bool]
MOST_MERGES = 10  # in a row, for a base that moves while nobody merges


def both(first: Guard[E], second: Guard[E]) -> Guard[E]:
    """Where the one holds and the other does, too."""
    return lambda task, event: first(task, event) and second(task, event)


def always(_task: Task, _event: Event) -> bool:
    return True


def is_news(task: Task, event: Event) -> bool:
    """it came after the task had ended"""
    history = task.record.history
    return not history or event.at >= history[-1].at


def plan_wanted(task: Task, _event: Event) -> bool:
    """the policy wants a plan approved"""
    return task.wants_plan and not task.is_unspecified


news_and_plan_wanted = both(is_news, plan_wanted)


def unspecified(task: Task, _event: Event) -> bool:
    """the product owner has not read the request as it stands"""
    return task.is_unspecified


def is_specified(task: Task, event: Event) -> bool:
    """there is a plan to be shown"""
    return not unspecified(task, event)


def question_unsaid(task: Task, _event: Event) -> bool:
    """the question was not put to people yet"""
    return task.question_key not in task.replied


def unread_edit(task: Task, _event: Event) -> bool:
    """the request was edited since the product owner began to read it"""
    return task.record.read not in ("", task.request_digest)


def void_and_unspecified(task: Task, _event: Event) -> bool:
    """what was approved is not what stands, and the product owner has not read that"""
    return task.needs_approval and task.is_unspecified


def was_heard(task: Task, event: Spoken) -> bool:
    """the product owner asked although it knew that"""
    return unaltered(task, event) and event.comment <= task.record.heard


def told_owner(task: Task, event: Mentioned) -> bool:
    """nobody has edited it since, and there is a product owner to read it"""
    return unaltered(task, event) and task.has_owner


def told_owner_after_approval(task: Task, event: Mentioned) -> bool:
    """it came after the plan was approved, and there is a product owner to read it"""
    return told_owner(task, event) and bool(task.record.approved)


def intake_outdated(task: Task, event: IntakeFinished) -> bool:
    """more was asked than the product owner was told, or the request was edited meanwhile"""
    if not this_round(task, event) or event.over_budget:
        return False
    return task.record.asked > event.heard or event.request != task.request_digest


def asks(task: Task, event: IntakeFinished) -> bool:
    """the product owner asks a question"""
    return this_round(task, event) and bool(event.question)


def answers(task: Task, event: IntakeFinished) -> bool:
    """all that was asked for is an answer"""
    return this_round(task, event) and bool(event.answer)


def specified(task: Task, event: IntakeFinished) -> bool:
    """there is a specification"""
    return this_round(task, event) and event.spec is not None


def specified_and_plan_wanted(task: Task, event: IntakeFinished) -> bool:
    """there is a specification, and it needs an approval"""
    if not specified(task, event):
        return False
    return replace(task, record=replace(task.record, spec=event.spec)).needs_approval


def approval_void(task: Task, _event: Event) -> bool:
    """what was approved is not what stands"""
    return task.needs_approval and not task.is_unspecified


def plan_was_seen(task: Task, event: Approved) -> bool:
    """the plan is for the request as it stands, and was shown before the approval was written

    In the second of an edit nobody can say which of the two wordings was approved.
    """
    if plan_is_old(task, event) or event.written is None:
        return False
    shown = [at for at in (task.record.planned_at, task.edited_at) if at is not None]
    return task.record.planned_at is not None and event.written > max(shown)


def plan_is_old(task: Task, _event: Event) -> bool:
    """the request was edited since its plan was shown"""
    return task.record.planned != task.plan_digest


def unaltered(task: Task, event: Spoken) -> bool:
    """nobody has edited it since"""
    return not any(said.edited and said.id == event.comment for said in task.thread)


unaltered_and_plan_wanted = both(unaltered, plan_wanted)


def after_approval(task: Task, event: Mentioned) -> bool:
    """it came after the plan was approved"""
    return unaltered(task, event) and bool(task.record.approved)


def this_round(task: Task, event: IntakeFinished | Planned | AttemptEnded | RunFinished) -> bool:
    """it is of the round that is under way, not of one that was stopped"""
    return event.round == task.record.round


def green(task: Task, event: RunFinished) -> bool:
    """green"""
    return this_round(task, event) and event.green


def nothing_to_do(task: Task, event: RunFinished) -> bool:
    """there was nothing to do"""
    return this_round(task, event) and bool(event.answer)


def green_and_merge(task: Task, event: RunFinished) -> bool:
    """green, and the policy merges without asking anybody"""
    red = task.pull_request is not None and task.pull_request.is_red
    merges = task.policy.merge is Merge.ON_GREEN and not red
    return green(task, event) and merges and not task.policy.reviews


def more_is_asked(task: Task, event: RunFinished) -> bool:
    """more was asked than the agent was told"""
    return _goes_on(task, event) and task.record.asked > event.heard


def more_is_reviewed(task: Task, event: RunFinished) -> bool:
    """reviewers have said more than the developer was told"""
    reviewed, read = task.record.reviewed, event.read
    # a run that has read nothing would be begun again without end
    missed = reviewed is not None and read is not None and reviewed > read
    return _goes_on(task, event) and missed


def _goes_on(task: Task, event: RunFinished) -> bool:
    return this_round(task, event) and not event.over_budget


def unread_review(task: Task, event: Reviewed) -> bool:
    """the developer was not told of it yet"""
    record = task.record
    if task.pull_request is not None and task.open_pull_request is None:
        return False
    return _is_after(event.written, record.answered) and _is_after(event.written, record.reviewed)


def may_repair(task: Task, event: Event) -> bool:
    """CI is red on the head that was found green, and may be mended once more"""
    return is_red(task, event) and task.record.repairs < task.policy.repairs


def is_red(task: Task, event: Event) -> bool:
    """CI is red on the head that was found green"""
    pull_request = task.open_pull_request
    return (
        not_paused(task, event)
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
    return not_paused(task, event) and pull_request is not None and pull_request.conflicts


def _is_after(at: datetime, known: datetime | None) -> bool:
    return known is None or at > known


more_is_asked_and_plan_wanted = both(more_is_asked, plan_wanted)


def run_is_outdated(task: Task, event: AttemptEnded) -> bool:
    """another agent is to take over"""
    return this_round(task, event) and task.record.outdated


def is_question(_task: Task, event: Commanded) -> bool:
    """it asks only"""
    return not event.argument


def agent_is_known(task: Task, event: AgentChosen) -> bool:
    """there is such an agent"""
    return event.argument in task.policy.agents


def raises_budget(task: Task, event: BudgetAsked) -> bool:
    """the budget may be raised so far"""
    return budget.extra_usd(task, event.argument) is not None


def raises_spent_budget(task: Task, event: BudgetAsked) -> bool:
    """the work ended for want of money, and there is more now"""
    return task.record.over_budget and raises_budget(task, event)


raises_spent_budget_and_plan_wanted = both(raises_spent_budget, plan_wanted)


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


def is_closed(task: Task, _event: Event) -> bool:
    """the issue is closed"""
    return not task.is_open


def paused(task: Task, _event: Event) -> bool:
    """it is paused"""
    return task.record.paused


def not_paused(task: Task, _event: Event) -> bool:
    """it is not paused"""
    return not task.record.paused


def paused_before_merge(task: Task, event: Event) -> bool:
    """it is paused, and could be merged"""
    return paused(task, event) and _is_green_head(task)


def may_merge(task: Task, event: Event) -> bool:
    """exactly the open head was found green, enough people approve, and the policy merges"""
    return not_paused(task, event) and _is_green_head(task)


def _is_green_head(task: Task) -> bool:
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


def is_stale(task: Task, _event: Event) -> bool:
    """the issue shows something else"""
    return task.is_stale
