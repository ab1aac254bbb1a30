"""Runs one job from its first step to its last, and cleans up behind it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping

from app.sandbox.actions.expression import ExpressionError, resolve, text_of, to_text
from app.sandbox.actions.record import Conclusion
from app.sandbox.actions.runner.log import Masks, StepLog
from app.sandbox.actions.runner.plan import Outcome, Plan, Reporter, StepFailed
from app.sandbox.actions.runner.process import Cancel, Processes
from app.sandbox.actions.runner.space import Space
from app.sandbox.actions.runner.state import Frame, JobState
from app.sandbox.actions.runner.steps import run_step
from app.sandbox.actions.runner.work import name_of
from app.sandbox.actions.workflow import Step
from app.sandbox.actions.workflow.definition import Defaults

_LAST_MINUTES = 5.0  # what always() runs gets after a cancel
_LONGEST = 3600.0  # seconds; whatever a workflow says


class JobRun:
    """Cancel it from any thread; `execute` is called once, in its own."""

    def __init__(self, plan: Plan, reporter: Reporter) -> None:
        self._plan, self._reporter = plan, reporter
        self._soft, self._hard = Cancel(), Cancel()
        self._number = 0

    def cancel(self) -> None:
        self._soft.set()

    def stop(self) -> None:
        """At once, always() or not."""
        self._hard.set()
        self._soft.set()

    def execute(self) -> Outcome:
        space, processes = Space(self._plan), Processes(self._plan.mark)
        try:
            return self._run(space, processes)
        finally:
            processes.end()
            space.remove()
            self._soft.close()
            self._hard.close()

    def _run(self, space: Space, processes: Processes) -> Outcome:
        plan = self._plan
        masks = Masks()
        for value in plan.masked:
            masks.add(value)
        plan.logs.mkdir(parents=True, exist_ok=True)
        state = JobState(
            plan, space, masks, self._soft, self._hard, processes, time.monotonic() + _LONGEST
        )
        frame = Frame(state, {})
        self._step(state, "Set up job", lambda log: self._set_up(state, frame, log))
        for step in plan.job.steps:
            self._one(state, frame, step)
        for name, post in reversed(state.posts) if not state.failed else ():
            self._step(state, name, functools.partial(_post, post))
        return self._complete(state, frame)

    def _set_up(self, state: JobState, frame: Frame, log: StepLog) -> Conclusion:
        state.space.make(self._plan.event)
        log.group("Runner", "The sandbox's own machine, as the current user")
        log.group("GITHUB_TOKEN Permissions", "\n".join(
            f"{name}: {level}" for name, level in sorted(self._plan.permissions.items())
        ))  # fmt: skip
        try:
            minutes = resolve(self._plan.job.timeout_minutes, frame.scope())
            if not isinstance(minutes, int | float) or minutes <= 0:
                raise StepFailed(f"timeout-minutes is a number above 0, not {to_text(minutes)}")
            seconds = min(minutes * self._plan.machine.minute, _LONGEST)
            state.deadline = time.monotonic() + seconds
            env = frame.evaluated(self._plan.workflow.env, {})
            frame.env = env | frame.evaluated(self._plan.job.env, env)
        except (StepFailed, ExpressionError) as error:
            log.error(str(error))
            state.failed = True
            return "failure"
        return "success"

    def _one(self, state: JobState, frame: Frame, step: Step) -> None:
        self._notice(state)
        own, outer = self._plan.job.defaults, self._plan.workflow.defaults
        defaults = Defaults(own.shell or outer.shell,
                            own.working_directory or outer.working_directory)  # fmt: skip
        name = name_of(step, frame)
        if self._step(state, name, lambda log: run_step(step, frame, log, defaults)) == "cancelled":
            state.cancelled = True
            state.deadline = time.monotonic() + _LAST_MINUTES * self._plan.machine.minute

    def _notice(self, state: JobState) -> None:
        """A cancel between two steps, or before the first."""
        if (self._soft.asked or time.monotonic() >= state.deadline) and not state.cancelled:
            state.cancelled = True
            state.deadline = time.monotonic() + _LAST_MINUTES * self._plan.machine.minute

    def _step(self, state: JobState, name: str, do: Callable[[StepLog], Conclusion]) -> Conclusion:
        self._number += 1
        path = self._plan.logs / f"{self._number}.log"
        shown = state.masks.hide(name)
        self._reporter.step_started(self._number, shown, path)
        started = time.monotonic()
        conclusion: Conclusion = "failure"
        try:
            with StepLog(path, state.masks, self._reporter.time) as log:
                conclusion = do(log)
        finally:
            self._reporter.step_ended(self._number, conclusion, time.monotonic() - started)
        return conclusion

    def _complete(self, state: JobState, frame: Frame) -> Outcome:
        outputs: dict[str, str] = {}

        def finish(log: StepLog) -> Conclusion:
            try:
                outputs.update(_outputs(self._plan.job.outputs, frame, log))
            except ExpressionError as error:
                log.error(str(error))
                state.failed = True
                return "failure"
            log.line("Cleaning up orphan processes")
            return "success"

        self._step(state, "Complete job", finish)
        conclusion: Conclusion = "failure" if state.failed else "success"
        if state.cancelled:
            conclusion = "cancelled"
        return Outcome(conclusion, outputs, "\n".join(state.summaries))


def _post(post: Callable[[StepLog], None], log: StepLog) -> Conclusion:
    try:
        post(log)
    except OSError as error:  # as on GitHub, a cache that is not saved fails nothing
        log.line(f"##[warning]{error}")
    return "success"


def _outputs(texts: Mapping[str, str], frame: Frame, log: StepLog) -> dict[str, str]:
    scope, found = frame.scope(), dict[str, str]()
    for name, text in texts.items():
        value = text_of(text, scope)
        if frame.state.masks.shows(value):
            log.line(f"##[warning]Skip output '{name}' since it may contain secret.")
        else:
            found[name] = value
    return found
