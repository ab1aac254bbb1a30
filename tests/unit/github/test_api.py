"""Requests: reads are asked again, writes never, and limits are obeyed before anything is sent."""

import asyncio
import re
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from freezegun import freeze_time
from httpx import Response

from app.engine.ports import Postponed, Refused, Unanswered
from app.github.api import READ_TRIES, Api
from app.github.auth import Access, AppKey, Purpose, access
from tests.unit.github.conftest import BOARD, REPO, URL, GitHub, Keys

PATH = "/repos/acme/weather/issues"
TIMEOUT = httpx.ReadTimeout("timed out")
BROKEN = httpx.RemoteProtocolError("Server disconnected without sending a response.")
NO_ROUTE = httpx.ConnectError("All connection attempts failed")
LOST: dict[str, Response | Exception] = {
    "500": Response(500),
    "502 with a page": Response(502, html="<h1>Unicorn</h1>"),
    "503": Response(503, json={"message": "busy"}),
    "504": Response(504),
    "timeout": TIMEOUT,
    "dropped": BROKEN,
    "unreachable": NO_ROUTE,
}
Ask = Callable[[Api], Awaitable[Any]]


async def get(api: Api) -> Any:
    return await api.get(BOARD, PATH)


async def query(api: Api) -> Any:
    return await api.query(BOARD, "query Task { viewer { login } }")


async def write(api: Api) -> Any:
    return await api.write(BOARD, "POST", PATH, {"title": "T"}, content=1)


async def mutate(api: Api) -> Any:
    return await api.mutate(BOARD, "mutation Show { x }", {"a": 1})


GET, QUERY = ("GET", PATH, get), ("POST", "graphql", query)
WRITE, MUTATE = ("POST", PATH, write), ("POST", "graphql", mutate)
READS, WRITES = [GET, QUERY], [WRITE, MUTATE]
NAMED = {"ids": lambda way: way[2].__name__ if isinstance(way, tuple) else str(way)}
Way = tuple[str, str, Ask]
FINE = Response(200, json={"data": {"viewer": {"login": "orc"}}})


# Answers that do not come


@pytest.mark.parametrize("way", WRITES, **NAMED)  # type: ignore[arg-type]
@pytest.mark.parametrize("how", LOST)
async def test_a_write_is_sent_once(way: Way, how: str, api: Api, github: GitHub) -> None:
    method, path, ask = way
    route = github.route(method, path, LOST[how], FINE)
    with pytest.raises(Unanswered):
        await ask(api)
    assert route.call_count == 1


@pytest.mark.parametrize("way", READS, **NAMED)  # type: ignore[arg-type]
@pytest.mark.parametrize("how", LOST)
async def test_a_read_is_asked_again(way: Way, how: str, api: Api, github: GitHub) -> None:
    method, path, ask = way
    route = github.route(method, path, LOST[how], FINE)
    await ask(api)
    assert route.call_count == 2


@pytest.mark.parametrize("way", READS, **NAMED)  # type: ignore[arg-type]
async def test_a_read_is_given_up_in_the_end(way: Way, api: Api, github: GitHub) -> None:
    method, path, ask = way
    route = github.route(method, path, *[TIMEOUT] * 9)
    with pytest.raises(Unanswered, match="no answer"):
        await ask(api)
    assert route.call_count == READ_TRIES


async def test_a_token_is_asked_for_again(api: Api, github: GitHub) -> None:
    """A second token does no harm."""
    github.route("GET", PATH, FINE)
    path = "/app/installations/3/access_tokens"
    good = {"token": "ghs_x", "expires_at": "2099-01-01T00:00:00Z"}
    route = github.route("POST", path, Response(502), Response(201, json=good))
    await get(api)
    assert route.call_count == 2


BROKEN_BODIES = {
    "a page": Response(200, html="<html>Sign in</html>"),
    "cut short": Response(200, content=b'{"data": {"view'),
    "not UTF-8": Response(200, content=b'{"a": "\xff"}'),
}


@pytest.mark.parametrize("body", BROKEN_BODIES)
@pytest.mark.parametrize("way", [*READS, *WRITES], **NAMED)  # type: ignore[arg-type]
async def test_an_answer_that_is_no_json(way: Way, body: str, api: Api, github: GitHub) -> None:
    """A proxy's page says nothing about what GitHub did."""
    method, path, ask = way
    route = github.route(method, path, *[BROKEN_BODIES[body]] * 9)
    with pytest.raises(Unanswered):
        await ask(api)
    assert route.call_count == (READ_TRIES if way in READS else 1)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"5"])
