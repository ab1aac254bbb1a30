"""What a policy says of urgency."""

import pytest

from app.domain.policy import Policy

HIGH, NORMAL, LOW = "priority:high", "priority:normal", "priority:low"


@pytest.mark.parametrize(
    ("priorities", "order"),
    [
        pytest.param((HIGH, NORMAL, LOW), ((HIGH,), (), (LOW,)), id="three"),
        pytest.param((HIGH, NORMAL, LOW), ((HIGH, LOW), (LOW, NORMAL), (LOW,)), id="the higher"),
        pytest.param((HIGH, LOW), ((HIGH,), (), (LOW,)), id="two"),
        pytest.param((HIGH,), ((HIGH, "bug"), ("bug", LOW)), id="one"),
        pytest.param(("p0", "p1", "p2", "p3"), (("p0",), ("p1",), (), ("p2",), ("p3",)), id="four"),
    ],
)
def test_the_more_urgent_come_first(
    priorities: tuple[str, ...], order: tuple[tuple[str, ...], ...]
) -> None:
    policy = Policy(priorities=priorities)
    ranks = [policy.rank(labels) for labels in order]
    assert ranks == sorted(set(ranks))


def test_what_has_no_priority_is_as_the_middle_one() -> None:
    assert Policy().rank(()) == Policy().rank((NORMAL,)) == Policy().rank(("bug",))
    assert Policy(priorities=()).rank((HIGH,)) == Policy(priorities=()).rank(())
