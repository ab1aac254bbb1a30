"""Requests to GitHub: paced, counted, and never repeated blindly. It knows no task."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import structlog
from githubkit import GitHub, UnauthAuthStrategy
from githubkit.exception import RateLimitExceeded, RequestError, RequestFailed

from app.engine.clock import now
from app.engine.ports import Postponed, Refused, Unanswered
from app.github.auth import Access, AppKey, Tokens
from app.github.pacing import Pacer
from app.trust import trusted

log = structlog.get_logger(__name__)
READ_TRIES = 3
_MOST_READ = 50_000_000  # bytes of one text
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_LASTING = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "NOT_FOUND", "UNPROCESSABLE"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `access` None: as the App itself. `content`: pieces of content it creates."""

    method: str
    path: str
    access: Access | None
    json: Mapping[str, Any] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    writes: bool = False
    content: int = 0

    @property
    def what(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"


class Api:
    """One HTTP client for all requests; an async context manager.

    Not `paced`, writes go out as they come: only where the server has no rate limits.
    """

    def __init__(
        self, url: str, key: AppKey, *, retry_seconds: float = 0.5, paced: bool = True
    ) -> None:
        self._github = GitHub(
            UnauthAuthStrategy(),
            base_url=url,
            http_cache=False,
            auto_retry=False,
            timeout=20.0,
            ssl_verify=trusted(),
        )
        enterprise = re.sub(r"/api/v3/?\Z", "/api/graphql", url)
        self._graphql = enterprise if enterprise != url else url.rstrip("/") + "/graphql"
        self._key = key
        self._tokens = Tokens(self._mint)
        self._paced = paced
        self._pacers: dict[int | None, Pacer] = {}
        self._postponed: dict[int | None, Postponed] = {}
        self._retry_seconds = retry_seconds
        self._stack = AsyncExitStack()
        self._url = url.rstrip("/")
        self._downloads: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._github)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def token(self, access: Access, *, fresh: bool = False) -> str:
        """For git, which speaks for itself; `fresh`: the last one was refused."""
        if fresh:
            self._tokens.evict(access)
        return await self._tokens.get(access)

    async def get(self, access: Access | None, path: str, **params: object) -> Any:
        """Read; asked again when the answer failed to come."""
        return await self._read(Call("GET", path, access, params=params))

    async def query(self, access: Access, document: str, **variables: object) -> dict[str, Any]:
        """Read by GraphQL; raises Refused(404) where what was asked for is not there."""
        body = {"query": document, "variables": variables}
        answer = await self._read(Call("POST", self._graphql, access, json=body))
        return _data(answer, "query")

    async def query_each(self, access: Access, document: str, **variables: object) -> Any:
        """As `query`, for several things: None stands for one that is not there for us."""
        body = {"query": document, "variables": variables}
        answer = await self._read(Call("POST", self._graphql, access, json=body))
        return _data(answer, "query", gaps=True)

    async def tail(self, access: Access, path: str, most_bytes: int) -> bytes:
        """The end of a text of any length, such as a log; GitHub sends one on to where it lies.

        Read no further than it is worth: who wrote it may have written for ever.
        """
        token = await self._tokens.get(access)
        headers = {**_HEADERS, "Authorization": f"Bearer {token}"}
        what, kept, left = f"GET {path}", b"", _MOST_READ
        try:
            async with self._client().stream("GET", f"{self._url}{path}", headers=headers) as said:
                if said.status_code >= 500:
                    raise Unanswered(f"{what}: {said.status_code}")
                if said.status_code >= 400:
                    raise Refused(said.status_code, what, "it can't be read")
                async for part in said.aiter_bytes():
                    kept = (kept + part)[-most_bytes:]
                    left -= len(part)
                    if left < 0:
                        break
        except httpx.HTTPError as error:
            raise Unanswered(f"{what}: no answer ({type(error).__name__})") from None
        return kept

    def _client(self) -> httpx.AsyncClient:
        """Follows a redirect without our token, where that leads to another host."""
        if self._downloads is None:
            self._downloads = httpx.AsyncClient(
                verify=trusted(), follow_redirects=True, timeout=20.0
            )
            self._stack.push_async_callback(self._downloads.aclose)
        return self._downloads

    async def write(
        self, access: Access, method: str, path: str, json: Mapping[str, Any], *, content: int = 0
    ) -> Any:
        """Write once. Raises Unanswered where it may or may not have been done."""
        return await self._send(Call(method, path, access, json, writes=True, content=content))

    async def mutate(
        self, access: Access, document: str, variables: Mapping[str, Any], *, content: int = 0
    ) -> dict[str, Any]:
        """Write by GraphQL, once. Raises Unanswered also where only a part was done."""
        body = {"query": document, "variables": variables}
        call = Call("POST", self._graphql, access, body, writes=True, content=content)
        return _data(await self._send(call), "mutation")

    async def _mint(self, installation: int, body: dict[str, Any]) -> dict[str, Any]:
        path = f"/app/installations/{installation}/access_tokens"
        # a second token does no harm, so this write may be asked again like a read
        made: dict[str, Any] = await self._read(Call("POST", path, None, json=body))
        return made

    async def _read(self, call: Call) -> Any:
        for attempt in range(1, READ_TRIES):
            try:
                return await self._send(call)
            except Unanswered:
                await asyncio.sleep(self._retry_seconds * attempt)
        return await self._send(call)

    async def _send(self, call: Call) -> Any:
        """One request; one more with a fresh token where the old one is no longer taken."""
        try:
            return await self.request(call)
        except Refused as refused:
            if refused.status != 401 or call.access is None:
                raise
        self._tokens.evict(call.access)
        return await self.request(call)

    async def request(self, call: Call) -> Any:
        """One request, sent once: the place that all of them pass."""
        installation = call.access.installation if call.access else None
        postponed = self._postponed.get(installation)
        if postponed is not None and now() < postponed.until:
            raise postponed
        token = await self._tokens.get(call.access) if call.access else self._key.sign()
        if call.writes and self._paced:
            await self._pacers.setdefault(installation, Pacer()).write(call.content)
        try:
            answer = await self._github.arequest(
                call.method,
                call.path,
                json=call.json,
                params=dict(call.params) or None,
                headers={**_HEADERS, "Authorization": f"Bearer {token}"},
            )
        except RateLimitExceeded as error:
            raise self._postpone(installation, error.retry_after, call) from None
        except RequestFailed as error:
            raise self._failure(installation, call, error) from None
        except RequestError as error:
            raise Unanswered(f"{call.what}: no answer ({error})") from None
        except ValueError:  # githubkit reads a Retry-After in seconds, and this is a date
            raise self._postpone(installation, timedelta(seconds=60), call) from None
        try:
            body = answer.json() if answer.content else None
        except ValueError:
            raise Unanswered(f"{call.what}: the answer is no JSON") from None
        if isinstance(body, dict) and _rate_limited(body):
            raise self._postpone(installation, _until_reset(answer.headers), call)
        return body

    def _failure(self, installation: int | None, call: Call, error: RequestFailed) -> Exception:
        status = error.response.status_code
        message = _message(error)
        if status >= 500:
            return Unanswered(f"{call.what}: {status}")
        # neither Retry-After nor an empty budget, which githubkit needs to see the limit
        if status == 429 or (status == 403 and "secondary rate limit" in message):
            return self._postpone(installation, timedelta(seconds=60), call)
        return Refused(status, call.what, message)

    def _postpone(self, installation: int | None, wait: timedelta, call: Call) -> Postponed:
        postponed = Postponed(now() + max(wait, timedelta(seconds=1)), f"{call.what}: rate limit")
        self._postponed[installation] = postponed
        log.warning("rate limit", call=call.what, until=postponed.until.isoformat())
        return postponed


