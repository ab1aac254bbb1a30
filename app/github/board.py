"""The issue as people see it: read as one task, written as one mutation. It decides nothing."""

import asyncio
import math
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.ci import RED
from app.domain.part import MadePart
from app.domain.record import STATUS_MARKER, Record, read, replied_to, reply_marker, sign
from app.domain.ref import IssueRef
from app.domain.stage import Stage, standing
from app.domain.task import PullRequest, PullRequestState, Task
from app.domain.thread import MAX_TEXT, Comment
from app.domain.words import status_comment
from app.engine.ports import Awaited, Refused, Setting, Unanswered
from app.github import queries
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.parts import as_they_stand

_STATES = {
    "OPEN": PullRequestState.OPEN,
    "MERGED": PullRequestState.MERGED,
    "CLOSED": PullRequestState.CLOSED,
}
_REACTIONS = {True: "rocket", False: "confused"}
_WAITS = re.compile(r"required status check|is expected|pending|in progress", re.IGNORECASE)
_WANTS_REVIEW = re.compile(r"approving review|requesting changes", re.IGNORECASE)
_SAYS = re.compile(r"^[ \t]*[^/\s]", re.MULTILINE)  # a line that is no command
_THREAD = 100  # comments kept of an issue
_KEPT = 5_000
_MADE_SECONDS = 60.0  # for so long a load may have been sent before labels were made


@dataclass(slots=True)
class Nodes:
    """Node ids that a write needs, as the last load saw them."""

    repository: str
    issue: str
    labels: dict[str, str]
    comment: str | None = None


@dataclass(slots=True)
class _Comments:
    """What our own comments on an issue say."""

    status: str | None = None
    record: Record | None = None
    replied: set[str] = field(default_factory=set)
    thread: list[Comment] = field(default_factory=list)  # other people's


