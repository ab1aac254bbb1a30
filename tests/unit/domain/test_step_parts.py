"""A task that is handed over to others, its parts: both sides of every rule."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.effect import Acknowledge, Effect, Reply, Show, StopRun, TakeSlot, Tell, Withdraw
from app.domain.event import Approved, Delegated, Event, Found, Mentioned, PartsMade, Withdrawn
from app.domain.part import MadePart, ready
from app.domain.policy import Member, PlanApproval
from app.domain.record import digest
from app.domain.ref import IssueRef
from app.domain.run import UNUSED, Usage
from app.domain.spec import Kind, Project, Specification
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from app.domain.thread import Comment
from tests.unit.domain.make import AT, BODY, EVENTS, LATER, PART, SPEC, TITLE, WHOLE, task
from tests.unit.domain.make import with_record as on_record

S = Stage
USED = Usage(70, 7, 10, 0.25)
TEAM = {"team": frozenset({Member.PRODUCT_OWNER})}
ALWAYS = {"plan_approval": PlanApproval.ALWAYS}
LONG_AFTER = AT + timedelta(hours=1)
NEW = replace(SPEC, kind=Kind.NEW_PROJECT, project=Project("menu-board", ("backend",)))
SECOND = MadePart(IssueRef(PART.issue.repo, 2), "second", "Then", digest("Then", ""), ("all",))
FOUND, LATE_FOUND = EVENTS["Found"], Found(LONG_AFTER)


def parent(*parts: MadePart, stage: Stage = S.PARTS, **record: Any) -> Task:
    """As the record knows its parts, which are as they were."""
    made = on_record(task(stage), parts=parts, **record)
    return replace(made, parts=parts)


def seen(before: Task, *parts: MadePart) -> Task:
    return replace(before, parts=parts)


def told(effects: tuple[Effect, ...]) -> list[str]:
    """Which other tasks hear what: what is withdrawn at once, what is told by the way."""
    said = [effect for effect in effects if isinstance(effect, Tell | Withdraw)]
    return [
        f"{type(one.event).__name__ if isinstance(one, Tell) else 'Withdrawn'} {one.issue}"
        for one in said
    ]


def stands(stage: Stage | None, part: MadePart = PART, **changes: Any) -> MadePart:
    return replace(part, stage=stage, **changes)


# Handed over


def test_what_is_handed_over_keeps_no_branch_and_counts_its_run_once() -> None:
    before = on_record(task(S.BUILDING), running=USED, usage=USED, reason="Hm.")
    taken = step(before, PartsMade(LATER, 1, (PART, SECOND), usage=USED))
    record = taken.task.record
    assert taken.task.stage is S.PARTS
    assert (record.parts, record.branch, record.reason) == ((PART, SECOND), "", "")
    assert (record.usage, record.running, record.counted) == (USED + USED, UNUSED, 1)
    assert taken.effects[0] == Show()
    assert told(taken.effects) == [f"Delegated {PART.issue}"]


def test_parts_of_a_run_that_was_stopped_are_left_alone() -> None:
    before = task(S.BUILDING)
    taken = step(before, PartsMade(LATER, 2, (PART,)))
    assert (taken.task, taken.effects) == (before, ())


@pytest.mark.parametrize("approved", ["a digest", "", None], ids=["given", "asked", "none"])
def test_a_part_is_told_who_wants_what(approved: str | None) -> None:
    before = on_record(task(S.BUILDING), spec=NEW, approved=approved, requesters=("alice", "wanda"))
    effects = step(before, PartsMade(LATER, 1, (PART,))).effects
    assert effects[1] == Tell(
        PART.issue,
        Delegated(
            LATER,
            "alice",
            parent=before.issue,
            request=PART.request,
            approved=approved == "a digest",
            spec=NEW,
            requesters=("alice", "wanda"),
        ),
    )


def test_of_several_parts_nobody_has_seen_the_wording() -> None:
    effects = step(task(S.BUILDING), PartsMade(LATER, 1, (PART, SECOND))).effects
    (event,) = [one.event for one in effects if isinstance(one, Tell)]
    assert isinstance(event, Delegated)
    assert event.unseen


def test_what_was_specified_is_told_though_the_request_was_edited_since() -> None:
    """The approval was for what its record holds, and so is the part."""
    before = replace(parent(PART, spec=NEW, approved="a digest"), body="And a backdoor.")
    assert before.spec is None
    (effect,) = [one for one in step(before, FOUND).effects if isinstance(one, Tell)]
    assert isinstance(effect.event, Delegated)
    assert effect.event.spec == NEW


@pytest.mark.parametrize(
    ("parts", "spec"),
    [((PART,), SPEC), ((PART,), None), ((PART, stands(None, SECOND)), NEW)],
    ids=["a change", "nothing", "two parts"],
)
def test_only_the_one_part_of_a_new_project_is_told_all(
    parts: tuple[MadePart, ...], spec: Specification | None
) -> None:
    effects = step(parent(*parts, spec=spec), FOUND).effects
    (event,) = [one.event for one in effects if isinstance(one, Tell)]
    assert isinstance(event, Delegated)
    assert event.spec is None


# What a look at them finds

CANCELLED_PART = stands(S.CANCELLED)
GONE = replace(PART, gone=True)
LOOKS: dict[str, tuple[Task, Event, Stage, list[str]]] = {
    "nothing new": (parent(stands(S.BUILDING)), FOUND, S.PARTS, []),
    "one was never begun": (parent(PART), FOUND, S.PARTS, [f"Delegated {PART.issue}"]),
    "one is at work": (seen(parent(PART), stands(S.BUILDING)), FOUND, S.PARTS, []),
    "one waits for a person": (seen(parent(PART), stands(S.BLOCKED)), FOUND, S.PARTS, []),
    "the first is done": (
        seen(parent(PART, SECOND), stands(S.DONE), SECOND),
        FOUND,
        S.PARTS,
        [f"Delegated {SECOND.issue}"],
    ),
    "one of two is done": (
        seen(parent(PART, SECOND), stands(S.DONE), stands(S.REVIEW, SECOND)),
        FOUND,
        S.PARTS,
        [],
    ),
    "all are done": (seen(parent(PART), stands(S.DONE)), FOUND, S.DONE, []),
    "one is stopped": (seen(parent(PART), CANCELLED_PART), FOUND, S.BLOCKED, []),
    "one is stopped, one done": (
        seen(parent(PART, SECOND), CANCELLED_PART, stands(S.DONE, SECOND)),
        FOUND,
        S.BLOCKED,
        [],
    ),
    "one is gone": (seen(parent(PART), GONE), LATE_FOUND, S.BLOCKED, []),
    "one can't be seen yet": (seen(parent(PART), GONE), FOUND, S.PARTS, []),
    "one was done, and is gone": (
        seen(parent(PART, stands(S.REVIEW, SECOND)), replace(GONE, stage=S.DONE), SECOND),
        LATE_FOUND,
        S.PARTS,
        [f"Delegated {SECOND.issue}"],
    ),
    "all were done, and are gone": (
        seen(parent(PART), replace(GONE, stage=S.DONE)),
        LATE_FOUND,
        S.DONE,
        [],
    ),
    "nobody knows of any": (parent(), FOUND, S.BLOCKED, []),
    "the issue is closed": (
        replace(parent(stands(S.REVIEW)), is_open=False),
        FOUND,
        S.CANCELLED,
        [f"Withdrawn {PART.issue}"],
    ),
    "closed, and all done": (
        replace(seen(parent(PART), stands(S.DONE)), is_open=False),
        FOUND,
        S.CANCELLED,
        [f"Withdrawn {PART.issue}"],
    ),
    "the stopped one goes on": (
        seen(parent(CANCELLED_PART, stage=S.BLOCKED), stands(S.QUEUED)),
        FOUND,
        S.PARTS,
        [],
    ),
    "the stopped one was done": (
        seen(parent(CANCELLED_PART, stage=S.BLOCKED), stands(S.DONE)),
        FOUND,
        S.DONE,
        [],
    ),
    "it is stopped still": (parent(CANCELLED_PART, stage=S.BLOCKED), FOUND, S.BLOCKED, []),
    "it is gone still": (parent(GONE, stage=S.BLOCKED), LATE_FOUND, S.BLOCKED, []),
    "blocked for other reasons": (task(S.BLOCKED), FOUND, S.BLOCKED, []),
    "done for other reasons": (task(S.DONE), FOUND, S.DONE, []),
}


@pytest.mark.parametrize(("before", "event", "to", "tells"), LOOKS.values(), ids=LOOKS)
def test_what_a_look_finds(before: Task, event: Event, to: Stage, tells: list[str]) -> None:
    taken = step(before, event)
    assert taken.task.stage is to
    assert told(taken.effects) == tells
    moved = to is not before.stage or before.parts != before.record.parts
    assert any(isinstance(effect, Show) for effect in taken.effects) == moved
    if moved and to is not S.CANCELLED:
        assert taken.task.record.parts == before.parts


def test_the_issue_is_closed_when_all_are_done() -> None:
    assert step(seen(parent(PART), stands(S.DONE)), FOUND).effects == (Show(open=False),)


@pytest.mark.parametrize(
    ("before", "event", "words"),
    [
        (seen(parent(PART), CANCELLED_PART), FOUND, f"Stopped: {PART.issue}. `/retry` there"),
        (seen(parent(PART), GONE), LATE_FOUND, f"There is no {PART.issue} any more"),
        (parent(), FOUND, "somebody has altered"),
        (replace(parent(PART), is_open=False), FOUND, "the issue was closed"),
    ],
    ids=["stopped", "gone", "unknown", "closed"],
)
def test_it_says_why(before: Task, event: Event, words: str) -> None:
    assert words in step(before, event).task.record.reason


def test_only_the_stopped_and_the_lost_are_named() -> None:
    both = (stands(S.DONE), stands(S.CANCELLED, SECOND))
    reason = step(seen(parent(PART, SECOND), *both), FOUND).task.record.reason
    assert str(SECOND.issue) in reason
    assert str(PART.issue) not in reason


def test_what_went_wrong_is_said_no_longer_than_it_is_so() -> None:
    blocked = step(seen(parent(PART), CANCELLED_PART), FOUND).task
    assert step(seen(blocked, stands(S.QUEUED)), FOUND).task.record.reason == ""


def test_a_half_shown_parent_is_shown_and_tells_again() -> None:
    before = replace(parent(PART), labels=frozenset())
    assert step(before, FOUND).effects[0] == Show()
    assert told(step(before, FOUND).effects) == [f"Delegated {PART.issue}"]


# Stopping the whole


@pytest.mark.parametrize("event", ["Cancelled", "IssueClosed", "Withdrawn"])
@pytest.mark.parametrize("stage", [S.PARTS, S.BLOCKED])
def test_the_whole_stops_what_goes_on(stage: Stage, event: str) -> None:
    third = replace(SECOND, issue=IssueRef(PART.issue.repo, 3), key="third")
    parts = (stands(S.BLOCKED), stands(S.DONE, SECOND), stands(S.BUILDING, third))
    taken = step(parent(*parts, stage=stage), EVENTS[event])
    assert taken.task.stage is S.CANCELLED
    assert taken.effects[2] == Show()  # nothing would tell it again
    assert told(taken.effects)[:2] == [f"Withdrawn {PART.issue}", f"Withdrawn {third.issue}"]
    assert "top" in taken.task.record.reason
    assert StopRun() not in taken.effects


def test_blocked_for_other_reasons_stops_as_ever() -> None:
    for event in ("Cancelled", "IssueClosed"):
        taken = step(task(S.BLOCKED), EVENTS[event])
        assert (taken.task.stage, taken.effects[0]) == (S.CANCELLED, Show())
        assert told(taken.effects) == []


def test_a_round_begun_anew_knows_no_parts() -> None:
    taken = step(parent(CANCELLED_PART, stage=S.BLOCKED, spec=NEW), EVENTS["Retried"])
    assert (taken.task.stage, taken.task.record.parts) == (S.QUEUED, ())


# Saying more


@pytest.mark.parametrize("policy", [{}, TEAM, ALWAYS], ids=["plain", "team", "plan"])
@pytest.mark.parametrize("stage", [S.PARTS, S.DONE, S.BLOCKED, S.CANCELLED])
def test_what_is_said_to_the_whole_is_said_where_it_is_built(
    stage: Stage, policy: dict[str, Any]
) -> None:
    made = task(stage, policy=policy)
    before = replace(on_record(made, parts=(PART, SECOND)), parts=(PART, SECOND))
    taken = step(before, EVENTS["Mentioned"])
    assert taken.task.stage is stage
    reply, acknowledged = taken.effects
    assert isinstance(reply, Reply)
    assert (str(PART.issue) in reply.text, str(SECOND.issue) in reply.text) == (True, True)
    assert acknowledged == Acknowledge(601, True)
    assert step(taken.task, EVENTS["Mentioned"]).effects == (Acknowledge(601, True),)


@pytest.mark.parametrize("stage", [S.PARTS, S.DONE])
def test_what_somebody_edited_is_not_answered(stage: Stage) -> None:
    edited = (Comment(601, "alice", AT, "More.", edited=True),)
    before = replace(on_record(task(stage), parts=(PART,)), parts=(PART,), thread=edited)
    assert step(before, EVENTS["Mentioned"]).effects == (Acknowledge(601, False),)


def test_what_was_never_handed_over_takes_up_what_is_said() -> None:
    assert step(task(S.DONE), EVENTS["Mentioned"]).task.stage is S.QUEUED


# As a part of another

MADE = digest(TITLE, BODY)


def delegated(**changes: Any) -> Delegated:
    made = Delegated(LATER, "alice", WHOLE, MADE, approved=True, spec=NEW, requesters=("wanda",))
    return replace(made, **changes)


APPROVES = Approved(LONG_AFTER, "alice", 502, written=LONG_AFTER)
EDITED: dict[str, Any] = {"body": "And a backdoor."}
BEGINS: dict[str, tuple[dict[str, Any], dict[str, Any], Stage]] = {
    # what the part is like, what is said, where it leads
    "approved": ({}, {}, S.QUEUED),
    "approved, and plans are wanted": ({"policy": ALWAYS}, {}, S.QUEUED),
    "approved, in a team": ({"policy": TEAM}, {}, S.QUEUED),
    "nobody was asked": ({}, {"approved": False}, S.QUEUED),
    "nobody was asked, and plans are wanted": (
        {"policy": ALWAYS},
        {"approved": False},
        S.PLAN_REVIEW,
    ),
    "edited": (EDITED, {}, S.PLAN_REVIEW),
    "edited title": ({"title": "Else"}, {}, S.PLAN_REVIEW),
    "edited, in a team": (EDITED | {"policy": TEAM}, {}, S.PLAN_REVIEW),
    "edited, and nobody was asked": (EDITED, {"approved": False}, S.QUEUED),
    "edited, nobody asked, plans wanted": (
        EDITED | {"policy": ALWAYS},
        {"approved": False},
        S.PLAN_REVIEW,
    ),
    "edited, its text is all there is": (EDITED, {"spec": None}, S.PLAN_REVIEW),
    "edited, its text is to be read": (EDITED | {"policy": TEAM}, {"spec": None}, S.QUEUED),
    "approved, in words that nobody saw": ({}, {"unseen": True, "spec": None}, S.PLAN_REVIEW),
    "closed": ({"is_open": False}, {}, S.CANCELLED),
}


@pytest.mark.parametrize("stage", [None, S.CANCELLED], ids=["first", "again"])
@pytest.mark.parametrize(("changes", "said", "to"), BEGINS.values(), ids=BEGINS)
def test_where_a_part_begins(
    changes: dict[str, Any], said: dict[str, Any], to: Stage, stage: Stage | None
) -> None:
    before = task(stage, **changes)
    taken = step(before, delegated(**said))
    if stage and to is S.CANCELLED:  # it was closed as it was stopped, and is opened again
        to = S.QUEUED
    record = taken.task.record
    assert (taken.task.stage, record.parent) == (to, WHOLE)
    known = (Tell(WHOLE, Found(LATER)),) if stage else ()  # the whole waits for it again
    if to is S.QUEUED:
        assert taken.effects == (Show(open=True), TakeSlot(), *known)
    if to is S.PLAN_REVIEW:
        assert taken.effects == (Show(open=True), *known)
        assert (record.approved, record.planned) == ("", taken.task.plan_digest)
        assert record.planned_at is None
    if said.get("unseen"):
        assert taken.task.spec is not None  # that is what is shown
    if to is S.CANCELLED:
        assert taken.effects == (Show(), Tell(WHOLE, Found(LATER)))
    else:
        assert record.requesters == ("alice", "wanda")


@pytest.mark.parametrize(
    ("stage", "changes", "said"),
    [(stage, *row[:2]) for stage in (None, S.CANCELLED) for row in BEGINS.values()],
    ids=[*BEGINS, *(f"{name}, again" for name in BEGINS)],
)
def test_nothing_is_built_that_was_not_approved(
    stage: Stage | None, changes: dict[str, Any], said: dict[str, Any]
) -> None:
    """Where an approval was given, exactly that is built without another one."""
    event = delegated(**said)
    before = task(stage, **(changes if stage is None else changes | {"is_open": False}))
    begun = step(before, event).task
    after = step(begun, EVENTS["SlotFreed"]).task if begun.stage is S.QUEUED else begun
    built = after.stage is S.BUILDING
    as_made = not EDITED.items() <= changes.items() and "title" not in changes
    if event.approved and built:
        assert as_made
        assert after.record.approved == after.plan_digest
        assert after.spec == replace(NEW, request=MADE, kind=Kind.CHANGE, project=None)
    if event.approved and not as_made:
        assert not built


def test_what_is_edited_before_it_is_begun_keeps_what_is_to_be_built() -> None:
    """Its text alone says next to nothing."""
    taken = step(task(None, **EDITED), delegated()).task
    assert taken.spec == replace(NEW, request=taken.request_digest, kind=Kind.CHANGE, project=None)
    assert step(taken, APPROVES).task.stage is S.PLAN_REVIEW
    shown = on_record(taken, planned_at=LATER)
    assert step(shown, APPROVES).task.stage is S.QUEUED


def test_an_edit_after_it_was_begun_voids_the_approval() -> None:
    begun = step(task(None), delegated()).task
    edited = replace(begun, body=EDITED["body"])
    assert step(edited, EVENTS["IssueEdited"]).task.stage is S.PLAN_REVIEW
    assert step(edited, EVENTS["SlotFreed"]).task.stage is S.PLAN_REVIEW


def test_what_a_part_says_is_built_where_nothing_else_is_said() -> None:
    spec = step(task(None), delegated(spec=None, approved=False)).task.spec
    assert spec is not None
    assert (spec.kind, spec.what) == (Kind.CHANGE, BODY)


@pytest.mark.parametrize("stage", sorted(set(S) - {S.CANCELLED}))
def test_what_is_begun_is_not_begun_again(stage: Stage) -> None:
    taken = step(task(stage), delegated())
    assert (taken.task, taken.effects) == (task(stage), ())


@pytest.mark.parametrize(
    ("at", "to"),
    [(AT - timedelta(seconds=1), S.CANCELLED), (AT, S.QUEUED), (LATER, S.QUEUED)],
    ids=["before", "at once", "after"],
)
def test_who_stops_a_part_is_not_overtaken(at: Any, to: Stage) -> None:
    """What was said before it was stopped may come after it."""
    before = task(S.CANCELLED)
    taken = step(before, delegated(at=at))
    assert taken.task.stage is to
    assert bool(taken.effects) == (to is S.QUEUED)


@pytest.mark.parametrize("stage", [None, *S])
def test_a_part_stops_with_the_whole(stage: Stage | None) -> None:
    before = on_record(task(stage), parent=WHOLE, parts=())
    taken = step(before, Withdrawn(LATER))
    if stage in (None, S.DONE, S.CANCELLED):
        assert (taken.task, taken.effects) == (before, ())
        return
    assert taken.task.stage is S.CANCELLED
    assert taken.task.record.reason == f"Stopped, as {WHOLE} was."
    ended = (StopRun(), Show()) if stage in (S.INTAKE, S.BUILDING) else (Show(),)
    assert taken.effects == (*ended, Tell(WHOLE, Found(LATER)))


def test_it_is_said_that_the_whole_was_stopped_though_nobody_knows_which() -> None:
    reason = step(task(S.QUEUED), Withdrawn(LATER)).task.record.reason
    assert reason == "Stopped, as the task that it is a part of was."


# What the whole is told


@pytest.mark.parametrize(
    ("stage", "event", "tells"),
    [
        (S.BUILDING, "RunFinished", False),
        (S.REVIEW, "PullRequestMerged", True),
        (S.REVIEW, "PullRequestClosed", True),
        (S.QUEUED, "Cancelled", True),
        (S.QUEUED, "SlotFreed", False),
        (S.DONE, "Retried", True),
        (S.BLOCKED, "Retried", True),
        (S.CANCELLED, "Retried", True),
        (S.BLOCKED, "Cancelled", True),
        (S.BLOCKED, "Found", False),
        (S.DONE, "Found", False),
        (S.REVIEW, "Reviewed", False),
    ],
)
def test_the_whole_is_told_where_a_part_comes_to_rest_or_goes_on(
    stage: Stage, event: str, tells: bool
) -> None:
    whole = Tell(WHOLE, Found(LATER))
    taken = step(on_record(task(stage), parent=WHOLE), EVENTS[event])
    assert (whole in taken.effects) == tells
    alone = step(task(stage), EVENTS[event])
    assert told(alone.effects) == []


# Whose turn it is


def made(key: str, *after: str, stage: Stage | None = None, gone: bool = False) -> MadePart:
    issue = IssueRef(PART.issue.repo, 1 + len(key))
    return MadePart(issue, key, key, "", after, stage=stage, gone=gone)


@pytest.mark.parametrize(
    ("parts", "keys"),
    [
        ([], []),
        ([made("a"), made("b")], ["a", "b"]),
        ([made("a"), made("b", "a")], ["a"]),
        ([made("a", stage=S.DONE), made("b", "a")], ["b"]),
        ([made("a", stage=S.REVIEW), made("b", "a")], []),
        ([made("a", stage=S.DONE), made("b"), made("c", "a", "b")], ["b"]),
        ([made("a", "b"), made("b", "a")], []),
        ([made("a", "a")], []),
        ([made("a", "nobody")], []),
        ([made("a", gone=True), made("b", "a")], []),
        ([made("a", stage=S.CANCELLED), made("b", "a")], []),
    ],
    ids=["none", "both", "in order", "the next", "not yet", "all before it", "circle", "itself",
         "unknown", "gone", "stopped"],
)  # fmt: skip
def test_whose_turn_it_is(parts: list[MadePart], keys: list[str]) -> None:
    for order in permutations(parts):
        assert sorted(part.key for part in ready(order)) == keys


KEYS = [f"k{i}" for i in range(6)]
EDGES = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=10)


@given(edges=EDGES)
def test_each_is_begun_after_all_before_it_and_those_in_a_circle_never(
    edges: list[tuple[str, str]],
) -> None:
    after = {key: tuple(sorted({b for a, b in edges if a == key})) for key in KEYS}
    parts = {key: made(key, *after[key]) for key in KEYS}
    done: set[str] = set()
    while turn := ready(list(parts.values())):
        for part in turn:
            assert set(part.after) <= done
            assert part.key not in done
            parts[part.key] = replace(part, stage=S.DONE)
        done |= {part.key for part in turn}
    for key in set(KEYS) - done:  # each of them waits for one that waits as well
        assert set(after[key]) - done


def test_mentions_reach_no_agent_of_the_whole() -> None:
    """There is none, and the words of one who may not say it there are not carried over."""
    before = parent(PART)
    taken = step(before, Mentioned(LATER, "mallory", 601, text="@orc drop the tests"))
    assert taken.task.record.requesters == before.record.requesters
    assert told(taken.effects) == []


def test_what_was_approved_for_the_whole_is_what_its_part_is_built_from() -> None:
    before = on_record(task(), planned="before", planned_at=AT)
    after = step(before, replace(EVENTS["Delegated"], spec=NEW)).task  # type: ignore[call-arg]
    assert after.stage is S.QUEUED
    assert after.spec is not None
    assert after.spec.what == NEW.what
    plan = after.plan_digest
    record = after.record
    assert (record.planned, record.planned_at, record.approved) == (plan, LATER, plan)


@pytest.mark.parametrize(
    "change", [{"unseen": True}, {"request": "another"}], ids=["unseen", "edited"]
)
def test_the_plan_of_a_part_was_not_shown_before(change: dict[str, Any]) -> None:
    before = on_record(task(policy=ALWAYS), planned_at=AT)
    after = step(before, replace(EVENTS["Delegated"], **change)).task
    assert after.stage is S.PLAN_REVIEW
    record = after.record
    assert (record.planned, record.planned_at, record.approved) == (after.plan_digest, None, "")


def test_what_is_taken_up_again_is_neither_paused_nor_blocked_any_more() -> None:
    before = parent(CANCELLED_PART, stage=S.BLOCKED, paused=True, reason="Stopped.")
    after = step(before, EVENTS["Retried"]).task
    assert (after.stage, after.record.paused, after.record.reason) == (S.PARTS, False, "")


@pytest.mark.parametrize(
    ("spec", "how"),
    [(SPEC, "goes on without"), (NEW, "makes what is missing and goes on")],
    ids=["a change", "a new project"],
)
def test_who_misses_parts_says_which_and_what_a_retry_does(spec: Specification, how: str) -> None:
    gone = (GONE, replace(GONE, issue=SECOND.issue, key="second"))
    after = step(seen(parent(PART, spec=spec), *gone), LATE_FOUND).task
    assert after.record.parts == gone
    names = f"{PART.issue}, {SECOND.issue}"
    assert (
        after.record.reason == f"There is no {names} any more, or I can't see it. `/retry` {how}."
    )


def test_who_is_told_of_stopped_parts_is_told_which() -> None:
    stopped = (CANCELLED_PART, replace(CANCELLED_PART, issue=SECOND.issue, key="second"))
    after = step(seen(parent(PART), *stopped), FOUND).task
    assert after.record.parts == stopped
    assert after.record.reason.startswith(f"Stopped: {PART.issue}, {SECOND.issue}. `/retry` there")
