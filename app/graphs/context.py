"""What a run of any graph works with: its task, and the ports it goes through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.domain.event import AttemptEnded, Planned
from app.domain.task import Task
from app.engine.ports import Roster
from app.graphs.founding.ports import Founder
from app.graphs.ports import (
    Agent,
    AgentSessions,
    Ci,
    Code,
    Desk,
    Executor,
    Gate,
    ReviewBoard,
    Scaffold,
    SubIssues,
)


@dataclass(frozen=True, slots=True)
class Workshop:
    """The ports the graph works through. Without a gate no run reaches anything."""

    executor: Executor
    agents: Callable[[str], Agent]
    sessions: AgentSessions
    gate: Gate | None
    code: Code
    desk: Desk
    reviews: ReviewBoard
    ci: Ci
    roster: Roster
    founder: Founder
    parts: SubIssues
    scaffold: Scaffold


@dataclass(frozen=True, slots=True)
class Context:
    """One run: the task as it was when it began. `resumed`: it may have been cut short before.

    `latest` gives the task as it was loaded last, for what was said since.
    """

    task: Task
    workshop: Workshop
    report: Callable[[AttemptEnded | Planned], Awaitable[None]]
    resumed: bool
    latest: Callable[[], Task]

    def run_id(self, attempt: int, part: str, sha: str) -> str:
        """The same for the same attempt on the same commit, so that a run is found again."""
        return f"{self.task.issue.key}-r{self.task.record.round}.{attempt}-{part}-{sha[:12]}"


def issue_key(run_id: str) -> str:
    """Whose run it is."""
    return run_id.rpartition("-r")[0]


def round_of(run_id: str) -> int:
    """In which round of its issue; 0 for an id that is none of ours."""
    said = run_id.rpartition("-r")[2].partition(".")[0]
    return int(said) if said.isdigit() else 0
