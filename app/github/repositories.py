"""Repositories of new projects: made once, described, protected. What goes in comes from git."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog

from app.domain.project import MadeProject, NameTaken, NewProject
from app.domain.ref import RepoRef
from app.engine.ports import Refused, Unanswered
from app.github.api import Api
from app.github.auth import Access, Purpose, access
from app.github.once import TRIES, once

FIND = """
query Project($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name, followRenames: false) {
    databaseId name owner { login } description isPrivate isArchived isEmpty
    defaultBranchRef { name }
  }
}
"""
log = structlog.get_logger(__name__)
_PLAN = "upgrade to"  # how GitHub begins to say that the plan lacks something
# Neither forced pushes nor deletion; whatever else is for people to say.
_PROTECTION: dict[str, Any] = {
    "required_status_checks": None,
    "enforce_admins": None,
    "required_pull_request_reviews": None,
    "restrictions": None,
    "allow_force_pushes": False,
    "allow_deletions": False,
}


class GitHubRepositories:
    """`key` signs what they are known by as ours."""

    def __init__(self, api: Api, key: bytes, *, retry_seconds: float = 1.0) -> None:
        self._api = api
        self._key = key
        self._retry_seconds = retry_seconds

    async def create(self, project: NewProject, *, resumed: bool = False) -> MadeProject:
        """POST /orgs/{org}/repos, in the organisation of the request; empty when it is new.

        One that this request has made before is taken up again; NameTaken for any other.
        """
        home = project.request.repo
        founder = Access(home.installation, None, Purpose.FOUND)

        async def find() -> MadeProject | None:
            return await self._find(project)

        async def create() -> MadeProject:
            body = {
                "name": project.name,
                "private": project.private,
                "description": project.description(self._key),
            }
            path = f"/orgs/{home.owner}/repos"
            try:
                made = await self._api.write(founder, "POST", path, body, content=1)
            except Refused as refused:
                if refused.status != 422 or "already exists" not in refused.message:
                    raise
                found = await self._find(project)
                if found is None:
                    raise NameTaken(home.owner, project.name, "and we can't see it") from None
                return found
            repo = RepoRef(made["id"], made["owner"]["login"], made["name"], home.installation)
            return MadeProject(repo, made["default_branch"], empty=True)

        made = await once(find, create, look_first=resumed, retry_seconds=self._retry_seconds)
        await self._await_token(made.repo)
        return made

    async def _await_token(self, repo: RepoRef) -> None:
        """It may take GitHub a moment to give out tokens for a repository that is new."""
        for attempt in range(TRIES):
            try:
                await self._api.token(access(repo, Purpose.FOUND))
            except Refused as refused:
                if refused.status != 422:
                    raise
                await asyncio.sleep(self._retry_seconds * 2**attempt)
            else:
                return
        raise Unanswered(f"GitHub gives out no tokens for {repo.full_name} yet")

    async def _find(self, project: NewProject) -> MadeProject | None:
        """The repository of that name, if there is one and it is this request's own.

        One that somebody else has opened to the public under our words is not: what we push would
        be seen.
        """
        home = project.request.repo
        seen = await self._look(home.installation, home.owner, project.name)
        if seen is None:
            return None
        if not project.is_origin_of(seen["description"] or "", self._key):
            raise NameTaken(home.owner, project.name, "it was made for something else")
        if seen["isPrivate"] != project.private or seen["isArchived"]:
            raise NameTaken(home.owner, project.name, "somebody has changed who sees it")
        return _made(seen, home.installation)

    async def _look(self, installation: int, owner: str, name: str) -> dict[str, Any] | None:
        survey = Access(installation, None, Purpose.SURVEY)
        try:
            data = await self._api.query(survey, FIND, owner=owner, name=name)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        seen: dict[str, Any] | None = data.get("repository")
        return seen

    async def discard(self, project: NewProject) -> bool:
        """Delete what the request has made, while it is empty; False where there is no such one."""
        try:
            found = await self._find(project)
        except NameTaken:
            return False
        if found is None or not found.empty:
            return False
        founder = access(found.repo, Purpose.FOUND)

        async def find() -> bool | None:
            return None if await self._find(project) else True

        async def delete() -> bool:
            await self._api.write(founder, "DELETE", f"/repos/{found.repo.full_name}", {})
            return True

        return await once(find, delete, look_first=False, retry_seconds=self._retry_seconds)

    async def add_topics(self, repo: RepoRef, names: Sequence[str]) -> None:
        """PUT /repos/{owner}/{repo}/topics, unless they are there; those of people stay."""
        founder, path = access(repo, Purpose.FOUND), f"/repos/{repo.full_name}/topics"
        wanted: list[str] = []

        async def find() -> bool | None:
            seen = (await self._api.get(founder, path))["names"]
            wanted[:] = [*seen, *(name for name in names if name not in seen)]
            return True if set(names) <= set(seen) else None

        async def put() -> bool:
            await self._api.write(founder, "PUT", path, {"names": wanted})
            return True

        await once(find, put, look_first=True, retry_seconds=self._retry_seconds)

    async def invite(self, repo: RepoRef, login: str) -> None:
        """PUT …/collaborators/{login}: a member can write at once, others when they accept.

        An organisation may not let outsiders in; its owners then say who gets what.
        """
        path = f"/repos/{repo.full_name}/collaborators/{quote(login, safe='')}"
        founder = access(repo, Purpose.FOUND)

        async def unknown() -> None:
            """To invite twice is to invite once."""

        async def put() -> None:
            await self._api.write(founder, "PUT", path, {"permission": "push"})

        try:
            await once(unknown, put, look_first=False, retry_seconds=self._retry_seconds)
        except Refused as refused:
            if refused.status not in (403, 404, 422):
                raise
            log.warning("not invited", repo=repo.full_name, login=login, why=str(refused))

    async def protect(self, repo: RepoRef, branch: str) -> None:
        """PUT …/branches/{branch}/protection, where nothing protects it yet and the plan allows."""
        founder = access(repo, Purpose.FOUND)
        path = f"/repos/{repo.full_name}/branches/{quote(branch, safe='')}/protection"

        async def find() -> bool | None:
            try:
                await self._api.get(founder, path)
            except Refused as refused:
                if refused.status == 404:
                    return None
                if not _not_offered(refused):
                    raise
            return True

        async def put() -> bool:
            await self._api.write(founder, "PUT", path, _PROTECTION)
            return True

        await once(find, put, look_first=True, retry_seconds=self._retry_seconds)


def _made(seen: dict[str, Any], installation: int) -> MadeProject:
    repo = RepoRef(seen["databaseId"], seen["owner"]["login"], seen["name"], installation)
    branch = (seen["defaultBranchRef"] or {}).get("name", "main")
    return MadeProject(repo, branch, empty=seen["isEmpty"])


def _not_offered(refused: Refused) -> bool:
    return refused.status == 403 and refused.message.lower().startswith(_PLAN)
