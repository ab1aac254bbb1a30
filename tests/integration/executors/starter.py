"""An app that starts a run and is killed at a chosen point: `starter.py STATE COUNT POINT`."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from app.domain.run import RunSpec
from app.executors import process
from app.executors.lock import Lock

POINTS = ("in prepare", "before spawn", "after spawn", "mid-run", "after the end", "later")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def spec(count: str) -> RunSpec:
    return RunSpec("r1", ("bash", "-c", f"echo ran >> {count}; sleep 0.5; echo done"))


async def main(state: str, count: str, point: str) -> None:
    executor = process.ProcessExecutor(Path(state), grace_seconds=0.5)
    spawn = process._spawn

    async def prepare(workspace: Path) -> None:
        (workspace / "half").write_text("half")
        if point == "in prepare":
            die()

    def spawn_and_die(folder: Path, lock: Lock) -> None:
        if point == "before spawn":
            die()
        spawn(folder, lock)
        if point == "after spawn":
            die()

    process._spawn = spawn_and_die
    print("ready", flush=True)
    if point == "later":  # whoever started us says when, and kills us when it likes
        sys.stdin.readline()
    await executor.start(spec(count), prepare)
    while point == "mid-run":
        if Path(count).exists():
            die()
        time.sleep(0.01)
    await executor.wait("r1")
    if point == "after the end":
        die()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
