"""What a test run says of a commit. "Passed" needs at least one test run and none failed."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.finding import Finding


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NO_TESTS = "no tests"
    NO_REPORT = "no report"
    BAD_REPORT = "unreadable report"
    CRASHED = "crashed"  # a green report, but the command did not end with 0
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Bound to `sha`; made from a run in a fresh checkout of it, never from what an agent says.

    `failures` are the essences of what failed, each at most a few lines, for the next attempt and
    for people; `detail` says in one sentence what happened and, unless passed, what to do next.
    `findings` are what a reviewer should look at before believing it.
    """

    outcome: Outcome
    sha: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple[str, ...] = ()
    detail: str = ""
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()

    @property
    def green(self) -> bool:
        return self.outcome is Outcome.PASSED
