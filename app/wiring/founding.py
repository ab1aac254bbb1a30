"""What new projects are founded with."""

from app.engine.observe import Observer, observed
from app.git.beginning import GitFirstCommits
from app.github.api import Api
from app.github.auth import Purpose
from app.github.first_issues import GitHubFirstIssues
from app.github.repositories import GitHubRepositories
from app.graphs.founding.ports import Founder
from app.scaffold.projects import CopierTemplates
from app.scaffold.shelf import Shelf
from app.scaffold.template import service
from app.settings import Settings
from app.wiring.engineering import remotes
from app.wiring.keys import record_key


def founder(settings: Settings, api: Api, observer: Observer | None) -> Founder:
    """Its commits are the template's alone, so they may hold workflows."""
    key = record_key(settings.webhook_secret.get_secret_value())
    commits = GitFirstCommits(remotes(settings, api, Purpose.SCAFFOLD))
    templates = CopierTemplates(Shelf(settings.state_dir / "templates"), service())
    return Founder(
        repositories=GitHubRepositories(api, key, retry_seconds=settings.retry_seconds),
        templates=observed(templates, "templates", ("make",), observer),
        commits=observed(commits, "commits", ("begin",), observer),
        issues=GitHubFirstIssues(api, retry_seconds=settings.retry_seconds),
    )
