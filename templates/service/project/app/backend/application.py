"""All routes of the HTTP service. To add one: a module beside this one, and a line here."""

from starlette.applications import Starlette
from starlette.routing import Route

from app.backend import health, notes
from app.backend.notebook import Notebook


def application() -> Starlette:
    """A service with an empty notebook; its state lasts as long as its process."""
    service = Starlette(
        routes=[
            Route("/health", health.show, methods=["GET"]),
            Route("/notes", notes.index, methods=["GET"]),
            Route("/notes", notes.add, methods=["POST"]),
        ]
    )
    service.state.notebook = Notebook()
    return service
