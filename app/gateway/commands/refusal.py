"""Why a command is not carried out, in words an agent can act on. It decides nothing."""

from enum import StrEnum


class Error(StrEnum):
    """The names that agents see; NOT_AVAILABLE is what the system can't do yet."""

    UNAUTHORIZED = "Unauthorized"
    PERMISSION_DENIED = "PermissionDenied"
    VALIDATION = "ValidationError"
    CONFLICT = "Conflict"
    NOT_FOUND = "NotFound"
    NOT_AVAILABLE = "NotAvailable"
    TOO_LARGE = "TooLarge"
    RATE_LIMITED = "RateLimited"
    REFUSED = "Refused"
    UNANSWERED = "Unanswered"
    INTERNAL = "InternalError"


STATUS = {
    Error.UNAUTHORIZED: 401,
    Error.PERMISSION_DENIED: 403,
    Error.VALIDATION: 400,
    Error.CONFLICT: 409,
    Error.NOT_FOUND: 404,
    Error.NOT_AVAILABLE: 501,
    Error.TOO_LARGE: 413,
    Error.RATE_LIMITED: 429,
    Error.REFUSED: 422,
    Error.UNANSWERED: 503,
    Error.INTERNAL: 500,
}
# What may be otherwise the next time: such an answer is not kept for a call that comes again.
PASSING = frozenset({Error.RATE_LIMITED, Error.UNANSWERED, Error.INTERNAL})


class Refusal(Exception):
    """`details` is JSON."""

    def __init__(self, error: Error, message: str, details: object = None) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.details = details
