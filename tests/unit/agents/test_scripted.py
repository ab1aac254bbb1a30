import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.scenario import Scenario, load_scenario
from app.agents.scripted import ScriptedAgent
from app.domain.run import AgentJob, AgentOutcome, ExitReason, RunExit
from app.graphs.ports import Agent
from app.sandbox.scenario_list import builtin_scenarios


def scenario(*attempts: list[dict[str, object]]) -> Scenario:
    steps = [list(attempt) for attempt in attempts]
    return Scenario.model_validate({"name": "x", "description": "x", "attempts": steps})


AGENT: Agent = ScriptedAgent(scenario([{"say": "one"}], [{"hang": None}]))


@pytest.mark.parametrize(
    ("attempt", "steps"),
    [(1, [{"say": "one"}]), (2, [{"hang": None}]), (3, [{"hang": None}]), (99, [{"hang": None}])],
)
def test_the_last_attempt_is_repeated(attempt: int, steps: list[object]) -> None:
    run = AGENT.run(AgentJob("r1", "please", attempt))
    assert json.loads(run.files["attempt.json"]) == {"steps": steps}
    assert run.files["prompt.md"] == b"please"
    assert run.id == "r1"


def exited(
    stdout: bytes, code: int | None = 0, signal: int | None = None, stderr: bytes = b""
) -> RunExit:
    return RunExit(ExitReason.EXITED, code, signal, stdout, stderr)


GOOD = b'{"result": "success", "text": "done", "tokens": {"input": 7, "output": 3}}'
BAD = b'{"result": "failure", "text": "no way", "tokens": {}}'

OUTCOMES = {
    "success": (exited(b"hello\n" + GOOD + b"\n"), AgentOutcome.SUCCEEDED, "done"),
    "success, no newline": (exited(GOOD), AgentOutcome.SUCCEEDED, "done"),
    "after binary": (exited(b"\0\xff\xfe\n" + GOOD), AgentOutcome.SUCCEEDED, "done"),
    "failure": (exited(BAD), AgentOutcome.FAILED, "no way"),
    "success, but exit 1": (exited(GOOD, 1), AgentOutcome.CRASHED, "exit code 1"),
    "failure, but exit 1": (exited(BAD, 1), AgentOutcome.CRASHED, "exit code 1"),
    "signal": (exited(GOOD, None, 11), AgentOutcome.CRASHED, "signal 11"),
    "silent": (exited(b""), AgentOutcome.CRASHED, "It said nothing."),
    "not last": (exited(GOOD + b"\nbye"), AgentOutcome.CRASHED, "not a result. It last said"),
    "stderr": (exited(b"", 2, None, b"Traceback"), AgentOutcome.CRASHED, "said: Traceback"),
    "glued to binary": (exited(b"\xff" + GOOD), AgentOutcome.CRASHED, "not a result"),
    "half": (exited(GOOD[:-3]), AgentOutcome.CRASHED, "not a result"),
    "list": (exited(b"[1]"), AgentOutcome.CRASHED, "not a result"),
    "other word": (exited(b'{"result": "maybe"}'), AgentOutcome.CRASHED, "not a result"),
    "other type": (exited(b'{"result": ["success"]}'), AgentOutcome.CRASHED, "not a result"),
    "deep": (exited(b"[" * 100_000), AgentOutcome.CRASHED, "not a result"),
    "huge number": (exited(b"9" * 10_000), AgentOutcome.CRASHED, "not a result"),
    "wall": (RunExit(ExitReason.TIMED_OUT, stdout=GOOD), AgentOutcome.TIMED_OUT, "time it had"),
    "idle": (RunExit(ExitReason.IDLE, stdout=GOOD), AgentOutcome.TIMED_OUT, "nothing for too long"),
    "stopped": (RunExit(ExitReason.STOPPED, stdout=GOOD), AgentOutcome.STOPPED, "stopped"),
    "lost": (RunExit(ExitReason.LOST, detail="gone"), AgentOutcome.CRASHED, "lost: gone"),
    "not started": (
        RunExit(ExitReason.NOT_STARTED, detail="no python"),
        AgentOutcome.CRASHED,
        "not started: no python",
    ),
}


@pytest.mark.parametrize(("ended", "outcome", "text"), OUTCOMES.values(), ids=OUTCOMES)
def test_read(ended: RunExit, outcome: AgentOutcome, text: str) -> None:
    result = AGENT.read(ended)
    assert result.outcome is outcome
    assert text in result.text


def test_tokens() -> None:
    result = AGENT.read(exited(GOOD))
    assert (result.usage.input, result.usage.output) == (7, 3)


@pytest.mark.parametrize(
    "tokens", ["null", "[]", '{"input": -1}', '{"input": "7"}', '{"input": 1.5}', '{"input": true}']
)
def test_tokens_that_make_no_sense_are_none(tokens: str) -> None:
    line = f'{{"result": "success", "tokens": {tokens}}}'.encode()
    result = AGENT.read(exited(line))
    assert (result.outcome, result.usage.input) == (AgentOutcome.SUCCEEDED, 0)


@given(
    st.sampled_from(ExitReason),
    st.none() | st.integers(0, 255),
    st.none() | st.integers(1, 64),
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["result", "text", "tokens", "input"]), inner)
        ),
    ).map(lambda value: json.dumps(value).encode())
    | st.from_regex(rb'\{"result": "(success|failure)", "text": "(\\u[0-9a-d]{4})*"\}'),
    st.binary(),
)
def test_read_never_raises(
    reason: ExitReason, code: int | None, signal: int | None, stdout: bytes, stderr: bytes
) -> None:
    result = AGENT.read(RunExit(reason, code, signal, stdout, stderr))
    assert "\0" not in result.text
    assert len(result.text.encode()) < 20_000
    assert 0 <= result.usage.input <= 10**12
    if result.outcome in (AgentOutcome.SUCCEEDED, AgentOutcome.FAILED):
        assert (reason, code) == (ExitReason.EXITED, 0)


@pytest.mark.parametrize(("name", "path"), builtin_scenarios().items())
def test_builtin_scenarios_are_good(name: str, path: Path) -> None:
    found = load_scenario(path)
    assert found.name == name
    assert "\n" not in found.description
    assert found.issue is not None
