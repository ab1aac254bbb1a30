"""Reads what needs attention from GitHub itself, as if no webhook had ever come."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from app.domain.policy import Policy
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import ACTIVE
from app.engine.clock import now
from app.engine.ports import Postponed, Refused, Sighting, Unanswered
from app.engine.triage import Reader
from app.github import queries, sightings
from app.github.api import Api
from app.github.auth import Access, Purpose
from app.github.policies import ORGANIZATION, GitHubPolicies

log = structlog.get_logger(__name__)
LOOK_BACK = timedelta(days=30)  # that an app may be away without missing what was asked of it
BEFOREHAND = timedelta(days=3)  # that people may ask before they install the App
OVERLAP = timedelta(minutes=5)
MAX_SILENT = 3  # repositories in a row that did not answer: it is GitHub, and not they
_NEVER = datetime.min.replace(tzinfo=UTC)


class GitHubSurvey:
    """Every repository of every installation, a request each where there are under 100 issues.

    In the first survey it is those that moved within LOOK_BACK, later those since the one before.
    """

    def __init__(self, api: Api, policies: GitHubPolicies, slug: str) -> None:
        self._api = api
        self._policies = policies
        self._slug = slug
        self._last: dict[int, datetime] = {}  # up to when a repository was read and handled
        self._read: dict[int, datetime] = {}
        self._silent: dict[int, datetime] = {}  # when a repository last gave no answer
        self.complete = False

    async def sightings(self) -> Sequence[Sighting]:
        """Requests and commands first, then the tasks to be checked."""
        self._read, self.complete = {}, True
        asked: list[Sighting] = []
        tasks: list[Sighting] = []
        async for installation in self._pages(None, "/app/installations", None):
            if installation.get("suspended_at"):
                continue
            try:
                await self._visit_all(installation, asked, tasks)
            except (Refused, Unanswered, Postponed) as error:
                self.complete = False
                log.warning("installation left out", id=installation["id"], why=str(error))
        return (*asked, *tasks)

    def handled(self, left: Collection[RepoRef]) -> None:
        """The next survey need not look so far back, but where something was left over."""
        owing = {repo.id for repo in left}
        self._last |= {key: at for key, at in self._read.items() if key not in owing}

    async def _visit_all(
        self, installation: dict[str, Any], asked: list[Sighting], tasks: list[Sighting]
    ) -> None:
        """One that gives no answer does not keep the others from being visited."""
        earliest = datetime.fromisoformat(installation["created_at"]) - BEFOREHAND
        silent = 0
        for repo in await self._repositories(installation["id"]):
            began = now()
            since = max(began - LOOK_BACK, earliest, self._last.get(repo.id, _NEVER)) - OVERLAP
            try:
                await self._look(repo, since, asked, tasks)
            except Unanswered as error:
                self._silent[repo.id] = began
                silent += 1
                if silent == MAX_SILENT:
                    raise
                self._leave_out(repo, error)
            except Refused as error:
                self._leave_out(repo, error)
            else:
                self._read[repo.id] = began
                self._silent.pop(repo.id, None)
                silent = 0

    def _leave_out(self, repo: RepoRef, error: Exception) -> None:
        self.complete = False
        log.warning("repository left out", repo=repo.full_name, why=str(error))

    async def _repositories(self, installation: int) -> list[RepoRef]:
        """The organisation's own configuration first, since the others inherit from it.

        Those that gave no answer come last, and of them first who has waited the longest.
        """
        everything = Access(installation, None, Purpose.SURVEY)
        repos = [
            RepoRef(repo["id"], repo["owner"]["login"], repo["name"], installation)
            async for repo in self._pages(everything, "/installation/repositories", "repositories")
            if not repo["archived"] and not repo["disabled"]
        ]
        for owner in {repo.owner for repo in repos}:
            if (owner, ORGANIZATION) not in {(repo.owner, repo.name) for repo in repos}:
                self._policies.learn_organization(owner, None)
        return sorted(
            repos, key=lambda repo: (repo.name != ORGANIZATION, self._silent.get(repo.id, _NEVER))
        )

    async def _pages(
        self, wanted: Access | None, path: str, key: str | None
    ) -> AsyncIterator[dict[str, Any]]:
        page = 1
        while True:
            answer = await self._api.get(wanted, path, per_page=100, page=page)
            items = answer if key is None else answer[key]
            for item in items:
                yield item
            if len(items) < 100:
                return
            page += 1

    async def _look(
        self, repo: RepoRef, since: datetime, asked: list[Sighting], tasks: list[Sighting]
    ) -> None:
        reader = Reader(self._slug, now())
        after: str | None = None
        policy: Policy | None = None
        while True:
            seen = await self._survey(repo, since, after)
            if policy is None:
                policy = await self._learn(repo, seen)
                tasks += [
                    Sighting(IssueRef(repo, number), None)
                    for number in await self._tracked(repo, seen)
                ]
                asked += sightings.of_reviews(repo, seen["pulls"]["nodes"], since)
            for issue in seen["recent"]["nodes"]:
                asked += sightings.of_issue(repo, issue, policy, reader)
            if not seen["recent"]["pageInfo"]["hasNextPage"]:
                return
            after = seen["recent"]["pageInfo"]["endCursor"]

    async def _survey(self, repo: RepoRef, since: datetime, after: str | None) -> dict[str, Any]:
        data = await self._api.query(
            Access(repo.installation, None, Purpose.SURVEY),
            queries.SURVEY,
            owner=repo.owner,
            name=repo.name,
            since=since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            after=after,
        )
        repository: dict[str, Any] | None = data.get("repository")
        if repository is None:
            raise Refused(404, f"survey {repo.full_name}", "the repository is gone")
        return repository

    async def _learn(self, repo: RepoRef, seen: dict[str, Any]) -> Policy:
        if repo.name == ORGANIZATION:
            self._policies.learn_organization(repo.owner, (seen["organization"] or {}).get("text"))
        self._policies.learn_project(repo, (seen["project"] or {}).get("text"))
        return (await self._policies.of(repo)).policy

    async def _tracked(self, repo: RepoRef, seen: dict[str, Any]) -> list[int]:
        numbers: set[int] = set()
        for stage in sorted(ACTIVE):
            page = seen[stage.name.lower()]
            numbers |= {node["number"] for node in page["nodes"]}
            while page["pageInfo"]["hasNextPage"]:
                data = await self._api.query(
                    Access(repo.installation, None, Purpose.SURVEY),
                    queries.TRACKED,
                    owner=repo.owner,
                    name=repo.name,
                    label=stage.value,
                    after=page["pageInfo"]["endCursor"],
                )
                page = data["repository"]["issues"]
                numbers |= {node["number"] for node in page["nodes"]}
        return sorted(numbers)
