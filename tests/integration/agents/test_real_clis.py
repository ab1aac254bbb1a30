"""The agents' own programs at work, with a fake model on loopback that says what they are to do."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.run import AgentError, AgentOutcome, AgentResult, ExitReason
from app.executors.process import ProcessExecutor
from app.roles import developer
from app.sandbox.models import FakeModels, Script, builtin_scripts, load_script
from app.sandbox.sample import sample_repository
from tests.integration.agents import programs
from tests.integration.agents.desk import LIMITS, Desk, git, session_of

AGENTS = ("claude", "codex", "droid")
E = AgentError
MakeDesk = Callable[[Script], Desk]


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{programs.folder()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def started() -> Iterator[list[FakeModels]]:
    models: list[FakeModels] = []
    yield models
    for one in models:
        one.stop()


@pytest.fixture
async def desk(tmp_path: Path, started: list[FakeModels]) -> AsyncIterator[MakeDesk]:
    executor = ProcessExecutor(tmp_path / "state", grace_seconds=0.5)

    def make(script: Script) -> Desk:
        models = FakeModels(script)
        models.start()
        started.append(models)
        return Desk(executor, sample_repository(tmp_path / "origin"), models)

    yield make
    await executor.remove(await executor.known())


def turns(*all_: dict[str, Any], when: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"when": when, "turns": all_}


def script(*cases: dict[str, Any]) -> Script:
    return Script.model_validate({"name": "test", "description": "test", "cases": cases})


def said(text: str, sent: int = 100, wrote: int = 10) -> dict[str, Any]:
    return {"text": text, "usage": {"input": sent, "output": wrote, "cached": sent // 2}}


DONE = said("All is well. <result>success: it works</result>")


def prompt(attempt: int, *failures: str) -> str:
    title, body = "Which of our cities is the warmest?", "Please add `GET /warmest`."
    return developer.prompt(developer.Brief(title, body, "make test", attempt, failures))


def usage(result: AgentResult) -> dict[str, int]:
    used = result.usage
    return {"input": used.input, "output": used.output, "cached": used.cached}


@pytest.mark.parametrize("name", AGENTS)
async def test_writes_code_with_its_own_tools(name: str, desk: MakeDesk, tmp_path: Path) -> None:
    """A bug that a test finds, then the fix, in the same session where the agent can."""
    at = desk(load_script(builtin_scripts()["default"]))
    ended, result = await at.work(name, "first", prompt(1))
    assert result.outcome is AgentOutcome.SUCCEEDED, (result, ended.stderr[-2000:])
    assert result.text == "Added `GET /warmest` and a test for it."
    assert usage(result) == at.sent("first").model_dump()
    at.take(ended)
    assert git(at.origin, "log", "-1", "--format=%s %an") == "Add GET /warmest agent\n"
    code, printed = at.tests()
    assert code == 1
    assert "assert 'Toronto' == 'Lisbon'" in printed

    session = session_of(result, ended, tmp_path / "home") if result.session else None
    ended, result = await at.work(name, "second", prompt(2, printed), session)
    assert result.outcome is AgentOutcome.SUCCEEDED, (result, ended.stderr[-2000:])
    at.take(ended)
    assert at.tests()[0] == 0
    changed = git(at.origin, "diff", "--name-only", "HEAD~2").split()
    assert changed == ["README.md", "src/weather/api.py", "tests/test_warmest.py"]
    assert at.sent("second").input == 21370 + 22815 + 24390 + 24502


@pytest.mark.parametrize("name", ["claude", "codex"])
async def test_goes_on_with_its_session(name: str, desk: MakeDesk, tmp_path: Path) -> None:
    at = desk(script(turns(said("Two. <result>success</result>", 300, 30), when=("again",)),
                     turns(said("One. <result>success</result>"))))  # fmt: skip
    ended, first = await at.work(name, "first", "please")
    _, second = await at.work(name, "second", "again", session_of(first, ended, tmp_path / "home"))
    assert (second.outcome, second.text) == (AgentOutcome.SUCCEEDED, "Two.")
    assert second.session == first.session
    asked = [entry for entry in at.models.ledger.entries if entry.key == "second"]
    assert [entry.earlier for entry in asked] == [1]
    # Codex counts all of its session, so what it says can't be booked twice: the gateway counts.
    counted = at.sent("first", "second") if name == "codex" else at.sent("second")
    assert usage(second) == counted.model_dump()


@pytest.mark.parametrize("name", ["claude", "codex"])
async def test_an_unknown_session(name: str, desk: MakeDesk, tmp_path: Path) -> None:
    at = desk(script(turns(DONE)))
    ended, result = await at.work(name, "first", "please")
    session = session_of(result, ended, tmp_path / "home")
    gone = replace(session, id="11111111-2222-4333-8444-555555555555")
    _, result = await at.work(name, "second", "again", gone)
    assert result.error is E.NO_SESSION
    assert result.outcome is not AgentOutcome.SUCCEEDED
    assert at.sent("second").input == 0


def fault(**given: Any) -> dict[str, Any]:
    return {**DONE, "fault": given}


BUDGET = {"status": 400, "message": "orc: the budget of $5.00 is spent; a person can raise it"}
# Droid tries for minutes where an error may pass, so it is asked little.
LASTING = {
    "401": (fault(status=401, times=0), E.UNAUTHORIZED, AGENTS),
    "429": (fault(status=429, retry_after=1, times=0), E.RATE_LIMITED, ("claude", "codex")),
    "529": (fault(status=529, times=0), E.OVERLOADED, ("claude", "codex")),
    "cut": (fault(cut=3, times=0), E.OVERLOADED, ("claude", "codex")),
    "budget": (fault(**BUDGET, times=0), E.OVER_BUDGET, AGENTS),
}
LASTING_OF = {
    f"{name}, {case}": (name, turn, error)
    for case, (turn, error, names) in LASTING.items()
    for name in names
}


@pytest.mark.parametrize(("name", "turn", "error"), LASTING_OF.values(), ids=LASTING_OF)
async def test_an_error_that_stays(
    name: str, turn: dict[str, Any], error: AgentError, desk: MakeDesk
) -> None:
    at = desk(script(turns(turn)))
    ended, result = await at.work(name, "run", "please")
    assert (result.outcome, result.error) == (AgentOutcome.FAILED, error), result
    assert ended.exit_code == 1


PASSING = {
    "429": (fault(status=429, retry_after=1), AGENTS),
    "529": (fault(status=529), ("claude", "codex")),
    "cut": (fault(cut=3), ("claude", "codex")),
    "slow": (fault(pause=0.02), ("claude", "codex")),
}
PASSING_OF = {
    f"{name}, {case}": (name, turn) for case, (turn, names) in PASSING.items() for name in names
}


@pytest.mark.parametrize(("name", "turn"), PASSING_OF.values(), ids=PASSING_OF)
async def test_an_error_that_passes(name: str, turn: dict[str, Any], desk: MakeDesk) -> None:
    at = desk(script(turns(turn)))
    _, result = await at.work(name, "run", "please")
    assert (result.outcome, result.text) == (AgentOutcome.SUCCEEDED, "it works"), result
    assert [entry.status for entry in at.models.ledger.entries][-1] == 200


@pytest.mark.parametrize("name", AGENTS)
async def test_no_result(name: str, desk: MakeDesk) -> None:
    at = desk(script(turns(said("I have done something."))))
    _, result = await at.work(name, "run", "please")
    assert (result.outcome, result.error) == (AgentOutcome.FAILED, E.NO_RESULT)


@pytest.mark.parametrize("name", AGENTS)
async def test_its_deadline(name: str, desk: MakeDesk) -> None:
    at = desk(script(turns(fault(pause=600, times=0))))
    limits = replace(LIMITS, wall_seconds=4)
    ended, result = await at.work(name, "run", "please", limits=limits)
    assert ended.reason is ExitReason.TIMED_OUT
    assert result.outcome is AgentOutcome.TIMED_OUT


@pytest.mark.parametrize("name", ["claude", "codex"])
async def test_goes_on_after_its_deadline(name: str, desk: MakeDesk, tmp_path: Path) -> None:
    """It was ended while a tool of its own ran; its session is whole enough to go on with."""
    waits = {"calls": [{"bash": "tail -f /dev/null"}], "usage": {"input": 5, "output": 1}}
    at = desk(script(turns(DONE, when=("again",)), turns(waits)))
    ended, first = await at.work(name, "first", "please", limits=replace(LIMITS, wall_seconds=4))
    assert first.outcome is AgentOutcome.TIMED_OUT
    _, second = await at.work(name, "second", "again", session_of(first, ended, tmp_path / "home"))
    assert second.outcome is AgentOutcome.SUCCEEDED, second
    (asked,) = [entry for entry in at.models.ledger.entries if entry.key == "second"]
    assert asked.earlier >= 1  # Claude Code adds an answer of its own after what was cut


async def test_claude_is_denied_and_exits_0(desk: MakeDesk) -> None:
    hook = {"write": {"path": ".git/hooks/pre-commit", "content": "exit 1"}}
    at = desk(script(turns({"calls": [hook]}, DONE)))
    ended, result = await at.work("claude", "run", "please")
    assert ended.exit_code == 0
    assert (result.outcome, result.error) == (AgentOutcome.FAILED, E.DENIED)
    assert result.denials == ("Write",)


@pytest.mark.parametrize(("name", "tool"), [("claude", "WebFetch"), ("droid", "FetchUrl")])
async def test_no_tool_for_the_web(name: str, tool: str, desk: MakeDesk) -> None:
    fetch = {"tool": {"name": tool, "input": {"url": "http://127.0.0.1:9", "prompt": "x"}}}
    at = desk(script(turns({"calls": [fetch]}, DONE)))
    ended, _ = await at.work(name, "run", "please")
    assert b"No such tool available" in ended.stdout or b"is not permitted" in ended.stdout


@pytest.mark.parametrize("name", AGENTS)
async def test_its_shell_sees_the_gateway(name: str, desk: MakeDesk) -> None:
    """The `orchestrator` command is run from there."""
    look = 'test -n "$ORC_GATEWAY" && git config --get core.x; echo "$ORC_TOKEN" >token.txt'
    at = desk(script(turns({"calls": [{"bash": look}]}, DONE)))
    ended, result = await at.work(name, "the-run", "please")
    assert result.outcome is AgentOutcome.SUCCEEDED
    at.take(ended)
    assert (at.origin / "token.txt").read_text() == "the-run\n"
