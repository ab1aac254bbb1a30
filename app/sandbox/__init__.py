"""An offline GitHub for the demo and the tests: strict, not kind. The product never imports it."""

from app.sandbox.actions.record import JobRecord, StepRecord, WorkflowRun
from app.sandbox.people import LineComment
from app.sandbox.protected import Protection
from app.sandbox.records import Delivery, Fault, GitRecord, Observer, RequestRecord
from app.sandbox.refusal import Refusal
from app.sandbox.review import Review, ReviewComment, ReviewThread
from app.sandbox.sandbox import Sandbox
from app.sandbox.state import (
    Account,
    AppRegistration,
    CheckRun,
    Comment,
    Issue,
    Label,
    PullRequest,
    Reaction,
    Repository,
    State,
    TimelineEvent,
)

__all__ = [
    "Account", "AppRegistration", "CheckRun", "Comment", "Delivery", "Fault", "GitRecord",
    "Issue", "JobRecord", "Label", "LineComment", "Observer", "Protection", "PullRequest",
    "Reaction", "Refusal", "Repository", "RequestRecord", "Review", "ReviewComment",
    "ReviewThread", "Sandbox", "State", "StepRecord", "TimelineEvent", "WorkflowRun",
]  # fmt: skip
