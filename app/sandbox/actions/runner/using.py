"""Runs a `uses:` step: a stand-in of this machine, or a composite action of the repository."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from app.sandbox.actions.expression import Value, interpolate, text_of, to_text
from app.sandbox.actions.record import Conclusion
from app.sandbox.actions.runner import registry
from app.sandbox.actions.runner.log import StepLog
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.process import Command, Ended
from app.sandbox.actions.runner.state import Frame
from app.sandbox.actions.runner.uses import Use
from app.sandbox.actions.runner.work import StepCancelled, Work, check, name_of
from app.sandbox.actions.workflow import Input, Step, read_action
from app.sandbox.actions.workflow.definition import Defaults

_MAX_DEPTH = 10
RunStep: TypeAlias = Callable[[Step, Frame, StepLog, Defaults], Conclusion]


def use(work: Work, said: str, run_step: RunStep) -> None:
    given = {name: text_of(text, work.scope) for name, text in work.step.with_.items()}
    work.log.group(f"Run {said}", "\n".join(f"{name}: {text}" for name, text in given.items()))
    if said.startswith("./"):
        _composite(work, said, run_step)
        return
    stand_in = registry.find(said)
    use = Use(work.state.plan, work.state.space, work.log, work.state.masks, given,
              lambda argv, folder: _execute(work, argv, folder))  # fmt: skip
    try:
        stand_in.start(use)
    except OSError as error:
        raise StepFailed(f"{stand_in.name}: {error}") from None
    work.outputs |= use.outputs
    work.state.env |= use.env
    work.state.paths += [str(path) for path in use.paths]
    name = f"Post {name_of(work.step, work.frame)}"
    work.state.posts += [(name, post) for post in use.posts]


def _execute(work: Work, argv: Sequence[str], folder: Path) -> Ended:
    env = {"PATH": work.state.path(), "HOME": str(work.state.space.home), "LC_ALL": "C.UTF-8",
           "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}  # fmt: skip
    command = Command(argv, folder, env, work.deadline)
    ended = work.state.processes.run(command, work.state.cancel, work.log.lines)
    if ended.cancelled or ended.timed_out:
        check(ended, work)
    return ended


def _composite(work: Work, said: str, run_step: RunStep) -> None:
    if work.frame.depth >= _MAX_DEPTH:
        raise StepFailed(f"Actions call each other more than {_MAX_DEPTH} deep")
    folder = (work.state.space.workspace / said).resolve()
    if not folder.is_relative_to(work.state.space.workspace.resolve()):
        raise StepFailed(f"'{said[:200]}' is outside of the workspace")
    file = next((path for path in (folder / "action.yml", folder / "action.yaml")
                 if path.is_file()), None)  # fmt: skip
    if file is None:
        raise StepFailed(
            f"Can't find 'action.yml' or 'action.yaml' under '{folder}'. "
            "Did you forget to run actions/checkout before running your local action?"
        )
    action = read_action(file.read_bytes())
    inner = Frame(
        work.state, work.env, inputs=_inputs(work, action.inputs), folder=folder,
        depth=work.frame.depth + 1,
    )  # fmt: skip
    cancelled = False
    for step in action.steps:
        cancelled |= run_step(step, inner, work.log, Defaults()) == "cancelled"
    work.outputs |= inner.evaluated(action.outputs, work.env)
    if cancelled:
        raise StepCancelled
    if inner.failed:
        raise StepFailed(f"The action {said} failed.")


def _inputs(work: Work, known: Sequence[Input]) -> dict[str, Value]:
    given = {name: text_of(text, work.scope) for name, text in work.step.with_.items()}
    found: dict[str, Value] = {}
    for one in known:
        default = "" if one.default is None else interpolate(to_text(one.default), work.scope)
        found[one.name] = given.pop(one.name.lower(), to_text(default))
    for name in given:
        work.log.line(f"##[warning]Unexpected input '{name[:80]}'")
    return found
