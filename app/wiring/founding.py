"""What new projects are founded with, and brought up to a newer template."""

from app.engine.observe import Observer, observed
from app.git.beginning import GitFirstCommits
from app.git.repository import GitCode
from app.github.api import Api
from app.github.auth import Purpose
from app.github.first_issues import GitHubFirstIssues
from app.github.repositories import GitHubRepositories
from app.graphs.founding.ports import Founder
from app.scaffold.projects import CopierTemplates
from app.scaffold.shelf import Shelf
from app.scaffold.template import service
from app.scaffold.updates import CopierScaffold
from app.settings import Settings
from app.wiring.code import bot_email, code, remotes
from app.wiring.keys import record_key


def shelf(settings: Settings) -> Shelf:
    """Versions of the template are kept where projects made from them can be updated."""
    return Shelf(settings.state_dir / "templates")


def founder(
    settings: Settings, api: Api, slug: str, kept: Shelf, observer: Observer | None
) -> Founder:
    """Its commits are the template's alone, so they may hold workflows."""
    key = record_key(settings.webhook_secret.get_secret_value())
    remote = remotes(settings, api, Purpose.SCAFFOLD)
    commits = GitFirstCommits(remote, bot_email(settings, slug))
    return Founder(
        repositories=GitHubRepositories(api, key, retry_seconds=settings.retry_seconds),
        templates=observed(CopierTemplates(kept, service()), "templates", ("make",), observer),
        commits=observed(commits, "commits", ("begin",), observer),
        issues=GitHubFirstIssues(api, retry_seconds=settings.retry_seconds),
    )


def scaffold(
    settings: Settings, api: Api, slug: str, kept: Shelf, agents_code: GitCode
) -> CopierScaffold:
    """It lays the template's own workflows with a right that `agents_code` lacks."""
    workflows = code(settings, api, slug, Purpose.SCAFFOLD)
    return CopierScaffold(kept, service(), agents_code, workflows)
