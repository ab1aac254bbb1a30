"""What the engineering graph carries from node to node, and what it runs with.

The state goes into checkpoints: plain values, no secrets, and nothing that can't be rebuilt from
the issue and its branch.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict

from app.domain.event import AttemptEnded, Planned
from app.domain.finding import Finding, Kind
from app.domain.record import Attempt
from app.domain.run import Usage
from app.domain.task import Task
from app.domain.thread import Comment
from app.domain.verdict import Outcome, Verdict
from app.graphs.engineering.ports import (
    Agent,
    AgentSessions,
    Ci,
    Code,
    Desk,
    Executor,
    Gate,
    ReviewBoard,
    Roster,
)


class State(TypedDict, total=False):
    """Shas are full; `work` is the path of the agent's bundle, `head` what was pushed last.

    `attempts`, `verdict` and `usage` are the domain's values as plain mappings. `reason` set:
    given up; `over_budget`: for want of money; `question`: for want of an answer. `comments` are
    what agents are told that people have said, `heard` is the id of the last of them. `plan` is the
    architect's, `review` what the reviewer said of a change that it approved. `threads` and
    `remarks` are what people said of the pull request's code up to the time `read`, `answers` what
    the developer says to each thread. `merging`: `parent` is a merge of the base that the developer
    is to end. `test_command` is what decides, `test_why` says why it is that, as it was found at
    the sha `base`; `onward` is where the preparer leads.
    """

    attempt: int
    parent: str
    head: str | None
    work: str | None
    text: str
    failures: list[str]
    attempts: list[dict[str, Any]]
    verdict: dict[str, Any] | None
    pull_request: int | None
    reason: str
    over_budget: bool
    question: str
    comments: list[dict[str, Any]]
    heard: int
    plan: str
    review: str
    threads: list[dict[str, Any]]
    remarks: list[str]
    read: str
    answers: dict[str, str]
    spared: bool
    base: str
    onward: str
    test_command: str
    test_needs: list[str]
    test_counted: bool
    test_why: str
    merging: dict[str, Any] | None
    usage: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Workshop:
    """The ports the graph works through. Without a gate no run reaches anything."""

    executor: Executor
    agents: Callable[[str], Agent]
    sessions: AgentSessions
    gate: Gate | None
    code: Code
    desk: Desk
    reviews: ReviewBoard
    ci: Ci
    roster: Roster


@dataclass(frozen=True, slots=True)
class Context:
    """One run: the task as it was when it began. `resumed`: it may have been cut short before.

    `latest` gives the task as it was loaded last, for what was said since.
    """

    task: Task
    workshop: Workshop
    report: Callable[[AttemptEnded | Planned], Awaitable[None]]
    resumed: bool
    latest: Callable[[], Task]

    def run_id(self, attempt: int, part: str, sha: str) -> str:
        """The same for the same attempt on the same commit, so that a run is found again."""
        return f"{self.task.issue.key}-r{self.task.record.round}.{attempt}-{part}-{sha[:12]}"


def issue_key(run_id: str) -> str:
    """Whose run it is."""
    return run_id.rpartition("-r")[0]


def round_of(run_id: str) -> int:
    """In which round of its issue; 0 for an id that is none of ours."""
    said = run_id.rpartition("-r")[2].partition(".")[0]
    return int(said) if said.isdigit() else 0


def plain(attempt: Attempt) -> dict[str, Any]:
    return {**asdict(attempt), "failures": list(attempt.failures)}


def attempts_of(state: State) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(**{**attempt, "failures": tuple(attempt["failures"])})
        for attempt in state.get("attempts", ())
    )


def plain_comment(comment: Comment) -> dict[str, Any]:
    return {**asdict(comment), "at": comment.at.isoformat()}


def comments_of(state: State) -> tuple[Comment, ...]:
    """What people have said, in order."""
    return tuple(
        Comment(**{**comment, "at": datetime.fromisoformat(comment["at"])})
        for comment in state.get("comments", ())
    )


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        **asdict(verdict),
        "outcome": verdict.outcome.value,
        "failures": list(verdict.failures),
        "findings": [{**asdict(found), "kind": found.kind.value} for found in verdict.findings],
    }


def verdict_of(state: State) -> Verdict:
    """The verdict of the head that was tested last."""
    verdict = state["verdict"]
    if verdict is None:
        raise ValueError("nothing was tested yet")
    return Verdict(
        **{
            **verdict,
            "outcome": Outcome(verdict["outcome"]),
            "failures": tuple(verdict["failures"]),
            "findings": tuple(
                Finding(**{**found, "kind": Kind(found["kind"])})
                for found in verdict.get("findings", ())
            ),
        }
    )


def usage_of(state: State) -> Usage:
    """What the round's agents have used so far."""
    return Usage(**state.get("usage", {}))


def tested(number: int, verdict: Verdict) -> Attempt:
    """An attempt that came as far as a verdict."""
    return Attempt(
        number=number,
        outcome=verdict.outcome.value,
        head=verdict.sha,
        passed=verdict.passed,
        failed=verdict.failed,
        skipped=verdict.skipped,
        detail=verdict.detail,
        failures=verdict.failures[:5],
    )
