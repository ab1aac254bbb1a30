"""Our door as a server: the real door, inbox and intake, with stand-ins only behind them.

Each delivery is verified, parsed, looked up by its GUID, queued, and then triaged by the
app's own workers. What a hint would start is counted and left at that: it would ask GitHub.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from starlette.applications import Starlette

from app.domain.event import Event
from app.domain.policy import Policy, Role
from app.domain.ref import IssueRef, RepoRef
from app.engine.delivery import Delivery
from app.engine.handle import Handler
from app.engine.inbox import Inbox, Intake
from app.engine.ports import Setting
from app.github.webhook import Verifier
from app.web import Readiness, build
from bench.serve import serve


class KnownPolicies:
    """Every repository takes every new issue, so that deliveries have hints."""

    def __init__(self) -> None:
        self._setting = Setting(Policy(intake=True))

    async def of(self, _repo: RepoRef) -> Setting:
        return self._setting

    def forget(self, _repo: RepoRef) -> None:
        pass


class Admins:
    async def role(self, _repo: RepoRef, _login: str) -> Role:
        return Role.ADMIN


class Counted:
    """In the handler's place."""

    def __init__(self) -> None:
        self.hints = 0

    async def handle(self, _issue: IssueRef, _event: Event) -> None:
        self.hints += 1


class CountedIntake(Intake):
    taken = 0

    async def take(self, delivery: Delivery) -> None:
        await super().take(delivery)
        self.taken += 1


def application(secret: str) -> Starlette:
    inbox, readiness, counted = Inbox(), Readiness(), Counted()
    intake = CountedIntake("orc", KnownPolicies(), Admins(), cast("Handler", counted))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        workers = [asyncio.create_task(intake.work(lane)) for lane in inbox.lanes]
        readiness.when = lambda: True
        yield
        for worker in workers:
            worker.cancel()
        print(json.dumps({"taken": intake.taken, "hints": counted.hints}), flush=True)

    return build(Verifier(secret), inbox, readiness, lifespan)


if __name__ == "__main__":
    serve(application(os.environ["BENCH_SECRET"]))
