"""The App's own token and installation tokens, each narrowed to its purpose and repository."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.domain.ref import RepoRef
from app.engine.clock import now

_SPARE = timedelta(minutes=5)


class Purpose(Enum):
    """What a token is for; its value is all that it may do."""

    BOARD = (
        ("checks", "write"),
        ("contents", "read"),
        ("issues", "write"),
        ("metadata", "read"),
        ("pull_requests", "write"),
    )
    CODE = (("contents", "write"), ("metadata", "read"))  # no workflows: GitHub refuses those
    # For what comes from the template alone: never where an agent's work is.
    SCAFFOLD = (("contents", "write"), ("metadata", "read"), ("workflows", "write"))
    CI = (("actions", "read"), ("checks", "read"), ("metadata", "read"))
    FOUND = (("administration", "write"), ("metadata", "read"))
    # To resolve a thread GitHub wants contents: https://github.com/orgs/community/discussions/44650
    SETTLE = (("contents", "write"), ("metadata", "read"), ("pull_requests", "write"))
    SURVEY = (
        ("contents", "read"),
        ("issues", "read"),
        ("metadata", "read"),
        ("pull_requests", "read"),
    )


@dataclass(frozen=True, slots=True)
class Access:
    """Whose installation, which repository (None: all of it), and what for."""

    installation: int
    repo: int | None
    purpose: Purpose


def access(repo: RepoRef, purpose: Purpose) -> Access:
    return Access(repo.installation, repo.id, purpose)


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    expires: datetime

    def __repr__(self) -> str:
        return f"Token(…, expires={self.expires:%H:%M:%S})"


@lru_cache(maxsize=1)
def _parsed(private_key: str) -> PrivateKeyTypes:
    """Once, though each start asks for it twice: it takes 50 ms."""
    return load_pem_private_key(private_key.encode(), password=None)


class AppKey:
    """Signs as the App itself. The key is parsed once: that takes longer than the signing.

    Raises ValueError where `private_key` is not the PEM of an RSA key.
    """

    def __init__(self, app_id: str, private_key: str) -> None:
        self._app_id = app_id
        key = _parsed(private_key)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("it is a key of another kind")
        self._private_key = key

    def sign(self) -> str:
        """A JSON Web Token for nine minutes, set back one for clocks that differ."""
        at = int(time.time())
        claims = {"iat": at - 60, "exp": at + 540, "iss": self._app_id}
        return jwt.encode(claims, self._private_key, algorithm="RS256")


Mint = Callable[[int, dict[str, Any]], Awaitable[dict[str, Any]]]


class Tokens:
    """Installation tokens, kept until shortly before they expire."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._kept: dict[Access, Token] = {}
        self._minting: dict[Access, asyncio.Lock] = {}

    async def get(self, wanted: Access) -> str:
        """Those who want the same token at the same time share one."""
        async with self._minting.setdefault(wanted, asyncio.Lock()):
            return await self._get(wanted)

    async def _get(self, wanted: Access) -> str:
        kept = self._kept.get(wanted)
        if kept is None or kept.expires - _SPARE < now():
            body: dict[str, Any] = {"permissions": dict(wanted.purpose.value)}
            if wanted.repo is not None:
                body["repository_ids"] = [wanted.repo]
            made = await self._mint(wanted.installation, body)
            kept = Token(made["token"], datetime.fromisoformat(made["expires_at"]))
            self._kept[wanted] = kept
        return kept.value

    def evict(self, wanted: Access) -> None:
        """GitHub no longer takes it."""
        self._kept.pop(wanted, None)
