"""How a task stands, as JSON for an agent. It reads nothing by itself."""

from typing import Any

from app.domain.record import Attempt
from app.domain.stage import Stage
from app.domain.task import Task

# Where nothing moves any more until a person does something.
ENDED = frozenset({Stage.REVIEW, Stage.DONE, Stage.BLOCKED, Stage.CANCELLED})


def has_ended(task: Task) -> bool:
    return task.stage is None or task.stage in ENDED


def name_of(stage: Stage | None) -> str | None:
    return None if stage is None else stage.value.removeprefix("orc:")


def stand(task: Task) -> dict[str, Any]:
    record, pull = task.record, task.pull_request
    return {
        "project": task.issue.repo.full_name,
        "issue": task.issue.number,
        "stage": name_of(task.stage),
        "ended": has_ended(task),
        "round": record.round,
        "attempt": record.attempt,
        "attempts_at_most": task.ceiling,
        "attempts": [summary(attempt) for attempt in record.attempts],
        "branch": record.branch,
        "pull_request": pull and {"number": pull.number, "state": pull.state.value},
        "reason": record.reason,
        "tokens": record.tokens,
        "cost_usd": record.cost_usd,
        "budget_usd": task.policy.budget_usd,
    }


def summary(attempt: Attempt) -> dict[str, Any]:
    return {
        "attempt": attempt.number,
        "outcome": attempt.outcome,
        "head": attempt.head,
        "passed": attempt.passed,
        "failed": attempt.failed,
        "skipped": attempt.skipped,
    }
