"""A command API over ports that a test can look into, and tokens of every kind."""

import asyncio
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import httpx

from app.db.account import Account, Opening
from app.domain.ref import IssueRef, RepoRef
from app.domain.remark import Remark
from app.domain.run import Usage
from app.domain.stage import Stage
from app.domain.task import Task
from app.engine.ports import Unanswered
from app.gateway.commands import CommandApi, Outside
from app.gateway.commands.ledger import Ledger, Limits
from app.gateway.commands.ports import Project, TaskLine
from app.gateway.entry import Entry
from app.gateway.token import Tokens
from app.graphs.ports import Admission
from app.roles.permission import permitted
from tests.unit.domain.make import AT, ISSUE, task

KEY = b"k" * 32
RUN = "11-7-1-1-developer"
HOUR = 3600.0
OWN = Project("acme", "weather", True, "Rain or shine", "main", "https://gh.test/acme/weather")
PUBLIC = Project("acme", "Open", False, "", "main", "https://gh.test/acme/Open")
PRIVATE = Project("acme", "payroll", True, "Salaries", "main", "https://gh.test/acme/payroll")


@dataclass
class Said:
    """Remarks; `gate` holds the next ones back, `fails` are raised first, one at a time."""

    remarks: list[tuple[IssueRef, str, Remark]] = field(default_factory=list)
    asked: int = 0
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    fails: list[Exception] = field(default_factory=list)

    async def comment(self, issue: IssueRef, key: str, remark: Remark) -> None:
        self.asked += 1
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.fails:
            raise self.fails.pop(0)
        if key not in {known for _, known, _ in self.remarks}:
            self.remarks.append((issue, key, remark))


@dataclass
class Catalogue:
    """Projects, tasks and health, each as set; `calls` counts what was asked for."""

    projects: tuple[Project, ...] = (OWN, PUBLIC, PRIVATE)
    stages: list[Stage] = field(default_factory=lambda: [Stage.REVIEW])
    up: Mapping[str, bool] = field(default_factory=lambda: {"database": True, "github": False})
    away: bool = False
    calls: int = 0

    async def all(self, repo: RepoRef) -> Sequence[Project]:
        self._asked()
        return self.projects

    async def named(self, repo: RepoRef, name: str) -> Project | None:
        self._asked()
        found = [one for one in self.projects if one.name.casefold() == name.casefold()]
        return next(iter(found), None)

    async def load(self, issue: IssueRef) -> Task:
        """The stages one after the other; the last for good."""
        self._asked()
        stage = self.stages.pop(0) if len(self.stages) > 1 else self.stages[0]
        return replace(task(stage), issue=issue)

    async def listed(self, repo: RepoRef, name: str) -> Sequence[TaskLine]:
        self._asked()
        return [TaskLine(7, "One more", Stage.BLOCKED, f"https://gh.test/acme/{name}/issues/7")]

    async def parts(self) -> Mapping[str, bool]:
        self._asked()
        return self.up

    def _asked(self) -> None:
        self.calls += 1
        if self.away:
            raise Unanswered("no answer")


@dataclass
class Accounts:
    """Every run has an account, open unless it is over."""

    over: set[str]
    unknown: set[str]

    async def get(self, run_id: str) -> Account | None:
        if run_id in self.unknown:
            return None
        status, none = "closed" if run_id in self.over else "open", Decimal(0)
        counts = (None, 0, 0, 0, 0, none, none, none)
        return Account(run_id, 11, 7, 1, "developer", status, *counts, AT, AT)

    async def open(self, opening: Opening) -> Account:
        raise NotImplementedError

    async def close(self, run_id: str) -> Usage:
        raise NotImplementedError

    async def add(self, run_id: str, model: str | None, usage: Usage, calls: int = 1) -> None:
        raise NotImplementedError


@dataclass
class World:
    limits: Limits = field(default_factory=lambda: Limits(per_minute=1_000))
    said: Said = field(default_factory=Said)
    catalogue: Catalogue = field(default_factory=Catalogue)
    over: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    now: float = 1_000_000.0

    def __post_init__(self) -> None:
        seen = self.catalogue
        self.tokens = Tokens(KEY, lambda: self.now)
        self.ledger = Ledger(self.limits, lambda: self.now)
        self.outside = Outside(self.said, seen, seen, seen)
        self.api = CommandApi(
            Entry(self.tokens, Accounts(self.over, self.unknown)), self.outside, self.ledger
        )

    def restart(self) -> None:
        """The app is started anew: all that was in memory is gone."""
        self.__post_init__()

    def token(self, role: str = "product-owner", **changes: Any) -> str:
        given = Admission(RUN, ISSUE, 1, role, HOUR, permitted(role))
        return self.tokens.issue(replace(given, **changes))

    def forged(self) -> str:
        given = Admission(RUN, ISSUE, 1, "product-owner", HOUR, frozenset({"*"}))
        return Tokens(b"x" * 32, lambda: self.now).issue(given)

    async def post(self, raw: bytes, token: str | None, method: str = "POST") -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(app=self.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.request(method, "/v1/command", content=raw, headers=headers)

    async def call(
        self,
        command: str,
        arguments: Mapping[str, Any] | None = None,
        token: str | None = None,
        call: str | None = None,
    ) -> dict[str, Any]:
        """The answer, parsed; its status is under "status"."""
        body = {
            "command": command,
            "arguments": dict(arguments or {}),
            "call": call or str(uuid.uuid4()),
        }
        answer = await self.post(json.dumps(body).encode(), token or self.token())
        return {**answer.json(), "status": answer.status_code}
