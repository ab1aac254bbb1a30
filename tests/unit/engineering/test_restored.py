"""Which attempt a round goes back to, if any."""

import pytest

from app.domain.record import SENT_BACK, Attempt, Record
from app.graphs.engineering.restored import better


def attempt(number: int, outcome: str, passed: int = 0, failed: int = 0) -> Attempt:
    return Attempt(number, outcome, f"{number}" * 40, passed=passed, failed=failed)


RED, REDDER = attempt(1, "failed", 8, 1), attempt(2, "failed", 5, 4)
SILENT, UNPUSHED = attempt(3, "no report"), Attempt(4, "agent failed")
GREEN, LIKED = attempt(5, "passed", 9), attempt(6, SENT_BACK, 9)

CASES = {
    "nothing was tried": ((), None),
    "one attempt": ((RED,), None),
    "it got worse": ((RED, REDDER), RED),
    "it got better": ((REDDER, RED), None),
    "as good as before": ((RED, attempt(2, "failed", 8, 1)), None),
    "fewer pass, as many fail": ((RED, attempt(2, "failed", 7, 1)), RED),
    "nothing ran at last": ((REDDER, SILENT), REDDER),
    "nothing ran before": ((SILENT, REDDER), None),
    "nothing could be pushed at last": ((RED, REDDER, UNPUSHED), RED),
    "a reviewer wanted changes, and they broke it": ((RED, LIKED, REDDER), LIKED),
    "it was green at last": ((RED, GREEN), None),
    "the newer of two that are alike": ((RED, attempt(2, "failed", 8, 1), SILENT), 2),
}


@pytest.mark.parametrize(("attempts", "best"), CASES.values(), ids=CASES)
def test_the_best_attempt(attempts: tuple[Attempt, ...], best: Attempt | int | None) -> None:
    pushed = [one.head for one in attempts if one.head]
    last = max((one.number for one in attempts), default=0)
    found = better(Record(round=2, floor=last, attempts=attempts), pushed[-1] if pushed else None)
    assert (found and found.number) == (best.number if isinstance(best, Attempt) else best)


def test_what_somebody_has_pushed_is_left_alone() -> None:
    assert better(Record(floor=2, attempts=(RED, REDDER)), "f" * 40) is None
    assert better(Record(floor=2, attempts=(RED, REDDER)), None) is None


def test_within_a_round_it_goes_on_from_where_it_is() -> None:
    assert better(Record(floor=1, attempts=(RED, REDDER)), REDDER.head) is None
