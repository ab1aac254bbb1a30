"""What a finished check suite may mean to us: also one in our own name, never our own verdict."""

from typing import Any

import pytest

from app.domain.event import ChecksEnded
from app.domain.policy import Merge, Policy
from app.engine.delivery import Delivery
from app.engine.triage import Hint, triage
from tests.unit.domain.make import AT
from tests.unit.engine.test_triage import ISSUE, READER, REPO, payload

ON_GREEN, BY_PERSON = Policy(merge=Merge.ON_GREEN), Policy()
HINT = (Hint(ISSUE, ChecksEnded(AT), asks=False),)


def suite(**parts: Any) -> dict[str, Any]:
    ours = {"head_branch": "orc/issue-7", "conclusion": "failure", "app": {"slug": "ci"}}
    return {**ours, **parts}


CASES = {
    "red": (suite(), BY_PERSON, HINT),
    "timed out": (suite(conclusion="timed_out"), BY_PERSON, HINT),
    "green, a person merges": (suite(conclusion="success"), BY_PERSON, ()),
    "green, we merge": (suite(conclusion="success"), ON_GREEN, HINT),
    "our own verdict": (suite(app={"slug": "orc"}), ON_GREEN, ()),
    "another branch": (suite(head_branch="main"), ON_GREEN, ()),
    "a fork's branch": (suite(head_branch=None), ON_GREEN, ()),
    "nothing said": ({}, ON_GREEN, ()),
    "none": (None, ON_GREEN, ()),
}


@pytest.mark.parametrize("sender", ["alice", "orc[bot]"])
@pytest.mark.parametrize(("said", "policy", "hints"), CASES.values(), ids=CASES)
def test_a_suite_that_has_ended(
    said: dict[str, Any] | None, policy: Policy, hints: tuple[Hint, ...], sender: str
) -> None:
    given = payload("completed", check_suite=said, sender={"login": sender})
    assert triage(Delivery("guid", "check_suite", given), REPO, policy, READER) == hints


@pytest.mark.parametrize("action", ["requested", "rerequested"])
def test_one_that_has_not_ended_is_nothing(action: str) -> None:
    given = payload(action, check_suite=suite())
    assert triage(Delivery("guid", "check_suite", given), REPO, ON_GREEN, READER) == ()
