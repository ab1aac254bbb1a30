"""What can happen to a task, in the past tense. `at` is when; `by` is the login of who did it."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.part import MadePart
from app.domain.record import Attempt
from app.domain.ref import IssueRef
from app.domain.run import UNUSED, Spent, Usage
from app.domain.spec import Specification
from app.domain.thread import Comment


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime


@dataclass(frozen=True, slots=True)
class ByPerson(Event):
    by: str


@dataclass(frozen=True, slots=True)
class Requested(ByPerson):
    """A trigger by someone allowed. `request` is the digest of what it was for; "": unknown."""

    request: str = ""


@dataclass(frozen=True, slots=True)
class Delegated(ByPerson):
    """The issue was made as a part of another task, whose people want it built.

    `request` is the digest of the wording with which it was made; `approved`: a person has approved
    what it is a part of, and `requesters` have asked for it. `spec` is what is to be built; None:
    what the issue says. `unseen`: nobody has seen how it is worded, whatever was approved.
    """

    parent: IssueRef
    request: str
    approved: bool
    spec: Specification | None = None
    requesters: tuple[str, ...] = ()
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    """The task that it is a part of was stopped."""


@dataclass(frozen=True, slots=True)
class Commanded(ByPerson):
    """A slash command by someone allowed; `comment` is the id of the comment that holds it.

    `last`: no other command follows in the comment, so that it may be acknowledged. `argument` is
    the word after it, for a command that takes one; nobody has looked at it yet. `written` is when
    GitHub took the comment, to the second.
    """

    comment: int
    last: bool = True
    argument: str = ""
    written: datetime | None = None

    @property
    def key(self) -> str:
        """Names this command among all that were ever given on the issue."""
        return f"{self.comment}-{type(self).__name__}"


@dataclass(frozen=True, slots=True)
class Spoken(Commanded):
    """A comment that holds no command: its text is what is said."""

    text: str = ""

    @property
    def said(self) -> Comment:
        return Comment(self.comment, self.by, self.at, self.text)


@dataclass(frozen=True, slots=True)
class Mentioned(Spoken):
    """By someone allowed, and it mentions us or answers a question: it is what is asked now."""


@dataclass(frozen=True, slots=True)
class Answered(Spoken):
    """By the issue's author, whoever that is, where the labels say that a question waits.

    Labels can be moved by people who may not ask for work, so it is nothing but an answer.
    """

    def by_right(self) -> Mentioned:
        """The same of somebody allowed."""
        return Mentioned(
            self.at, self.by, self.comment, self.last, self.argument, self.written, self.text
        )


@dataclass(frozen=True, slots=True)
class PlanAsked(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class Approved(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class Retried(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class Cancelled(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class Paused(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class Resumed(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class AgentChosen(Commanded):
    """The argument is the agent's name; none: which one is it?"""


@dataclass(frozen=True, slots=True)
class BudgetAsked(Commanded):
    """The argument is what to add, as in +5; none: how much is it?"""


