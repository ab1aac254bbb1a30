"""The policy of each repository, from the organisation's and the project's configuration files."""

from dataclasses import dataclass, replace

import structlog

from app.config import Config, ConfigError, parse, resolve
from app.domain.policy import Merge, PlanApproval, Role
from app.domain.ref import RepoRef
from app.engine.ports import Refused, Setting
from app.github import queries
from app.github.api import Api
from app.github.auth import Access, Purpose, access

log = structlog.get_logger(__name__)
ORGANIZATION = ".github"
PROJECT_FILE = ".github/orchestrator.yml"
ORGANIZATION_FILE = "orchestrator.yml"
STRICTEST = replace(
    resolve(""), who=Role.ADMIN, plan_approval=PlanApproval.ALWAYS, merge=Merge.BY_PERSON
)


@dataclass(slots=True)
class _File:
    """The last good content of one file, and what is wrong with the present one."""

    config: Config | None  # None: there never was a good one
    warning: str = ""


class GitHubPolicies:
    """Kept until a push changes a file; a file that can't be read leaves its last good one."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._organizations: dict[str, _File] = {}
        self._projects: dict[int, _File] = {}
        self._stale: set[str | int] = set()

    async def of(self, repo: RepoRef) -> Setting:
        """No request, unless a file is not known or has changed."""
        owner = repo.owner.lower()
        if owner not in self._organizations or owner in self._stale:
            self.learn_organization(owner, await self._organization(repo))
        if repo.id not in self._projects or repo.id in self._stale:
            self.learn_project(repo, await self._project(repo))
        organization, project = self._organizations[owner], self._projects[repo.id]
        warnings = [file.warning for file in (organization, project) if file.warning]
        if organization.config is None or project.config is None:
            # what a file forbids that could never be read is not known: ask for all
            return Setting(STRICTEST, "\n".join(warnings), known=False)
        policy = resolve(repo.name, organization.config, project.config)
        return Setting(policy, "\n".join(warnings))

    def forget(self, repo: RepoRef) -> None:
        """A push to the organisation's own repository may have changed either of its files."""
        self._stale.add(repo.id)
        if repo.name == ORGANIZATION:
            self._stale.add(repo.owner.lower())

    def learn_organization(self, owner: str, text: str | None) -> None:
        """`text` None: there is no such file."""
        owner = owner.lower()
        old = self._organizations.get(owner)
        self._organizations[owner] = _read(text, f"{owner}/{ORGANIZATION}:{ORGANIZATION_FILE}", old)
        self._stale.discard(owner)

    def learn_project(self, repo: RepoRef, text: str | None) -> None:
        """`text` None: there is no such file."""
        old = self._projects.get(repo.id)
        self._projects[repo.id] = _read(text, f"{repo.full_name}:{PROJECT_FILE}", old)
        self._stale.discard(repo.id)

    async def _project(self, repo: RepoRef) -> str | None:
        board = access(repo, Purpose.BOARD)
        return await self._text(board, repo.owner, repo.name, PROJECT_FILE)

    async def _organization(self, repo: RepoRef) -> str | None:
        everything = Access(repo.installation, None, Purpose.SURVEY)
        return await self._text(everything, repo.owner, ORGANIZATION, ORGANIZATION_FILE)

    async def _text(self, wanted: Access, owner: str, name: str, file: str) -> str | None:
        try:
            data = await self._api.query(
                wanted, queries.CONFIG, owner=owner, name=name, path=f"HEAD:{file}"
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        blob = (data.get("repository") or {}).get("object") or {}
        text: str | None = blob.get("text")
        return text


def _read(text: str | None, file: str, old: _File | None) -> _File:
    try:
        return _File(parse(text, file) if text is not None else Config())
    except ConfigError as error:
        log.warning("invalid configuration", why=str(error))
        good = old.config if old else None
        kept = (
            "The last good one stays in force." if good else "Until then admins approve all work."
        )
        return _File(good, f"{error}\nCorrect it and push. {kept}")
