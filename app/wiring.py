"""The one place that builds objects and says which talks to which. It decides nothing."""

import asyncio
import hashlib
import hmac
import importlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.agents import NoScenarioError, UnknownAgentError, make
from app.db import Database
from app.domain.event import RunFinished
from app.domain.record import Record, read
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import UNUSED, Usage
from app.domain.task import Task
from app.engine.handle import Handler, Outside
from app.engine.inbox import Inbox, Intake
from app.engine.observe import Observer, observed
from app.engine.ports import Report
from app.engine.runs import GraphRuns
from app.engine.slots import Slots
from app.engine.sweep import Sweep
from app.executors.home import AgentHomes
from app.executors.logs import RunLogs
from app.executors.process import ProcessExecutor
from app.git.repository import GitCode, Remotes
from app.git.run import Remote
from app.github.api import Api
from app.github.auth import AppKey, Purpose, access
from app.github.board import GitHubBoard
from app.github.desk import GitHubDesk
from app.github.policies import GitHubPolicies
from app.github.roster import GitHubRoster
from app.github.survey import GitHubSurvey
from app.github.webhook import Verifier
from app.graphs.engineering.ports import Agent, GivenUp
from app.graphs.engineering.state import Workshop, issue_key
from app.settings import Settings, SettingsError
from app.web import Readiness, build

log = structlog.get_logger(__name__)


def record_key(secret: str) -> bytes:
    """The key that signs records: of the webhook's secret, so that there is one less to keep."""
    return hmac.new(secret.encode(), b"orc record v1", hashlib.sha256).digest()


def read_record(comment: str, repository: int, number: int, secret: str) -> Record | None:
    """A status comment's record, for those who hold the webhook's secret."""
    issue = IssueRef(RepoRef(repository, "", "", 0), number)
    return read(comment, issue, record_key(secret))


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
        graph = EngineeringGraph(settings, database, api, observer)
        runs = GraphRuns(
            graph,
            observed(database.leases, "lease", ("acquire", "release"), observer),
            observed(database.sessions, "session", ("begin", "finish", "settle"), observer),
            spawn=lambda issue, event: background.start(handler.handle(issue, event)),
            again_seconds=60 * settings.retry_seconds,
        )
        stack.push_async_callback(runs.close)
        board = GitHubBoard(api, record_key(settings.webhook_secret.get_secret_value()))
        handler = Handler(
            Outside(board, policies, database, runs, RunLogs(settings.state_dir), budgets=None),
            Slots(settings.slots, closed=True),
            spawn=lambda issue, event: background.start(handler.handle(issue, event)),
            progress_seconds=settings.progress_seconds,
            retry_seconds=settings.retry_seconds,
        )
        intake = Intake(slug, policies, GitHubRoster(api), handler)
        survey = GitHubSurvey(api, policies, slug)
        sweep = Sweep(survey, intake, runs, settings.sweep_seconds)
        background.start(_end_without_locks(database))
        for lane in inbox.lanes:
            background.start(intake.work(lane))
        background.start(sweep.run(intake.resurvey, inbox.full))
        background.start(_give_slots(sweep.first, handler))
        log.info("ready", app=slug, listening=f"{settings.host}:{settings.port}")
        yield sweep.first


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


class EngineeringGraph:
    """The engineering graph, imported when first needed: LangGraph costs most of a second."""

    def __init__(
        self, settings: Settings, database: Database, api: Api, observer: Observer | None
    ) -> None:
        self._database = database
        self._observer = observer
        self._executor = observed(
            ProcessExecutor(settings.state_dir), "executor", ("start", "wait"), observer
        )
        code = GitCode(settings.state_dir, _remotes(settings, api))
        self._workshop = Workshop(
            executor=self._executor,
            agents=_agents(settings),
            sessions=AgentHomes(settings.state_dir),
            gate=None,
            code=observed(code, "code", ("heads", "checkout", "take", "inspect", "push"), observer),
            desk=GitHubDesk(api, retry_seconds=settings.retry_seconds),
        )
        self._compiled: Any = None
        self._compiling = asyncio.Lock()

    async def run(self, task: Task, report: Report, *, resumed: bool) -> RunFinished:
        module = await asyncio.to_thread(importlib.import_module, "app.graphs.engineering.graph")
        async with self._compiling:
            if self._compiled is None:
                saver = await self._database.checkpoints.saver()
                observed(saver, "checkpoint", ("aput", "aput_writes"), self._observer)
                self._compiled = module.compile_graph(saver)
        finished: RunFinished = await module.run_graph(
            self._compiled, task, self._workshop, report, resumed=resumed
        )
        return finished

    async def stop(self, issue: IssueRef) -> Usage:
        known = await self._executor.known()
        await asyncio.gather(
            *(self._executor.stop(run) for run in known if run.startswith(f"{issue.key}-"))
        )
        return UNUSED

    async def settle(self, issue: IssueRef) -> None:
        await self._database.checkpoints.forget(issue.key)

    async def leftovers(self) -> frozenset[str]:
        return frozenset(issue_key(run) for run in await self._executor.known())

    async def remove(self, key: str) -> None:
        known = await self._executor.known()
        await self._executor.collect(frozenset(run for run in known if issue_key(run) != key))


def _database_url(settings: Settings) -> str | None:
    return settings.database_url.get_secret_value() if settings.database_url else None


def app_key(settings: Settings) -> AppKey:
    """The App's key, parsed. Raises SettingsError."""
    try:
        return AppKey(settings.app_id, settings.key())
    except ValueError as error:
        raise SettingsError(
            f"ORC_PRIVATE_KEY is not the PEM of an RSA private key: {error}. Download the key anew "
            "from the App's settings."
        ) from None


def _api(settings: Settings, observer: Observer | None) -> Api:
    api = Api(settings.github_url, app_key(settings), retry_seconds=settings.retry_seconds / 2)
    return observed(api, "github", ("request",), observer)


def _remotes(settings: Settings, api: Api) -> Remotes:
    base = settings.github_url.removesuffix("/").removesuffix("/api/v3")
    if base == "https://api.github.com":
        base = "https://github.com"

    async def remote(repo: RepoRef, *, fresh: bool = False) -> Remote:
        token = await api.token(access(repo, Purpose.CODE), fresh=fresh)
        return Remote(f"{base}/{repo.full_name}.git", token)

    return remote


def _agents(settings: Settings) -> Callable[[str], Agent]:
    """Made when first asked for, since an organisation's configuration names them."""

    @cache
    def agent(name: str) -> Agent:
        try:
            return make(name, settings.scenario)
        except UnknownAgentError as error:
            raise GivenUp(f"{error}. Correct `agent` in orchestrator.yml.") from None
        except NoScenarioError as error:
            raise GivenUp(f"{error}. The operator sets ORC_SCENARIO to a file.") from None

    return agent
