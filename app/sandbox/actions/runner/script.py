"""Runs a `run:` step: its script, its shell, and what it says through files and log lines."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox.actions.runner.files import Channel, log_command
from app.sandbox.actions.runner.log import StepLog
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.process import Command, Ended
from app.sandbox.actions.runner.state import JobState

_SHELLS: dict[str | None, tuple[str, ...]] = {
    None: ("bash", "-e"),  # GitHub adds pipefail only where bash was named
    "bash": ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail"),
    "sh": ("sh", "-e"),
    "python": ("python3",),
}
_SHOWN = {"error": "##[error]", "warning": "##[warning]", "notice": "##[notice]",
          "debug": "##[debug]", "group": "##[group]", "endgroup": "##[endgroup]"}  # fmt: skip
_GONE = frozenset({"set-output", "save-state", "set-env", "add-path"})


@dataclass(frozen=True, slots=True)
class Script:
    text: str
    shell: str | None
    folder: str  # below the workspace
    env: Mapping[str, str]
    said: Mapping[str, str]  # of `env`, what the workflow said itself
    deadline: float


def run_script(script: Script, state: JobState, channel: Channel, log: StepLog) -> Ended:
    if script.shell not in _SHELLS:
        raise StepFailed(f"The sandbox has no shell '{script.shell}': bash, sh or python")
    folder = (state.space.workspace / script.folder).resolve()
    if not folder.is_dir():
        raise StepFailed(f"The working directory '{folder}' does not exist")
    suffix = ".py" if script.shell == "python" else ".sh"
    file = channel.env.with_suffix(suffix)
    file.write_text(script.text + "\n")
    argv = _program(_SHELLS[script.shell], script.env["PATH"])
    _announce(script, argv, log)
    command = Command([*argv, str(file)], folder, script.env, script.deadline)
    listener = Listener(state, log)
    try:
        ended = state.processes.run(command, state.cancel, listener)
    except (OSError, ValueError) as error:
        raise StepFailed(f"{argv[0]} can't be started: {error}") from None
    if listener.refused:
        raise StepFailed(f"`::{listener.refused}::` is disabled: write to the file that is "
                         "named in the environment, e.g. $GITHUB_OUTPUT")  # fmt: skip
    return ended


def _program(shell: tuple[str, ...], path: str) -> list[str]:
    program = shutil.which(shell[0], path=path)
    if program is None:
        raise StepFailed(f"{shell[0]} is not on PATH: a step before must set it up")
    return [program, *shell[1:]]


def _announce(script: Script, argv: list[str], log: StepLog) -> None:
    first = next((line for line in script.text.splitlines() if line.strip()), "")
    shown = [script.text.rstrip(), f"shell: {' '.join(argv)} {{0}}"]
    if script.said:
        shown += ["env:", *(f"  {name}: {value}" for name, value in script.said.items())]
    log.group(f"Run {first}", "\n".join(shown))


class Listener:
    """Hears each line of output: commands are done, all else is logged."""

    def __init__(self, state: JobState, log: StepLog) -> None:
        self._state, self._log = state, log
        self.refused = ""
        self._until = ""  # commands are not heeded before this word comes

    def __call__(self, lines: list[str]) -> None:
        for line in lines:
            self._hear(line)
        self._log.flush()

    def _hear(self, line: str) -> None:
        command = log_command(line) if line.lstrip().startswith("::") else None
        if self._until:
            if line.strip() == f"::{self._until}::":
                self._until = ""
            self._log.line(line)
        elif command is None:
            self._log.line(line)
        elif command.name == "add-mask":
            self._state.masks.add(command.text)
            self._log.line("::add-mask::***")
        elif command.name == "stop-commands":
            self._until = command.text
        elif command.name in _GONE:
            self.refused = command.name
        elif command.name in _SHOWN:
            self._log.line(f"{_SHOWN[command.name]}{command.text}")
        else:
            self._log.line(line)