@dataclass(frozen=True, slots=True)
class StatusAsked(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class LogsAsked(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class HelpAsked(Commanded):
    pass


@dataclass(frozen=True, slots=True)
class Misconfigured(Event):
    """Somebody who may write has asked, and who may ask can't be read from the configuration."""


@dataclass(frozen=True, slots=True)
class IssueEdited(ByPerson):
    pass


@dataclass(frozen=True, slots=True)
class IssueClosed(ByPerson):
    pass


@dataclass(frozen=True, slots=True)
class IssueReopened(ByPerson):
    """By someone allowed to ask."""


@dataclass(frozen=True, slots=True)
class SlotFreed(Event):
    pass


@dataclass(frozen=True, slots=True)
class IntakeFinished(Event):
    """The intake graph has ended: with a specification, a question to people, an answer to theirs,
    or with a reason. `request` is the digest of the wording that was read.

    `usage` is that of this one run; `heard` is the last comment that its agents were told of.
    """

    round: int
    request: str
    spec: Specification | None = None
    question: str = ""
    answer: str = ""
    reason: str = ""
    usage: Usage = UNUSED
    over_budget: bool = False
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """The architect has said how the request is to be built; the run goes on.

    `note` is what people should know of a request that was to be split and is not.
    """

    round: int
    plan: str
    usage: Usage = UNUSED
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttemptEnded(Event):
    """An attempt of the round's run is over, and the run goes on. `usage`: the run's, up to now."""

    round: int
    attempt: Attempt
    usage: Usage = UNUSED


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """The engineering graph has ended: with a pull request for a green head, or with a reason.

    `usage` is that of this one run, in all its attempts; `over_budget`: that is why it ended, and
    `question`: that the agent asks this. `heard` is the last comment that the agent was told of,
    `read` the time up to which it was told what reviewers said. `spared`: the head's CI is red, as
    it is on the base. `answer`: there was nothing to be done, and this says why. `by_hand`: why a
    person merges it.
    """

    round: int
    attempts: tuple[Attempt, ...]
    pull_request: int | None = None
    verified: str | None = None
    reason: str = ""
    usage: Usage = UNUSED
    over_budget: bool = False
    question: str = ""
    heard: int = 0
    read: datetime | None = None
    spared: bool = False
    answer: str = ""
    by_hand: str = ""

    @property
    def green(self) -> bool:
        return self.pull_request is not None and self.verified is not None


@dataclass(frozen=True, slots=True)
class PartsMade(Event):
    """The task was handed over to others, which are issues by now.

    `usage` is that of this run; `heard` is the last comment that its agents were told of.
    """

    round: int
    parts: tuple[MadePart, ...]
    usage: Usage = UNUSED
    heard: int = 0


@dataclass(frozen=True, slots=True)
class RunStopped(Event):
    """Whatever ran was ended; `spent`: what the last run used in all, as far as that is known."""

    spent: Spent


@dataclass(frozen=True, slots=True)
class PullRequestMerged(Event):
    number: int
    sha: str | None


@dataclass(frozen=True, slots=True)
class PullRequestClosed(Event):
    """Closed without being merged."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class Reviewed(ByPerson):
    """Somebody allowed said something of the pull request's code; `written` to the second."""

    written: datetime


@dataclass(frozen=True, slots=True)
class OpinionChanged(ByPerson):
    """Somebody allowed approved the pull request, or took an approval or objection out of it."""


@dataclass(frozen=True, slots=True)
class ChecksEnded(Event):
    """The repository's own CI has come to an end on some commit of the task's branch."""


@dataclass(frozen=True, slots=True)
class MergeRefused(Event):
    reason: str


@dataclass(frozen=True, slots=True)
class MergeHeld(Event):
    """GitHub merges it as soon as people have approved it, and not before."""


@dataclass(frozen=True, slots=True)
class NotAssigned(Event):
    """Those who were to be called, and whom GitHub does not assign."""

    logins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found(Event):
    """A sweep, or a retry after a failure, came upon the task: see that facts and state agree."""


Finished = IntakeFinished | RunFinished | PartsMade  # how a run of a graph ends

EVENTS: tuple[type[Event], ...] = (
    Requested,
    Delegated,
    Withdrawn,
    Mentioned,
    Answered,
    PlanAsked,
    Approved,
    Retried,
    Cancelled,
    Paused,
    Resumed,
    AgentChosen,
    BudgetAsked,
    StatusAsked,
    LogsAsked,
    HelpAsked,
    Misconfigured,
    IssueEdited,
    IssueClosed,
    IssueReopened,
    SlotFreed,
    IntakeFinished,
    Planned,
    AttemptEnded,
    RunFinished,
    PartsMade,
    RunStopped,
    PullRequestMerged,
    PullRequestClosed,
    Reviewed,
    OpinionChanged,
    ChecksEnded,
    MergeRefused,
    MergeHeld,
    NotAssigned,
    Found,
)
