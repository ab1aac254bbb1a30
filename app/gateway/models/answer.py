"""What the proxy says itself, in the shape of the API that was called, so that agents read it."""

import json

from starlette.types import Send

from app.gateway.models.usage import Dialect

# by status, the names that the SDKs know; `code` is OpenAI's
_ANTHROPIC = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
}
_OPENAI = {400: "invalid_request_error", 401: "invalid_request_error", 429: "requests"}


class Problem(Exception):
    """Why a call is not made. `retry_after` (s) is said where trying again helps; otherwise agents
    are told not to."""

    def __init__(
        self, status: int, message: str, code: str, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.retry_after = retry_after


async def send_problem(send: Send, problem: Problem, dialect: Dialect) -> None:
    body = _body(problem, dialect)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-should-retry", b"false" if problem.retry_after is None else b"true"),
        (b"connection", b"close"),  # what is left of the request is not read
    ]
    if problem.retry_after is not None:
        headers.append((b"retry-after", b"%d" % problem.retry_after))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _body(problem: Problem, dialect: Dialect) -> bytes:
    if dialect is Dialect.ANTHROPIC:
        kind = _ANTHROPIC.get(problem.status, "api_error")
        said = {"type": "error", "error": {"type": kind, "message": problem.message}}
    else:
        kind = _OPENAI.get(problem.status, "server_error")
        error = {"message": problem.message, "type": kind, "param": None, "code": problem.code}
        said = {"error": error}
    return json.dumps(said).encode()
