"""One step on its way: what it is given, and how its end is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.sandbox.actions.expression import ExpressionError, Scope, text_of
from app.sandbox.actions.runner.log import StepLog
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.process import Ended
from app.sandbox.actions.runner.state import Frame, JobState
from app.sandbox.actions.workflow import Step


class StepCancelled(Exception):
    """The step was ended from outside."""


@dataclass(slots=True)
class Work:
    """One step on its way."""

    step: Step
    frame: Frame
    log: StepLog
    env: dict[str, str]
    deadline: float
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> JobState:
        return self.frame.state

    @property
    def scope(self) -> Scope:
        return self.frame.scope(self.env)


def name_of(step: Step, frame: Frame) -> str:
    """As lists show it, before the step runs."""
    if step.name is not None:
        try:
            return text_of(step.name, frame.scope()) or "Run"
        except ExpressionError:
            return step.name
    first = next((line.strip() for line in (step.run or "").splitlines() if line.strip()), "")
    return f"Run {step.uses or first}"[:250]


def check(ended: Ended, work: Work) -> None:
    if ended.cancelled:
        work.log.error("The operation was canceled.")
        raise StepCancelled
    if ended.timed_out:
        if work.deadline >= work.state.deadline:
            work.log.error("The job has exceeded the maximum execution time.")
            raise StepCancelled
        raise StepFailed("The step has timed out.")
    if ended.code:
        raise StepFailed(f"Process completed with exit code {_exit_code(ended.code)}.")


def _exit_code(code: int) -> int:
    return 128 - code if code < 0 else code
