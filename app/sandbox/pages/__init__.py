"""The sandbox in a browser: pages to watch by. They read, and offer no way to change anything.

Texts on them are treated as attacks: see `markdown`, and the content policy in `view`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.pages import code, runs, tracker, traffic
from app.sandbox.pages.find import Missing
from app.sandbox.pages.source import Host, Source
from app.sandbox.pages.view import STYLE, View, answer
from app.sandbox.state import State

_Page = Callable[[View, Request], Response]


def _style(_: View, request: Request) -> Response:
    return answer(request, STYLE, "text/css")


def _nothing(_: View, request: Request) -> Response:
    raise Missing(f"Nothing is at {request.url.path[:120]}.")


# Those under /_sandbox come first: what follows would take them for an owner. The last takes all.
PAGES: tuple[tuple[str, _Page], ...] = (
    ("/", code.front),
    ("/_sandbox/style.css", _style),
    ("/_sandbox/deliveries", traffic.deliveries),
    ("/_sandbox/deliveries/{number}", traffic.delivery),
    ("/_sandbox/requests", traffic.requests),
    ("/{owner}/{repo}", code.repository),
    ("/{owner}/{repo}/issues", tracker.issues),
    ("/{owner}/{repo}/issues/{number}", tracker.issue),
    ("/{owner}/{repo}/pulls", tracker.pulls),
    ("/{owner}/{repo}/pull/{number}", tracker.pull),
    ("/{owner}/{repo}/pull/{number}/{part}", tracker.pull_part),
    ("/{owner}/{repo}/runs/{number}", tracker.check_run),
    ("/{owner}/{repo}/actions", runs.runs),
    ("/{owner}/{repo}/actions/runs/{number}", runs.run),
    ("/{owner}/{repo}/actions/runs/{number}/job/{job}", runs.job),
    ("/{owner}/{repo}/commit/{sha}", code.commit),
    ("/{owner}/{repo}/commits/{rest:path}", code.commits),
    ("/{owner}/{repo}/tree/{rest:path}", code.folder),
    ("/{owner}/{repo}/blob/{rest:path}", code.file),
    ("/{rest:path}", _nothing),
)


def routes(host: Host | State) -> list[Route]:
    """All pages over a running sandbox; a bare `State` has no requests and deliveries to show."""
    view = View(Source(host))
    return [Route(path, _friendly(partial(page, view), view)) for path, page in PAGES]


def _friendly(page: Callable[[Request], Response], view: View) -> Callable[[Request], Response]:
    """Plain functions: Starlette runs them in threads, where git may take its time."""

    @wraps(page.func if isinstance(page, partial) else page)
    def show(request: Request) -> Response:
        try:
            return page(request)
        except Missing as missing:
            state = view.source.state()
            return view.show(request, "missing.html", state, 404, what=str(missing))

    return show
