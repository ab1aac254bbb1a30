"""The issue as people see it: asked for at once, written as one mutation. It decides nothing."""

import asyncio
import math
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.part import MadePart
from app.domain.record import Record, reply_marker, sign
from app.domain.ref import IssueRef
from app.domain.stage import Stage
from app.domain.task import PullRequest, PullRequestState, Task
from app.domain.words import status_comment
from app.engine.ports import Awaited, Refused, Setting, Unanswered
from app.github import queries, snapshot
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.parts import as_they_stand
from app.github.snapshot import Comments

_REACTIONS = {True: "rocket", False: "confused"}
_WAITS = re.compile(r"required status check|is expected|pending|in progress", re.IGNORECASE)
_WANTS_REVIEW = re.compile(r"approving review|requesting changes", re.IGNORECASE)
_KEPT = 5_000
_MADE_SECONDS = 60.0  # for so long a load may have been sent before labels were made


@dataclass(slots=True)
class Nodes:
    """Node ids that a write needs, as the last load saw them."""

    repository: str
    issue: str
    labels: dict[str, str]
    has_trigger: bool
    comment: str | None = None


class GitHubBoard:
    """`key` signs the records. Node ids are kept from a load to the writes that follow it."""

    def __init__(self, api: Api, key: bytes) -> None:
        self._api = api
        self._key = key
        self._nodes: dict[str, Nodes] = {}
        self._labelling: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._made: dict[str, tuple[float, dict[str, str]]] = {}  # when, and labels' node ids

    async def load(self, issue: IssueRef, setting: Setting) -> Task:
        """One request, and one more per further hundred comments.

        One more in a later round, whose branch is known from the record, and one for parts.
        """
        repository, comments = await self._read(issue, setting.policy.trigger_label)
        record = comments.record or Record()
        if record.branch not in ("", issue.branch):
            repository |= await self._ask(issue, queries.PULLS, branch=record.branch)
        self._remember(issue, repository, comments.status)
        return snapshot.task(repository, comments, setting, await self._parts(issue, record))

    async def _parts(self, issue: IssueRef, record: Record) -> tuple[MadePart, ...]:
        """One request more, for a task that waits for its parts."""
        if record.stage not in (Stage.PARTS, Stage.BLOCKED) or not record.parts:
            return record.parts
        return await as_they_stand(self._api, self._key, issue.repo, record)

    async def _read(self, issue: IssueRef, trigger: str) -> tuple[dict[str, Any], Comments]:
        """As on the last page, with the pull requests of the first round's branch."""
        comments, after = Comments(issue, self._key), None
        while True:
            asked = {"number": issue.number, "branch": issue.branch, "trigger": trigger}
            repository = await self._ask(issue, queries.TASK, **asked, after=after)
            if repository["issue"] is None:
                raise Refused(404, f"load {issue}", "the issue is gone")
            page = repository["issue"]["comments"]
            for comment in page["nodes"]:
                comments.note(comment)
            if not page["pageInfo"]["hasNextPage"]:
                return repository, comments
            after = page["pageInfo"]["endCursor"]

    async def _ask(self, issue: IssueRef, document: str, **asked: object) -> dict[str, Any]:
        repo = issue.repo
        named = {"owner": repo.owner, "name": repo.name, **asked}
        data = await self._api.query(access(repo, Purpose.BOARD), document, **named)
        repository: dict[str, Any] | None = data.get("repository")
        if repository is None:
            raise Refused(404, f"load {issue}", "the repository is gone")
        return repository

    def _remember(self, issue: IssueRef, repository: dict[str, Any], status: str | None) -> None:
        labels = repository["labels"]["nodes"] + repository["issue"]["labels"]["nodes"]
        if len(self._nodes) >= _KEPT:
            del self._nodes[next(iter(self._nodes))]
        self._nodes.pop(issue.key, None)
        self._nodes[issue.key] = Nodes(
            repository=repository["id"],
            issue=repository["issue"]["id"],
            labels={label["name"]: label["id"] for label in labels},
            has_trigger=repository["trigger"] is not None,
            comment=status,
        )

    async def show(self, task: Task, *, is_open: bool | None) -> None:
        """One mutation; a first one where the repository has not got our labels yet."""
        nodes = self._nodes.get(task.issue.key)
        if nodes is None or task.stage is None:
            raise Unanswered(f"{task.issue} must be loaded before it is shown")
        async with self._labelling[nodes.repository]:
            await self._make_labels(task, nodes)
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

    async def _make_labels(self, task: Task, nodes: Nodes) -> None:
        """Once in a repository's life; what a task beside this one has just made is taken.

        In a new project nobody has made the label yet that asks for more.
        """
        missing = [stage for stage in Stage if stage.value not in nodes.labels]
        if not missing:
            return
        at, made = self._made.get(nodes.repository, (-math.inf, {}))
        if time.monotonic() - at > _MADE_SECONDS:
            trigger = None if nodes.has_trigger else task.policy.trigger_label
            document, variables = queries.create_labels(missing, trigger)
            variables["repository"] = nodes.repository
            board = access(task.issue.repo, Purpose.BOARD)
            try:
                data = await self._api.mutate(board, document, variables)
            except Refused as refused:
                if "already" not in refused.message:
                    raise
                raise Unanswered(f"labels of {task.issue.repo.full_name}: made meanwhile") from None
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
