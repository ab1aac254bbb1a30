"""What a demo looks like: within the terminal's width, without colours where none are wanted."""

import io
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from app.cli.demo.busy import Busy
from app.cli.demo.options import Options, keeping
from app.cli.demo.outcome import Outcome
from app.cli.demo.screen import Screen
from app.domain.record import Attempt, Record, Visit
from app.domain.stage import Stage

HEAD = "edc13f7162" * 4
TEST = "tests/test_warmest.py::test_warmest_is_the_city_with_the_highest_temperature"
WHY = "AssertionError: assert 'Toronto' == 'Lisbon', as the temperature of the one is " + "9" * 50
FAILED = Attempt(1, "failed", HEAD, 8, 1, failures=(f"{TEST} — {WHY}",))
REFUSED = Attempt(2, "refused", detail="The work changes no file. Commit what you changed. " * 3)
PASSED = Attempt(3, "passed", HEAD, 10)
RECORD = Record(
    stage=Stage.DONE,
    attempts=(FAILED, REFUSED, PASSED),
    history=(Visit(Stage.BUILDING, datetime(2026, 1, 2, tzinfo=UTC)),),
    pull_request=2,
)
MERGED = Outcome(
    stage=Stage.DONE,
    stages=(),
    record=RECORD,
    tokens=1_041_100,
    cost_usd=12.5,
    issue=1,
    head_sha=HEAD,
    merged=True,
    api_requests=113,
    content_writes=13,
    git_requests=111,
    seconds=109.44,
    stat=" README.md | 1 +",
)
COLOUR = re.compile(r"\x1b\[[0-9;]*\b(?:3[0-7]|4[0-7]|9[0-7]|38|48)\b[0-9;]*m")


def shown(width: int, record: Record = RECORD, result: Outcome = MERGED) -> list[str]:
    """All that is said from the first line to the last, without a terminal."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    screen = Screen(as_json=False, console=console)
    screen.title("mine", "A description of some length, which says what the agent is to do. " * 2)
    with screen.working("Preparing Python for the new project"):
        pass
    screen.note("ANTHROPIC_API_KEY is not set, so the scripted model server answers claude. " * 2)
    screen.opened(
        1, "Which of our cities is the warmest of all of them right now? " * 2, "http://x"
    )
    screen.progress(record)
    screen.said("alice", "On the first page, please, with all of the cities that we have. " * 2)
    screen.result(result)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    lines = shown(width)
    assert max(map(cell_len, lines)) <= width
    assert not any(line.endswith("…") for line in lines)  # and nothing is cut


@pytest.mark.parametrize("width", [80, 120])
def test_why_an_attempt_failed_is_told_whole(width: int) -> None:
    said = " ".join(" ".join(shown(width)).split())
    assert f"attempt 1 at {HEAD[:10]}: 8 passed, 1 failed" in said
    assert TEST.rpartition("::")[2] in said
    assert WHY in said
    assert "attempt 2: refused" in said
    assert REFUSED.detail.strip() in said


def test_a_merge_is_told_in_three_lines() -> None:
    assert shown(80)[-3:] == [
        f"Merged #2 — 10 tests passed on a fresh checkout of {HEAD[:10]}",
        "113 requests to GitHub (13 create content), 111 by git",
        "1,041,100 tokens · $12.50 · 109.4 s",
    ]


def test_a_merge_elsewhere_names_the_repository() -> None:
    lines = shown(80, result=replace(MERGED, project="lobby-menu"))
    assert lines[-3].startswith("Merged lobby-menu #2 — 10 tests")


def test_what_a_person_does_is_told() -> None:
    said = " ".join(" ".join(shown(80)).split())
    assert "alice On the first page, please, with all of the cities that we have." in said


def test_what_is_blocked_says_why() -> None:
    blocked = replace(RECORD, stage=Stage.BLOCKED, reason="All 3 attempts are spent. " * 8)
    lines = shown(80, result=replace(MERGED, stage=Stage.BLOCKED, merged=False, record=blocked))
    assert blocked.reason.strip() in " ".join(" ".join(lines).split())


def test_a_working_step_is_timed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    console = Console(file=io.StringIO(), width=80)
    screen = Screen(as_json=False, console=console)
    for seconds in (3.0, 4.0):
        with screen.working("A step"):
            now[0] += seconds
    assert isinstance(console.file, io.StringIO)
    assert re.findall(r"A step  (\S+) s", console.file.getvalue()) == ["3.0", "4.0"]


# The line that moves


def following(record: Record, pushed: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the line at the bottom says of it."""
    said: list[str] = []
    monkeypatch.setattr(Busy, "show", lambda self, text, began, timed: said.append(text))
    screen = Screen(as_json=False, console=Console(file=io.StringIO()))
    screen.progress(record, pushed=pushed)
    return said[-1] if said else ""


