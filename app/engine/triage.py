"""From a delivery to events: what the payload alone says, so that most deliveries cost no request.

It asks nobody whether the sender may; `asks` marks the hints for which the engine must.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from app.commands import parse
from app.domain.ci import RED
from app.domain.event import (
    Answered,
    ByPerson,
    ChecksEnded,
    Event,
    Found,
    IssueClosed,
    IssueEdited,
    IssueReopened,
    Mentioned,
    OpinionChanged,
    PullRequestClosed,
    PullRequestMerged,
    Requested,
    Reviewed,
)
from app.domain.policy import Merge, Policy
from app.domain.record import digest
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage, standing
from app.domain.thread import MAX_TEXT
from app.engine.delivery import Delivery, Issue, Payload

_STAGES = frozenset(stage.value for stage in Stage)
_BRANCH = re.compile(r"orc/issue-([0-9]{1,18})(?:-[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Hint:
    """An event of an issue; with `asks` it counts only if the sender may ask for work."""

    issue: IssueRef
    event: Event
    asks: bool


@dataclass(frozen=True, slots=True)
class Declined(ByPerson):
    """Something was asked that no task will hear of; whoever asked is to see that.

    It stood on a pull request of ours: whose branch that is the payload does not say, nor would
    agents read it there; what the text says of an issue, anybody who may write can edit. Or it was
    edited before we saw it.
    """

    comment: int


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it came: its id, its author's login, its source, and when it was written."""

    comment: int
    by: str
    body: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the App's slug (mentions, own deeds) and the time of receipt."""

    slug: str
    at: datetime

    @property
    def login(self) -> str:
        return f"{self.slug}[bot]"


def repo_of(payload: Payload) -> RepoRef | None:
    """The repository, or None where the delivery is not about one that we are installed on."""
    repository, installation = payload.repository, payload.installation
    if repository is None or installation is None:
        return None
    return RepoRef(repository.id, repository.owner, repository.name, installation.id)


def triage(delivery: Delivery, repo: RepoRef, policy: Policy, reader: Reader) -> tuple[Hint, ...]:
    """The events that a delivery holds; none for what is not ours to act on."""
    payload = delivery.payload
    sender = payload.sender.login if payload.sender else ""
    if delivery.event == "check_suite":  # in our name, too, where we pushed what was checked
        return _check_suite(payload, repo, policy, reader)
    if sender == reader.login:
        return ()
    match delivery.event:
        case "issues":
            return _issue(payload, repo, policy, reader)
        case "issue_comment" if payload.action == "created":
            return _comment(payload, repo, policy, reader)
        case "pull_request" if payload.action == "closed":
            return _pull_request(payload, repo, reader.at)
        case "pull_request_review" if payload.action in ("submitted", "dismissed"):
            return _review(payload, repo, policy, reader.at)
        case _:
            return ()


def _issue(payload: Payload, repo: RepoRef, policy: Policy, reader: Reader) -> tuple[Hint, ...]:
    if payload.issue is None or payload.sender is None:
        return ()
    issue = IssueRef(repo, payload.issue.number)
    by, at = payload.sender.login, reader.at
    labels = {label.name for label in payload.issue.labels}
    tracked = standing(labels) is not None
    match payload.action:
        case "opened":
            # labels it is opened with each come as a delivery of their own
            mentioned = policy.mention and parse.mentions(payload.issue.body or "", reader.slug)
            if policy.intake or mentioned:
                return (Hint(issue, Requested(at, by, _request(payload.issue)), asks=True),)
        case "labeled" if payload.label and payload.label.name == policy.trigger_label:
            return (Hint(issue, Requested(at, by, _request(payload.issue)), asks=True),)
        case "labeled" | "unlabeled" if payload.label and payload.label.name in policy.priorities:
            if standing(labels) is Stage.QUEUED:
                return (Hint(issue, Found(at), asks=False),)  # its place in the line is another
        case "labeled" | "unlabeled" if payload.label and payload.label.name in _STAGES:
            # a bot that takes away what we set would do so each time that we set it again
            if payload.sender.type == "User":
                return (Hint(issue, Found(at), asks=False),)
        case "edited" if tracked:
            return (Hint(issue, IssueEdited(at, by), asks=False),)
        case "closed" if tracked:
            return (Hint(issue, IssueClosed(at, by), asks=False),)
        case "reopened" if tracked:
            return (Hint(issue, IssueReopened(at, by), asks=True),)
    return ()


