"""The tester is not fooled: what is doubtful is not green, and what can't be known is flagged."""

import pytest

from app.domain.verdict import Outcome
from tests.integration.tester.bench import Bench, Trick
from tests.integration.tester.tricks import TRICKS

HONEST = ("nothing at all", "a report from another time")


@pytest.mark.parametrize(("name", "trick"), TRICKS.items(), ids=list(TRICKS))
async def test_the_verdict_is_honest(bench: Bench, name: str, trick: Trick) -> None:
    verdict = await bench.judged(name, trick)
    assert (verdict.outcome, verdict.detail) == (trick.outcome, verdict.detail)
    flagged = {(found.kind, found.path) for found in verdict.findings}
    assert flagged >= set(trick.findings.items())
    assert bool(flagged) or name in HONEST or not verdict.green


def test_nothing_passes_unflagged_but_what_is_honest() -> None:
    passed = {name for name, trick in TRICKS.items() if trick.outcome is Outcome.PASSED}
    flagged = {name for name, trick in TRICKS.items() if trick.findings}
    assert passed - flagged == set(HONEST)
