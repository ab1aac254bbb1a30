"""What GitHub says no with; the doors turn it into REST or GraphQL words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """An answer that is not a success. `status` is what REST would say."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Mapping[str, Any] | str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        details = [e if isinstance(e, str) else str(e.get("message", e)) for e in self.errors or ()]
        return ": ".join([f"{self.status} {self.message}", *details])


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def invalid(message: str, *, resource: str, field: str, code: str = "custom") -> Refusal:
    """422 with one entry in `errors`, as most of GitHub's validations look."""
    error: dict[str, Any] = {"resource": resource, "code": code, "field": field}
    if code == "custom":
        error["message"] = message
    return Refusal(422, "Validation Failed", [error])


def inaccessible() -> Refusal:
    return Refusal(403, "Resource not accessible by integration")


def unsupported(what: str) -> Refusal:
    """GitHub can do it, the sandbox can't: say so loudly instead of guessing."""
    return Refusal(501, f"The sandbox does not do this: {what}")
