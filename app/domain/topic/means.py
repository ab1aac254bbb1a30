"""Which agent and how much money may be chosen, and what is on record of it."""

from dataclasses import replace

from app.domain import budget, change, guard
from app.domain.event import AgentChosen, BudgetAsked, Commanded
from app.domain.record import Record
from app.domain.task import Task

# guards


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


raises_spent_budget_and_plan_wanted = guard.Both(raises_spent_budget, guard.plan_wanted)


# changes


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
    return replace(change.begin(task, event), budget_extra=raise_budget(task, event).budget_extra)


def raise_budget_and_plan(task: Task, event: BudgetAsked) -> Record:
    record = change.begin_with_plan(task, event)
    return replace(record, budget_extra=raise_budget(task, event).budget_extra)
