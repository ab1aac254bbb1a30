"""The engineering graph, its agents and its code."""

import asyncio
import importlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from app.agents import NoScenarioError, UnknownAgentError, make
from app.agents.scenario import ScenarioError
from app.db import Database
from app.domain.event import Finished
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import UNUSED, Spent
from app.domain.spec import Kind
from app.domain.stage import Stage
from app.domain.task import Task
from app.engine.observe import Observer, observed
from app.engine.ports import Report
from app.git.repository import GitCode, Remotes
from app.git.run import Remote
from app.github.api import Api
from app.github.auth import Purpose, access
from app.graphs.context import Context, Workshop, issue_key, round_of
from app.graphs.ports import Agent, GivenUp
from app.scaffold.shelf import Shelf
from app.scaffold.template import service
from app.scaffold.updates import CopierScaffold
from app.settings import Settings


class Graphs:
    """The graph of a task's stage, imported when first needed: LangGraph takes most of a second."""

    def __init__(self, workshop: Workshop, database: Database, observer: Observer | None) -> None:
        self._workshop = workshop
        self._executor = workshop.executor
        self._database = database
        self._observer = observer
        self._compiled: dict[str, Any] = {}
        self._compiling = asyncio.Lock()
        self._latest: dict[str, Task] = {}  # of runs at work, as loaded last

    async def run(self, task: Task, report: Report, *, resumed: bool) -> Finished:
        name = f"app.graphs.{_graph(task)}.graph"
        module = await asyncio.to_thread(importlib.import_module, name)
        compiled = await self._compile(name, module)
        key = task.issue.key
        self._latest[key] = task
        latest = partial(self._latest.__getitem__, key)
        context = Context(task, self._workshop, report, resumed, latest)
        try:
            finished: Finished = await module.run_graph(compiled, context)
        finally:
            self._latest.pop(key, None)
        return finished

    async def _compile(self, name: str, module: Any) -> Any:
        async with self._compiling:
            if name not in self._compiled:
                saver = await self._database.checkpoints.saver()
                if not self._compiled:  # there is one for all graphs
                    observed(saver, "checkpoint", ("aput", "aput_writes"), self._observer)
                self._compiled[name] = module.compile_graph(saver)
            return self._compiled[name]

    def tell(self, task: Task) -> None:
        if task.issue.key in self._latest:
            self._latest[task.issue.key] = task

    async def stop(self, issue: IssueRef) -> Spent:
        known = await self._executor.known()
        ours = [run for run in known if issue_key(run) == issue.key]
        await asyncio.gather(*(self._executor.stop(run) for run in ours))
        gate = self._workshop.gate
        if gate is None or not ours:
            return Spent()
        last, used = max(map(round_of, ours)), UNUSED
        for run in ours:
            usage = await gate.dismiss(run)
            used = used + usage if round_of(run) == last else used
        return Spent(last, used)

    async def settle(self, issue: IssueRef) -> None:
        await self._database.checkpoints.forget(issue.key)

    async def leftovers(self) -> frozenset[str]:
        return frozenset(issue_key(run) for run in await self._executor.known())

    async def remove(self, key: str) -> None:
        known = await self._executor.known()
        await self._executor.remove(frozenset(run for run in known if issue_key(run) == key))


def _graph(task: Task) -> str:
    if task.stage is Stage.INTAKE:
        return "intake"
    spec = task.record.spec  # for which the run was begun, whatever was edited since
    return "founding" if spec and spec.kind is Kind.NEW_PROJECT else "engineering"


def code(settings: Settings, api: Api, purpose: Purpose = Purpose.CODE) -> GitCode:
    return GitCode(settings.state_dir, remotes(settings, api, purpose))


def scaffold(settings: Settings, api: Api) -> CopierScaffold:
    """Versions of the template are kept where projects made from them can be updated."""
    founding = code(settings, api, Purpose.SCAFFOLD)
    shelf = Shelf(settings.state_dir / "templates")
    return CopierScaffold(shelf, service(), code(settings, api), founding)


def remotes(settings: Settings, api: Api, purpose: Purpose) -> Remotes:
    base = settings.github_url.removesuffix("/").removesuffix("/api/v3")
    if base == "https://api.github.com":
        base = "https://github.com"

    async def remote(repo: RepoRef, *, fresh: bool = False) -> Remote:
        token = await api.token(access(repo, purpose), fresh=fresh)
        return Remote(f"{base}/{repo.full_name}.git", token)

    return remote


def agents(settings: Settings) -> Callable[[str], Agent]:
    """Made when first asked for, since an organisation's configuration names them."""

    @cache
    def agent(name: str) -> Agent:
        try:
            return make(name, settings.scenario)
        except UnknownAgentError as error:
            raise GivenUp(f"{error}. Correct `agent` in orchestrator.yml.") from None
        except NoScenarioError as error:
            raise GivenUp(f"{error}. The operator sets ORC_SCENARIO to a file.") from None
        except ScenarioError as error:
            raise GivenUp(f"The scripted agent's scenario is no good: {error}") from None

    return agent