@pytest.mark.parametrize("way", [QUERY, MUTATE], **NAMED)  # type: ignore[arg-type]
async def test_graphql_that_answers_nothing(
    way: Way, body: bytes, api: Api, github: GitHub
) -> None:
    github.route("POST", "graphql", *[Response(200, content=body)] * 9)
    with pytest.raises(Unanswered):
        await way[2](api)


async def test_an_answer_without_a_body(api: Api, github: GitHub) -> None:
    github.route("POST", PATH, Response(204))
    assert await write(api) is None


# Refusals


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 415, 422, 451])
@pytest.mark.parametrize("way", [GET, WRITE], **NAMED)  # type: ignore[arg-type]
async def test_a_refusal_is_final(way: Way, status: int, api: Api, github: GitHub) -> None:
    method, path, ask = way
    answer = Response(status, json={"message": "No.", "errors": [{"message": "Because."}, "So."]})
    route = github.route(method, path, *[answer] * 9)
    with pytest.raises(Refused, match=re.escape("No. Because. So.")) as caught:
        await ask(api)
    assert caught.value.status == status
    assert route.call_count == (2 if status == 401 else 1)


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"message": null, "errors": null}'])
async def test_a_refusal_without_words(content: bytes, api: Api, github: GitHub) -> None:
    github.route("GET", PATH, Response(404, content=content))
    with pytest.raises(Refused) as caught:
        await get(api)
    assert caught.value.status == 404


@pytest.mark.parametrize("way", [*READS, *WRITES], **NAMED)  # type: ignore[arg-type]
async def test_a_token_that_is_no_longer_taken(way: Way, api: Api, github: GitHub) -> None:
    """It is minted anew once; what GitHub did not let in, it did not do."""
    method, path, ask = way
    route = github.route(method, path, Response(401, json={"message": "Bad credentials"}), FINE)
    await ask(api)
    sent = [call.request.headers["authorization"] for call in route.calls]
    assert sent == ["Bearer ghs_sEcReT1", "Bearer ghs_sEcReT2"]
    assert len(github.minted) == 2


async def test_a_token_that_is_never_taken(api: Api, github: GitHub) -> None:
    route = github.route("GET", PATH, *[Response(401, json={"message": "Bad credentials"})] * 9)
    with pytest.raises(Refused):
        await get(api)
    assert route.call_count == 2


async def test_an_app_that_is_not_known(api: Api, github: GitHub) -> None:
    route = github.route("GET", "/app", *[Response(401, json={"message": "No such key"})] * 9)
    with pytest.raises(Refused, match="No such key"):
        await api.get(None, "/app")
    assert route.call_count == 1


# Limits


@dataclass(frozen=True)
class Limit:
    id: str
    answer: dict[str, Any]
    seconds: float


RESET = "in twenty minutes"  # as a time in seconds, once the test begins
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
LIMITS = [
    Limit("429, retry-after", {"status_code": 429, "headers": {"retry-after": "37"}}, 37),
    Limit("403, retry-after", {"status_code": 403, "headers": {"retry-after": "37"}}, 37),
    Limit(
        "403, nothing remains",
        {
            "status_code": 403,
            "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET},
            "json": {"message": "API rate limit exceeded for installation ID 3."},
        },
        1200,
    ),
    Limit(
        "429, nothing remains",
        {
            "status_code": 429,
            "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET},
        },
        1200,
    ),
    Limit("403, only words", {"status_code": 403, "json": SECONDARY}, 60),
    Limit("429, no words", {"status_code": 429}, 60),
    Limit(
        "words though something remains",
        {
            "status_code": 403,
            "json": SECONDARY,
            "headers": {"x-ratelimit-remaining": "4711", "x-ratelimit-reset": RESET},
        },
        60,
    ),
    Limit("retry at once", {"status_code": 429, "headers": {"retry-after": "0"}}, 1),
    Limit(
        "nothing remains, reset in the past",
        {
            "status_code": 403,
            "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000000000"},
        },
        1,
    ),
    Limit(
        "retry-after as a date",
        {"status_code": 429, "headers": {"retry-after": "Wed, 04 Mar 2026 05:07:07 GMT"}},
        60,
    ),
    Limit(
        "GraphQL",
        {
            "status_code": 200,
            "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET},
            "json": {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]},
        },
        1200,
    ),
    Limit(
        "GraphQL, no reset",
        {"status_code": 200, "json": {"data": None, "errors": [{"type": "RATE_LIMIT"}]}},
        60,
    ),
]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.id)
@pytest.mark.parametrize("way", [QUERY, MUTATE], **NAMED)  # type: ignore[arg-type]
async def test_limits(way: Way, limit: Limit, api: Api, github: GitHub) -> None:
    """Nothing is sent for the installation before the time that GitHub names; then it is."""
    ask, start = way[2], datetime.now(UTC)  # which is githubkit's, whatever is frozen
    headers = limit.answer.get("headers", {})
    reset = str(int(start.timestamp()) + 1200)
    headers = {name: reset if text == RESET else text for name, text in headers.items()}
    with freeze_time(start, real_asyncio=True) as clock:
        answer = Response(**{**limit.answer, "headers": headers})
        route = github.route("POST", "graphql", answer, FINE)
        elsewhere = github.route("GET", PATH, FINE)
        with pytest.raises(Postponed) as caught:
            await ask(api)
        wait = (caught.value.until - start).total_seconds()
        assert wait == pytest.approx(limit.seconds, abs=20.0)
        clock.tick(wait - 0.5)
        for other in (ask, get):
            with pytest.raises(Postponed):
                await other(api)
        assert (route.call_count, elsewhere.call_count) == (1, 0)
        clock.tick(1.0)
        await ask(api)
        assert route.call_count == 2


