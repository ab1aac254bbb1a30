"""Who must approve before a change is merged without a person's hand."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain import words
from app.domain.consent import HELD
from app.domain.effect import MergePullRequest, Show
from app.domain.event import Delegated, RunFinished
from app.domain.policy import Merge
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from tests.unit.domain.make import AT, EVENTS, HEAD, PULL, task, with_record

MERGE = MergePullRequest(9, HEAD)
LOOKS = ("OpinionChanged", "ChecksEnded", "Found")


def in_review(reviews: int, *approved: str, asked: tuple[str, ...] = (), **pull: Any) -> Task:
    """Opened by alice; `asked` have asked for work on it."""
    pull_request = replace(PULL, approved_by=frozenset(approved), **pull)
    policy = {"merge": Merge.ON_GREEN, "reviews": reviews}
    return with_record(
        task(Stage.REVIEW, pull_request=pull_request, policy=policy), requesters=asked
    )


@pytest.mark.parametrize("event", LOOKS)
@pytest.mark.parametrize(
    ("before", "merged"),
    [
        (in_review(0), True),
        (in_review(1), False),
        (in_review(1, "wanda"), True),
        (in_review(2, "wanda"), False),
        (in_review(2, "wanda", "olivia"), True),
        (in_review(1, "alice"), False),
        (in_review(1, "wanda", asked=("wanda",)), False),
        (replace(in_review(1, "wanda"), editors=frozenset({"wanda"})), False),
        (in_review(2, "alice", "wanda"), True),
        (in_review(2, "alice", "wanda", asked=("wanda",)), False),
        (in_review(1, "wanda", is_opposed=True), False),
        (in_review(1, "wanda", head="b" * 40), False),
        (in_review(0, wants_review=True), False),
        (in_review(1, "wanda", wants_review=True), False),
        (replace(in_review(1, "wanda"), pull_request=None), False),
        (with_record(in_review(1, "wanda"), by_hand="Somebody pushed."), False),
        (with_record(in_review(0), by_hand="Somebody pushed."), False),
    ],
    ids=["none wanted", "none there", "one", "one of two", "two of two", "the author alone",
         "the requester alone", "the editor alone", "the author and another", "only who asked",
         "somebody objects",
         "another head", "GitHub wants one", "GitHub wants more", "no pull request",
         "a person's to merge", "a person's, with no review wanted"],
)  # fmt: skip
def test_when_it_is_merged(before: Task, merged: bool, event: str) -> None:
    taken = step(before, EVENTS[event])
    assert (MERGE in taken.effects) is merged
    assert taken.task.stage is Stage.REVIEW


def test_a_green_run_is_not_merged_before_it_was_read() -> None:
    building = task(Stage.BUILDING, policy={"merge": Merge.ON_GREEN, "reviews": 1})
    taken = step(building, EVENTS["RunFinished"])
    assert taken.task.stage is Stage.REVIEW
    assert MERGE not in taken.effects


def test_what_resume_may_merge() -> None:
    waits = step(with_record(in_review(1), paused=True), EVENTS["Resumed"])
    assert MERGE not in waits.effects
    assert not waits.task.record.paused
    assert MERGE in step(with_record(in_review(1, "wanda"), paused=True), EVENTS["Resumed"]).effects


def test_what_github_holds_is_said_once() -> None:
    held = step(in_review(0), EVENTS["MergeHeld"])
    assert held.effects == (Show(),)
    assert held.task.record.reason == HELD
    assert "waits for GitHub's own reviews" in words.status_comment(held.task)
    assert step(held.task, EVENTS["MergeHeld"]).effects == ()


@pytest.mark.parametrize(("reviews", "said"), [(1, "1 approving review"), (2, "2 approving rev")])
def test_people_are_told_what_is_missing(reviews: int, said: str) -> None:
    text = words.status_comment(in_review(reviews))
    assert f"tests passed, waits for {said}" in text
    assert "neither opened or edited this issue nor asked for work on it" in text
    plan = task(Stage.PLAN_REVIEW, policy={"merge": Merge.ON_GREEN, "reviews": reviews})
    assert f"as soon as the tests pass and there are {said}" in words.status_comment(plan)


# Who has asked


@pytest.mark.parametrize(
    ("stage", "event", "asked"),
    [
        (None, "Requested", ("alice",)),
        (None, "Mentioned", ("alice",)),
        (Stage.BLOCKED, "Retried", ("alice",)),
        (Stage.BUILDING, "Mentioned", ("alice",)),
        (Stage.REVIEW, "Mentioned", ("alice",)),
        (Stage.QUEUED, "Mentioned", ("alice",)),
        (Stage.REVIEW, "Reviewed", ()),
        (Stage.BUILDING, "StatusAsked", ()),
    ],
    ids=str,
)
def test_who_asks_is_on_record(stage: Stage | None, event: str, asked: tuple[str, ...]) -> None:
    taken = step(task(stage, pull_request=PULL if stage is Stage.REVIEW else None), EVENTS[event])
    assert taken.task.record.requesters == asked
    assert taken.task.requesters == {"alice"}


def test_who_asked_for_the_whole_has_asked_for_its_part() -> None:
    event = EVENTS["Delegated"]
    assert isinstance(event, Delegated)
    taken = step(task(), replace(event, requesters=("wanda", "alice"))).task
    assert taken.requesters == {"alice", "wanda"}


def test_they_are_kept_over_rounds_and_do_not_grow_without_end() -> None:
    first = with_record(task(Stage.BLOCKED), requesters=("wanda",))
    assert step(first, EVENTS["Retried"]).task.record.requesters == ("wanda", "alice")
    many = first.record.with_requesters(*(f"p{n}" for n in range(50)))
    assert many.requesters[-1] == "p49"
    assert len(many.requesters) == 20


@pytest.mark.parametrize("reviews", [0, 1])
def test_what_a_person_merges_is_said_to_be_theirs(reviews: int) -> None:
    why = "The branch changes what only people may."
    building = task(Stage.BUILDING, policy={"merge": Merge.ON_GREEN, "reviews": reviews})
    green = RunFinished(AT, 1, (), pull_request=9, verified=HEAD, by_hand=why)
    taken = step(with_record(building, round=1), green)
    assert taken.task.stage is Stage.REVIEW
    assert MERGE not in taken.effects
    assert taken.task.record.by_hand == why
    said = words.status_comment(taken.task)
    assert "tests passed, a person merges it" in said
    assert why in said
    assert "approving review" not in said
