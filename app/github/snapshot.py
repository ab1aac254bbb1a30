"""What GitHub's answers about an issue say, as one task. It asks for nothing and writes nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.ci import RED
from app.domain.part import MadePart
from app.domain.record import STATUS_MARKER, Record, read, replied_to
from app.domain.ref import IssueRef
from app.domain.stage import Stage, standing
from app.domain.task import PullRequest, PullRequestState, Task
from app.domain.thread import MAX_TEXT, Comment
from app.engine.ports import Setting

_STATES = {
    "OPEN": PullRequestState.OPEN,
    "MERGED": PullRequestState.MERGED,
    "CLOSED": PullRequestState.CLOSED,
}
_SAYS = re.compile(r"^[ \t]*[^/\s]", re.MULTILINE)  # a line that is no command
_THREAD = 100  # comments kept of an issue


@dataclass(slots=True)
class Comments:
    """What was read of an issue's comments, page by page; `key` signs the records.

    `status` is the node id of our status comment, `thread` what other people said.
    """

    issue: IssueRef
    key: bytes
    status: str | None = None
    record: Record | None = None
    replied: set[str] = field(default_factory=set)
    thread: list[Comment] = field(default_factory=list)

    def note(self, comment: dict[str, Any]) -> None:
        if not comment["viewerDidAuthor"]:
            if (said := _said(comment)) is not None:
                self.thread.append(said)
            return
        body = comment["body"]
        if body.startswith(STATUS_MARKER) and self.status is None:
            self.status = comment["id"]
            self.record = read(body, self.issue, self.key)
        elif (answered := replied_to(body)) is not None:
            self.replied.add(answered)

    def stage(self, labels: Iterable[str]) -> Stage | None:
        """The record decides, not the labels, which anybody with triage access can move.

        Without a status comment of ours the issue is no task, whatever its labels say. Where
        somebody has spoilt the record in it, the labels are all there is.
        """
        if self.record is not None:
            return self.record.stage
        return standing(labels) if self.status is not None else None


def task(
    repository: dict[str, Any], comments: Comments, setting: Setting, parts: tuple[MadePart, ...]
) -> Task:
    """`repository` as `queries.TASK` asks for it, with the pull requests of the task's branch."""
    seen, record = repository["issue"], comments.record or Record()
    labels = {label["name"] for label in seen["labels"]["nodes"]}
    edits = _edits(seen)
    return Task(
        issue=comments.issue,
        title=seen["title"],
        body=seen["body"] or "",
        author=(seen["author"] or {}).get("login", "ghost"),
        is_open=seen["state"] == "OPEN",
        base=(repository["defaultBranchRef"] or {}).get("name", "main"),
        stage=comments.stage(labels),
        record=record,
        policy=setting.policy,
        labels=frozenset(labels) & {stage.value for stage in Stage},
        pull_request=_pull_request(repository["pullRequests"]["nodes"], record),
        replied=frozenset(comments.replied),
        warning=setting.warning,
        created=datetime.fromisoformat(seen["createdAt"]),
        edited_at=max((at for _, at in edits), default=None),
        editors=frozenset(by for by, _ in edits),
        rank=setting.policy.rank(labels),
        thread=tuple(comments.thread[-_THREAD:]),
        parts=parts,
    )


def _edits(seen: dict[str, Any]) -> list[tuple[str, datetime]]:
    """Who has last edited the body, and who the title; "" is somebody who is gone."""
    edits = [(event["actor"], event["createdAt"]) for event in seen["renamed"]["nodes"]]
    if seen["lastEditedAt"]:
        edits.append((seen["editor"], seen["lastEditedAt"]))
    return [((by or {}).get("login", ""), datetime.fromisoformat(at)) for by, at in edits]


def _said(comment: dict[str, Any]) -> Comment | None:
    """What a person said, unless that was nothing but commands."""
    author, body = comment["author"] or {}, comment["body"]
    if author.get("__typename") != "User" or not _SAYS.search(body):
        return None
    return Comment(
        int(comment["fullDatabaseId"]),
        author["login"],
        datetime.fromisoformat(comment["createdAt"]),
        body[:MAX_TEXT],
        edited=comment["lastEditedAt"] is not None,
    )


def _pull_request(nodes: list[dict[str, Any]], record: Record) -> PullRequest | None:
    """The task's own: the one on record, else the open one, else the newest; never another's."""
    own = [
        PullRequest(
            number=node["number"],
            state=_STATES[node["state"]],
            head=node["headRefOid"],
            merge_commit=(node["mergeCommit"] or {}).get("oid"),
            is_red=_is_red(node),
            conflicts=node["mergeable"] == "CONFLICTING",
            approved_by=_approving(node),
            is_opposed=any(one["state"] == "CHANGES_REQUESTED" for one in _opinions(node)),
            wants_review=node["reviewDecision"] in ("REVIEW_REQUIRED", "CHANGES_REQUESTED"),
        )
        for node in nodes
        if node["viewerDidAuthor"]
    ]
    if record.pull_request is not None:
        return next((pull for pull in own if pull.number == record.pull_request), None)
    return next((pull for pull in own if pull.state is PullRequestState.OPEN), None) or next(
        iter(own), None
    )


def _is_red(pull: dict[str, Any]) -> bool:
    """The branch may be gone; then nothing is."""
    target = (pull["headRef"] or {}).get("target") or {}
    suites = (target.get("checkSuites") or {}).get("nodes") or ()
    return any((suite["conclusion"] or "").lower() in RED for suite in suites)


def _opinions(pull: dict[str, Any]) -> list[dict[str, Any]]:
    """The last word of each who may write, as far as it is one for or against."""
    return list((pull["latestOpinionatedReviews"] or {}).get("nodes") or ())


def _approving(pull: dict[str, Any]) -> frozenset[str]:
    """People, not Apps, who approve what would be merged, and not what was there before."""
    return frozenset(
        one["author"]["login"]
        for one in _opinions(pull)
        if one["state"] == "APPROVED"
        and (one["commit"] or {}).get("oid") == pull["headRefOid"]
        and (one["author"] or {}).get("__typename") == "User"
    )
