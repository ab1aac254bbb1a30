"""Names the boundary at which the app stands: the same name for the same one in every life of it.

Imported by the process that forks apps, before it does. It changes nothing of what the app does.
"""

import functools
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from types import FrameType
from typing import Any, Literal

from langgraph.graph import StateGraph

from app.domain.event import Event
from app.domain.ref import IssueRef
from app.domain.task import Task
from app.engine.handle import Handler
from app.engine.runs import GraphRuns
from app.github.board import GitHubBoard

Phase = Literal["before", "after"]
_OBSERVER = "app.engine.observe"
_RUN = "run"
_doing: ContextVar[str] = ContextVar("doing", default="")
_issue: ContextVar[str] = ContextVar("issue", default="")  # its key


class Boundaries:
    """By issue, `visits` are the stages that they were last seen in, and the how manieth that was;
    `nodes` the parts of the graph that were begun last, with their attempts."""

    def __init__(self) -> None:
        self.visits: dict[str, str] = {}
        self.nodes: dict[str, str] = {}
        self._begun: dict[int, str] = {}  # by the frame of the call that is under way
        self._passed: Counter[str] = Counter()

    def see(self, task: Task) -> None:
        visit = f"{len(task.record.history)} {task.stage.name.lower() if task.stage else 'no task'}"
        if visit != self.visits.get(task.issue.key):
            self.visits[task.issue.key], self.nodes[task.issue.key] = visit, ""

    def place(self, phase: Phase) -> str:
        """Where the call is made; what follows it is where it was begun."""
        frame = sys._getframe(2)  # the observed call: nobody but its observer asks
        if phase == "after":
            return self._begun.pop(id(frame), "?")
        doing, issue = _doing.get(), _issue.get()
        if doing == _RUN:
            doing = f"{_RUN}, {self.nodes.get(issue) or 'begun'}"
        where = f"{issue} {self.visits.get(issue, '')}"
        self._begun[id(frame)] = place = f"{where} | {doing} | {_way(frame)}"
        return place

    def name(self, phase: Phase, call: str, place: str) -> str:
        """Of a boundary that is passed now; the second at the same place has another."""
        name = f"{place} | {phase} {call}"
        self._passed[name] += 1
        times = self._passed[name]
        return f"{name} {times}" if times > 1 else name


def _way(frame: FrameType) -> str:
    """The lines of the app that lead to a call."""
    lines: list[str] = []
    caller = frame.f_back
    while caller is not None:
        module = caller.f_globals.get("__name__", "")
        if module.startswith("app.") and module != _OBSERVER:
            lines.append(f"{caller.f_code.co_name}:{caller.f_lineno}")
        caller = caller.f_back
    return ">".join(reversed(lines))


here = Boundaries()


def begin() -> Boundaries:
    """Another life begins."""
    global here  # noqa: PLW0603 - a process lives one life, or one after the other
    here = Boundaries()
    return here


def _noting(load: Callable[..., Awaitable[Task]]) -> Callable[..., Awaitable[Task]]:
    @functools.wraps(load)
    async def noted(*args: Any, **kwargs: Any) -> Task:
        task = await load(*args, **kwargs)
        here.see(task)
        return task

    return noted


def _noting_show(show: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(show)
    async def noted(board: GitHubBoard, task: Task, **kwargs: Any) -> None:
        await show(board, task, **kwargs)
        here.see(task)

    return noted


def _handling(handle: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(handle)
    async def noted(handler: Handler, issue: IssueRef, event: Event) -> None:
        _doing.set(type(event).__name__)
        _issue.set(issue.key)
        await handle(handler, issue, event)

    return noted


def _running(run: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(run)
    async def noted(runs: GraphRuns, task: Task, **kwargs: Any) -> None:
        _doing.set(_RUN)
        _issue.set(task.issue.key)
        await run(runs, task, **kwargs)

    return noted


def _in_nodes(add_node: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(add_node)
    def noted(graph: Any, name: str, node: Callable[..., Awaitable[Any]], **kwargs: Any) -> Any:
        @functools.wraps(node)
        async def begun(state: Any, runtime: Any) -> Any:
            begun_here = f"{name} {state.get('attempt', '')}".rstrip()
            here.nodes[_issue.get()] = begun_here
            _doing.set(begun_here)
            return await node(state, runtime)

        return add_node(graph, name, begun, **kwargs)

    return noted


for owner, method, noting in (
    (GitHubBoard, "load", _noting),
    (GitHubBoard, "show", _noting_show),
    (Handler, "handle", _handling),
    (GraphRuns, "_run", _running),
    (StateGraph, "add_node", _in_nodes),
):
    setattr(owner, method, noting(getattr(owner, method)))
