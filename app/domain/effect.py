"""What is to be done, in the imperative. To do it twice is to do it once."""

from dataclasses import dataclass

from app.domain.event import Event
from app.domain.ref import IssueRef


@dataclass(frozen=True, slots=True)
class Show:
    """Make label and status comment say what the task says; `open` closes or reopens the issue."""

    open: bool | None = None
    soon: bool = False  # progress only: may wait and be folded into the next


@dataclass(frozen=True, slots=True)
class TakeSlot:
    """Ask for a slot; SlotFreed follows, now or when one is free."""


@dataclass(frozen=True, slots=True)
class StartRun:
    """Run the task's graph, unless it runs. `resumed`: it may have run before."""

    resumed: bool = False


@dataclass(frozen=True, slots=True)
class StopRun:
    pass


@dataclass(frozen=True, slots=True)
class TellRun:
    """Let a run that is at work know what people have said since it began."""


@dataclass(frozen=True, slots=True)
class MergePullRequest:
    number: int
    head: str  # merged only if this is still the head


@dataclass(frozen=True, slots=True)
class LookAtChecks:
    """See what the repository's own CI has said by now: it may have ended before the run."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the command of this key, once."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyLogs:
    """Answer the command of this key with the end of what the last runs printed, once."""

    to: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """Assign people to the issue, and tell them in a comment, once for each key; no text: told."""

    key: str
    text: str
    assign: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RaiseBudget:
    """Let a run that is at work cost so much, together with all that came before it."""

    usd: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Let another task know. It may be lost: a sweep finds what it was about."""

    issue: IssueRef
    event: Event


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Stop a part, before anything else: nothing tells of it later."""

    issue: IssueRef


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """React to a command's comment; the last effect, so that a sweep finds what was not done."""

    comment: int
    accepted: bool


Effect = (
    Show
    | TakeSlot
    | StartRun
    | StopRun
    | TellRun
    | MergePullRequest
    | LookAtChecks
    | Reply
    | ReplyLogs
    | Escalate
    | RaiseBudget
    | Tell
    | Withdraw
    | Acknowledge
)
