"""What the engineering graph carries from node to node.

The state goes into checkpoints: plain values, no secrets, and nothing that can't be rebuilt from
the issue and its branch.
"""

from dataclasses import asdict
from typing import Any

from app.domain.finding import Finding, Kind
from app.domain.record import Attempt
from app.domain.verdict import Outcome, Verdict
from app.graphs.state import Carried


class State(Carried, total=False):
    """Shas are full; `work` is the path of the agent's bundle, `head` what was pushed last.

    `attempts` and `verdict` are the domain's values as plain mappings. `reason` set: given up;
    `over_budget`: for want of money; `question`: for want of an answer. `plan` is the architect's,
    `review` what the reviewer said of a change that it approved. `threads` and `remarks` are what
    people said of the pull request's code up to the time `read`, `answers` what the developer says
    to each thread. `merging`: `parent` is a merge of the base that the developer is to end.
    `test_command` is what decides, `test_why` says why it is that, as it was found at the sha
    `base`; `onward` is where the preparer leads. `answer` set: there was nothing to do. `parts` are
    the lead's, `made` says by key which issues they have become. `by_hand`: why a person merges it.
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
    by_hand: str
    reason: str
    over_budget: bool
    question: str
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
    answer: str
    parts: list[dict[str, Any]]
    made: dict[str, int]


def plain(attempt: Attempt) -> dict[str, Any]:
    return {**asdict(attempt), "failures": list(attempt.failures)}


def attempts_of(state: State) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(**{**attempt, "failures": tuple(attempt["failures"])})
        for attempt in state.get("attempts", ())
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
