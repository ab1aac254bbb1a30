"""Runs steps one after another, in a job or in a composite action."""

from __future__ import annotations

import time
from collections.abc import Mapping

from app.sandbox.actions.expression import (
    ExpressionError,
    condition,
    resolve,
    text_of,
    to_text,
)
from app.sandbox.actions.record import Conclusion
from app.sandbox.actions.runner.files import Channel, FileError, read, read_pairs
from app.sandbox.actions.runner.log import StepLog
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.script import Script, run_script
from app.sandbox.actions.runner.state import Frame
from app.sandbox.actions.runner.using import use
from app.sandbox.actions.runner.work import StepCancelled, Work, check
from app.sandbox.actions.workflow import Step, WorkflowError
from app.sandbox.actions.workflow.definition import Defaults

_NEVER_SET = ("GITHUB_", "RUNNER_")


def run_step(step: Step, frame: Frame, log: StepLog, defaults: Defaults) -> Conclusion:
    """Its conclusion; the outcome, which `continue-on-error` does not change, is in `steps`."""
    outputs: Mapping[str, str] = {}
    try:
        if not condition(step.condition, frame.scope(secrets=False)):
            frame.record(step.id, "skipped", "skipped", {})
            return "skipped"
        work = _begin(step, frame, log)
        outputs = work.outputs
        _do(work, defaults)
        outcome: Conclusion = "success"
    except StepCancelled:
        outcome = "cancelled"
    except (StepFailed, ExpressionError, FileError, WorkflowError) as error:
        log.error(str(error))
        outcome = "failure"
    conclusion = _forgiven(step, frame, outcome, log)
    frame.record(step.id, outcome, conclusion, outputs)
    if conclusion == "failure":
        frame.failed = True
        if frame.depth == 0:
            frame.state.failed = True
    return conclusion


def _begin(step: Step, frame: Frame, log: StepLog) -> Work:
    # Variables that a step before has set count for more than the job's, and less than its own.
    env = {**frame.env, **frame.state.env}
    env |= frame.evaluated(step.env, env)
    deadline = frame.state.deadline
    if step.timeout_minutes is not None:
        minutes = resolve(step.timeout_minutes, frame.scope(env))
        if not isinstance(minutes, int | float) or minutes <= 0:
            raise StepFailed(f"timeout-minutes is a number above 0, not {to_text(minutes)}")
        deadline = min(deadline, time.monotonic() + minutes * frame.state.plan.machine.minute)
    return Work(step, frame, log, env, deadline)


def _forgiven(step: Step, frame: Frame, outcome: Conclusion, log: StepLog) -> Conclusion:
    if outcome != "failure":
        return outcome
    try:
        forgive = resolve(step.continue_on_error, frame.scope())
    except ExpressionError as error:
        log.error(str(error))
        return outcome
    return "success" if forgive is True else outcome


def _do(work: Work, defaults: Defaults) -> None:
    state = work.state
    state.made += 1
    channel = Channel.make(state.space.commands, state.made)
    try:
        if work.step.uses is None:
            check(run_script(_script(work, channel, defaults), state, channel, work.log), work)
        else:
            use(work, work.step.uses, run_step)
    finally:
        _take(channel, work)


def _script(work: Work, channel: Channel, defaults: Defaults) -> Script:
    scope, step = work.scope, work.step
    shell = step.shell or defaults.shell
    folder = step.working_directory or defaults.working_directory or ""
    return Script(
        text=text_of(step.run or "", scope),
        shell=text_of(shell, scope) if shell else None,
        folder=text_of(folder, scope),
        env=_environment(work) | channel.variables(),
        said=work.env,
        deadline=work.deadline,
    )


def _environment(work: Work) -> dict[str, str]:
    state, step = work.state, work.step
    action = step.id or ("__run" if step.run is not None else step.uses or "")
    fixed = state.space.environment(state.plan.contexts)
    if work.frame.folder is not None:
        fixed["GITHUB_ACTION_PATH"] = str(work.frame.folder)
    return {**state.plan.machine.environment, "PATH": state.path(), **work.env, **fixed,
            "GITHUB_ACTION": action}  # fmt: skip


def _take(channel: Channel, work: Work) -> None:
    """What the step wrote into its files; that counts also when it failed."""
    state = work.state
    work.outputs |= read_pairs(channel.output)
    for name, value in read_pairs(channel.env).items():
        if name.startswith(_NEVER_SET) or name == "NODE_OPTIONS":
            raise FileError(f"Can't set the variable '{name[:80]}' through $GITHUB_ENV")
        state.env[name] = value
    state.paths += [line for line in read(channel.path).splitlines() if line.strip()]
    if summary := read(channel.summary):
        state.summaries.append(state.masks.hide(summary))