def _request(issue: Issue) -> str:
    """What it was for, whatever is edited before it is read."""
    return digest(issue.title, issue.body or "")


def _comment(payload: Payload, repo: RepoRef, policy: Policy, reader: Reader) -> tuple[Hint, ...]:
    issue, comment, sender = payload.issue, payload.comment, payload.sender
    if issue is None or comment is None or sender is None:
        return ()
    ref = IssueRef(repo, issue.number)
    author = issue.user.login if issue.user else ""
    said = Said(comment.id, sender.login, comment.body or "", comment.written)
    if issue.pull_request is not None:
        if author != reader.login or not comment_hints(ref, said, policy, reader):
            return ()
        return (Hint(ref, Declined(reader.at, said.by, said.comment), asks=True),)
    asked = standing({label.name for label in issue.labels}) is Stage.NEEDS_INFO
    return comment_hints(ref, said, policy, reader, author if asked else None)


def comment_hints(
    issue: IssueRef, said: Said, policy: Policy, reader: Reader, asked: str | None = None
) -> tuple[Hint, ...]:
    """The commands of a comment in order; without any, a mention asks for what the text says.

    `asked` is whose issue it is, where a question of ours waits for an answer: then any comment is
    one, of those who may ask, and of that person.
    """
    body = said.body
    given = parse.commands(body)
    found = tuple(
        Hint(issue, replace(event, written=said.at), asks=True)
        for one in given
        for event in [one.event(reader.at, said.by, said.comment, last=one is given[-1])]
    )
    mentioned = policy.mention and parse.mentions(body, reader.slug)
    answered = asked is not None and bool(body.strip())
    if not found and (mentioned or answered):
        spoken = Answered if answered and said.by == asked else Mentioned
        event = spoken(reader.at, said.by, said.comment, written=said.at, text=body[:MAX_TEXT])
        return (Hint(issue, event, asks=spoken is Mentioned),)
    return found


def _pull_request(payload: Payload, repo: RepoRef, at: datetime) -> tuple[Hint, ...]:
    pull_request, sender, issue = payload.pull_request, payload.sender, _issue_of(payload, repo)
    if pull_request is None or sender is None or issue is None:
        return ()
    event: Event = (
        PullRequestMerged(at, pull_request.number, pull_request.merge_commit_sha)
        if pull_request.merged
        else PullRequestClosed(at, pull_request.number, sender.login)
    )
    return (Hint(issue, event, asks=False),)


def _review(payload: Payload, repo: RepoRef, policy: Policy, at: datetime) -> tuple[Hint, ...]:
    """A remark or a request for changes; each single comment comes in a review of its own, too.

    Who approves, or dismisses what stood against a merge, may give what ours waited for.
    """
    review, sender, issue = payload.review, payload.sender, _issue_of(payload, repo)
    if review is None or sender is None or issue is None or review.written is None:
        return ()
    if review.state in ("approved", "dismissed"):
        merges = policy.merge is Merge.ON_GREEN
        return (Hint(issue, OpinionChanged(at, sender.login), asks=True),) if merges else ()
    if payload.action != "submitted" or review.state not in ("changes_requested", "commented"):
        return ()
    return (Hint(issue, Reviewed(at, sender.login, review.written), asks=True),)


def _check_suite(
    payload: Payload, repo: RepoRef, policy: Policy, reader: Reader
) -> tuple[Hint, ...]:
    """Of a task's branch: red is to be mended, green may be what our merge waited for."""
    suite = payload.check_suite
    if suite is None or payload.action != "completed" or suite.app.slug == reader.slug:
        return ()
    if suite.conclusion not in RED and policy.merge is not Merge.ON_GREEN:
        return ()
    issue = issue_of_branch(repo, suite.head_branch or "")
    return (Hint(issue, ChecksEnded(reader.at), asks=False),) if issue else ()


def _issue_of(payload: Payload, repo: RepoRef) -> IssueRef | None:
    """Whose branch the pull request is of."""
    head = payload.pull_request.head if payload.pull_request else None
    if head is None or head.repo is None or head.repo.id != repo.id:
        return None  # a fork may name its branch as ours
    return issue_of_branch(repo, head.ref)


def issue_of_branch(repo: RepoRef, name: str) -> IssueRef | None:
    """The issue of a branch of ours."""
    match = _BRANCH.match(name)
    return IssueRef(repo, int(match.group(1))) if match else None