def _message(error: RequestFailed) -> str:
    try:
        body = error.response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    details = body.get("errors") or []
    texts = [d.get("message", "") if isinstance(d, dict) else str(d) for d in details]
    return " ".join(text for text in (str(body.get("message", "")), *texts) if text)


def _rate_limited(body: dict[str, Any]) -> bool:
    """GraphQL says so with status 200."""
    errors = body.get("errors") or []
    kinds = {error.get("type") for error in errors if isinstance(error, dict)}
    return bool(kinds & {"RATE_LIMIT", "RATE_LIMITED"})


def _until_reset(headers: Mapping[str, str]) -> timedelta:
    reset = headers.get("x-ratelimit-reset", "")
    return timedelta(seconds=int(reset) - now().timestamp() if reset.isdigit() else 60)


def _data(answer: Any, what: str, *, gaps: bool = False) -> dict[str, Any]:
    """The data of a GraphQL answer, whose errors come with status 200.

    `gaps`: what can't be seen may be left out of it.
    """
    if not isinstance(answer, dict):
        raise Unanswered(f"GraphQL {what}: the answer says nothing")
    errors = answer.get("errors") or []
    data: dict[str, Any] = answer.get("data") or {}
    if not errors:
        return data
    kinds = {error.get("type") for error in errors}
    if gaps and data and kinds <= {"NOT_FOUND", "FORBIDDEN"}:
        return data
    text = "; ".join(str(error.get("message")) for error in errors)
    done = what == "mutation" and any(value is not None for value in data.values())
    if done or not kinds <= _LASTING:
        raise Unanswered(f"GraphQL {what}: {text}")
    raise Refused(404 if kinds == {"NOT_FOUND"} else 403, f"GraphQL {what}", text)
