"""What a webhook delivery tells us: only the fields we use, as they came. It judges nothing.

Every field has a default: GitHub's own examples leave out what its description requires.
"""

from datetime import datetime
from typing import Any

import msgspec


def _time(said: str | None) -> datetime | None:
    """None for what is no time."""
    try:
        return datetime.fromisoformat(said or "")
    except ValueError:
        return None


class User(msgspec.Struct):
    login: str = ""
    type: str = "User"


class Label(msgspec.Struct):
    name: str = ""


class Repository(msgspec.Struct):
    id: int = 0
    name: str = ""
    full_name: str = ""
    default_branch: str = ""

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]


class PullRequestLink(msgspec.Struct):
    """Only that it is there counts."""


class Issue(msgspec.Struct):
    number: int = 0
    title: str = ""
    body: str | None = None
    state: str | None = None
    labels: list[Label] = []
    user: User | None = None
    pull_request: PullRequestLink | None = None  # present: this "issue" is a pull request


class Comment(msgspec.Struct):
    id: int = 0
    body: str | None = None
    user: User | None = None
    created_at: str | None = None

    @property
    def written(self) -> datetime | None:
        return _time(self.created_at)


class HeadRepository(msgspec.Struct):
    id: int = 0


class Head(msgspec.Struct):
    ref: str = ""
    repo: HeadRepository | None = None


class PullRequest(msgspec.Struct):
    number: int = 0
    merged: bool | None = None
    merge_commit_sha: str | None = None
    head: Head = msgspec.field(default_factory=Head)


class App(msgspec.Struct):
    slug: str | None = None


class CheckSuite(msgspec.Struct):
    head_branch: str | None = None  # of this repository
    conclusion: str | None = None
    app: App = msgspec.field(default_factory=App)


class Review(msgspec.Struct):
    """Of a pull request; `state` is in lower case here."""

    state: str | None = None
    body: str | None = None
    submitted_at: str | None = None

    @property
    def written(self) -> datetime | None:
        return _time(self.submitted_at)


class Commit(msgspec.Struct):
    added: list[str] = []
    modified: list[str] = []
    removed: list[str] = []

    @property
    def paths(self) -> set[str]:
        return {*self.added, *self.modified, *self.removed}


class Installation(msgspec.Struct):
    id: int = 0


class Payload(msgspec.Struct):
    action: str = ""
    repository: Repository | None = None
    installation: Installation | None = None
    sender: User | None = None
    issue: Issue | None = None
    label: Label | None = None
    comment: Comment | None = None
    pull_request: PullRequest | None = None
    review: Review | None = None
    check_suite: CheckSuite | None = None
    ref: str = ""
    commits: list[Commit] = []

    @property
    def subject(self) -> int:
        """The same number for deliveries about the same issue."""
        about = self.issue or self.pull_request
        return (self.repository.id if self.repository else 0) + (about.number if about else 0)


class Delivery(msgspec.Struct, frozen=True):
    """One verified delivery. `guid` is the same when GitHub delivers it again."""

    guid: str
    event: str
    payload: Payload

    def facts(self) -> dict[str, Any]:
        """What a log may say of it: names and numbers, never texts."""
        payload = self.payload
        return {
            "guid": self.guid,
            "kind": self.event,
            "action": payload.action,
            "repository": payload.repository.full_name if payload.repository else None,
            "issue": payload.issue.number if payload.issue else None,
            "sender": payload.sender.login if payload.sender else None,
        }
