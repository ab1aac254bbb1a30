"""An app that starts runs in containers and dies: `docker_starter.py STATE IMAGE POINT IDS`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.domain.run import RunSpec
from app.executors.docker import DockerExecutor
from app.executors.engine import Engine
from app.executors.outlet import Outlet
from app.executors.remains import Remains

# Class, method, and whether it is done first.
POINTS: dict[str, tuple[type, str, bool]] = {
    "before the container": (Engine, "create", False),
    "before its start": (Engine, "create", True),
    "after its start": (Engine, "start", True),
    "before the results": (Outlet, "_receive", False),
    "with half of the results": (Outlet, "_receive", True),
    "with the results": (Remains, "take", False),
    "before the container goes": (Engine, "remove", False),
    "after the end": (Engine, "remove", True),
}
IN_PREPARE, WAITING = "in prepare", "waiting"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def spec(run_id: str) -> RunSpec:
    """Prints who it is among all runs; it ends when its job's folder holds `go`."""
    script = 'cat half; until test -e "$ORC_JOB/../go"; do sleep 0.05; done; echo "$ORC_RUN"'
    return RunSpec(run_id, ("bash", "-c", script), env={"ORC_RUN": run_id})


def die_at(point: str) -> None:
    owner, name, after = POINTS[point]
    real: Callable[..., Any] = getattr(owner, name)

    def deadly(*args: Any) -> Any:
        if not after:
            die()
        done = real(*args)
        die()
        return done

    setattr(owner, name, deadly)


async def main(state: str, image: str, point: str, *ids: str) -> None:
    async def name(_capabilities: frozenset[str]) -> str:
        return image

    async def prepare(workspace: Path) -> None:
        (workspace / "half").write_text("half")
        if point == IN_PREPARE:
            die()
        (workspace / "half").write_text("")

    if point in POINTS:
        die_at(point)
    executor = DockerExecutor(Path(state), name, grace_seconds=0.5)
    await asyncio.gather(*(executor.start(spec(run_id), prepare) for run_id in ids))
    print("started", flush=True)
    await asyncio.gather(*(executor.wait(run_id) for run_id in ids))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