BUILDING = replace(RECORD, stage=Stage.BUILDING, attempts=(FAILED,))
MOVES = [
    ("nothing pushed", replace(BUILDING, attempts=()), "", "attempt 1 · the agent"),
    ("pushed", replace(BUILDING, attempts=()), HEAD, "attempt 1 · its tests"),
    ("tested", BUILDING, HEAD, "attempt 2 · the agent"),
    ("pushed again", BUILDING, "f" * 40, "attempt 2 · its tests"),
    ("in review", replace(RECORD, stage=Stage.REVIEW), HEAD, "Review"),
    ("done", RECORD, HEAD, ""),
]


@pytest.mark.parametrize(
    ("record", "pushed", "says"), [case[1:] for case in MOVES], ids=[case[0] for case in MOVES]
)
def test_it_says_who_is_at_work(
    record: Record, pushed: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = following(record, pushed, monkeypatch)
    assert said.endswith(says)
    assert bool(said) == bool(says)


def test_it_stands_where_lines_will_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 112.3)
    busy = Busy(Console(file=io.StringIO()))
    busy.show("Building", 100.0, timed=True)
    assert re.fullmatch(r"  \S 12\.3 s  Building", busy.line().plain)
    busy.show("Setting up", 100.0)
    assert re.fullmatch(r"  \S Setting up … 12 s", busy.line().plain)
    busy.stop()


def test_without_colours_it_is_still_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    console = Console(file=io.StringIO(), force_terminal=True, highlight=False)
    screen = Screen(as_json=False, console=console)
    with screen.working("A step"):
        pass
    screen.result(MERGED)
    assert isinstance(console.file, io.StringIO)
    assert console.width == 120
    assert re.search(r"\S A step", console.file.getvalue())
    assert COLOUR.search(console.file.getvalue()) is None


# Once more


AGAIN = [
    (Options(None, None, "default", "scripted", "process", False, False), "demo --keep"),
    (Options(None, None, "team", "scripted", "process", False, False), "--scenario team --keep"),
    (
        Options(Path("my repo"), None, "default", "claude", "docker", False, False),
        "demo --repo 'my repo' --agent claude --executor docker --keep",
    ),
]


@pytest.mark.parametrize(("options", "command"), AGAIN, ids=[said for _, said in AGAIN])
def test_the_command_for_a_look(options: Options, command: str) -> None:
    assert keeping(options).endswith(command)


@pytest.mark.parametrize(
    ("stage", "told"),
    [(Stage.QUEUED, True), (Stage.BUILDING, True), (Stage.BLOCKED, False)],
    ids=str,
)
def test_why_it_goes_back_to_work_is_said_while_that_is_so(stage: Stage, told: bool) -> None:
    why = "CI failed on the pull request; this is repair 1 of 2."
    visits = tuple(Visit(one, RECORD.history[0].at) for one in (Stage.QUEUED, stage))
    lines = shown(80, replace(RECORD, stage=stage, reason=why, history=visits))
    queued = next(i for i, line in enumerate(lines) if line.endswith("Queued"))
    assert (lines[queued + 1].strip() == why) is told
