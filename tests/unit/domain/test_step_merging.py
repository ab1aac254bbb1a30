"""A base that has moved: when a round for it begins, and that it asks nobody for anything."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.effect import Show, TakeSlot
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import PullRequest, PullRequestState, Task
from tests.unit.domain.make import EVENTS, HEAD, PULL, task, with_record

CONFLICTING = replace(PULL, conflicts=True)
KEPT: dict[str, Any] = {"approved": "1" * 40, "approval": 700, "plan": "Twice.", "repairs": 1}


def in_review(pull: PullRequest | None = CONFLICTING, **record: Any) -> Task:
    return with_record(task(Stage.REVIEW, pull_request=pull), **record)


def test_the_base_is_taken_up_in_a_round_of_its_own() -> None:
    before = in_review(**KEPT)
    taken = step(before, EVENTS["Found"])
    record = taken.task.record
    assert taken.task.stage is Stage.QUEUED
    assert taken.effects == (Show(), TakeSlot())
    assert (record.round, record.merging, record.verified) == (2, True, None)
    assert (record.branch, record.pull_request) == (before.record.branch, 9)
    assert {name: getattr(record, name) for name in KEPT} == KEPT


@pytest.mark.parametrize(
    "before",
    [
        in_review(PULL),
        in_review(None),
        in_review(paused=True),
        in_review(replace(CONFLICTING, state=PullRequestState.CLOSED)),
        with_record(task(Stage.BLOCKED, pull_request=CONFLICTING), pull_request=9, verified=HEAD),
    ],
    ids=["no conflict", "no pull request", "paused", "closed", "blocked"],
)
def test_nothing_is_merged(before: Task) -> None:
    taken = step(before, EVENTS["Found"])
    assert not taken.task.record.merging
    assert taken.task.stage is not Stage.QUEUED


def test_whoever_asks_for_more_asks_for_more_than_a_merge() -> None:
    merging = step(in_review(), EVENTS["Found"]).task
    assert not step(replace(merging, stage=Stage.BLOCKED), EVENTS["Retried"]).task.record.merging


def test_so_often_and_no_more() -> None:
    """Each round may cost an agent, and nobody has looked."""
    again = step(in_review(merges=9), EVENTS["Found"]).task
    assert (again.stage, again.record.merges) == (Stage.QUEUED, 10)
    spent = step(in_review(merges=10), EVENTS["Found"]).task
    assert spent.stage is Stage.BLOCKED
    assert "merged 10 times" in spent.record.reason
    assert step(spent, EVENTS["Retried"]).task.record.merges == 0
