"""Starts apps that kill themselves at a given boundary. Run as a module; speaks JSON lines.

It has everything imported and forks, so that an app starts in milliseconds. It has no threads.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Literal

import langgraph.checkpoint.postgres.aio
import psycopg_pool
import uvicorn

import app.db.account_rows
import app.db.rows
import app.gateway.commands
import app.gateway.server
import app.github.catalogue
import app.graphs.engineering.graph
from app.settings import Settings
from app.wiring import application
from tests.e2e.faults import plant

__all__ = ["app", "langgraph", "psycopg_pool"]


class Killer:
    """Counts boundaries once it is armed, writes each down, and ends the process at one of them.

    With nothing under way, right after one I/O and right before the next are one boundary, which
    counts where the next begins.
    """

    def __init__(self, folder: Path, kill_at: int | None) -> None:
        self._armed = folder / "armed"
        self._trace = (folder / "trace").open("a", buffering=1)
        self._kill_at = kill_at
        self._count = 0
        self._under_way = 0

    def __call__(self, phase: Literal["before", "after"], name: str) -> None:
        self._under_way += 1 if phase == "before" else -1
        if self._count == 0 and not self._armed.exists():
            return
        if phase == "after" and self._under_way == 0:
            return
        self._count += 1
        self._trace.write(f"{phase} {name}\n")
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def run(order: dict[str, Any]) -> None:
    """In the child: the app, until it is ended."""
    folder = Path(order["folder"])
    log = os.open(folder / "app.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if order["fault"]:
        plant(order["fault"])
    settings = Settings.model_validate(order["settings"])
    config = uvicorn.Config(
        application(settings, Killer(folder, order["kill_at"])),
        port=0,
        lifespan="on",
        loop="asyncio",  # starts git by vfork, which is quicker for a process of this size
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = Server(config, folder / "port")
    server.run()


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


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "reap" in order:
            _, status = os.waitpid(order["reap"], 0)
            answer = {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}
        else:
            pid = os.fork()
            if pid == 0:
                try:
                    run(order)
                finally:
                    os._exit(0)
            answer = {"pid": pid}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
