"""What stands was asked for by somebody who may, or it waits for an approval."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import wording
from app.domain.event import (
    Answered,
    Approved,
    ChecksEnded,
    Event,
    Found,
    Mentioned,
    Requested,
    Retried,
)
from app.domain.record import digest
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from tests.unit.domain.make import AT, task, with_record

SECOND = timedelta(seconds=1)
BEFORE, AFTER = AT - SECOND, AT + SECOND
STANDS = task().request_digest


def edited(at: object = None, **changes: object) -> Task:
    return replace(task(), edited_at=at, editors=frozenset({"stan"}), **changes)  # type: ignore[arg-type]


def retried(written: object) -> Event:
    return Retried(AT, "alice", 7, written=written)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "event", "on_record"),
    [
        (task(), Requested(AT, "alice"), STANDS),
        (task(), Requested(AT, "alice", "another"), "another"),
        (edited(BEFORE), Requested(AT, "alice", STANDS), STANDS),
        (edited(BEFORE), retried(AT), STANDS),
        (edited(AT), retried(AT), wording.UNSEEN),
        (edited(AFTER), retried(AT), wording.UNSEEN),
        (edited(AFTER, editors_ask=True), retried(AT), STANDS),
        (edited(AT), replace(retried(AT), at=AFTER), wording.UNSEEN),
        (edited(AFTER), Mentioned(AT, "alice", 7, written=AT), wording.UNSEEN),
        (edited(BEFORE), Answered(AT, "stan", 7, written=AT), "before"),
        (edited(BEFORE), ChecksEnded(AT), "before"),
    ],
    ids=[
        "asked for as it stands",
        "asked for as it stood",
        "edited before",
        "a command after the edit",
        "a command in the second of the edit",
        "a command before the edit",
        "edited by who may ask",
        "a command that came later than it was written",
        "a mention before the edit",
        "an answer asks for nothing",
        "nobody asks",
    ],
)
def test_what_was_asked_for(given: Task, event: Event, on_record: str) -> None:
    assert wording.after(with_record(given, wording="before"), event) == on_record


@pytest.mark.parametrize("stage", [Stage.QUEUED, Stage.BUILDING])
def test_what_nobody_asked_for_waits_for_an_approval(stage: Stage) -> None:
    given = with_record(task(stage=stage), wording=digest("as it", "stood"), round=1)
    after = step(given, Found(AT)).task
    assert after.stage is Stage.PLAN_REVIEW
    assert "by somebody who may not ask for work" in after.record.reason


@pytest.mark.parametrize("stage", [Stage.QUEUED, Stage.BUILDING])
def test_what_its_editors_may_ask_for_goes_on(stage: Stage) -> None:
    given = with_record(task(stage=stage), wording=digest("as it", "stood"), round=1)
    asked = wording.as_asked(given)
    assert (asked.record.wording, asked.editors_ask) == (STANDS, True)
    assert step(asked, Found(AT)).task.stage is stage


def test_nobody_is_looked_up_who_changed_nothing() -> None:
    assert not wording.is_to_be_looked_up(edited(BEFORE), Requested(AT, "alice"))
    assert not wording.is_to_be_looked_up(with_record(edited(BEFORE), wording=""), Found(AT))
    assert not wording.is_to_be_looked_up(task(), Requested(AT, "alice", "another"))
    assert wording.is_to_be_looked_up(edited(BEFORE), Requested(AT, "alice", "another"))
    assert wording.is_to_be_looked_up(with_record(edited(BEFORE), wording="another"), Found(AT))


@pytest.mark.parametrize(
    "stage", [None, *(one for one in Stage if one is not Stage.NEEDS_INFO)], ids=str
)
def test_an_answer_without_a_question_is_not_even_refused(stage: Stage | None) -> None:
    given = task(stage=stage)
    taken = step(given, Answered(AT, "stan", 7, text="Please"))
    assert (taken.task, taken.effects) == (given, ())


def test_what_nobody_asked_for_is_nobodys_whoever_edits_it() -> None:
    assert wording.as_asked(with_record(edited(AT), wording="")).record.wording == ""


@pytest.mark.parametrize("stage", [Stage.BLOCKED, Stage.DONE], ids=str)
def test_whoever_begins_a_round_asks_for_what_stands(stage: Stage) -> None:
    given = with_record(task(stage=stage), wording="before")
    mentioned = Mentioned(AT, "alice", 7, text="Go on", written=AFTER)
    assert step(given, mentioned).task.record.wording == STANDS


def test_whoever_approves_it_has_asked_for_it() -> None:
    given = task(stage=Stage.PLAN_REVIEW)
    shown = {"planned": given.plan_digest, "planned_at": BEFORE, "approved": ""}
    approved = Approved(AFTER, "alice", 7, written=AFTER)
    after = step(with_record(given, wording="before", **shown), approved).task
    assert (after.stage, after.record.wording) == (Stage.QUEUED, STANDS)
