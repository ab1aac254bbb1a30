"""Starts apps that kill themselves at boundaries. Run as a module; speaks JSON lines. It changes
the app of the process that imports it.

Whatever an app imports, compiles and caches it has from this process: the first one of a flow runs
here, and those that are to be killed are forked from it, in milliseconds.
"""

import functools
import gc
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx._transports.default
import uvicorn

import app.agents
import app.graphs.engineering.graph as engineering
import app.graphs.founding.graph as founding
import app.graphs.intake.graph as intake
from app.settings import Settings
from app.wiring import application
from tests.e2e import boundaries
from tests.e2e.boundaries import Phase
from tests.e2e.faults import plant

# What the same input costs every app anew, and nothing here turns upon: its certificates (the
# offline GitHub has no TLS), the scenario, the graphs.
SAME = (
    (httpx._transports.default, "create_ssl_context"),
    (app.agents, "load_scenario"),
)
GRAPHS: tuple[Any, ...] = (engineering, founding, intake)
for module, name in SAME:
    setattr(module, name, functools.cache(getattr(module, name)))


def _compiled_once(compile_graph: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same graph each time, with another checkpointer."""
    compiled = functools.cache(compile_graph)
    return lambda checkpointer: compiled(None).copy({"checkpointer": checkpointer})


for graph in GRAPHS:
    graph.compile_graph = _compiled_once(graph.compile_graph)


class Killer:
    """Writes boundaries down once it is armed, and ends the process at one that is due.

    With nothing under way, right after one I/O and right before the next are one boundary, which
    counts where the next begins. Due is one where nobody was killed yet, once `spare` have been
    passed that no earlier life of the task had come to.
    """

    def __init__(self, folder: Path, order: dict[str, Any]) -> None:
        self._here = boundaries.begin()
        self._armed = folder / "armed"
        self._trace = (folder / "trace").open("a", buffering=1)
        self._killed, self._only, self._passed = (
            _lines(order.get(name)) for name in ("killed", "only", "passed")
        )
        self._within = re.compile(order.get("within", ""))
        self._spare = order.get("spare", 0)
        self._begun = False
        self._under_way = 0

    def __call__(self, phase: Phase, name: str) -> None:
        place = self._here.place(phase)
        self._under_way += 1 if phase == "before" else -1
        self._begun = self._begun or self._armed.exists()
        if not self._begun or (phase == "after" and self._under_way == 0):
            return
        boundary = self._here.name(phase, name, place)
        if not self._within.match(boundary):
            return
        self._trace.write(f"{boundary}\n")
        if self._spare <= 0 and self._is_due(boundary):
            os.kill(os.getpid(), signal.SIGKILL)
        self._spare -= self._passed is None or boundary not in self._passed

    def _is_due(self, boundary: str) -> bool:
        if self._killed is None or boundary in self._killed:
            return False
        return self._only is None or boundary in self._only


def _lines(path: str | None) -> set[str] | None:
    return set(Path(path).read_text().splitlines()) if path else None


class Server(uvicorn.Server):
    """Writes down the port it got."""

    def __init__(self, config: uvicorn.Config, port_file: Path) -> None:
        super().__init__(config)
        self._port_file = port_file

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.servers:
            port = self.servers[0].sockets[0].getsockname()[1]
            draft = self._port_file.with_suffix(".draft")
            draft.write_text(str(port))
            draft.rename(self._port_file)


def run(order: dict[str, Any]) -> None:
    """An app, until it is ended."""
    folder = Path(order["folder"])
    config = uvicorn.Config(
        application(Settings.model_validate(order["settings"]), Killer(folder, order)),
        port=0,
        lifespan="on",
        loop="asyncio",  # starts git by vfork, which is quicker for a process of this size
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    with _printing_to(folder / "app.log"):
        Server(config, folder / "port").run()


@contextmanager
def _printing_to(log: Path) -> Iterator[None]:
    to = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    kept = os.dup(1), os.dup(2)
    os.dup2(to, 1)
    os.dup2(to, 2)
    try:
        yield
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for fd in (to, *kept):
            os.close(fd)


def _grow(order: dict[str, Any]) -> dict[str, Any]:
    """Runs an app in this process until SIGTERM, so that those to come know what it has learnt."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again at its end
    try:
        run(order)
    finally:
        signal.signal(signal.SIGTERM, before)
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(10)
    gc.collect()
    gc.freeze()  # children would copy every page that the collector touches
    return {"signal": 0}


def _fork(order: dict[str, Any]) -> dict[str, Any]:
    assert threading.active_count() == 1, threading.enumerate()
    pid = os.fork()
    if pid == 0:
        try:
            if fault := order.get("fault"):
                plant(fault)
            run(order)
        finally:
            os._exit(0)
    return {"pid": pid}


def _reap(order: dict[str, Any]) -> dict[str, Any]:
    _, status = os.waitpid(order["pid"], 0)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}


def main() -> None:
    orders = {"grow": _grow, "fork": _fork, "reap": _reap}
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(json.dumps(orders[order["do"]](order)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
