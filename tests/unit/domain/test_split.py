"""A request that is split: which may be, what its parts are told, and how it goes on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.effect import Reply, Show, Tell
from app.domain.event import Delegated, PartsMade, Planned
from app.domain.part import MadePart, Part, marker, wording
from app.domain.policy import Member, PlanApproval
from app.domain.record import Record, Visit, digest
from app.domain.ref import IssueRef
from app.domain.remark import quoted, unquoted
from app.domain.run import Usage
from app.domain.spec import Kind, Project
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from app.domain.words.parts import part_text, parts_table, said_in
from tests.unit.domain.make import AT, EVENTS, GREEN, ISSUE, LATER, SPEC, WHOLE, task
from tests.unit.domain.make import with_record as on_record

S = Stage
LEAD = {"team": frozenset({Member.LEAD})}
OWNED = {"team": frozenset({Member.LEAD, Member.PRODUCT_OWNER})}
ALWAYS = {"plan_approval": PlanApproval.ALWAYS}
NEW = replace(SPEC, kind=Kind.NEW_PROJECT, project=Project("menu-board", ("backend",)))


# Which may be


def lead_task(**record: Any) -> Task:
    return on_record(task(S.BUILDING, policy=LEAD), **record)


MAY: dict[str, tuple[Task, bool]] = {
    "a request": (lead_task(), True),
    "a change": (lead_task(spec=SPEC), True),
    "without a lead": (task(S.BUILDING), False),
    "a part": (lead_task(parent=WHOLE), False),
    "a part whose record is lost": (
        replace(lead_task(), body=f"Build it.\n\n{marker(WHOLE, 'api')}\n"), False
    ),
    "a text with the mark of a part in it": (
        replace(lead_task(), body=f"{marker(WHOLE, 'api')} is what it says."), True
    ),
    "a bug": (lead_task(spec=replace(SPEC, kind=Kind.BUG)), False),
    "an update": (lead_task(spec=replace(SPEC, kind=Kind.UPDATE)), False),
    "a new project": (lead_task(spec=NEW), False),
    "with an attempt": (lead_task(attempts=(GREEN,)), False),
    "with a plan": (lead_task(plan="So."), False),
    "with a pull request": (lead_task(pull_request=9), False),
    "a merge": (lead_task(merging=True), False),
}  # fmt: skip


@pytest.mark.parametrize(("made", "may"), MAY.values(), ids=MAY)
def test_which_may_be_split(made: Task, may: bool) -> None:
    assert made.may_be_split is may


def test_people_are_told_why_it_was_not() -> None:
    before = task(S.BUILDING)
    noted = step(before, Planned(LATER, 1, "", Usage(5), "It is one task.")).task.record
    assert (noted.reason, noted.plan, noted.running) == ("It is one task.", "", Usage(5))
    planned = step(on_record(before, reason="It is one task."), Planned(LATER, 1, "So."))
    assert (planned.task.record.reason, planned.task.record.plan) == ("It is one task.", "So.")


# What a part says


def printable(text: str) -> str:
    return unquoted(quoted(text)).strip()


@given(
    st.text(max_size=60).map(printable).filter(bool),
    st.lists(st.text(max_size=20).map(printable).filter(bool), max_size=3),
)
def test_what_a_part_says_is_read_back(what: str, checks: list[str]) -> None:
    body = f"{part_text(what, checks)}\n\n{marker(WHOLE, 'api')}"
    assert said_in(body) == (what, tuple(" ".join(check.split()) for check in checks))


def test_nothing_of_it_works_and_all_of_it_is_read() -> None:
    what = (
        "See @bob, #3 and https://x.y.\n\n    if a_b:\n        <b>1 \\* 2</b>\n**It is done when**"
    )
    text = part_text(what, ["`x` | y"])
    assert said_in(text) == (what, ("`x` | y",))
    assert all(line.startswith(">") for line in text.partition("\n\n**It")[0].splitlines())
    assert "@b" not in text
    assert "<b>" not in text


def test_a_text_that_people_wrote_is_read_as_it_is() -> None:
    assert said_in("Build it.\nNow.") == ("Build it.\nNow.", ())


# What a part is told


ONE = Part("api", "Serve it", part_text("An endpoint.", ["It answers."]))
TITLE, BODY = wording(WHOLE, ONE)


def part_issue(**changes: Any) -> Task:
    return task(None, title=TITLE, body=BODY, **changes)


def told(*, approved: bool = False, unseen: bool = True, request: str = "") -> Delegated:
    made = request or digest(TITLE, BODY)
    return Delegated(LATER, "alice", WHOLE, made, approved=approved, unseen=unseen)


def test_a_part_is_built_as_it_says() -> None:
    begun = step(part_issue(policy=OWNED), told()).task
    assert begun.stage is S.QUEUED
    assert begun.record.parent == WHOLE
    assert begun.spec is not None
    assert (begun.spec.what, begun.spec.checks) == ("An endpoint.", ("It answers.",))
    assert not begun.is_unspecified


WAITS: dict[str, tuple[Task, Delegated, Stage]] = {
    "nobody asks for plans": (part_issue(), told(), S.QUEUED),
    "plans are asked for": (part_issue(policy=ALWAYS), told(), S.PLAN_REVIEW),
    "the whole was approved": (part_issue(), told(approved=True), S.PLAN_REVIEW),
    "both": (part_issue(policy=ALWAYS), told(approved=True), S.PLAN_REVIEW),
    "all that it says was approved": (
        part_issue(policy=ALWAYS), told(approved=True, unseen=False), S.QUEUED
    ),
    "it was edited": (part_issue(), told(request="0" * 40), S.QUEUED),
    "it was edited, after an approval": (
        part_issue(), told(approved=True, request="0" * 40), S.PLAN_REVIEW
    ),
}  # fmt: skip


@pytest.mark.parametrize(("issue", "event", "stage"), WAITS.values(), ids=WAITS)
def test_what_nobody_has_seen_waits_for_an_approval(
    issue: Task, event: Delegated, stage: Stage
) -> None:
    begun = step(issue, event).task
    assert begun.stage is stage
    if stage is S.PLAN_REVIEW:
        assert begun.record.approved == ""
        assert begun.record.planned == begun.plan_digest
        approved = replace(EVENTS["Approved"], written=LATER + timedelta(seconds=9))  # type: ignore[call-arg]
        shown = on_record(begun, planned_at=LATER)
        assert step(shown, approved).task.stage is S.QUEUED


# How it goes on

API = MadePart(IssueRef(ISSUE.repo, 8), "api-1", "Serve it", "d", ("db-1",))
DB = MadePart(IssueRef(ISSUE.repo, 9), "db-1", "Keep it", "e")


def split(*parts: MadePart, stage: Stage = S.CANCELLED, **changes: Any) -> Task:
    history = (Visit(S.PARTS, AT), Visit(stage, AT))
    made = on_record(task(stage, **changes), parts=parts, history=history)
    return replace(made, parts=parts, is_open=False)


def stands(part: MadePart, stage: Stage | None, **changes: Any) -> MadePart:
    return replace(part, stage=stage, **changes)


def begun(made: Task, event: str = "Retried") -> tuple[Stage | None, list[str]]:
    taken = step(made, EVENTS[event])
    tells = [one.issue for one in taken.effects if isinstance(one, Tell)]
    return taken.task.stage, [f"#{issue.number}" for issue in tells]


GO_ON: dict[str, tuple[Task, list[str]]] = {
    "stopped": (split(stands(API, None), stands(DB, S.CANCELLED)), ["#9"]),
    "at work when it was last seen": (split(API, stands(DB, S.BUILDING)), ["#9"]),
    "one is done": (split(stands(API, S.CANCELLED), stands(DB, S.DONE)), ["#8"]),
    "one is gone": (split(API, stands(DB, S.BLOCKED, gone=True)), ["#8"]),
    "blocked": (split(stands(API, None), stands(DB, S.CANCELLED), stage=S.BLOCKED), ["#9"]),
}


@pytest.mark.parametrize(("made", "tells"), GO_ON.values(), ids=GO_ON)
def test_retry_goes_on_with_the_parts_that_there_are(made: Task, tells: list[str]) -> None:
    assert begun(made) == (S.PARTS, tells)
    after = step(made, EVENTS["Retried"])
    assert after.effects[0] == Show(open=True)
    assert after.task.record.round == made.record.round
    assert "alice" in after.task.record.requesters


def test_reopening_goes_on_too() -> None:
    made = split(API, stands(DB, S.CANCELLED))
    assert begun(made, "IssueReopened") == (S.PARTS, ["#9"])


ANEW: dict[str, Task] = {
    "there are none": split(),
    "all are gone": split(stands(API, None, gone=True)),
    "it was edited": split(API, DB, edited_at=LATER),
    "it is not specified": split(API, DB, policy=OWNED),
    "a new project": on_record(split(API, policy=OWNED), spec=NEW),
}


@pytest.mark.parametrize("made", ANEW.values(), ids=ANEW)
def test_what_was_split_for_something_else_begins_anew(made: Task) -> None:
    taken = step(made, EVENTS["Retried"]).task
    assert (taken.stage, taken.record.round, taken.record.parts) == (S.QUEUED, 2, ())


@pytest.mark.parametrize(
    ("since", "stage"),
    [(-1, None), (0, S.CANCELLED), (1, S.CANCELLED)],
    ids=["before", "just then", "since"],
)
def test_what_was_stopped_before_it_was_handed_over_waits_for_its_turn(
    since: int, stage: Stage | None
) -> None:
    whole = Record(history=(Visit(S.PARTS, AT - timedelta(hours=1)), Visit(S.PARTS, AT)))
    own = Record(history=(Visit(S.CANCELLED, AT + timedelta(seconds=since)),))
    own = replace(own, stage=S.CANCELLED, usage=Usage(5), merged="c" * 40)
    seen = whole.standing(replace(API, gone=True), own)
    assert seen == replace(API, stage=stage, usage=Usage(5), merged="c" * 40)


def test_what_was_said_meanwhile_is_answered_with_where_to_say_it() -> None:
    before = on_record(task(S.BUILDING), asked=601)
    event = PartsMade(LATER, 1, (API, DB), heard=600)
    replies = [one for one in step(before, event).effects if isinstance(one, Reply)]
    assert [one.to for one in replies] == ["parts-1"]
    assert "#8" in replies[0].text
    heard = step(before, replace(event, heard=601)).effects
    again = step(replace(before, replied=frozenset({"parts-1"})), event).effects
    assert not any(isinstance(one, Reply) for one in (*heard, *again))


# How it is shown


def test_each_part_says_what_it_waits_for_and_what_it_cost() -> None:
    used = Usage(1200, 30, 0, 0.5)
    third = replace(API, key="page-1", issue=IssueRef(ISSUE.repo, 10), after=("api-1", "db-1"))
    lost = replace(third, gone=True)
    rows = parts_table((stands(DB, S.DONE, usage=used), API, third, lost)).splitlines()[2:]
    assert [row.split(" | ")[2] for row in rows] == [
        "done · 1,200 tokens in, 30 out, $0.50 |", "waits for its turn |", "waits for #8 |",
        "**can't be found** |",
    ]  # fmt: skip


def test_the_last_stop_of_a_part_is_the_one_that_counts() -> None:
    whole = Record(history=(Visit(S.PARTS, AT),))
    visits = [Visit(S.CANCELLED, AT + timedelta(seconds=since)) for since in (-2, 2)]
    own = Record(stage=S.CANCELLED, history=tuple(visits))
    assert whole.standing(API, own).stage is S.CANCELLED


def test_the_marker_of_a_part_is_its_own() -> None:
    for parent, key in ((WHOLE, "api"), (ISSUE, "store")):
        title, body = wording(parent, Part(key, "Serve", "It serves."))
        assert (title, body) == ("Serve", f"It serves.\n\n{marker(parent, key)}")
