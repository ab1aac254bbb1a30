"""The app as one thing: everything built, started, and ended in turn."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.db import Database
from app.domain.event import Event
from app.domain.ref import IssueRef
from app.engine.background import Background
from app.engine.batch import Batch
from app.engine.handle import Handler
from app.engine.inbox import Inbox, Intake
from app.engine.observe import Observer, observed
from app.engine.ports import Outside
from app.engine.runs import GraphRuns
from app.engine.slots import Slots
from app.engine.sweep import Sweep
from app.executors.logs import RunLogs
from app.github.api import Api
from app.github.board import GitHubBoard
from app.github.policies import GitHubPolicies
from app.github.survey import GitHubSurvey
from app.github.webhook import Verifier
from app.graphs.running import Graphs
from app.settings import Settings
from app.web import Readiness, build
from app.wiring.executor import Place, place
from app.wiring.gateway import gateway
from app.wiring.keys import app_key, record_key
from app.wiring.workshop import workshop

log = structlog.get_logger(__name__)
_TIDY_SECONDS = 6 * 3600.0


def application(settings: Settings, observer: Observer | None = None) -> ASGIApp:
    """The web application; its lifespan runs everything else."""
    inbox, readiness = Inbox(), Readiness()
    verifier = Verifier(settings.webhook_secret.get_secret_value())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running(settings, inbox, observer) as swept:
            readiness.when = swept.is_set
            yield

    return build(verifier, inbox, readiness, lifespan)


@asynccontextmanager
async def running(
    settings: Settings, inbox: Inbox, observer: Observer | None = None
) -> AsyncIterator[asyncio.Event]:
    """The app without its door; the event says that the first sweep is over.

    Agents that work when the app ends go on, and are found again.
    """
    async with AsyncExitStack() as stack:
        database = await Database.open(_database_url(settings), settings.state_dir)
        stack.push_async_callback(database.close)
        api = await stack.enter_async_context(_api(settings, observer))
        slug = str((await api.get(None, "/app"))["slug"])
        background = Background()
        stack.push_async_callback(background.close)

        def spawn(issue: IssueRef, event: Event) -> None:
            background.start(handler.handle(issue, event))

        policies = GitHubPolicies(api)
        key = record_key(settings.webhook_secret.get_secret_value())
        runs_at = place(settings, observer)
        stack.callback(runs_at.close)
        # agents read tasks on a board of their own: what a load notes is for the writes after it
        reading = (GitHubBoard(api, key), policies)
        opened = await gateway(stack, settings, database, api, reading)
        shop = workshop(settings, api, slug, (runs_at, opened.gate if opened else None), observer)
        runs = GraphRuns(
            Graphs(shop, database.checkpoints, observer),
            observed(database.leases, "lease", ("acquire", "release"), observer),
            observed(database.sessions, "session", ("begin", "finish", "settle"), observer),
            spawn=spawn,
            again_seconds=60 * settings.retry_seconds,
        )
        stack.push_async_callback(runs.close)
        outside = Outside(
            board=GitHubBoard(api, key),
            policies=policies,
            locks=database,
            runs=runs,
            logs=RunLogs(settings.state_dir),
            roster=shop.roster,
            budgets=opened.accounts if opened else None,
        )
        handler = Handler(
            outside,
            Slots(settings.slots, closed=True),
            spawn=spawn,
            progress_seconds=settings.progress_seconds,
            retry_seconds=settings.retry_seconds,
        )
        reviews = Batch(handler.handle, background.start, settings.review_seconds)
        intake = Intake(slug, outside, handler, reviews)
        survey = GitHubSurvey(api, policies, slug)
        sweep = Sweep(survey, intake, runs, settings.sweep_seconds)
        background.start(_end_without_locks(database))
        for lane in inbox.lanes:
            background.start(intake.work(lane))
        background.start(sweep.run(intake.resurvey, inbox.full))
        background.start(_give_slots(sweep.first, handler))
        background.start(_tidy(runs_at))
        log.info("ready", app=slug, listening=f"{settings.host}:{settings.port}")
        yield sweep.first


async def _tidy(runs_at: Place) -> None:
    """What nobody used for long: images, agents' sessions."""
    while True:
        await asyncio.sleep(_TIDY_SECONDS)
        await runs_at.tidy(time.time())


async def _give_slots(swept: asyncio.Event, handler: Handler) -> None:
    """Only the first sweep tells who waits, and who is at work."""
    await swept.wait()
    handler.open_slots()


async def _end_without_locks(database: Database) -> None:
    """Another instance may have what was ours by now: end at once, to be started anew."""
    await database.leases.lost.wait()
    log.error("the database connection that holds the locks is gone: ending")
    os.kill(os.getpid(), signal.SIGTERM)


def _database_url(settings: Settings) -> str | None:
    return settings.database_url.get_secret_value() if settings.database_url else None


def _api(settings: Settings, observer: Observer | None) -> Api:
    api = Api(
        settings.github_url,
        app_key(settings),
        retry_seconds=settings.retry_seconds / 2,
        paced=settings.paced,
    )
    return observed(api, "github", ("request",), observer)
