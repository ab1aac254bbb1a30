"""The code of repositories, and the tokens that it is fetched and pushed with."""

from app.domain.ref import RepoRef
from app.git.repository import GitCode
from app.git.run import Remote
from app.git.transfer import Remotes
from app.github.api import Api
from app.github.auth import Purpose, access
from app.settings import Settings


def code(settings: Settings, api: Api, purpose: Purpose = Purpose.CODE) -> GitCode:
    return GitCode(settings.state_dir, remotes(settings, api, purpose))


def remotes(settings: Settings, api: Api, purpose: Purpose) -> Remotes:
    base = settings.github_url.removesuffix("/").removesuffix("/api/v3")
    if base == "https://api.github.com":
        base = "https://github.com"

    async def remote(repo: RepoRef, *, fresh: bool = False) -> Remote:
        token = await api.token(access(repo, purpose), fresh=fresh)
        return Remote(f"{base}/{repo.full_name}.git", token)

    return remote
