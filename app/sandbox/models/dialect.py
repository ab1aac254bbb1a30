"""What the fake server needs of each provider's format. It holds what two of them share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from app.sandbox.models.conversation import Conversation
from app.sandbox.models.reply import Reply
from app.sandbox.models.script import Tokens

Json = dict[str, Any]
_PIECE = 60


@dataclass(frozen=True, slots=True)
class Asked:
    model: str
    stream: bool
    conversation: Conversation
    usage_told: bool = True  # whether a stream says how many tokens it used


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream; `sent` is the usage that the client knows of after it."""

    data: bytes
    sent: Tokens | None = None


class Refused(Exception):
    """An error in a provider's words, before it is put in its shape."""

    def __init__(
        self, status: int, message: str, param: str | None = None, code: str | None = None
    ):
        super().__init__(message)
        self.status, self.message, self.param, self.code = status, message, param, code


class Dialect(Protocol):
    name: str

    def key(self, headers: Mapping[str, str]) -> str:
        """The key that was shown. Raises Refused."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Asked:
        """The request. Raises Refused, in the provider's words."""

    def refusal(self, refused: Refused) -> Json: ...

    def whole(self, reply: Reply, asked: Asked) -> Json: ...

    def events(self, reply: Reply, asked: Asked) -> Iterator[Event]: ...


class Strict(BaseModel):
    """A request: no unknown fields, no coercion."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Open(BaseModel):
    """A part whose other fields are the provider's affair."""

    model_config = ConfigDict(strict=True, extra="allow")


def bearer(headers: Mapping[str, str]) -> str | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


def decoded(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None


def problem(error: ValidationError) -> tuple[str, str, str]:
    """Where, what and of which type the first error is."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return ".".join(str(part) for part in first["loc"]), first["msg"], first["type"]


def told(content: object) -> tuple[str, ...]:
    """The texts of what a tool answered: one, or a list of parts."""
    if isinstance(content, str):
        return (content,)
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return tuple(text for text in texts if isinstance(text, str))


def pieces(text: str) -> Iterator[str]:
    """A text as a model streams it."""
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]


def sse(data: Json, event: str | None = None) -> bytes:
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


# OpenAI's shapes, for Responses and Chat Completions alike.
_CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
_TYPES = {429: "requests", 500: "server_error", 503: "server_error", 529: "server_error"}


def openai_key(headers: Mapping[str, str]) -> str:
    key = bearer(headers)
    if key is None:
        raise Refused(401, "You didn't provide an API key in an Authorization header.")
    return key


def openai_refusal(refused: Refused) -> Json:
    kind = _TYPES.get(refused.status, "invalid_request_error")
    code = refused.code or _CODES.get(refused.status)
    error = {"message": refused.message, "type": kind, "param": refused.param, "code": code}
    return {"error": error}


def openai_problem(error: ValidationError) -> Refused:
    where, what, kind = problem(error)
    match kind:
        case "missing":
            code, message = "missing_required_parameter", f"Missing required parameter: '{where}'."
        case "extra_forbidden":
            code, message = "unknown_parameter", f"Unknown parameter: '{where}'."
        case _:
            code, message = "invalid_type", f"Invalid value for '{where}': {what}."
    return Refused(400, message, where, code)
