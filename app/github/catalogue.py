"""Projects and tasks as agents may ask for them: read, kept for seconds, never changed."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage, standing
from app.domain.task import Task
from app.engine.ports import Board, Policies, Refused
from app.gateway.commands.ports import Project, TaskLine
from app.github.api import Api
from app.github.auth import Access, Purpose

T = TypeVar("T")
_FRESH_SECONDS = 10.0
_KEPT = 200
_PAGES = 10  # a thousand repositories, of which agents are shown fewer

TASKS = """
query Tasks($owner: String!, $name: String!, $labels: [String!]) {
  repository(owner: $owner, name: $name) {
    issues(
      first: 100, labels: $labels, states: [OPEN, CLOSED]
      orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      nodes { number title url labels(first: 100) { nodes { name } } }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class _Seen(Generic[T]):
    at: float
    value: T


class _Recent(Generic[T]):
    """What was read in the last seconds, so that agents in a loop can't spend our requests."""

    def __init__(self) -> None:
        self._seen: dict[object, _Seen[T]] = {}

    async def get(self, key: object, read: Callable[[], Awaitable[T]]) -> T:
        seen = self._seen.pop(key, None)
        if seen is None or time.monotonic() - seen.at > _FRESH_SECONDS:
            seen = _Seen(time.monotonic(), await read())
        if len(self._seen) >= _KEPT:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = seen
        return seen.value


class GitHubProjects:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._all: _Recent[Sequence[Project]] = _Recent()
        self._named: _Recent[Project | None] = _Recent()

    async def all(self, repo: RepoRef) -> Sequence[Project]:
        """GET /installation/repositories, page by page."""
        return await self._all.get(repo.installation, lambda: self._read_all(repo))

    async def named(self, repo: RepoRef, name: str) -> Project | None:
        """GET /repos/{owner}/{repo}"""
        key = (repo.installation, repo.owner, name.lower())
        return await self._named.get(key, lambda: self._read_named(repo, name))

    async def _read_all(self, repo: RepoRef) -> Sequence[Project]:
        found: list[Project] = []
        for page in range(1, _PAGES + 1):
            answer = await self._api.get(
                _survey(repo), "/installation/repositories", per_page=100, page=page
            )
            seen = answer["repositories"]
            found += [_project(one) for one in seen if not one["archived"]]
            if len(seen) < 100:
                break
        return found

    async def _read_named(self, repo: RepoRef, name: str) -> Project | None:
        try:
            answer = await self._api.get(_survey(repo), f"/repos/{repo.owner}/{name}")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return _project(answer)


class GitHubTasks:
    """`board` is one of its own: a load also notes where the next show writes, and one at an
    agent's word, between the handler's load and show, would have the handler write by it.
    """

    def __init__(self, api: Api, board: Board, policies: Policies) -> None:
        self._api = api
        self._board = board
        self._policies = policies
        self._tasks: _Recent[Task] = _Recent()
        self._lists: _Recent[Sequence[TaskLine]] = _Recent()

    async def load(self, issue: IssueRef) -> Task:
        """As the board loads it."""
        return await self._tasks.get(issue.key, lambda: self._load(issue))

    async def listed(self, repo: RepoRef, name: str) -> Sequence[TaskLine]:
        """The hundred issues with a label of ours that changed last."""
        key = (repo.installation, repo.owner, name.lower())
        return await self._lists.get(key, lambda: self._list(repo, name))

    async def _load(self, issue: IssueRef) -> Task:
        return await self._board.load(issue, await self._policies.of(issue.repo))

    async def _list(self, repo: RepoRef, name: str) -> Sequence[TaskLine]:
        labels = [stage.value for stage in Stage]
        data = await self._api.query(
            _survey(repo), TASKS, owner=repo.owner, name=name, labels=labels
        )
        repository = data.get("repository")
        if repository is None:
            raise Refused(404, f"tasks of {repo.owner}/{name}", "the repository is gone")
        lines = [_line(node) for node in repository["issues"]["nodes"]]
        return [line for line in lines if line is not None]


def _survey(repo: RepoRef) -> Access:
    return Access(repo.installation, None, Purpose.SURVEY)


def _project(seen: dict[str, Any]) -> Project:
    return Project(
        owner=seen["owner"]["login"],
        name=seen["name"],
        private=seen["private"],
        description=seen["description"] or "",
        default_branch=seen["default_branch"],
        url=seen["html_url"],
    )


def _line(node: dict[str, Any]) -> TaskLine | None:
    stage = standing(label["name"] for label in node["labels"]["nodes"])
    return None if stage is None else TaskLine(node["number"], node["title"], stage, node["url"])
