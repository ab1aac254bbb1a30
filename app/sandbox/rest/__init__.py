"""The REST routes, as GitHub's OpenAPI description names them; rules and state are elsewhere."""

from app.sandbox.rest import apps, checks, comments, issues, pulls, refs, repositories
from app.sandbox.rest.call import Route

ROUTES: tuple[Route, ...] = (
    *apps.ROUTES,
    *repositories.ROUTES,
    *refs.ROUTES,
    *issues.ROUTES,
    *comments.ROUTES,
    *pulls.ROUTES,
    *checks.ROUTES,
)
