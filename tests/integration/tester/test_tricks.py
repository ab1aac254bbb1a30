"""The tester is not fooled: what is doubtful is not green, and what can't be known is flagged."""

import pytest

from tests.integration.tester.bench import Bench, Trick
from tests.integration.tester.tricks import TRICKS


@pytest.mark.parametrize(("name", "trick"), TRICKS.items(), ids=list(TRICKS))
async def test_the_verdict_is_honest(bench: Bench, name: str, trick: Trick) -> None:
    verdict = await bench.judged(name, trick)
    assert (verdict.outcome, verdict.detail) == (trick.outcome, verdict.detail)
    flagged = {(found.kind, found.path) for found in verdict.findings}
    assert flagged >= set(trick.findings.items())
