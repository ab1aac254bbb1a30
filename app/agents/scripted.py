"""The agent without a model: does what a scenario says. It is for the demo and the tests."""

import json
from pathlib import Path
from typing import Any

import agent_image
from app.agents.judge import ENDED, seen
from app.agents.reading import clean, count, part, tidy
from app.agents.scenario import Scenario
from app.domain.run import AgentJob, AgentOutcome, AgentResult, ExitReason, RunExit, RunSpec, Usage

_OUTCOMES = {
    "success": AgentOutcome.SUCCEEDED,
    "failure": AgentOutcome.FAILED,
    "question": AgentOutcome.NEEDS_ANSWER,
}
_PROGRAMS = Path(agent_image.__file__).parent


class ScriptedAgent:
    """Runs agent_image/scripted.py on one attempt of the scenario."""

    name = "scripted"
    capabilities = frozenset({"git", "python"})
    metered = False

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.reaches_out = scenario.gateway

    def run(self, job: AgentJob) -> RunSpec:
        return RunSpec(
            id=job.run_id,
            argv=("bash", "-c", 'exec python3 -P "$ORC_JOB/scripted.py"'),
            env={"PYTHONUTF8": "1", **(job.access.env if job.access and self.reaches_out else {})},
            files={
                "scripted.py": (_PROGRAMS / "scripted.py").read_bytes(),
                "probe.py": (_PROGRAMS / "probe.py").read_bytes(),
                "attempt.json": self._scenario.attempt(job.attempt, job.role, job.prompt),
                "prompt.md": job.prompt.encode(errors="replace"),
            },
            capabilities=self.capabilities | ({"orchestrator"} if self.reaches_out else set()),
            gateway=self.reaches_out,
        )

    def read(self, ended: RunExit) -> AgentResult:
        if ended.reason in ENDED:
            return AgentResult(*ENDED[ended.reason])
        said = _last_line(ended.stdout)
        if ended.reason is not ExitReason.EXITED or ended.exit_code != 0 or said is None:
            return AgentResult(AgentOutcome.CRASHED, seen(ended))
        tokens = part(said, "tokens")
        return AgentResult(
            _OUTCOMES[said["result"]],
            clean(said.get("text")),
            usage=Usage(count(tokens.get("input")), count(tokens.get("output"))),
            details=tidy(part(said, "details")),
        )


def _last_line(stdout: bytes) -> dict[str, Any] | None:
    """The result the program ends with, or None when its last line is not one."""
    line = stdout.rstrip().rpartition(b"\n")[2]
    try:
        said = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(result := said.get("result"), str):
        return None
    return said if result in _OUTCOMES else None