class GitHubBoard:
    """`key` signs the records. Node ids are kept from a load to the writes that follow it."""

    def __init__(self, api: Api, key: bytes) -> None:
        self._api = api
        self._key = key
        self._nodes: dict[str, Nodes] = {}
        self._labelling: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._made: dict[str, tuple[float, dict[str, str]]] = {}  # when, and labels' node ids

    async def load(self, issue: IssueRef, setting: Setting) -> Task:
        """One request, and one more per further hundred comments."""
        repository, comments = await self._read(issue, issue.branch)
        record = comments.record or Record()
        pulls = repository["pullRequests"]["nodes"]
        if record.branch not in ("", issue.branch):  # a later round, on a branch of its own
            again, _ = await self._read(issue, record.branch)
            pulls = again["pullRequests"]["nodes"]
        seen = repository["issue"]
        labels = {label["name"]: label["id"] for label in seen["labels"]["nodes"]}
        self._remember(issue, repository, comments.status)
        edits = _edits(seen)
        return Task(
            issue=issue,
            title=seen["title"],
            body=seen["body"] or "",
            author=(seen["author"] or {}).get("login", "ghost"),
            is_open=seen["state"] == "OPEN",
            base=(repository["defaultBranchRef"] or {}).get("name", "main"),
            stage=_stage(comments, labels),
            record=record,
            policy=setting.policy,
            labels=frozenset(labels) & {stage.value for stage in Stage},
            pull_request=_pull_request(pulls, record),
            replied=frozenset(comments.replied),
            warning=setting.warning,
            created=datetime.fromisoformat(seen["createdAt"]),
            edited_at=max((at for _, at in edits), default=None),
            editors=frozenset(by for by, _ in edits),
            rank=setting.policy.rank(labels),
            thread=tuple(comments.thread[-_THREAD:]),
            parts=await self._parts(issue, record),
        )

    async def _parts(self, issue: IssueRef, record: Record) -> tuple[MadePart, ...]:
        """One request more, for a task that waits for its parts."""
        if record.stage not in (Stage.PARTS, Stage.BLOCKED) or not record.parts:
            return record.parts
        return await as_they_stand(self._api, self._key, issue.repo, record)

    async def _read(self, issue: IssueRef, branch: str) -> tuple[dict[str, Any], _Comments]:
        board = access(issue.repo, Purpose.BOARD)
        comments, after = _Comments(), None
        while True:
            data = await self._api.query(
                board,
                queries.TASK,
                owner=issue.repo.owner,
                name=issue.repo.name,
                number=issue.number,
                branch=branch,
                after=after,
            )
            repository = data.get("repository") or {}
            if not repository.get("issue"):
                raise Refused(404, f"load {issue}", "the issue is gone")
            page = repository["issue"]["comments"]
            for comment in page["nodes"]:
                self._note(issue, comment, comments)
            if not page["pageInfo"]["hasNextPage"]:
                return repository, comments
            after = page["pageInfo"]["endCursor"]

    def _note(self, issue: IssueRef, comment: dict[str, Any], comments: _Comments) -> None:
        if not comment["viewerDidAuthor"]:
            if (said := _said(comment)) is not None:
                comments.thread.append(said)
            return
        body = comment["body"]
        if body.startswith(STATUS_MARKER) and comments.status is None:
            comments.status = comment["id"]
            comments.record = read(body, issue, self._key)
        elif (answered := replied_to(body)) is not None:
            comments.replied.add(answered)

    def _remember(self, issue: IssueRef, repository: dict[str, Any], status: str | None) -> None:
        labels = repository["labels"]["nodes"] + repository["issue"]["labels"]["nodes"]
        if len(self._nodes) >= _KEPT:
            del self._nodes[next(iter(self._nodes))]
        self._nodes.pop(issue.key, None)
        self._nodes[issue.key] = Nodes(
            repository=repository["id"],
            issue=repository["issue"]["id"],
            labels={label["name"]: label["id"] for label in labels},
            comment=status,
        )

    async def show(self, task: Task, *, is_open: bool | None) -> None:
        """One mutation; a first one where the repository has not got our labels yet."""
        nodes = self._nodes.get(task.issue.key)
        if nodes is None or task.stage is None:
            raise Unanswered(f"{task.issue} must be loaded before it is shown")
        async with self._labelling[nodes.repository]:
            await self._make_labels(task.issue, nodes)
        stale = [nodes.labels[name] for name in sorted(task.labels - {task.stage.value})]
        change = queries.Change(
            issue=nodes.issue,
            add=None if task.stage.value in task.labels else nodes.labels[task.stage.value],
            remove=tuple(stale),
            comment=nodes.comment,
            body=f"{status_comment(task)}\n\n{sign(task.record, task.issue, self._key)}",
            is_open=is_open,
        )
        document, variables = queries.show(change)
        board = access(task.issue.repo, Purpose.BOARD)
        content = 0 if nodes.comment else 1
        data = await self._api.mutate(board, document, variables, content=content)
        if nodes.comment is None:
            nodes.comment = data["comment"]["commentEdge"]["node"]["id"]

    async def _make_labels(self, issue: IssueRef, nodes: Nodes) -> None:
        """Once in a repository's life; what a task beside this one has just made is taken."""
        missing = [stage for stage in Stage if stage.value not in nodes.labels]
        if not missing:
            return
        at, made = self._made.get(nodes.repository, (-math.inf, {}))
        if time.monotonic() - at > _MADE_SECONDS:
            document, variables = queries.create_labels(missing)
            variables["repository"] = nodes.repository
            board = access(issue.repo, Purpose.BOARD)
            try:
                data = await self._api.mutate(board, document, variables)
            except Refused as refused:
                if "already" not in refused.message:
                    raise
                raise Unanswered(f"labels of {issue.repo.full_name}: made meanwhile") from None
            labels = [answer["label"] for answer in data.values()]
            made = {label["name"]: label["id"] for label in labels}
            self._made[nodes.repository] = (time.monotonic(), made)
        nodes.labels |= made

    async def reply(self, issue: IssueRef, command: str, text: str) -> None:
        """POST a comment whose marker names the command it answers."""
        await self._api.write(
            access(issue.repo, Purpose.BOARD),
            "POST",
            f"/repos/{issue.repo.full_name}/issues/{issue.number}/comments",
            {"body": f"{text}\n\n{reply_marker(command)}"},
            content=1,
        )

    async def assign(self, issue: IssueRef, logins: Sequence[str]) -> frozenset[str]:
        """POST the assignees; GitHub leaves out without a word who can't be one."""
        answer = await self._api.write(
            access(issue.repo, Purpose.BOARD),
            "POST",
            f"/repos/{issue.repo.full_name}/issues/{issue.number}/assignees",
            {"assignees": list(logins)},
        )
        return frozenset(user["login"] for user in answer["assignees"] or ())

    async def acknowledge(self, issue: IssueRef, comment: int, *, accepted: bool) -> None:
        """POST a reaction; GitHub keeps one of a kind per person."""
        await self._api.write(
            access(issue.repo, Purpose.BOARD),
            "POST",
            f"/repos/{issue.repo.full_name}/issues/comments/{comment}/reactions",
            {"content": _REACTIONS[accepted]},
        )

    async def merge(self, issue: IssueRef, number: int, head: str) -> PullRequest | Awaited | str:
        """PUT the merge for exactly `head`; after a lost answer, see whether it was done.

        GitHub also says 405 for what passes: another merge just then, or checks still to come.
        """
        path = f"/repos/{issue.repo.full_name}/pulls/{number}"
        try:
            merged = await self._api.write(
                access(issue.repo, Purpose.CODE), "PUT", f"{path}/merge", {"sha": head}
            )
        except Refused as refused:
            if refused.status not in (403, 404, 405, 409, 422):
                raise
            if "base branch was modified" in refused.message.lower():
                raise Unanswered(f"merge of {issue}: {refused.message}") from None
            if found := await self._merged_before(issue, number):
                return found
            return _awaited(refused.message) or refused.message
        except Unanswered:
            found = await self._merged_before(issue, number)
            if found is None:
                raise
            return found
        return PullRequest(number, PullRequestState.MERGED, head, merged["sha"])

    async def _merged_before(self, issue: IssueRef, number: int) -> PullRequest | None:
        path = f"/repos/{issue.repo.full_name}/pulls/{number}"
        pull = await self._api.get(access(issue.repo, Purpose.BOARD), path)
        if pull["merged"]:
            merged, head = pull["merge_commit_sha"], pull["head"]["sha"]
            return PullRequest(number, PullRequestState.MERGED, head, merged)
        if pull["state"] == "open" and pull["mergeable"] is not True:
            # in conflict, or GitHub is still working that out: the next load of the task says so
            raise Unanswered(f"merge of {issue}: it is not known to be free of conflicts")
        return None