async def test_limits_of_one_installation_are_not_another_s(api: Api, github: GitHub) -> None:
    github.route("GET", PATH, Response(429, headers={"retry-after": "60"}), FINE)
    token = {"token": "ghs_other", "expires_at": "2099-01-01T00:00:00Z"}
    github.route("POST", "/app/installations/4/access_tokens", Response(201, json=token))
    with pytest.raises(Postponed):
        await get(api)
    await api.get(Access(4, None, Purpose.SURVEY), PATH)


async def test_a_plain_403_is_no_limit(api: Api, github: GitHub) -> None:
    headers = {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1772601967"}
    message = {"message": "Resource not accessible by integration"}
    github.route("GET", PATH, Response(403, json=message, headers=headers), FINE)
    with pytest.raises(Refused, match="not accessible"):
        await get(api)
    await get(api)


# GraphQL's errors


@dataclass(frozen=True)
class Errors:
    id: str
    errors: list[dict[str, Any]]
    query: type[Exception]
    mutation: type[Exception]
    status: int = 0
    data: dict[str, Any] | None = field(default_factory=lambda: {"repository": None})


ERRORS = [
    Errors("not found", [{"type": "NOT_FOUND", "message": "Could not resolve"}], Refused, Refused,
           404),
    Errors("forbidden", [{"type": "FORBIDDEN", "message": "Resource not accessible"}], Refused,
           Refused, 403),
    Errors("scopes", [{"type": "INSUFFICIENT_SCOPES", "message": "…"}], Refused, Refused, 403),
    Errors("unprocessable", [{"type": "UNPROCESSABLE", "message": "…"}], Refused, Refused, 403),
    Errors("found neither", [{"type": "NOT_FOUND"}, {"type": "FORBIDDEN"}], Refused, Refused, 403),
    Errors("of no type", [{"message": "Something went wrong while executing your query."}],
           Unanswered, Unanswered),
    Errors("of an unknown type", [{"type": "SERVICE_UNAVAILABLE"}], Unanswered, Unanswered),
    Errors("no data at all", [{"type": "NOT_FOUND"}], Refused, Refused, 404, data=None),
    Errors("no data and no type", [{"message": "timed out"}], Unanswered, Unanswered, data=None),
    Errors("done in part", [{"type": "NOT_FOUND"}], Refused, Unanswered, 404,
           data={"add": {"clientMutationId": None}, "comment": None}),
    Errors("nothing of it done", [{"type": "NOT_FOUND"}], Refused, Refused, 404,
           data={"add": None, "comment": None}),
]  # fmt: skip


GAPS = [
    (["NOT_FOUND"], {"a": None, "b": {"issue": None}}, None),
    (["FORBIDDEN"], {"a": None, "b": {"issue": None}}, None),
    (["NOT_FOUND", "FORBIDDEN"], {"a": None}, None),
    (["NOT_FOUND"], None, Refused),
    (["NOT_FOUND", "INSUFFICIENT_SCOPES"], {"a": None}, Refused),
    (["SERVICE_UNAVAILABLE"], {"a": None}, Unanswered),
    ([None], {"a": None}, Unanswered),
    (["NOT_FOUND", None], {"a": None}, Unanswered),
]


@pytest.mark.parametrize(("kinds", "data", "error"), GAPS, ids=str)
async def test_one_of_several_may_be_gone(
    kinds: list[str | None],
    data: dict[str, Any] | None,
    error: type[Exception] | None,
    api: Api,
    github: GitHub,
) -> None:
    """The others are told all the same."""
    errors = [{"type": kind, "message": "no"} for kind in kinds]
    body = {"data": data, "errors": errors}
    github.route("POST", "graphql", *[Response(200, json=body)] * 9)
    if error is None:
        assert await api.query_each(BOARD, "query { a b }") == data
        return
    with pytest.raises(error):
        await api.query_each(BOARD, "query { a b }")


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.id)
@pytest.mark.parametrize("way", [QUERY, MUTATE], **NAMED)  # type: ignore[arg-type]
async def test_graphql_errors(way: Way, case: Errors, api: Api, github: GitHub) -> None:
    body = {"data": case.data, "errors": case.errors}
    route = github.route("POST", "graphql", *[Response(200, json=body)] * 9)
    wanted = case.query if way is QUERY else case.mutation
    with pytest.raises((Refused, Unanswered)) as caught:
        await way[2](api)
    assert type(caught.value) is wanted
    if isinstance(caught.value, Refused):
        assert caught.value.status == case.status
    assert route.call_count == 1


