"""Slots: never more than the limit unless held, in order, and nobody lost."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.ref import IssueRef, RepoRef
from app.engine.slots import Slots

ISSUES = [IssueRef(RepoRef(11, "acme", "weather", 3), number) for number in range(1, 8)]
A, B, C, D = ISSUES[:4]


def test_in_order_of_asking() -> None:
    slots = Slots(1)
    assert [slots.take(issue) for issue in (A, B, C)] == [True, False, False]
    assert [slots.free(A), slots.free(B), slots.free(C)] == [B, C, None]


def test_asking_twice_keeps_the_place() -> None:
    slots = Slots(1)
    for issue in (A, B, C, B):
        slots.take(issue)
    assert slots.free(A) == B


def test_who_has_one_is_given_no_other() -> None:
    slots = Slots(1)
    assert slots.take(A)
    assert slots.take(A)
    assert slots.free(A) is None


def test_who_gives_up_waiting_loses_the_place() -> None:
    slots = Slots(1)
    for issue in (A, B, C):
        slots.take(issue)
    assert slots.free(B) is None
    assert slots.free(A) == C


def test_one_too_many_is_not_filled_again() -> None:
    """After a restart more may be at work than there are slots."""
    slots = Slots(1)
    slots.hold(A)
    slots.hold(B)
    assert not slots.take(C)
    assert slots.free(A) is None
    assert slots.free(B) == C


def test_giving_back_what_one_never_had() -> None:
    slots = Slots(1)
    slots.take(A)
    slots.take(B)
    assert slots.free(C) is None
    assert not slots.take(D)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_as_many_as_the_limit(limit: int) -> None:
    slots = Slots(limit)
    assert [slots.take(issue) for issue in ISSUES].count(True) == limit


class SlotsMachine(RuleBasedStateMachine):
    """Against a model: who is at work, and a line."""

    @initialize(limit=st.integers(1, 4))
    def begin(self, limit: int) -> None:
        self.limit = limit
        self.slots = Slots(limit)
        self.working: set[IssueRef] = set()
        self.held: set[IssueRef] = set()
        self.line: list[IssueRef] = []

    @rule(issue=st.sampled_from(ISSUES))
    def take(self, issue: IssueRef) -> None:
        if self.slots.take(issue):
            assert issue in self.working or len(self.working) < self.limit
            self.working.add(issue)
            if issue in self.line:
                self.line.remove(issue)
        else:
            assert len(self.working) >= self.limit
            assert issue not in self.working
            if issue not in self.line:
                self.line.append(issue)

    @rule(issue=st.sampled_from(ISSUES))
    def hold(self, issue: IssueRef) -> None:
        self.slots.hold(issue)
        if issue in self.line:
            self.line.remove(issue)
        if issue not in self.working:
            self.working.add(issue)
            self.held.add(issue)

    @rule(issue=st.sampled_from(ISSUES))
    def free(self, issue: IssueRef) -> None:
        following = self.slots.free(issue)
        self.working.discard(issue)
        self.held.discard(issue)
        if issue in self.line:
            self.line.remove(issue)
        if len(self.working) < self.limit and self.line:
            assert following == self.line.pop(0)
            self.working.add(following)
        else:
            assert following is None

    @invariant()
    def never_more_than_the_limit_unless_held(self) -> None:
        assert len(self.working - self.held) <= self.limit

    @invariant()
    def nobody_waits_in_vain(self) -> None:
        """Where somebody waits, all slots are at work; so the next that is given back is theirs."""
        assert not self.line or len(self.working) >= self.limit

    def teardown(self) -> None:
        """All end; everybody who waits gets a turn."""
        while self.working:
            self.free(next(iter(self.working)))
        assert self.line == []


SlotsMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSlots = SlotsMachine.TestCase