def _awaited(said: str) -> Awaited | None:
    """What GitHub waits for before it merges; None: something else stands in the way."""
    if _WAITS.search(said):
        return Awaited.CHECKS
    return Awaited.REVIEWS if _WANTS_REVIEW.search(said) else None


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


def _edits(seen: dict[str, Any]) -> list[tuple[str, datetime]]:
    """Who has last edited the body, and who the title; "" is somebody who is gone."""
    edits = [(event["actor"], event["createdAt"]) for event in seen["renamed"]["nodes"]]
    if seen["lastEditedAt"]:
        edits.append((seen["editor"], seen["lastEditedAt"]))
    return [((by or {}).get("login", ""), datetime.fromisoformat(at)) for by, at in edits]


def _time(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


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


def _stage(comments: _Comments, labels: Iterable[str]) -> Stage | None:
    """The record decides, not the labels, which anybody with triage access can move.

    Without a status comment of ours the issue is no task, whatever its labels say. Where somebody
    has spoilt the record in it, the labels are all there is.
    """
    if comments.record is not None:
        return comments.record.stage
    return standing(labels) if comments.status is not None else None


def _pull_request(nodes: list[dict[str, Any]], record: Record) -> PullRequest | None:
    """The task's own: the one on record, else the open one, else the newest; never a fork's."""
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
        if not node["isCrossRepository"]
    ]
    if record.pull_request is not None:
        return next((pull for pull in own if pull.number == record.pull_request), None)
    return next((pull for pull in own if pull.state is PullRequestState.OPEN), None) or next(
        iter(own), None
    )
