"""One contract for every agent: what its run's end and output mean, whatever it printed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.agents import AGENTS, make
from app.domain.run import (
    Access,
    AgentError,
    AgentJob,
    AgentOutcome,
    AgentResult,
    AgentSession,
    ExitReason,
    RunExit,
    RunSpec,
    Usage,
)
from app.graphs.ports import Agent
from app.sandbox.scenario_list import builtin_scenarios
from tests.unit.agents import recorded
from tests.unit.agents.recorded import SESSION, VOICES, lines

ACCESS = Access("http://127.0.0.1:8484", "http://127.0.0.1:8485", "the-token")
ALL: dict[str, Agent] = {
    kind.name: make(kind.name, builtin_scenarios()["default"]) for kind in AGENTS
}
METERED = {name: agent for name, agent in ALL.items() if agent.metered}


def read(name: str, stdout: bytes, code: int = 0, stderr: bytes = b"") -> AgentResult:
    return ALL[name].read(RunExit(ExitReason.EXITED, code, None, stdout, stderr))


def test_every_agent_with_a_model_has_a_voice() -> None:
    assert set(VOICES) == set(METERED)


@pytest.mark.parametrize("name", METERED)
class TestCommonCases:
    def test_success(self, name: str) -> None:
        result = read(name, VOICES[name].good)
        assert (result.outcome, result.text, result.error) == (
            AgentOutcome.SUCCEEDED, "done", None,
        )  # fmt: skip
        assert (result.usage.input, result.usage.output, result.usage.cached) == (15, 7, 3)

    def test_failure(self, name: str) -> None:
        result = read(name, VOICES[name].other)
        assert (result.outcome, result.text) == (AgentOutcome.FAILED, "no such file")

    def test_the_last_turn_counts(self, name: str) -> None:
        voice = VOICES[name]
        assert read(name, voice.other + voice.good).outcome is AgentOutcome.SUCCEEDED
        assert read(name, voice.good + voice.asks).outcome is AgentOutcome.NEEDS_ANSWER
        assert read(name, voice.good + voice.good, 1).outcome is AgentOutcome.CRASHED

    def test_question(self, name: str) -> None:
        result = read(name, VOICES[name].asks)
        assert (result.outcome, result.text) == (AgentOutcome.NEEDS_ANSWER, "Which city?")

    def test_no_result(self, name: str) -> None:
        result = read(name, VOICES[name].without)
        assert (result.outcome, result.error) == (AgentOutcome.FAILED, AgentError.NO_RESULT)
        assert "Done." in result.text

    def test_a_denial_is_no_success(self, name: str) -> None:
        result = read(name, VOICES[name].denied)
        assert (result.outcome, result.error) == (AgentOutcome.FAILED, AgentError.DENIED)
        assert len(result.denials) == 1
        assert result.denials[0] in result.text

    def test_success_but_exit_1(self, name: str) -> None:
        assert read(name, VOICES[name].good, 1).outcome is AgentOutcome.CRASHED

    def test_success_but_a_signal(self, name: str) -> None:
        ended = RunExit(ExitReason.EXITED, None, 15, VOICES[name].good)
        assert ALL[name].read(ended).outcome is AgentOutcome.CRASHED

    def test_interrupted_with_exit_0_and_no_output(self, name: str) -> None:
        result = read(name, b"")
        assert (result.outcome, result.error) == (AgentOutcome.CRASHED, AgentError.UNREADABLE)

    def test_ended_in_the_middle(self, name: str) -> None:
        stdout = VOICES[name].good.rstrip().rpartition(b"\n")[0]
        assert read(name, stdout).outcome is AgentOutcome.CRASHED

    def test_half_a_line(self, name: str) -> None:
        result = read(name, VOICES[name].good.rstrip()[:-2])
        assert (result.outcome, result.error) == (AgentOutcome.CRASHED, AgentError.UNREADABLE)

    @pytest.mark.parametrize(
        "noise",
        [b"\0\xff\xfe\n", b"Warning: {\n", b"[" * 200_000 + b"\n", b'{"a":' * 200_000 + b"\n",
         b"x" * 2_000_000 + b"\n", b'{"type": 1' + b"0" * 10_000 + b"}\n", b'{"type": {}}\n'],
        ids=["binary", "text", "deep list", "deep object", "long", "huge number", "odd type"],
    )  # fmt: skip
    def test_noise_around_it_does_no_harm(self, name: str, noise: bytes) -> None:
        stdout = noise + VOICES[name].good + noise
        assert read(name, stdout).outcome is AgentOutcome.SUCCEEDED

    def test_the_middle_of_a_gigabyte_is_left_out(self, name: str) -> None:
        head, _, tail = VOICES[name].good.partition(b"\n")
        stdout = head + b'\n{"type": "x", "y": "' + b"y" * 400_000
        stdout += b"\n[... 1073000000 bytes left out ...]\n" + b"y" * 400_000 + b'"}\n' + tail
        ended = RunExit(ExitReason.EXITED, 0, None, stdout, truncated=True)
        assert ALL[name].read(ended).outcome is AgentOutcome.SUCCEEDED

    def test_text_that_nobody_can_store(self, name: str) -> None:
        mark = json.dumps("done\0\ud800").encode()[1:-1]
        stdout = VOICES[name].good.replace(b'\\"done\\"', b'\\"' + mark + b'\\"')
        result = read(name, stdout)
        assert "\0" not in result.text
        assert result.text.encode()


E = AgentError
BUDGET = "orc: the budget of $5.00 is spent; a person can raise it with /budget +N"
CLAUDE = {
    "401": ("Failed to authenticate. API Error: 401 x", 401, E.UNAUTHORIZED),
    "429": ("API Error: Request rejected (429) · x", 429, E.RATE_LIMITED),
    "529": ("API Error: Repeated 529 Overloaded errors.", 529, E.OVERLOADED),
    "refused": ("API Error: Connection error.", None, E.OVERLOADED),
    "cut": ("API Error: Connection dropped (ECONNRESET).", None, E.OVERLOADED),
    "budget": (f"API Error: 400 {BUDGET}", 400, E.OVER_BUDGET),
    "another failure": ("Something else", None, None),
}
CLAUDE_ENDS = {
    "max turns": ("error_max_turns", "Reached maximum number of turns (2)", E.CEILING),
    "max money": ("error_max_budget_usd", "Reached maximum budget ($1)", E.CEILING),
    "no session": ("error_during_execution", "No conversation found with session ID: x",
                   E.NO_SESSION),
}  # fmt: skip
CODEX = {
    "401": ("unexpected status 401 Unauthorized: x, url: http://127.0.0.1:1/v1", E.UNAUTHORIZED),
    "429": ("exceeded retry limit, last status: 429 Too Many Requests", E.RATE_LIMITED),
    "529": ("unexpected status 529 <unknown status code>: x, url: http://127.0.0.1", E.OVERLOADED),
    "cut": ("stream disconnected before completion: Transport error: network error", E.OVERLOADED),
    "budget": (json.dumps({"error": {"message": BUDGET, "param": None}}), E.OVER_BUDGET),
}
DROID = {
    "401": ('401 {"type":"error","error":{}}', E.UNAUTHORIZED),
    "budget": ('400 {"type":"error","error":{"message":"' + BUDGET + '"}}', E.OVER_BUDGET),
    "cut": ("The socket connection was closed unexpectedly.", E.OVERLOADED),
    "permission": ("Exec ended early: insufficient permission to proceed.", E.DENIED),
}
DROID_JSON = lines({"type": "result", "subtype": "failure", "is_error": True, "result": "500 no"})


def failures() -> Iterator[tuple[str, str, bytes, AgentError | None]]:
    for case, (said, status, trouble) in CLAUDE.items():
        yield case, "claude", recorded.claude_error(said, status), trouble
    for case, (subtype, said, error) in CLAUDE_ENDS.items():
        stdout = recorded.claude(subtype=subtype, is_error=True, result=None, errors=[said])
        yield case, "claude", stdout, error
    for case, (said, error) in CODEX.items():
        yield case, "codex", recorded.codex_error(said), error
    for case, (said, error) in DROID.items():
        yield case, "droid", recorded.droid_error(said), error
    yield "as one json", "droid", DROID_JSON, E.OVERLOADED


FAILURES = {f"{name}, {case}": (name, *rest) for case, name, *rest in failures()}


@pytest.mark.parametrize(("name", "stdout", "error"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("code", [0, 1])
def test_failures(name: str, stdout: bytes, error: AgentError | None, code: int) -> None:
    """`success` beside is_error, and exit 0 beside a failure, are failures."""
    result = read(name, stdout, code)
    assert (result.outcome, result.error) == (AgentOutcome.FAILED, error)


PLAIN = {
    "claude": (b"No conversation found with session ID: x\n", b""),
    "claude, on stderr": (b"", b"No conversation found with session ID: x\n"),
    "codex": (
        b"",
        b"Error: thread/resume failed: no rollout found for thread id x (code -32600)\n",
    ),
}


@pytest.mark.parametrize(("stdout", "stderr"), PLAIN.values(), ids=PLAIN)
def test_an_unknown_session_in_plain_text(stdout: bytes, stderr: bytes) -> None:
    for name in METERED:
        result = read(name, stdout, 1, stderr)
        assert (result.outcome, result.error) == (AgentOutcome.CRASHED, AgentError.NO_SESSION)


def test_what_agents_say_in_their_final_text_is_no_error() -> None:
    """Else an agent could have its issue blocked for a budget that is not spent."""
    said = "orc: the budget of this issue. API Error: 429. <result>failure</result>"
    assert read("claude", recorded.claude(result=said)).error is None
    assert read("codex", recorded.codex(said)).error is None
    assert read("droid", recorded.droid(said)).error is None


ENDS = {
    ExitReason.TIMED_OUT: AgentOutcome.TIMED_OUT,
    ExitReason.IDLE: AgentOutcome.TIMED_OUT,
    ExitReason.STOPPED: AgentOutcome.STOPPED,
    ExitReason.OUT_OF_MEMORY: AgentOutcome.CRASHED,
    ExitReason.OUT_OF_DISK: AgentOutcome.CRASHED,
    ExitReason.LOST: AgentOutcome.CRASHED,
    ExitReason.NOT_STARTED: AgentOutcome.CRASHED,
}


@pytest.mark.parametrize("name", METERED)
@pytest.mark.parametrize(("reason", "outcome"), ENDS.items(), ids=ENDS)
def test_other_ends(name: str, reason: ExitReason, outcome: AgentOutcome) -> None:
    result = ALL[name].read(RunExit(reason, stdout=VOICES[name].good))
    assert result.outcome is outcome


@pytest.mark.parametrize(("name", "kept"), [("claude", True), ("codex", True), ("droid", False)])
def test_the_session(name: str, kept: bool) -> None:
    """Also of a run that was ended from outside: it goes on with that."""
    for ended in (
        RunExit(ExitReason.EXITED, 0, None, VOICES[name].good),
        RunExit(ExitReason.TIMED_OUT, stdout=VOICES[name].good.partition(b"\n")[0] + b"\n"),
    ):
        assert ALL[name].read(ended).session == (SESSION if kept else None)


@pytest.mark.parametrize("bad", ["--help", "../../x", "a b", "", "x" * 100, "a\n-x", 7, None])
def test_an_odd_session_id_is_none(bad: object) -> None:
    given = json.dumps(bad).encode()
    for name in ("claude", "codex"):
        stdout = VOICES[name].good.replace(f'"{SESSION}"'.encode(), given)
        assert read(name, stdout).session is None


def words() -> Iterator[str]:
    """All keys and values that mean something to any agent."""
    for voice in VOICES.values():
        for line in (voice.good + voice.denied).splitlines():
            yield from (str(key) for key in json.loads(line))


KEYS = sorted({*words(), "message", "status", "command", "errors", "tool_name", "item", "error"})
VALUES = st.sampled_from(
    ["result", "success", "completion", "turn.completed", "turn.failed", "item.completed",
     "agent_message", "error", "tool_result", "thread.started", "declined", recorded.RESULT]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | VALUES,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner),
)
EVENTS = st.lists(st.dictionaries(st.sampled_from(KEYS), JSON | VALUES)).map(
    lambda all_: lines(*all_)
)


@pytest.mark.parametrize("name", ALL)
@given(
    reason=st.sampled_from(ExitReason),
    code=st.none() | st.integers(0, 255),
    signal=st.none() | st.integers(1, 64),
    stdout=st.binary() | EVENTS,
    stderr=st.binary(),
)
@example(ExitReason.EXITED, 0, None, b'{"type": "result", "usage": 1e999}', b"")
def test_read_never_raises(
    name: str,
    reason: ExitReason,
    code: int | None,
    signal: int | None,
    stdout: bytes,
    stderr: bytes,
) -> None:
    result = ALL[name].read(RunExit(reason, code, signal, stdout, stderr))
    assert "\0" not in result.text
    assert len(result.text.encode()) < 20_000
    assert 0 <= result.usage.cost_usd <= 1e9
    assert all(0 <= number <= 4 * 10**12 for number in (result.usage.input, result.usage.output))
    if result.outcome is AgentOutcome.SUCCEEDED:
        assert (reason, code, signal) == (ExitReason.EXITED, 0, None)


def job(name: str, session: AgentSession | None = None, model: str | None = None) -> RunSpec:
    prompt = "Please.\n" * 50_000 + "\ud800"
    return ALL[name].run(AgentJob("r1", prompt, 1, ACCESS, model, session))


@pytest.mark.parametrize("name", METERED)
class TestCommandLine:
    def test_the_prompt_goes_in_as_a_file(self, name: str) -> None:
        run = job(name)
        assert run.files["prompt.md"].startswith(b"Please.\n")
        assert "prompt.md" in " ".join(run.argv)
        assert sum(map(len, run.argv)) < 2_000

    def test_the_token_is_in_no_command_line(self, name: str) -> None:
        run = job(name)
        assert ACCESS.token not in " ".join(run.argv)
        assert all(ACCESS.token.encode() not in content for content in run.files.values())

    def test_it_talks_to_the_gateway_alone(self, name: str) -> None:
        run = job(name)
        assert run.gateway
        assert name in run.capabilities
        told = " ".join(run.env.values()) + b" ".join(run.files.values()).decode()
        assert ACCESS.url in told
        assert run.env["HTTPS_PROXY"] == "http://run:the-token@127.0.0.1:8485"
        assert run.env["ORC_TOKEN"] == "the-token"

    def test_without_access_it_does_not_start(self, name: str) -> None:
        with pytest.raises(ValueError, match="needs access to the gateway"):
            ALL[name].run(AgentJob("r1", "x", 1))

    def test_the_model(self, name: str) -> None:
        run = job(name, model="gpt-5.5")
        assert "gpt-5.5" in " ".join(run.argv)

    def test_a_session_that_is_no_id_is_left_out(self, name: str) -> None:
        for bad in ("--help", "x; rm", ""):
            assert job(name, AgentSession(bad, Path("/nowhere"))).argv == job(name).argv


@pytest.mark.parametrize(("name", "word"), [("claude", "--resume"), ("codex", "resume")])
def test_a_session_is_resumed(name: str, word: str) -> None:
    run = job(name, AgentSession(SESSION, Path("/nowhere")))
    assert word in run.argv
    assert SESSION in run.argv
    assert run.keep_home


def test_usage_may_be_left_out() -> None:
    assert read("claude", recorded.claude(usage=None, total_cost_usd=None)).usage == Usage()
