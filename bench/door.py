"""Our door as a server: the real door and inbox; what lies in the lanes is taken and counted.

Each delivery is verified, parsed, looked up by its GUID and queued. What the app does with it after
its answer is left out, as the peers' handlers do nothing either.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.engine.inbox import Inbox, Lane
from app.github.webhook import Verifier
from app.web import Readiness, build
from bench.serve import serve


class Taker:
    """In the intake's place."""

    def __init__(self) -> None:
        self.taken = 0

    async def work(self, lane: Lane) -> None:
        while True:
            await lane.get()
            self.taken += 1


def application(secret: str) -> ASGIApp:
    inbox, readiness, taker = Inbox(), Readiness(), Taker()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        workers = [asyncio.create_task(taker.work(lane)) for lane in inbox.lanes]
        readiness.when = lambda: True
        yield
        for worker in workers:
            worker.cancel()
        print(json.dumps({"taken": taker.taken}), flush=True)

    return build(Verifier(secret), inbox, readiness, lifespan)


if __name__ == "__main__":
    serve(application(os.environ["BENCH_SECRET"]))
