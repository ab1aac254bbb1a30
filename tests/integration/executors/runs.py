"""Short commands and the questions the executor tests ask about them."""

import time
from collections.abc import Callable
from pathlib import Path

from agent_image.tree import pids
from app.domain.run import RunExit, RunLimits, RunSpec
from app.graphs.ports import Executor


def shell(script: str) -> tuple[str, ...]:
    return ("bash", "-c", script)


def python(script: str) -> tuple[str, ...]:
    return ("python3", "-c", script)


# In the environment of a run, and so of all its processes.
MARK = "ORC_TEST_MARK"


def marked(mark: str) -> list[int]:
    """The processes of this machine, in containers too, that carry the mark. Zombies don't."""
    return [pid for pid in pids() if f"{MARK}={mark}".encode() in _environ(pid)]


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


# A grandchild in a session of its own; it keeps the output open and says who it is.
DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(os.environ["ORC_OUT"] + "/daemon", "w") as file:
            file.write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
os.wait()
while not os.path.exists(os.environ["ORC_OUT"] + "/daemon"):
    time.sleep(0.01)
"""


def is_alive(pid: int) -> bool:
    """A zombie is dead: it waits for its parent, which here may be a lazy init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def empty(_workspace: Path) -> None:
    """Prepare nothing."""


def limits(wall: float = 20.0, idle: float = 20.0, output: int = 100_000) -> RunLimits:
    return RunLimits(wall_seconds=wall, idle_seconds=idle, output_bytes=output)


async def run(executor: Executor, argv: tuple[str, ...], limit: RunLimits | None = None) -> RunExit:
    spec = RunSpec("r1", argv, limits=limit or limits())
    await executor.start(spec, empty)
    return await executor.wait("r1")


def eventually(seen: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
