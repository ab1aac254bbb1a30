"""How far people may raise a task's budget. It reads what they wrote and counts no tokens."""

import re

from app.domain.task import Task

MOST = 10  # times the policy's budget
_INCREASE = re.compile(r"\+\$?([0-9]{1,6}(?:\.[0-9]{1,2})?)")


def increase(argument: str) -> float | None:
    """USD of `+5`, `+$5` or `+2.50`; None for anything else, and for nothing."""
    match = _INCREASE.fullmatch(argument)
    return float(match.group(1)) or None if match else None


def limit_usd(task: Task) -> float | None:
    """What the task may cost at most, however often its budget is raised."""
    budget = task.policy.budget_usd
    return None if budget is None else MOST * budget


def extra_usd(task: Task, argument: str) -> float | None:
    """What the task may then cost beyond the policy's budget; None: it can't be raised so."""
    more, budget = increase(argument), task.policy.budget_usd
    if more is None or budget is None:
        return None
    extra = round(task.record.budget_extra + more, 2)
    return extra if budget + extra <= MOST * budget else None
