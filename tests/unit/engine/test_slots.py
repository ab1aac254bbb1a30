"""Slots: never more than the limit unless held, in order of turns, and nobody lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.ref import IssueRef, RepoRef
from app.domain.task import Turn
from app.engine.slots import Slots
from tests.unit.domain.make import AT

ISSUES = [IssueRef(RepoRef(11, "acme", "weather", 3), number) for number in range(1, 8)]
A, B, C, D = ISSUES[:4]


def turn(issue: IssueRef, rank: int = 1, minutes: int = 0) -> Turn:
    return Turn(rank, AT + timedelta(minutes=minutes), issue.repo.id, issue.number)


def take(slots: Slots, *issues: IssueRef) -> list[bool]:
    return [slots.take(issue, turn(issue)) for issue in issues]


def test_in_order_of_turns() -> None:
    slots = Slots(1)
    assert take(slots, D, C, A, B) == [True, False, False, False]
    assert [slots.free(issue) for issue in (D, A, B, C)] == [A, B, C, None]


def test_urgency_goes_before_age_and_age_before_number() -> None:
    slots = Slots(1)
    take(slots, D)
    slots.take(A, turn(A, rank=1, minutes=9))
    slots.take(B, turn(B, rank=1, minutes=1))
    slots.take(C, turn(C, rank=0, minutes=99))
    other = replace(A, repo=replace(A.repo, id=10))
    slots.take(other, turn(other, rank=1, minutes=9))
    assert [slots.free(issue) for issue in (D, C, B, other)] == [C, B, other, A]


def test_asking_again_keeps_the_place_or_takes_the_one_of_a_new_turn() -> None:
    slots = Slots(1)
    take(slots, A, B, C, B)
    assert slots.take(C, turn(C, rank=0)) is False
    assert [slots.free(A), slots.free(C), slots.free(B)] == [C, B, None]


def test_who_has_one_is_given_no_other() -> None:
    slots = Slots(1)
    assert take(slots, A, A) == [True, True]
    assert slots.free(A) is None


def test_who_gives_up_waiting_loses_the_place() -> None:
    slots = Slots(1)
    take(slots, A, B, C)
    assert slots.free(B) is None
    assert slots.free(A) == C


def test_one_too_many_is_not_filled_again() -> None:
    """After a restart more may be at work than there are slots."""
    slots = Slots(1)
    slots.hold(A)
    slots.hold(B)
    assert take(slots, C) == [False]
    assert slots.free(A) is None
    assert slots.free(B) == C


def test_giving_back_what_one_never_had() -> None:
    slots = Slots(1)
    take(slots, A, B)
    assert slots.free(C) is None
    assert take(slots, D) == [False]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_as_many_as_the_limit(limit: int) -> None:
    assert take(Slots(limit), *ISSUES).count(True) == limit


def test_closed_they_are_given_to_nobody() -> None:
    slots = Slots(2, closed=True)
    slots.hold(D)
    assert take(slots, D, C, B, A) == [True, False, False, False]
    assert slots.free(C) is None
    assert slots.open() == [A]
    assert slots.open() == []
    assert slots.free(D) == B


TURNS = st.builds(
    Turn,
    rank=st.integers(0, 4),
    created=st.integers(0, 5).map(lambda minutes: AT + timedelta(minutes=minutes)),
    repo=st.integers(1, 3),
    number=st.integers(1, 10**6),
)


@given(st.lists(TURNS, unique_by=lambda t: (t.repo, t.number), max_size=200), st.integers(1, 6))
def test_however_they_come_they_start_in_order(turns: list[Turn], limit: int) -> None:
    """As after a restart: all come in any order, then slots are given, one end at a time."""
    slots = Slots(limit, closed=True)
    refs = {(t.repo, t.number): IssueRef(RepoRef(t.repo, "a", "b", 1), t.number) for t in turns}
    for each in turns:
        slots.take(refs[each.repo, each.number], each)
    started = slots.open()
    working = list(started)
    assert len(working) == min(limit, len(turns))
    while working:
        following = slots.free(working.pop(0))
        if following is not None:
            started.append(following)
            working.append(following)
        assert len(working) <= limit
    assert started == [refs[each.repo, each.number] for each in sorted(turns)]


class SlotsMachine(RuleBasedStateMachine):
    """Against a model: who is at work, and who waits for which turn."""

    @initialize(limit=st.integers(1, 4), closed=st.booleans())
    def begin(self, limit: int, closed: bool) -> None:
        self.limit, self.closed = limit, closed
        self.slots = Slots(limit, closed=closed)
        self.working: set[IssueRef] = set()
        self.held: set[IssueRef] = set()
        self.line: dict[IssueRef, Turn] = {}

    @rule(issue=st.sampled_from(ISSUES), rank=st.integers(0, 2))
    def take(self, issue: IssueRef, rank: int) -> None:
        if self.slots.take(issue, turn(issue, rank)):
            assert issue in self.working or (len(self.working) < self.limit and not self.closed)
            self.working.add(issue)
            self.line.pop(issue, None)
        else:
            assert len(self.working) >= self.limit or self.closed
            assert issue not in self.working
            self.line[issue] = turn(issue, rank)

    @rule(issue=st.sampled_from(ISSUES))
    def hold(self, issue: IssueRef) -> None:
        self.slots.hold(issue)
        self.line.pop(issue, None)
        if issue not in self.working:
            self.working.add(issue)
            self.held.add(issue)

    @rule(issue=st.sampled_from(ISSUES))
    def free(self, issue: IssueRef) -> None:
        following = self.slots.free(issue)
        self.working.discard(issue)
        self.held.discard(issue)
        self.line.pop(issue, None)
        if len(self.working) < self.limit and self.line and not self.closed:
            assert following is not None
            self._starts(following)
        else:
            assert following is None

    @rule()
    def open(self) -> None:
        self.closed = False
        for issue in self.slots.open():
            self._starts(issue)

    def _starts(self, issue: IssueRef) -> None:
        assert issue == min(self.line, key=lambda waiting: self.line[waiting])
        del self.line[issue]
        self.working.add(issue)

    @invariant()
    def never_more_than_the_limit_unless_held(self) -> None:
        assert len(self.working - self.held) <= self.limit

    @invariant()
    def nobody_waits_in_vain(self) -> None:
        """Where somebody waits, all slots are at work; so the next that is given back is theirs."""
        assert not self.line or self.closed or len(self.working) >= self.limit

    def teardown(self) -> None:
        """All end; everybody who waits gets a turn."""
        self.open()
        while self.working:
            self.free(next(iter(self.working)))
        assert self.line == {}


SlotsMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSlots = SlotsMachine.TestCase
