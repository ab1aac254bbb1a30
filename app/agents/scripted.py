"""The agent without a model: does what a scenario says. It is for the demo and the tests."""

import json
from pathlib import Path
from typing import Any

import agent_image
from app.agents.scenario import Scenario
from app.domain.run import AgentJob, AgentOutcome, AgentResult, ExitReason, RunExit, RunSpec, Usage

_PROGRAM = Path(agent_image.__file__).with_name("scripted.py")
_TEXT_CHARACTERS = 4000
_TOKENS = 10**12
_ENDED = {
    ExitReason.TIMED_OUT: (AgentOutcome.TIMED_OUT, "It did not end in the time it had."),
    ExitReason.IDLE: (AgentOutcome.TIMED_OUT, "It said nothing for too long and was ended."),
    ExitReason.STOPPED: (AgentOutcome.STOPPED, "It was stopped."),
}


class ScriptedAgent:
    """Runs agent_image/scripted.py on one attempt of the scenario."""

    name = "scripted"
    capabilities = frozenset({"git", "python"})
    metered = False

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.reaches_out = False

    def run(self, job: AgentJob) -> RunSpec:
        return RunSpec(
            id=job.run_id,
            argv=("bash", "-c", 'exec python3 -P "$ORC_JOB/scripted.py"'),
            env={"PYTHONUTF8": "1"},
            files={
                "scripted.py": _PROGRAM.read_bytes(),
                "attempt.json": self._scenario.attempt(job.attempt),
                "prompt.md": job.prompt.encode(errors="replace"),
            },
            capabilities=self.capabilities,
        )

    def read(self, ended: RunExit) -> AgentResult:
        if ended.reason in _ENDED:
            return AgentResult(*_ENDED[ended.reason])
        said = _last_line(ended.stdout)
        if ended.reason is not ExitReason.EXITED or ended.exit_code != 0 or said is None:
            return AgentResult(AgentOutcome.CRASHED, _seen(ended))
        good = said["result"] == "success"
        tokens = said.get("tokens")
        tokens = tokens if isinstance(tokens, dict) else {}
        return AgentResult(
            AgentOutcome.SUCCEEDED if good else AgentOutcome.FAILED,
            _clean(said.get("text")),
            usage=Usage(_count(tokens.get("input")), _count(tokens.get("output"))),
        )


def _last_line(stdout: bytes) -> dict[str, Any] | None:
    """The result the program ends with, or None when its last line is not one."""
    line = stdout.rstrip().rpartition(b"\n")[2]
    try:
        said = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("result") not in ("success", "failure"):
        return None
    return said


def _count(value: object) -> int:
    good = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), _TOKENS) if good and isinstance(value, int) else 0


def _clean(value: object) -> str:
    """Text that a database and an issue can hold: no NUL, no lone surrogate, not endless."""
    text = value if isinstance(value, str) else ""
    return text.replace("\0", "").encode(errors="replace").decode()[:_TEXT_CHARACTERS]


def _seen(ended: RunExit) -> str:
    if ended.reason is not ExitReason.EXITED:
        what = f"The run was {ended.reason}: {ended.detail or 'nothing more is known'}."
    elif ended.signal is not None:
        what = f"It was ended by signal {ended.signal}."
    elif ended.exit_code:
        what = f"It ended with exit code {ended.exit_code} and no result."
    else:
        what = "It ended with exit code 0, but its last line is not a result."
    said = (ended.stderr.strip() or ended.stdout.strip())[-500:].decode(errors="replace")
    return _clean(f"{what} It last said: {said}" if said else f"{what} It said nothing.")
