"""What the record of a new round must say, whichever way it was begun."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.event import Event, PullRequestMerged, Reviewed, RunFinished
from app.domain.policy import Member, PlanApproval
from app.domain.run import Usage
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from tests.unit.domain.make import AT, EVENTS, GREEN, HEAD, LATER, PULL, SPEC, task, with_record

S = Stage
OWNER: dict[str, Any] = {"team": frozenset({Member.PRODUCT_OWNER})}
ALWAYS: dict[str, Any] = {"plan_approval": PlanApproval.ALWAYS}
SPENT: dict[str, Any] = {"budget_usd": 2.0}
SHOWN = {"planned": "0" * 16, "planned_at": AT}


def asked_by(who: str, name: str) -> Event:
    return replace(EVENTS[name], by=who)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (task(S.DONE, policy=OWNER), "PlanAsked"),
        (with_record(task(S.INTAKE, policy=OWNER), approved=""), "IssueEdited"),
        (with_record(task(S.PLAN_REVIEW, policy=OWNER), spec=SPEC), "Mentioned"),
        (with_record(task(S.BLOCKED, policy=SPENT), over_budget=True), "BudgetAsked"),
        (with_record(task(S.BLOCKED, policy={**SPENT, **ALWAYS}), over_budget=True), "BudgetAsked"),
        (task(S.DONE), "Retried"),
        (task(S.DONE, policy=ALWAYS), "Retried"),
    ],
    ids=[
        "a plan of what nobody has read",
        "an edit while it is read",
        "a word on the plan",
        "more money",
        "more money, where plans are wanted",
        "again",
        "again, where plans are wanted",
    ],
)
def test_on_whose_word_it_was_begun_is_on_record(before: Task, name: str) -> None:
    taken = step(before, asked_by("wanda", name)).task
    assert taken.record.round == before.record.round + 1
    assert taken.record.requesters == ("wanda",)


def test_a_plan_that_is_asked_for_waits_for_approval() -> None:
    """Also where nobody has read the request yet, and an earlier one was approved."""
    before = with_record(task(S.DONE, policy=OWNER), approved="1" * 16, **SHOWN)
    record = step(before, EVENTS["PlanAsked"]).task.record
    assert (record.approved, record.planned, record.planned_at) == ("", None, None)


def test_what_was_built_for_another_wording_is_left_behind() -> None:
    built = {"approved": "1" * 16, "pull_request": 9, **SHOWN}
    before = with_record(task(S.INTAKE, policy=OWNER), **built)
    record = step(before, EVENTS["IssueEdited"]).task.record
    assert (record.branch, record.pull_request) == ("orc/issue-7-2", None)
    assert (record.approved, record.planned, record.planned_at) == ("", None, None)


def test_what_a_run_did_stays_on_record_where_a_review_leads_on() -> None:
    noted = step(with_record(task(S.BUILDING), pull_request=9), EVENTS["Reviewed"]).task
    assert isinstance(EVENTS["Reviewed"], Reviewed)
    used = Usage(70, 7, 10, 0.25)
    ended = RunFinished(LATER, 1, (GREEN,), pull_request=9, verified=HEAD, usage=used, read=AT)
    record = step(noted, ended).task.record
    assert (record.round, record.usage, record.counted) == (2, used, 1)
    assert [attempt.number for attempt in record.attempts] == [GREEN.number]


def test_a_merge_tells_which_pull_request_it_was() -> None:
    """Where the record was lost, too."""
    before = with_record(task(S.REVIEW, pull_request=PULL), pull_request=None)
    record = step(before, PullRequestMerged(LATER, PULL.number, "c" * 40)).task.record
    assert (record.pull_request, record.merged) == (PULL.number, "c" * 40)
