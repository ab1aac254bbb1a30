"""The REST routes, as GitHub's OpenAPI description names them; rules and state are elsewhere."""

from app.sandbox.rest import (
    actions,
    apps,
    checks,
    comments,
    hierarchy,
    issues,
    organization,
    pulls,
    refs,
    repositories,
    reviews,
    suites,
    threads,
)
from app.sandbox.rest.call import Route

ROUTES: tuple[Route, ...] = (
    *apps.ROUTES,
    *organization.ROUTES,
    *repositories.ROUTES,
    *refs.ROUTES,
    *issues.ROUTES,
    *hierarchy.ROUTES,
    *comments.ROUTES,
    *threads.ROUTES,
    *pulls.ROUTES,
    *reviews.ROUTES,
    *checks.ROUTES,
    *suites.ROUTES,
    *actions.ROUTES,
)
