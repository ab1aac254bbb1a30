"""The stages of a task; each one's value is the label that stands for it on the issue."""

from collections.abc import Iterable
from enum import StrEnum


class Stage(StrEnum):
    QUEUED = "orc:queued"
    INTAKE = "orc:intake"
    NEEDS_INFO = "orc:needs-info"
    PLAN_REVIEW = "orc:plan-review"
    BUILDING = "orc:building"
    PARTS = "orc:parts"
    REVIEW = "orc:review"
    DONE = "orc:done"
    BLOCKED = "orc:blocked"
    CANCELLED = "orc:cancelled"

    @property
    def caption(self) -> str:
        return self.value.removeprefix("orc:").replace("-", " ").capitalize()

    @property
    def is_active(self) -> bool:
        """The system, not a person, is to move next, or watches something that may."""
        return self in ACTIVE


AT_WORK = frozenset({Stage.INTAKE, Stage.BUILDING})  # agents run
ENDED = frozenset({Stage.DONE, Stage.BLOCKED, Stage.CANCELLED})
ACTIVE = AT_WORK | {
    Stage.QUEUED,
    Stage.NEEDS_INFO,
    Stage.PLAN_REVIEW,
    Stage.PARTS,
    Stage.REVIEW,
}

# Which label counts when several stand and the record is spoilt. A change adds the new label before
# it removes the old, so the later stage is the true one; what stops work wins over what goes on.
PRECEDENCE = (
    Stage.CANCELLED,
    Stage.DONE,
    Stage.BLOCKED,
    Stage.REVIEW,
    Stage.PARTS,
    Stage.BUILDING,
    Stage.INTAKE,
    Stage.QUEUED,
    Stage.PLAN_REVIEW,
    Stage.NEEDS_INFO,
)

DESCRIPTIONS = {
    Stage.QUEUED: ("d4c5f9", "Accepted, waiting for a free slot"),
    Stage.INTAKE: ("bfdadc", "The product owner reads the request"),
    Stage.NEEDS_INFO: ("f9a03f", "A question waits for a person's answer"),
    Stage.PLAN_REVIEW: ("fbca04", "The plan waits for /approve"),
    Stage.BUILDING: ("1d76db", "An agent is writing code, real tests decide"),
    Stage.PARTS: ("0052cc", "Built as tasks of their own, which the status comment lists"),
    Stage.REVIEW: ("5319e7", "The pull request is open"),
    Stage.DONE: ("0e8a16", "Finished and merged"),
    Stage.BLOCKED: ("d93f0b", "A person is needed; the status comment says why"),
    Stage.CANCELLED: ("cccccc", "Stopped by a person"),
}


def standing(labels: Iterable[str]) -> Stage | None:
    """The stage that an issue's labels say, or None where it is not a task."""
    names = set(labels)
    return next((stage for stage in PRECEDENCE if stage.value in names), None)
