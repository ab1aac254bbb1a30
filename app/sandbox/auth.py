"""Who a request comes from: the JWT of the App, or a token; it knows no routes."""

from __future__ import annotations

import base64
import binascii
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from app.sandbox.keys import public_key
from app.sandbox.refusal import Refusal, inaccessible
from app.sandbox.shapes.accounts import client_id
from app.sandbox.state import Repository
from app.sandbox.world import Actor, World

TOKEN_LIFE = timedelta(hours=1)
_LEVELS = {"read": 1, "write": 2, "admin": 3}
_ALPHABET = string.ascii_letters + string.digits
# What each role of a person comes to, said in the App's permissions.
_ROLE_GIVES: dict[str, dict[str, str]] = {
    "none": {},
    "read": {"metadata": "read", "contents": "read", "issues": "read", "pull_requests": "read",
             "checks": "read", "actions": "read"},
    "write": {"metadata": "read", "contents": "write", "issues": "write",
              "pull_requests": "write", "checks": "read", "workflows": "write", "actions": "write"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """A token: whose it is, what it may, where, until when."""

    token: str
    login: str
    permissions: Mapping[str, str]
    repository_ids: frozenset[int] | None  # None: all
    expires_at: datetime
    is_app: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.login, via_app=self.is_app)

    def sees(self, repo: Repository) -> bool:
        """What a token can't see is answered with 404; public repositories are seen by all."""
        if not repo.private:
            return True
        if not self.is_app:
            return repo.role_of(self.login) != "none"
        return self.repository_ids is None or repo.id in self.repository_ids

    def may(self, repo: Repository, permission: str, level: str) -> bool:
        if self.is_app:
            if self.repository_ids is not None and repo.id not in self.repository_ids:
                return not repo.private and level == "read"
            have = self.permissions.get(permission, "")
        else:
            role = repo.role_of(self.login)
            name = "write" if role in {"write", "maintain", "admin"} else role
            have = _ROLE_GIVES.get(name, _ROLE_GIVES["read"]).get(permission, "")
        return _LEVELS.get(have, 0) >= _LEVELS[level]

    def need(self, repo: Repository, *anyof: tuple[str, str]) -> None:
        """403 unless one of the (permission, level) pairs is held."""
        if not any(self.may(repo, permission, level) for permission, level in anyof):
            accepted = "; ".join(f"{permission}={level}" for permission, level in anyof)
            refusal = inaccessible()
            refusal.headers["x-accepted-github-permissions"] = accepted
            raise refusal


class Tokens:
    def __init__(self, world: World) -> None:
        self._world = world
        self._grants: dict[str, Grant] = {}

    def mint(self, permissions: Mapping[str, str], repository_ids: frozenset[int] | None) -> Grant:
        """An installation token."""
        login = self._world.state.app.bot_login
        return self._add("ghs_", login, permissions, repository_ids, is_app=True)

    def mint_job(self, login: str, permissions: Mapping[str, str], repository_id: int) -> Grant:
        """A workflow job's own token; `revoke` it when the job has ended."""
        return self._add("ghs_", login, permissions, frozenset({repository_id}), is_app=True)

    def revoke(self, token: str) -> None:
        self._grants.pop(token, None)

    def mint_person(self, login: str) -> Grant:
        return self._add("ghp_", login, {}, None, is_app=False)

    def _add(
        self, prefix: str, login: str, permissions: Mapping[str, str],
        repository_ids: frozenset[int] | None, *, is_app: bool,
    ) -> Grant:  # fmt: skip
        token = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(36))
        expires = self._world.now() + TOKEN_LIFE
        grant = Grant(token, login, dict(permissions), repository_ids, expires, is_app)
        self._grants[token] = grant
        return grant

    def grant(self, token: str) -> Grant:
        """401 for a token that is unknown or has expired."""
        grant = self._grants.get(token)
        if grant is None or self._world.now() >= grant.expires_at:
            raise Refusal(401, "Bad credentials")
        return grant


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an Authorization header; Basic, as git uses it, has it as the password."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() in {"bearer", "token"} and value.strip():
        return value.strip()
    if kind.lower() == "basic":
        try:
            decoded = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal(401, "Bad credentials") from None
        return decoded.partition(":")[2]
    raise Refusal(401, "Requires authentication")


def check_jwt(world: World, token: str) -> None:
    """401 unless the App signed it, for no longer than ten minutes."""
    app = world.state.app
    skip = {"verify_exp": False, "verify_iat": False, "verify_iss": False, "verify_aud": False}
    try:
        claims: dict[str, Any] = jwt.decode(
            token, public_key(app.private_key), algorithms=["RS256"],
            options=skip | {"verify_nbf": False},  # type: ignore[arg-type]
        )  # fmt: skip
    except jwt.PyJWTError:
        raise Refusal(401, "A JSON web token could not be decoded") from None
    now, iat, exp = world.clock.time(), claims.get("iat"), claims.get("exp")
    if str(claims.get("iss")) not in {str(app.id), client_id(app)}:
        raise Refusal(401, "'Issuer' claim ('iss') must be the GitHub App's ID or client ID")
    if not isinstance(iat, int) or isinstance(iat, bool) or iat > now + 5:
        raise Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time "
                      "that the assertion was issued")  # fmt: skip
    if not isinstance(exp, int) or isinstance(exp, bool) or exp <= now:
        raise Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing "
                      "the future time at which the assertion expires")  # fmt: skip
    if exp > now + 605 or exp - iat > 660:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
