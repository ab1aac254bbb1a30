"""The app as one thing: everything built, started, and ended in turn."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.db import Database
from app.engine.batch import Batch
from app.engine.handle import Handler, Outside
from app.engine.inbox import Inbox, Intake
from app.engine.observe import Observer, observed
from app.engine.runs import GraphRuns
from app.engine.slots import Slots
from app.engine.sweep import Sweep
from app.executors.logs import RunLogs
from app.github.api import Api
from app.github.board import GitHubBoard
from app.github.ci import GitHubCi
from app.github.desk import GitHubDesk
from app.github.policies import GitHubPolicies
from app.github.reviews import GitHubReviews
from app.github.roster import GitHubRoster
from app.github.sub_issues import GitHubSubIssues
from app.github.survey import GitHubSurvey
from app.github.webhook import Verifier
from app.graphs.context import Workshop
from app.settings import Settings
from app.web import Readiness, build
from app.wiring.engineering import Graphs, agents, code, scaffold
from app.wiring.executor import Place, place
from app.wiring.founding import founder
from app.wiring.gateway import Open, gateway
from app.wiring.keys import app_key, record_key

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

        policies = GitHubPolicies(api)
        key = record_key(settings.webhook_secret.get_secret_value())
        board = GitHubBoard(api, key)
        runs_at = place(settings, observer)
        stack.callback(runs_at.close)
        # agents read tasks on a board of their own: what a load notes is for the writes after it
        reading = (GitHubBoard(api, key), policies)
        opened = await gateway(stack, settings, database, api, reading)
        graph = Graphs(
            _workshop(settings, api, slug, (runs_at, opened), observer), database, observer
        )
        runs = GraphRuns(
            graph,
            observed(database.leases, "lease", ("acquire", "release"), observer),
            observed(database.sessions, "session", ("begin", "finish", "settle"), observer),
            spawn=lambda issue, event: background.start(handler.handle(issue, event)),
            again_seconds=60 * settings.retry_seconds,
        )
        stack.push_async_callback(runs.close)
        handler = Handler(
            Outside(
                *(board, policies, database, runs, RunLogs(settings.state_dir)),
                budgets=opened.accounts if opened else None,
            ),
            Slots(settings.slots, closed=True),
            spawn=lambda issue, event: background.start(handler.handle(issue, event)),
            progress_seconds=settings.progress_seconds,
            retry_seconds=settings.retry_seconds,
        )
        reviews = Batch(
            lambda issue, event: background.start(handler.handle(issue, event)),
            settings.review_seconds,
        )
        intake = Intake(slug, policies, GitHubRoster(api), handler, reviews)
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


def _workshop(
    settings: Settings,
    api: Api,
    slug: str,
    outside: tuple[Place, Open | None],
    observer: Observer | None,
) -> Workshop:
    runs_at, opened = outside
    gate = observed(opened.gate, "gate", ("admit", "dismiss"), observer) if opened else None
    looks = ("heads", "checkout", "take", "inspect", "push")
    return Workshop(
        executor=runs_at.executor,
        agents=agents(settings),
        sessions=runs_at.homes,
        gate=gate,
        code=observed(code(settings, api), "code", looks, observer),
        desk=GitHubDesk(api, retry_seconds=settings.retry_seconds),
        ci=GitHubCi(api, slug),
        reviews=GitHubReviews(api, retry_seconds=settings.retry_seconds),
        roster=GitHubRoster(api),
        scaffold=observed(scaffold(settings, api), "scaffold", ("update", "lay"), observer),
        founder=founder(settings, api, observer),
        parts=observed(
            GitHubSubIssues(api, slug, retry_seconds=settings.retry_seconds),
            "parts",
            ("create", "listed"),
            observer,
        ),
    )


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


class Background:
    """Tasks that live as long as the app, or until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task failed", exc_info=error)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