# What is sent


@pytest.mark.parametrize(
    ("url", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com/graphql"),
        ("https://ghe.test/api/v3", "https://ghe.test/api/graphql"),
        ("https://ghe.test/api/v3/", "https://ghe.test/api/graphql"),
        ("http://127.0.0.1:81/api/v3", "http://127.0.0.1:81/api/graphql"),
    ],
)
async def test_where_graphql_is(url: str, graphql: str, keys: Keys) -> None:
    assert Api(url, AppKey("1", keys.private))._graphql == graphql


@pytest.mark.parametrize("paced", [True, False], ids=["paced", "not paced"])
async def test_writes_wait_for_their_turn_where_there_are_limits(
    paced: bool, keys: Keys, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    github.route("POST", PATH, *[FINE] * 30)
    async with Api(URL, AppKey("1", keys.private), paced=paced) as api:
        monkeypatch.setattr(asyncio, "sleep", noted)
        for _ in range(30):
            await api.write(BOARD, "POST", PATH, {}, content=1)
    assert any(wait > 1 for wait in waits) is paced


async def test_headers_and_parameters(api: Api, github: GitHub) -> None:
    route = github.router.get(url__startswith="https://github.test/api/v3/repos").mock(FINE)
    await api.get(BOARD, PATH, per_page=100, head="acme:orc/issue-7")
    request = route.calls.last.request
    assert request.headers["authorization"] == "Bearer ghs_sEcReT1"
    assert request.headers["accept"] == "application/vnd.github+json"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert dict(request.url.params) == {"per_page": "100", "head": "acme:orc/issue-7"}


async def test_a_token_for_git(api: Api, github: GitHub) -> None:
    code = access(REPO, Purpose.CODE)
    assert await api.token(code) == await api.token(code) == "ghs_sEcReT1"
    assert await api.token(code, fresh=True) == "ghs_sEcReT2"


async def test_concurrent_requests_share_a_token(api: Api, github: GitHub) -> None:
    github.route("GET", PATH, *[FINE] * 9)
    await asyncio.gather(*(get(api) for _ in range(9)))
    assert len(github.minted) == 1


# What is told


TELLTALE = [
    *LOST.values(),
    Response(401, json={"message": "Bad credentials"}),
    Response(403, json={"message": "no"}),
    Response(429, headers={"retry-after": "60"}),
    Response(200, json={"errors": [{"type": "NOT_FOUND", "message": "x"}]}),
    Response(200, html="<html>"),
]


@pytest.mark.parametrize("answer", TELLTALE, ids=lambda a: str(getattr(a, "status_code", a)))
async def test_no_token_in_any_text_of_an_error(
    answer: Response | Exception, api: Api, github: GitHub
) -> None:
    github.route("POST", "graphql", *[answer] * 9)
    with pytest.raises((Unanswered, Refused, Postponed)) as caught:
        await mutate(api)
    told = [repr(caught.value), str(caught.value), *traceback.format_exception(caught.value)]
    assert not any("sEcReT" in text for text in told)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
