"""What a reviewer should look at before believing a verdict. It points, and never judges.

It can be asked again for any head: all it needs is the branch and what the reports said.
"""

import asyncio
from collections.abc import Iterable

from app.domain.finding import Finding, Kind, ordered
from app.domain.record import Attempt
from app.domain.task import Task
from app.domain.verdict import Verdict
from app.graphs.engineering.state import State
from app.graphs.engineering.weakened import Clues, weakened
from app.graphs.ports import Code


async def findings(
    code: Code,
    task: Task,
    head: str,
    test_command: str,
    ran: frozenset[tuple[str, str]] | None = None,
) -> tuple[Finding, ...]:
    """Of all that the branch changes; `ran` names the cases that ran, where known."""
    changes = await code.changes(task.issue.repo, task.base, head)
    clues = Clues(test_command, task.policy.test_reports, ran)
    return await asyncio.to_thread(weakened, changes, clues)


def fewer(verdict: Verdict, before: Iterable[Attempt]) -> tuple[Finding, ...]:
    """Whether fewer tests ran, or more were skipped, than in an earlier attempt at the task."""
    known = [a for a in before if a.head is not None and a.head != verdict.sha]
    most = max((a.passed + a.failed for a in known), default=0)
    ran = verdict.passed + verdict.failed
    if not verdict.green or ran >= most:
        return ()
    return (Finding(Kind.FEWER_RUN, "(the report)", 0, f"{ran}, and {most} before"),)


def uncounted(state: State) -> tuple[Finding, ...]:
    """Where only an exit code tells, it says "passed" also where no test was run."""
    if state.get("test_counted", True):
        return ()
    return (Finding(Kind.UNREAD, "(the report)", 0, state.get("test_why", "")),)


def together(*found: Iterable[Finding]) -> tuple[Finding, ...]:
    return ordered(finding for some in found for finding in some)
