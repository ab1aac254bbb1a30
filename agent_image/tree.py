"""Every process that descends from this one: found, signalled, reaped. It starts none."""

import ctypes
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


def _prctl(option: int, value: int) -> None:
    # Only Linux has it. Elsewhere a process that leaves its group outlives its run.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def hide() -> None:
    """Keep others of this user from tracing this process and from opening its files in /proc."""
    _prctl(_PR_SET_DUMPABLE, 0)


def tie_to_parent() -> None:
    """In a new child: die with the supervisor, and before it when memory runs short."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 1)  # else the next file would belong to root
    with suppress(OSError):
        (_PROC / "self/oom_score_adj").write_text("500")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second, a name, may hold anything."""
    return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()


def start_time(pid: int) -> str | None:
    """Tells a process from a later one with the same pid; None when it is gone or can't be told."""
    try:
        return _stat(pid)[19]
    except (OSError, IndexError):
        return None


def pids() -> list[int]:
    with suppress(OSError):
        return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return []


def descendants(root: int) -> list[int]:
    """Children, their children and so on, as they are at this moment."""
    children: dict[int, list[int]] = {}
    for pid in pids():
        with suppress(OSError, IndexError, ValueError):
            children.setdefault(int(_stat(pid)[1]), []).append(pid)
    found: list[int] = []
    todo = [root]
    while todo:
        below = children.pop(todo.pop(), [])
        found += below
        todo += below
    return found


def cpu_seconds(members: list[int]) -> float:
    ticks = 0
    for pid in members:
        with suppress(OSError, IndexError, ValueError):
            ticks += sum(int(field) for field in _stat(pid)[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def send(pid: int, number: int) -> None:
    # A set-uid descendant may refuse; nothing better can be done for it here.
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


class Tree:
    """This process's descendants, save those of `spare`, which are neither signalled nor awaited.

    `main` is the command; its wait status is kept when it ends.
    """

    def __init__(self, main: int | None = None, spare: frozenset[int] = frozenset()) -> None:
        self.main = main
        self.spare = spare
        self.status: int | None = None

    def members(self) -> list[int]:
        return [pid for pid in descendants(os.getpid()) if pid not in self.spare]

    def reap(self) -> bool:
        """Collect what has died; False when there is no child at all."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.main:
                self.status = status

    def left(self) -> bool:
        """Whether anything of the tree is left, after collecting what has died."""
        return self.reap() and (not self.spare or bool(self.members()))

    def signal(self, number: int) -> None:
        for pid in self.members():
            send(pid, number)
        # Where there is no /proc. Once reaped, its id may belong to a stranger.
        if not _PROC.is_dir() and self.main is not None and self.status is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.main, number)

    def kill(self, seconds: float = 10.0) -> bool:
        """SIGKILL all, again and again since they may fork; False when some would not die."""
        deadline = time.monotonic() + seconds
        while True:
            self.signal(signal.SIGKILL)
            if not self.left():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
