"""Tells from an error message of an agent's program what stood in its way. It reads no success."""

import re

from app.domain.run import AgentError

# The gateway's own words, see app/gateway/budget.py: they come before what a status would mean.
_BUDGET = re.compile(r"orc: the budget\b")
_SESSION = re.compile(r"No conversation found with session ID|no rollout found for thread id")
_DENIED = re.compile(r"insufficient permission", re.IGNORECASE)
_STATUS = re.compile(r"(?:\bstatus:? |\bAPI Error: |\(|\A)([45]\d\d)(?:\b|\Z)")
_AWAY = re.compile(
    r"overloaded|connection|disconnected|ECONN|ETIMEDOUT|timed out|socket|error sending request",
    re.IGNORECASE,
)
_CHARACTERS = 10_000


def trouble(message: str, status: int | None = None) -> AgentError | None:
    """The class of an error, by the HTTP status it names or by its words."""
    message = message[:_CHARACTERS]
    if _BUDGET.search(message):
        return AgentError.OVER_BUDGET
    if _SESSION.search(message):
        return AgentError.NO_SESSION
    if _DENIED.search(message):
        return AgentError.DENIED
    if status is None and (found := _STATUS.search(message)):
        status = int(found[1])
    if status in (401, 403):
        return AgentError.UNAUTHORIZED
    if status == 429:
        return AgentError.RATE_LIMITED
    if status in (408, 409) or (status or 0) >= 500 or (status is None and _AWAY.search(message)):
        return AgentError.OVERLOADED
    return None
