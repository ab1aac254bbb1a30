"""One REST call as its handler sees it, and how routes are found; no handler lives here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, unquote, urlencode

from app.sandbox.auth import Grant, Tokens
from app.sandbox.limits import Limits
from app.sandbox.refusal import Refusal, not_found, unsupported
from app.sandbox.shapes.accounts import Site
from app.sandbox.state import Issue, PullRequest, Repository, State
from app.sandbox.world import Actor, World, get_issue, get_repository

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any = None  # None: no content
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """`state` is what this call may read: the present, or a stale copy."""

    world: World
    state: State
    tokens: Tokens
    limits: Limits
    grant: Grant | None  # None: the App itself, with its JWT
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    route: str = ""
    content: int = 0

    @property
    def site(self) -> Site:
        return Site(self.state, self.world.site.url, self.world.site.api)

    @property
    def token(self) -> Grant:
        if self.grant is None:
            raise Refusal(401, "Bad credentials")
        return self.grant

    @property
    def actor(self) -> Actor:
        return self.token.actor

    def repository(self, *anyof: tuple[str, str]) -> Repository:
        """The repository of the path, if the token sees it and may do one of these."""
        repo = get_repository(self.state, self.params["owner"], self.params["repo"])
        if not self.token.sees(repo):
            raise not_found()
        if anyof:
            self.token.need(repo, *anyof)
        return repo

    def issue(self, level: str) -> tuple[Repository, Issue]:
        """The issue of the path; on a pull request either permission will do."""
        repo = self.repository()
        number = self.integer("issue_number")
        issue = repo.issues.get(number)
        allowed = [("issues", level)]
        if issue is None or isinstance(issue, PullRequest):
            allowed.append(("pull_requests", level))
        self.token.need(repo, *allowed)
        return repo, get_issue(repo, number)

    def integer(self, name: str) -> int:
        text = self.params[name]
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise not_found()
        return int(text)

    def creates_content(self) -> None:
        self.limits.create_content(self.token.login)
        self.content += 1

    def string(self, name: str, *, required: bool = False) -> str | None:
        """A string of the body; 422 when it is something else or missing."""
        value = self.body.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, str):
            wrong = (
                f"For 'properties/{name}', {'nil' if value is None else value!r} is not a string."
            )
            if value is None and name not in self.body:
                wrong = f'"{name}" wasn\'t supplied.'
            raise Refusal(422, f"Invalid request.\n\n{wrong}")
        return value

    def boolean(self, name: str) -> bool:
        value = self.body.get(name, False)
        if not isinstance(value, bool):
            raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', not a boolean.")
        return value

    def choice(self, name: str, options: Sequence[str]) -> str | None:
        value = self.string(name)
        if value is not None and value not in options:
            raise Refusal(
                422, f"Invalid request.\n\nNo subschema in \"anyOf\" matched for '{name}': {value}"
            )
        return value

    def refuse_keys(self, *names: str) -> None:
        """Says loudly which of GitHub's parameters the sandbox lacks."""
        for name in names:
            if self.body.get(name) or self.query.get(name):
                raise unsupported(f"{name} in {self.route}")

    def page(self, items: Sequence[Any], shape: Callable[[Any], Json]) -> Reply:
        rows, headers = self.paginate(items)
        return Reply(200, [shape(item) for item in rows], headers)

    def paginate(self, items: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
        """This page's items, and the Link header if there is more than one page."""
        size = min(max(self._number("per_page", 30), 1), 100)
        page = max(self._number("page", 1), 1)
        last = max((len(items) + size - 1) // size, 1)
        wanted: dict[str, int] = {}
        if page > 1:
            wanted |= {"prev": min(page - 1, last), "first": 1}
        if page < last:
            wanted |= {"next": page + 1, "last": last}
        links = [f'<{self._page_url(number)}>; rel="{rel}"' for rel, number in wanted.items()]
        start = (page - 1) * size
        return items[start : start + size], {"link": ", ".join(links)} if links else {}

    def _number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default

    def _page_url(self, page: int) -> str:
        query = {**self.query, "page": str(page)}
        path = re.sub(r"\{(\w+)\}", lambda m: quote(self.params[m[1]]), self.route)
        return f"{self.site.api}{path}?{urlencode(query)}"


Handler = Callable[[Call], Reply]
Auth = Literal["jwt", "token"]


@dataclass(frozen=True, slots=True)
class Route:
    """`template` is OpenAPI's; a parameter written {name...} may hold slashes."""

    method: str
    template: str
    handler: Handler
    auth: Auth = "token"

    @property
    def name(self) -> str:
        return self.template.replace("...}", "}")

    @property
    def writes(self) -> bool:
        return self.method != "GET"


class Router:
    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(re.compile(_pattern(route.template)), route) for route in routes]

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its decoded parameters; `raw_path` is still percent-encoded."""
        for pattern, route in self._routes:
            if route.method == method and (match := pattern.fullmatch(raw_path)):
                return route, {name: unquote(part) for name, part in match.groupdict().items()}
        return None


def _pattern(template: str) -> str:
    literal = re.escape(template).replace(r"\{", "{").replace(r"\}", "}").replace(r"\.", ".")
    deep = re.sub(r"\{(\w+)\.\.\.\}", r"(?P<\1>.+)", literal)
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", deep)
