"""What the runs of all graphs work with."""

from app.engine.observe import Observer, observed
from app.github.api import Api
from app.github.ci import GitHubCi
from app.github.desk import GitHubDesk
from app.github.reviews import GitHubReviews
from app.github.roster import GitHubRoster
from app.github.sub_issues import GitHubSubIssues
from app.graphs.context import Workshop
from app.graphs.ports import Gate
from app.settings import Settings
from app.wiring.agents import agents
from app.wiring.code import code
from app.wiring.executor import Place
from app.wiring.founding import founder, scaffold, shelf


def workshop(
    settings: Settings,
    api: Api,
    slug: str,
    reach: tuple[Place, Gate | None],
    observer: Observer | None,
) -> Workshop:
    """`reach` is where runs happen, and what they may reach from there."""
    place, gate = reach
    patience, kept = settings.retry_seconds, shelf(settings)
    looks = ("heads", "checkout", "take", "inspect", "push")
    repositories = observed(code(settings, api, slug), "code", looks, observer)
    template = scaffold(settings, api, slug, kept, repositories)
    sub_issues = GitHubSubIssues(api, slug, retry_seconds=patience)
    return Workshop(
        executor=place.executor,
        agents=agents(settings),
        sessions=place.homes,
        gate=observed(gate, "gate", ("admit", "dismiss"), observer) if gate else None,
        code=repositories,
        desk=GitHubDesk(api, slug, retry_seconds=patience),
        ci=GitHubCi(api, slug),
        reviews=GitHubReviews(api, retry_seconds=patience),
        roster=GitHubRoster(api),
        scaffold=observed(template, "scaffold", ("update", "lay"), observer),
        founder=founder(settings, api, slug, kept, observer),
        parts=observed(sub_issues, "parts", ("create", "listed"), observer),
    )
