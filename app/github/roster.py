"""Who may do what in a repository, asked of GitHub at the moment it matters."""

import time
from urllib.parse import quote

from app.domain.policy import Role
from app.domain.ref import RepoRef
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access

_ROLES = {role.name.lower(): role for role in Role}
_STRANGER_SECONDS = 60.0


class GitHubRoster:
    """A stranger's answer is kept for a minute, so that nobody can spend our requests at will."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._strangers: dict[tuple[int, str], float] = {}

    async def role(self, repo: RepoRef, login: str) -> Role:
        """GET /repos/{owner}/{repo}/collaborators/{username}/permission"""
        key = (repo.id, login)
        if self._strangers.get(key, 0.0) > time.monotonic():
            return Role.NONE
        role = await self._ask(repo, login)
        if role < Role.TRIAGE:
            self._strangers = {
                k: until for k, until in self._strangers.items() if until > time.monotonic()
            }
            self._strangers[key] = time.monotonic() + _STRANGER_SECONDS
        return role

    async def _ask(self, repo: RepoRef, login: str) -> Role:
        path = f"/repos/{repo.full_name}/collaborators/{quote(login, safe='')}/permission"
        try:
            answer = await self._api.get(access(repo, Purpose.BOARD), path)
        except Refused as refused:
            if refused.status == 404:
                return Role.NONE
            raise
        # role_name may be an organisation's own word; permission is then what it amounts to
        return _ROLES.get(answer.get("role_name", "")) or _ROLES.get(
            answer["permission"], Role.NONE
        )
