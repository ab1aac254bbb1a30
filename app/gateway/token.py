"""A run's token: who it is and what it may do, signed, and good only while the run lasts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import jwt

from app.domain.ref import IssueRef, RepoRef
from app.graphs.ports import Admission

_ALGORITHM = "HS256"
_AUDIENCE = "orc-gateway"


class TokenError(Exception):
    """Why a token is not taken, in words for whoever shows it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. `egress` are hosts, or `host:port`; all lists are denied by default."""

    run_id: str
    issue: IssueRef
    round: int
    role: str
    commands: frozenset[str]
    egress: frozenset[str]

    def allows(self, command: str) -> bool:
        """Whether a command such as `project.get` matches one of the patterns."""
        return any(fnmatchcase(command, pattern) for pattern in self.commands)


class Tokens:
    """Issues and reads tokens with one key (bytes, 32 or more), the same in every instance."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        if len(key) < 32:
            raise ValueError("the key of the gateway's tokens must have 32 bytes or more")
        self._key = key
        self._clock = clock

    def issue(self, admission: Admission) -> str:
        """A token for the run, good for `admission.seconds` from now."""
        issue, now = admission.issue, int(self._clock())
        claims = {
            "aud": _AUDIENCE,
            "sub": admission.run_id,
            "iat": now,
            "exp": now + int(admission.seconds),
            "repo": [issue.repo.id, issue.repo.owner, issue.repo.name, issue.repo.installation],
            "issue": issue.number,
            "round": admission.round,
            "role": admission.role,
            "commands": sorted(admission.commands),
            "egress": sorted(admission.egress),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Claims:
        """The claims of a token of ours that is still good. Raises TokenError."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # our own clock decides, below
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False},
            )
            if self._clock() >= claims["exp"]:
                raise TokenError("the run's token has expired: the run has had its time")
            return _claims(claims)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
            raise TokenError("this is not a token of a run") from None


def _claims(said: dict[str, Any]) -> Claims:
    number, owner, name, installation = said["repo"]
    return Claims(
        run_id=said["sub"],
        issue=IssueRef(RepoRef(number, owner, name, installation), said["issue"]),
        round=said["round"],
        role=said["role"],
        commands=frozenset(said["commands"]),
        egress=frozenset(said["egress"]),
    )
