"""The tricks that reach for the run itself, where there is something between it and its verdict."""

import pytest

from app.domain.verdict import Outcome
from tests.integration.tester.bench import Bench
from tests.integration.tester.tricks import TRICKS

CONTAINED = {
    "a run that writes its own result": Outcome.NO_REPORT,
    "a test kills the runner's parent": Outcome.NO_REPORT,  # it can't: the run itself is killed
    "a child that mends the report afterwards": Outcome.FAILED,
    "failures in a report that is too large to keep": Outcome.BAD_REPORT,
    "output without end": Outcome.TIMED_OUT,
}


@pytest.mark.parametrize(("name", "outcome"), CONTAINED.items(), ids=list(CONTAINED))
async def test_a_container_can_not_be_reached_around(
    contained: Bench, name: str, outcome: Outcome
) -> None:
    verdict = await contained.judged(name, TRICKS[name])
    assert (verdict.outcome, verdict.detail) == (outcome, verdict.detail)
