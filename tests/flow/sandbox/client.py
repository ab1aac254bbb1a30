"""The product's own client before a sandbox, and what its requests came to."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.domain.ref import IssueRef, RepoRef
from app.github.api import Api
from app.github.auth import AppKey
from app.sandbox import RequestRecord
from tests.flow.sandbox.conftest import Hub


@dataclass
class Client:
    hub: Hub
    api: Api

    def issue(self, number: int = 1, repo: str = "web") -> IssueRef:
        return IssueRef(self.repo(repo), number)

    def repo(self, name: str = "web") -> RepoRef:
        found = self.hub.sandbox.repository(name)
        return RepoRef(found.id, "acme", found.name, self.hub.sandbox.app.installation_id)

    def asked(self, since: int = 0) -> list[RequestRecord]:
        """Requests but for tokens."""
        return [one for one in self.hub.sandbox.requests[since:] if "token" not in one.route]


_key = functools.cache(AppKey)  # parsed once: the sandbox's key is the same in every test


@asynccontextmanager
async def client(hub: Hub) -> AsyncIterator[Client]:
    app = hub.sandbox.app
    key = _key(str(app.id), app.private_key)
    async with Api(hub.sandbox.api_url, key, retry_seconds=0.0, paced=False) as api:
        yield Client(hub, api)
