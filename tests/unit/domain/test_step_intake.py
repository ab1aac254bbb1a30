"""What leads to and from the product owner's reading of a request, as people would tell it."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.domain import words
from app.domain.effect import (
    Acknowledge,
    Effect,
    RaiseBudget,
    Reply,
    Show,
    StartRun,
    StopRun,
    TakeSlot,
    TellRun,
)
from app.domain.event import (
    Approved,
    Event,
    IntakeFinished,
    Mentioned,
    PlanAsked,
    Planned,
    RunFinished,
)
from app.domain.policy import Member, PlanApproval
from app.domain.record import digest
from app.domain.run import Usage
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.step import Step, step
from app.domain.task import PullRequestState, Task
from app.domain.thread import Comment
from tests.unit.domain.make import (
    AT,
    BODY,
    EVENTS,
    ISSUE,
    LATER,
    PULL,
    RED,
    SPEC,
    TITLE,
    task,
    with_record,
)

S = Stage
OWNER: dict[str, Any] = {"team": frozenset({Member.PRODUCT_OWNER})}
ALWAYS = {**OWNER, "plan_approval": PlanApproval.ALWAYS}
NEW_PROJECTS = {**OWNER, "plan_approval": PlanApproval.NEW_PROJECTS}
BUDGET = {**OWNER, "budget_usd": 2.0}
DIGEST = digest(TITLE, BODY)
READ: dict[str, Any] = {"read": DIGEST}


def owned(stage: Stage | None = None, policy: dict[str, Any] = OWNER, **changes: Any) -> Task:
    """A task of a team with a product owner, which has specified nothing yet."""
    return task(stage, policy=policy, **changes)


def specified(stage: Stage, policy: dict[str, Any] = OWNER, **record: Any) -> Task:
    return with_record(owned(stage, policy), **{"spec": SPEC, "intakes": 1, "round": 2, **record})


def edited(made: Task) -> Task:
    return replace(made, body="Something else.")


def finished(**said: Any) -> IntakeFinished:
    return IntakeFinished(LATER, 1, said.pop("request", DIGEST), **said)


NEW = replace(SPEC, kind=Kind.NEW_PROJECT)
QUEUES = (Show(), TakeSlot())
ASKED = with_record(owned(S.NEEDS_INFO), question="Which city?", intakes=1, heard=600, **READ)
PUT = Reply("question-1", words.question(ASKED))
PLAN = specified(
    S.PLAN_REVIEW, approved="", planned=specified(S.PLAN_REVIEW).plan_digest, planned_at=AT
)
APPROVED = specified(S.QUEUED, approved=specified(S.QUEUED).plan_digest)
AT_WORK = specified(S.BUILDING, approved=APPROVED.plan_digest)


@dataclass(frozen=True)
class Case:
    id: str
    before: Task
    event: str | Event
    stage: Stage | None
    effects: tuple[Effect, ...]


def accepted(comment: int, *before: Effect) -> tuple[Effect, ...]:
    return (*before, Acknowledge(comment, accepted=True))


def refused(comment: int, *before: Effect) -> tuple[Effect, ...]:
    return (*before, Acknowledge(comment, accepted=False))


CASES = [
    # into it
    Case("a request", owned(), "Requested", S.QUEUED, QUEUES),
    Case("a request, plans are wanted", owned(policy=ALWAYS), "Requested", S.QUEUED, QUEUES),
    Case("a slot", owned(S.QUEUED), "SlotFreed", S.INTAKE, (Show(), StartRun())),
    Case("a slot, it is specified", specified(S.QUEUED), "SlotFreed", S.BUILDING,
         (Show(), StartRun())),
    Case("a slot, specified and built before", with_record(specified(S.QUEUED), round=3),
         "SlotFreed", S.BUILDING, (Show(), StartRun(resumed=True))),
    Case("a slot, specified for another wording", edited(specified(S.QUEUED)), "SlotFreed",
         S.INTAKE, (Show(), StartRun())),
    Case("a slot, approved for another wording", edited(APPROVED), "SlotFreed", S.INTAKE,
         (Show(), StartRun())),
    Case("a slot, it is paused", with_record(owned(S.QUEUED), paused=True), "SlotFreed", S.QUEUED,
         ()),
    Case("a slot too late", owned(S.INTAKE), "SlotFreed", S.INTAKE, ()),
    # out of it
    Case("it asks", owned(S.INTAKE), finished(question="Which city?"), S.NEEDS_INFO,
         (Show(), PUT)),
    Case("it asks, and did before the app was cut short",
         owned(S.INTAKE, replied=frozenset({"question-1"})), finished(question="Which city?"),
         S.NEEDS_INFO, (Show(),)),
    Case("it answers", owned(S.INTAKE), finished(answer="In Lisbon."), S.DONE,
         (Reply("answer-1", words.answer(owned(), "In Lisbon.")), Show(open=False))),
    Case("it answers, and did before the app was cut short",
         owned(S.INTAKE, replied=frozenset({"answer-1"})), finished(answer="In Lisbon."), S.DONE,
         (Show(open=False),)),
    Case("it specifies", owned(S.INTAKE), finished(spec=SPEC), S.QUEUED, QUEUES),
    Case("it specifies, plans are wanted", owned(S.INTAKE, ALWAYS), finished(spec=SPEC),
         S.PLAN_REVIEW, (Show(),)),
    Case("it specifies a change, new projects need a plan", owned(S.INTAKE, NEW_PROJECTS),
         finished(spec=SPEC), S.QUEUED, QUEUES),
    Case("it specifies a new project, and those need a plan", owned(S.INTAKE, NEW_PROJECTS),
         finished(spec=NEW), S.PLAN_REVIEW, (Show(),)),
    Case("it specifies, somebody asked for a plan", with_record(owned(S.INTAKE), approved=""),
         finished(spec=SPEC), S.PLAN_REVIEW, (Show(),)),
    Case("it gives up", owned(S.INTAKE), finished(reason="It crashed."), S.BLOCKED, (Show(),)),
    Case("the money is spent", owned(S.INTAKE), finished(reason="No.", over_budget=True),
         S.BLOCKED, (Show(),)),
    Case("it specifies what was edited meanwhile", edited(owned(S.INTAKE)), finished(spec=SPEC),
         S.QUEUED, QUEUES),
    Case("it asks about what was edited meanwhile", edited(owned(S.INTAKE)),
         finished(question="Which?"), S.QUEUED, QUEUES),
    Case("it answers what was edited meanwhile", edited(owned(S.INTAKE)),
         finished(answer="Lisbon."), S.QUEUED, QUEUES),
    Case("it gives up what was edited meanwhile", edited(owned(S.INTAKE)),
         finished(reason="It crashed."), S.QUEUED, QUEUES),
    Case("the money is spent on what was edited meanwhile", edited(owned(S.INTAKE)),
         finished(reason="No.", over_budget=True), S.BLOCKED, (Show(),)),
    Case("it specifies, more was said meanwhile", with_record(owned(S.INTAKE), asked=601),
         finished(spec=SPEC, heard=600), S.QUEUED, QUEUES),
    Case("it specifies, and was told what was said meanwhile",
         with_record(owned(S.INTAKE, ALWAYS), asked=601), finished(spec=SPEC, heard=601),
         S.PLAN_REVIEW, (Show(),)),
    Case("what an earlier run says", with_record(owned(S.INTAKE), round=2), finished(spec=SPEC),
         S.INTAKE, ()),
    Case("what a stopped run says", owned(S.CANCELLED), finished(spec=SPEC), S.CANCELLED, ()),
    # people, while it reads
    Case("an edit", owned(S.INTAKE), "IssueEdited", S.QUEUED, (StopRun(), Show(), TakeSlot())),
    Case("a mention", owned(S.INTAKE), "Mentioned", S.INTAKE, accepted(601, Show(), TellRun())),
    Case("/plan", owned(S.INTAKE), "PlanAsked", S.INTAKE, accepted(501, Show())),
    Case("/plan, it is read again", specified(S.INTAKE), "PlanAsked", S.INTAKE,
         accepted(501, Show())),
    Case("/approve", owned(S.INTAKE), "Approved", S.INTAKE, refused(502)),
    Case("/retry", owned(S.INTAKE), "Retried", S.INTAKE, refused(503)),
    Case("/cancel", owned(S.INTAKE), "Cancelled", S.CANCELLED, accepted(504, StopRun(), Show())),
    Case("/pause", owned(S.INTAKE), "Paused", S.QUEUED, accepted(507, StopRun(), Show())),
    Case("/agent", owned(S.INTAKE), "AgentChosen", S.INTAKE, accepted(509, Show())),
    Case("/budget", owned(S.INTAKE, BUDGET), "BudgetAsked", S.INTAKE,
         accepted(510, RaiseBudget(7.0), Show())),
    Case("the issue is closed", owned(S.INTAKE), "IssueClosed", S.CANCELLED, (StopRun(), Show())),
    # people, while a question waits
    Case("an answer", ASKED, "Mentioned", S.QUEUED, accepted(601, *QUEUES)),
    Case("an answer that it knew", with_record(ASKED, heard=601), "Mentioned", S.NEEDS_INFO,
         accepted(601)),
    Case("an edit of the request", edited(ASKED), "IssueEdited", S.QUEUED, QUEUES),
    Case("an edit, and nobody reads any more",
         replace(ASKED, policy=task().policy), "IssueEdited", S.NEEDS_INFO, ()),
    Case("/plan instead of an answer", ASKED, "PlanAsked", S.NEEDS_INFO, accepted(501, Show())),
    Case("/plan, and nobody reads any more", replace(ASKED, policy=task().policy), "PlanAsked",
         S.NEEDS_INFO, accepted(501, Show())),
    Case("/approve instead of an answer", ASKED, "Approved", S.NEEDS_INFO, refused(502)),
    Case("/retry instead of an answer", ASKED, "Retried", S.QUEUED, accepted(503, *QUEUES)),
    Case("/cancel instead of an answer", ASKED, "Cancelled", S.CANCELLED, accepted(504, Show())),
    Case("/pause instead of an answer", ASKED, "Paused", S.NEEDS_INFO, refused(507)),
    Case("/resume instead of an answer", ASKED, "Resumed", S.NEEDS_INFO, refused(508)),
    Case("/agent instead of an answer", ASKED, "AgentChosen", S.NEEDS_INFO, accepted(509, Show())),
    Case("/budget instead of an answer",
         replace(ASKED, policy=owned(policy=BUDGET).policy), "BudgetAsked", S.NEEDS_INFO,
         accepted(510, Show())),
    Case("the issue is closed instead", ASKED, "IssueClosed", S.CANCELLED, (Show(),)),
    # a plan, and what is said of it
    Case("/plan", owned(), "PlanAsked", S.QUEUED, accepted(501, Show(open=True), TakeSlot())),
    *(
        Case(f"/plan after {stage}", owned(stage), "PlanAsked", S.QUEUED,
             accepted(501, Show(open=True), TakeSlot()))
        for stage in (S.DONE, S.BLOCKED, S.CANCELLED)
    ),
    Case("/plan after it was specified", specified(S.BLOCKED), "PlanAsked", S.PLAN_REVIEW,
         accepted(501, Show(open=True))),
    Case("/plan in the line", owned(S.QUEUED), "PlanAsked", S.QUEUED, accepted(501, Show())),
    Case("/plan in the line, specified", specified(S.QUEUED), "PlanAsked", S.PLAN_REVIEW,
         accepted(501, Show())),
    Case("/approve", PLAN, Approved(LATER, "alice", 502, written=LATER), S.QUEUED,
         accepted(502, *QUEUES)),
    Case("/approve of an edited request", edited(PLAN),
         Approved(LATER, "alice", 502, written=LATER), S.PLAN_REVIEW, refused(502)),
    Case("a word about the plan", PLAN, "Mentioned", S.QUEUED, accepted(601, *QUEUES)),
    Case("an edit of the request", edited(PLAN), "IssueEdited", S.QUEUED, QUEUES),
    Case("a word after the approval", APPROVED, "Mentioned", S.QUEUED, accepted(601, Show())),
    Case("a word in the line", specified(S.QUEUED), "Mentioned", S.QUEUED,
         accepted(601, Show())),
    Case("an edit in the line", edited(APPROVED), "IssueEdited", S.QUEUED, ()),
    Case("an edit at work", edited(AT_WORK), "IssueEdited", S.QUEUED,
         (StopRun(), Show(), TakeSlot())),
    Case("an edit at work that nobody approved", edited(specified(S.BUILDING)), "IssueEdited",
         S.BUILDING, ()),
    Case("/retry of what is specified", specified(S.BLOCKED), "Retried", S.QUEUED,
         accepted(503, Show(open=True), TakeSlot())),
    Case("/retry of what is specified, plans are wanted", specified(S.BLOCKED, ALWAYS), "Retried",
         S.PLAN_REVIEW, accepted(503, Show(open=True))),
    Case("/retry of what is not, plans are wanted", owned(S.BLOCKED, ALWAYS), "Retried", S.QUEUED,
         accepted(503, Show(open=True), TakeSlot())),
    Case("reopened, plans are wanted", owned(S.DONE, ALWAYS), "IssueReopened", S.QUEUED, QUEUES),
    Case("/budget after all was spent on the reading",
         with_record(owned(S.BLOCKED, {**BUDGET, **ALWAYS}), over_budget=True), "BudgetAsked",
         S.QUEUED, accepted(510, *QUEUES)),
    # found by a sweep
    Case("found reading", with_record(owned(S.INTAKE), **READ), "Found", S.INTAKE,
         (StartRun(resumed=True),)),
    Case("found reading, its record was lost", owned(S.INTAKE), "Found", S.INTAKE,
         (StartRun(resumed=True),)),
    Case("found reading, half shown", owned(S.INTAKE, labels=frozenset()), "Found", S.INTAKE,
         (Show(), StartRun(resumed=True))),
    Case("found reading what was edited since", edited(with_record(owned(S.INTAKE), **READ)),
         "Found", S.QUEUED, (StopRun(), Show(), TakeSlot())),
    Case("found reading, closed", owned(S.INTAKE, is_open=False), "Found", S.CANCELLED,
         (StopRun(), Show())),
    Case("found asking", replace(ASKED, replied=frozenset({"question-1"})), "Found", S.NEEDS_INFO,
         ()),
    Case("found asking, half shown",
         replace(ASKED, replied=frozenset({"question-1"}), labels=frozenset()), "Found",
         S.NEEDS_INFO, (Show(),)),
    Case("found asking, unsaid", ASKED, "Found", S.NEEDS_INFO, (PUT,)),
    Case("found asking, unsaid and half shown", replace(ASKED, labels=frozenset()), "Found",
         S.NEEDS_INFO, (Show(), PUT)),
    Case("found asking, edited since", edited(ASKED), "Found", S.QUEUED, QUEUES),
    Case("found asking, its record was lost",
         with_record(replace(ASKED, replied=frozenset({"question-1"})), read=""), "Found",
         S.NEEDS_INFO, ()),
    Case("found asking, closed", replace(ASKED, is_open=False), "Found", S.CANCELLED, (Show(),)),
    Case("found with a plan", PLAN, "Found", S.PLAN_REVIEW, ()),
    Case("found with a plan, edited since", edited(PLAN), "Found", S.QUEUED, QUEUES),
    Case("found in the line, edited since", edited(APPROVED), "Found", S.QUEUED, (TakeSlot(),)),
    Case("found at work, edited since", edited(AT_WORK), "Found", S.QUEUED,
         (StopRun(), Show(), TakeSlot())),
    Case("found merged", owned(S.INTAKE, pull_request=replace(PULL, state=PullRequestState.MERGED)),
         "Found", S.DONE, (StopRun(), Show(open=False))),
]  # fmt: skip


def follow(case: Case) -> Step:
    return step(case.before, EVENTS[case.event] if isinstance(case.event, str) else case.event)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.before.stage}: {case.id}")
def test_what_follows(case: Case) -> None:
    taken = follow(case)
    assert (taken.task.stage, taken.effects) == (case.stage, case.effects)


# What nobody may build unseen


@pytest.mark.parametrize(
    "events",
    [
        (),
        (finished(question="Which?"), Mentioned(LATER, "alice", 601, text="Lisbon")),
        (finished(question="Which?"), EVENTS["Retried"]),
        (EVENTS["IssueEdited"],),
        (finished(reason="It crashed."), EVENTS["Retried"]),
        (finished(reason="It crashed."), EVENTS["Mentioned"]),
        (EVENTS["Paused"], EVENTS["Resumed"]),
        (finished(request="another wording", spec=SPEC),),
    ],
    ids=["at once", "an answer", "no answer", "an edit", "/retry", "a mention", "a pause", "late"],
)
def test_a_plan_that_was_asked_for_is_shown_whatever_comes_in_between(
    events: tuple[Event, ...],
) -> None:
    made = step(owned(S.INTAKE), PlanAsked(LATER, "alice", 501)).task
    for event in events:
        made = step(made, event).task
    if made.stage is S.QUEUED:
        made = step(made, EVENTS["SlotFreed"]).task
    assert made.stage is S.INTAKE
    found = IntakeFinished(LATER, made.record.round, DIGEST, spec=SPEC, heard=made.record.asked)
    shown = step(made, found).task
    assert (shown.stage, shown.needs_approval) == (S.PLAN_REVIEW, True)


def test_a_specification_is_part_of_what_is_approved() -> None:
    approved = step(PLAN, Approved(LATER, "alice", 502, written=LATER)).task
    assert not approved.needs_approval
    other = Specification(DIGEST, Kind.CHANGE, "Another endpoint.")
    assert with_record(approved, spec=other).needs_approval


def test_what_the_product_owner_found_is_for_one_wording() -> None:
    taken = step(owned(S.INTAKE), finished(spec=SPEC)).task
    assert not taken.is_unspecified
    assert edited(taken).is_unspecified
    assert not replace(edited(taken), policy=task().policy).is_unspecified


# Pausing


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (PLAN, "Mentioned"),
        (APPROVED, "Mentioned"),
        (edited(PLAN), "IssueEdited"),
        (edited(PLAN), "Found"),
    ],
    ids=["a word about the plan", "a word after the approval", "an edit", "an edit that is found"],
)
def test_what_is_said_does_not_lift_a_pause(before: Task, event: str) -> None:
    paused = with_record(before, paused=True, reason="Paused by alice.")
    taken = step(paused, EVENTS[event])
    assert (taken.task.stage, taken.task.record.paused) == (S.QUEUED, True)
    assert taken.task.record.reason == "Paused by alice."
    assert TakeSlot() not in taken.effects
    resumed = step(taken.task, EVENTS["Resumed"])
    assert TakeSlot() in resumed.effects
    assert step(resumed.task, EVENTS["SlotFreed"]).task.stage is S.INTAKE


def test_a_pause_while_it_reads_ends_that_run_alone() -> None:
    paused = step(owned(S.INTAKE), EVENTS["Paused"]).task
    assert step(paused, finished(spec=SPEC)).task == paused
    going = step(step(paused, EVENTS["Resumed"]).task, EVENTS["SlotFreed"]).task
    assert (going.stage, going.record.round) == (S.INTAKE, 2)


# What is on record afterwards


def test_what_was_read_is_on_record_from_its_beginning() -> None:
    """Whoever takes the run up again must see that it was begun with another wording."""
    record = step(owned(S.QUEUED), EVENTS["SlotFreed"]).task.record
    assert record == replace(owned(S.INTAKE).record, read=DIGEST, history=record.history)


def test_what_it_found_is_on_record() -> None:
    before = with_record(
        owned(S.INTAKE), usage=Usage(10, 1, 0, 0.5), running=Usage(3, 1, 0, 0.1), over_budget=True,
        reason="Before.", question="Before?",
    )  # fmt: skip
    event = finished(spec=SPEC, usage=Usage(7, 2, 0, 0.25), heard=600)
    record = step(before, event).task.record
    assert record == replace(
        before.record, stage=S.QUEUED, round=2, spec=SPEC, intakes=1, read=DIGEST, heard=600,
        question="", reason="", usage=Usage(17, 3, 0, 0.75), running=Usage(), counted=1,
        over_budget=False, history=record.history,
    )  # fmt: skip
    assert record.built == 1


def test_its_question_is_on_record_as_far_as_a_comment_can_carry_it() -> None:
    event = finished(question="é" * 3_000, reason="", heard=600)
    record = step(owned(S.INTAKE), event).task.record
    assert (record.round, record.intakes, record.question) == (1, 1, "é" * 2_000)
    assert (record.read, record.heard, record.spec) == (DIGEST, 600, None)


def test_its_end_is_on_record() -> None:
    event = finished(reason="It crashed.", over_budget=True)
    record = step(with_record(owned(S.INTAKE), spec=SPEC), event).task.record
    assert (record.reason, record.over_budget, record.intakes) == ("It crashed.", True, 1)
    assert record.spec == SPEC


def test_an_answer_to_people_is_on_record_as_read() -> None:
    event = finished(answer="In Lisbon.", usage=Usage(7), heard=600)
    record = step(owned(S.INTAKE), event).task.record
    assert (record.intakes, record.read, record.heard) == (1, DIGEST, 600)
    assert (record.usage, record.counted, record.spec) == (Usage(7), 1, None)


def test_a_plan_that_is_to_be_approved_is_on_record() -> None:
    taken = step(owned(S.INTAKE, ALWAYS), finished(spec=SPEC)).task
    record = taken.record
    assert (record.spec, record.intakes, record.round) == (SPEC, 1, 2)
    assert (record.approved, record.planned, record.planned_at) == ("", taken.plan_digest, None)


def test_an_answer_begins_a_round_that_knows_the_request_as_before() -> None:
    record = step(with_record(ASKED, reason="Why"), EVENTS["Mentioned"]).task.record
    assert (record.round, record.intakes, record.question, record.asked) == (2, 1, "", 0)
    assert (record.reason, record.branch, record.approved) == ("", "orc/issue-7", None)


def test_a_word_about_the_plan_leaves_the_old_specification_behind() -> None:
    taken = step(PLAN, EVENTS["Mentioned"]).task
    assert taken.is_unspecified
    assert (taken.record.spec, taken.record.approved, taken.record.planned) == (None, "", None)
    assert taken.record.planned_at is None
    unapproved = step(with_record(PLAN, approved=None), EVENTS["Mentioned"]).task.record
    assert (unapproved.approved, unapproved.planned) == (None, PLAN.record.planned)


def test_what_was_edited_meanwhile_is_read_anew_and_what_was_found_is_forgotten() -> None:
    before = with_record(edited(owned(S.INTAKE)), approved="", asked=600)
    record = step(before, finished(spec=SPEC, reason="r", usage=Usage(7))).task.record
    assert (record.spec, record.reason, record.question, record.asked) == (None, "", "", 0)
    assert (record.round, record.intakes, record.approved) == (2, 1, "")
    assert (record.usage, record.branch) == (Usage(7), "orc/issue-7-2")


def test_an_edit_at_work_leaves_behind_what_was_built() -> None:
    record = step(edited(AT_WORK), EVENTS["IssueEdited"]).task.record
    assert (record.branch, record.round, record.approved) == ("orc/issue-7-3", 3, "")
    assert (record.spec, record.pull_request, record.planned_at) == (None, None, None)


def test_what_was_specified_serves_later_rounds_of_the_same_request() -> None:
    again = step(specified(S.DONE), EVENTS["IssueReopened"]).task
    assert (again.record.spec, again.record.plan) == (SPEC, "")
    assert step(again, EVENTS["SlotFreed"]).task.stage is S.BUILDING
    other = step(edited(specified(S.DONE)), EVENTS["IssueReopened"]).task
    assert other.record.spec is None


def test_a_plan_of_the_architect_is_on_record_for_its_round() -> None:
    record = step(specified(S.BUILDING, round=1), EVENTS["Planned"]).task.record
    assert record.plan == "One more route."
    assert step(specified(S.BUILDING), EVENTS["Planned"]).task.record.plan == ""
    event = Planned(LATER, 1, "é" * 5_000, Usage(3))
    record = step(specified(S.BUILDING, round=1), event).task.record
    assert (record.plan, record.running) == ("é" * 4_000, Usage(3))


# Comments that were edited


@pytest.mark.parametrize("before", [ASKED, PLAN, APPROVED], ids=lambda made: str(made.stage))
def test_an_edited_comment_is_not_taken(before: Task) -> None:
    """Who edited it need not be who wrote it."""
    thread = (Comment(601, "alice", AT, "Lisbon", edited=True),)
    taken = step(replace(before, thread=thread), EVENTS["Mentioned"])
    assert taken.task.record == before.record
    assert taken.effects == refused(601)


def test_a_question_is_named_by_its_round() -> None:
    assert ASKED.question_key == "question-1"
    assert with_record(ASKED, round=3).question_key == "question-3"
    assert ISSUE.branch == ASKED.record.branch


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.before.stage}: {case.id}")
def test_what_goes_back_to_the_line_is_another_round(case: Case) -> None:
    """Its runs are others, so that nothing an earlier one says is taken for theirs."""
    before, after = case.before, follow(case).task
    back = after.stage is S.QUEUED and before.stage is not S.QUEUED
    event = EVENTS[case.event] if isinstance(case.event, str) else case.event
    if back and not isinstance(event, Approved):
        assert after.record.round == before.record.round + 1
    if back and before.record.approved:
        assert after.record.approved == ""


@pytest.mark.parametrize("stage", [S.QUEUED, S.BUILDING])
@pytest.mark.parametrize("event", ["Found", "IssueEdited"])
def test_an_edit_without_a_product_owner_waits_for_another_approval(
    stage: Stage, event: str
) -> None:
    policy = {"plan_approval": PlanApproval.ALWAYS}
    before = edited(with_record(task(stage, policy=policy), approved=DIGEST))
    taken = step(before, EVENTS[event])
    assert taken.task.stage is S.PLAN_REVIEW
    assert Show() in taken.effects
    assert (StopRun() in taken.effects) == (stage is S.BUILDING)
    record = taken.task.record
    assert (record.round, record.approved, record.branch) == (2, "", "orc/issue-7-2")
    assert record.planned == taken.task.plan_digest


def test_a_plan_that_is_old_is_shown_anew() -> None:
    policy = {"plan_approval": PlanApproval.ALWAYS}
    before = task(S.PLAN_REVIEW, policy=policy, body="Edited.")
    before = with_record(before, planned=DIGEST, planned_at=AT, approved="")
    taken = step(before, EVENTS["Found"])
    assert taken.effects == (Show(),)
    assert taken.task.record.planned == before.plan_digest != DIGEST
    assert taken.task.record.planned_at is None


@pytest.mark.parametrize("stage", [S.INTAKE, S.NEEDS_INFO, S.QUEUED, S.BUILDING])
def test_a_record_that_was_lost_is_mended_wherever_it_is_found(stage: Stage) -> None:
    lost = with_record(task(stage, pull_request=PULL), round=0, branch="", stage=None)
    record = step(lost, EVENTS["Found"]).task.record
    assert (record.round, record.branch, record.pull_request) == (1, "orc/issue-7", 9)


# Rounds, as people count them


def test_people_see_another_round_only_where_one_was_built() -> None:
    """A pause, an edit and a plan made anew begin runs of their own, and no round."""
    made = step(owned(S.INTAKE), EVENTS["Paused"]).task
    made = step(made, EVENTS["Resumed"]).task
    made = step(made, EVENTS["SlotFreed"]).task
    made = step(edited(made), EVENTS["IssueEdited"]).task
    made = step(made, EVENTS["SlotFreed"]).task
    spec = replace(SPEC, request=made.request_digest)
    found = finished(spec=spec, request=made.request_digest)
    found = replace(found, round=made.record.round)
    made = step(step(made, found).task, EVENTS["SlotFreed"]).task
    assert (made.stage, made.record.round) == (S.BUILDING, 4)
    for name in ("Paused", "Resumed", "SlotFreed"):
        made = step(made, EVENTS[name]).task
        assert made.record.shown_round == 1
        assert "Round" not in words.status_comment(made)
    ended = RunFinished(LATER, made.record.round, (RED,), reason="Spent.")
    made = step(step(made, ended).task, EVENTS["Retried"]).task
    assert "Round 2" in words.status_comment(made)
    made = step(step(made, EVENTS["Cancelled"]).task, EVENTS["Retried"]).task
    assert made.record.shown_round == 2  # nothing was attempted in it


def test_what_was_specified_before_is_kept_where_more_was_said_meanwhile() -> None:
    """What was found for less is not."""
    made = with_record(owned(S.INTAKE), spec=SPEC, asked=601)
    less = replace(SPEC, what="Less.")
    after = step(made, IntakeFinished(LATER, 1, DIGEST, spec=less, heard=600)).task
    assert after.stage is S.QUEUED
    assert after.record.spec == SPEC
