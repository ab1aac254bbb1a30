"""Which calls there are, and which headers pass. What is not listed does not exist."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from app.gateway.models.usage import Dialect

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is below /anthropic or /openai; only what is `metered` costs anything."""

    dialect: Dialect
    method: str
    path: str
    metered: bool = False
    chat: bool = False


_MODEL = "/v1/models(?:/[A-Za-z0-9][A-Za-z0-9._:-]{0,100})?"
_ROUTES = (
    Route(Dialect.ANTHROPIC, "POST", "/v1/messages", metered=True),
    Route(Dialect.ANTHROPIC, "POST", "/v1/messages/count_tokens"),
    Route(Dialect.ANTHROPIC, "GET", _MODEL),
    Route(Dialect.OPENAI, "POST", "/v1/responses", metered=True),
    Route(Dialect.OPENAI, "POST", "/v1/chat/completions", metered=True, chat=True),
    Route(Dialect.OPENAI, "GET", _MODEL),
)
_QUERY = ("beta", "limit", "after_id", "before_id")
_REQUEST = (b"accept", b"anthropic-version", b"anthropic-beta", b"openai-beta", b"user-agent")
_RESPONSE = re.compile(
    rb"content-type|retry-after|retry-after-ms|request-id|x-request-id|x-should-retry"
    rb"|(anthropic|x)-ratelimit-[a-z-]+|openai-processing-ms"
)


def dialect_of(path: str) -> Dialect | None:
    """Whose API a path of the gateway belongs to."""
    name = path.split("/", 2)[1] if path.startswith("/") else ""
    return next((dialect for dialect in Dialect if dialect.value == name), None)


def route_of(method: str, path: str) -> Route | None:
    """The call that a path of the gateway means."""
    dialect = dialect_of(path)
    if dialect is None:
        return None
    below = path.removeprefix(f"/{dialect.value}")
    fits = (r for r in _ROUTES if r.dialect is dialect and re.fullmatch(r.path, below))
    return next((route for route in fits if route.method == method), None)


def query_of(raw: bytes) -> str:
    """The part of a query string that passes, with its question mark."""
    pairs = parse_qsl(raw.decode("latin-1"), max_num_fields=20)
    kept = [(name, value) for name, value in pairs if name in _QUERY]
    return f"?{urlencode(kept)}" if kept else ""


def request_headers(given: Headers) -> list[tuple[bytes, bytes]]:
    """Those that pass, without any that shows who calls."""
    return [(name, value) for name, value in given if name in _REQUEST]


def response_headers(given: Headers) -> list[tuple[bytes, bytes]]:
    lower = ((name.lower(), value) for name, value in given)
    return [(name, value) for name, value in lower if _RESPONSE.fullmatch(name)]


def token_of(given: Headers) -> str | None:
    """The run's token, as either SDK shows it."""
    found = dict(given)
    if key := found.get(b"x-api-key"):
        return key.decode("latin-1")
    scheme, _, token = found.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else None
