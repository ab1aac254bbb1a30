"""The code of repositories, and the tokens that it is fetched and pushed with."""

from urllib.parse import urlsplit

from app.domain.ref import RepoRef
from app.git.repository import GitCode
from app.git.run import Remote
from app.git.transfer import Remotes
from app.github.api import Api
from app.github.auth import Purpose, access
from app.settings import Settings


def code(settings: Settings, api: Api, slug: str, purpose: Purpose = Purpose.CODE) -> GitCode:
    email = bot_email(settings, slug)
    return GitCode(settings.state_dir, remotes(settings, api, purpose), email=email)


def bot_email(settings: Settings, slug: str) -> str:
    """By which GitHub shows a commit as the App's own.

    Before the login may stand the bot's user id, which takes a request to know; it does without:
    https://github.com/actions/create-github-app-token/issues/114
    """
    return f"{slug}[bot]@users.noreply.{urlsplit(_web(settings)).hostname}"


def _web(settings: Settings) -> str:
    base = settings.github_url.removesuffix("/").removesuffix("/api/v3")
    return "https://github.com" if base == "https://api.github.com" else base


def remotes(settings: Settings, api: Api, purpose: Purpose) -> Remotes:
    base = _web(settings)

    async def remote(repo: RepoRef, *, fresh: bool = False) -> Remote:
        token = await api.token(access(repo, purpose), fresh=fresh)
        return Remote(f"{base}/{repo.full_name}.git", token)

    return remote
