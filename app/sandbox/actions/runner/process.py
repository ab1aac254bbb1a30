"""Runs one command in a process group of its own, until it ends, time is up or it is cancelled."""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

_GRACE = 0.5  # seconds between asking and killing; GitHub gives ten
_MAX_LINE = 64_000
_LAST_READS = 64
_ROUNDS = 5
_MARK = "RUNNER_TRACKING_ID"

# Gets lines of output as they come.
Say: TypeAlias = Callable[[list[str]], None]


class Cancel:
    """Can be awaited by a selector and set from any thread, also more than once."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._lock = threading.Lock()
        self._closed = False
        self.asked = False

    def set(self) -> None:
        with self._lock:
            if not self.asked and not self._closed:
                os.write(self._write, b"x")
            self.asked = True

    def fileno(self) -> int:
        return self._read

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._read)
                os.close(self._write)


@dataclass(frozen=True, slots=True)
class Command:
    """`deadline` is on the monotonic clock. `heed`: whether a cancel ends it."""

    argv: Sequence[str]
    folder: Path
    env: Mapping[str, str]
    deadline: float
    heed: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """`code` is negative for a signal."""

    code: int
    timed_out: bool = False
    cancelled: bool = False


class Processes:
    """All that a job starts. As on GitHub, what a step leaves running lives until the job ends."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        # Not reaped before the end: while the leader is there, no stranger gets its group's id.
        self._leaders: list[subprocess.Popen[bytes]] = []

    def run(self, command: Command, cancel: Cancel, say: Say) -> Ended:
        """OSError when there is no such program or folder."""
        process = subprocess.Popen(
            command.argv, cwd=command.folder, env={**command.env, _MARK: self._mark},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        self._leaders.append(process)
        with contextlib.ExitStack() as stack:
            if process.stdout:
                stack.callback(process.stdout.close)
            return _watch(process, command, cancel, say)

    def end(self) -> None:
        """Kills what is left, by group and by the mark that children inherit."""
        for process in self._leaders:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        if self._leaders:
            _kill_marked(self._mark)
        self._leaders.clear()


def _watch(
    process: subprocess.Popen[bytes],
    command: Command,
    cancel: Cancel,
    say: Say,
) -> Ended:
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    output, died = process.stdout.fileno(), os.pidfd_open(process.pid)
    os.set_blocking(output, False)
    lines = _Lines(say)
    timed_out = cancelled = False
    deadline = command.deadline
    with contextlib.closing(selectors.DefaultSelector()) as selector:
        selector.register(output, selectors.EVENT_READ)
        selector.register(died, selectors.EVENT_READ)
        if command.heed:
            selector.register(cancel, selectors.EVENT_READ)
        try:
            while True:
                ready = {key.fd for key, _ in selector.select(max(deadline - time.monotonic(), 0))}
                if output in ready and not _read(output, lines):
                    selector.unregister(output)
                if died in ready:
                    break
                late = time.monotonic() >= deadline
                if timed_out or cancelled:
                    if late:
                        _signal_group(process.pid, signal.SIGKILL)
                        deadline = time.monotonic() + 60
                elif late or cancel.fileno() in ready:
                    timed_out, cancelled = late, not late
                    if command.heed:
                        selector.unregister(cancel)
                    _signal_group(process.pid, signal.SIGTERM)
                    deadline = time.monotonic() + _GRACE
        finally:
            os.close(died)
    for _ in range(_LAST_READS):  # what it leaves behind may go on writing
        if not _read(output, lines, last=True):
            break
    lines.end()
    return Ended(_code(process.pid), timed_out, cancelled)


def _code(pid: int) -> int:
    """Without reaping it."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    if ended is None:
        return 1
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _read(output: int, lines: _Lines, *, last: bool = False) -> bool:
    """False at the end; with `last`, also when nothing is there now."""
    try:
        data = os.read(output, 65_536)
    except BlockingIOError:
        return not last
    except OSError:
        return False
    lines.add(data)
    return bool(data)


class _Lines:
    """Whole lines out of pieces; a line without end is cut."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._rest = b""

    def add(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        while len(self._rest) > _MAX_LINE:
            whole.append(self._rest[:_MAX_LINE])
            self._rest = self._rest[_MAX_LINE:]
        if whole:
            self._say([line.decode(errors="replace").rstrip("\r") for line in whole])

    def end(self) -> None:
        if self._rest:
            self._say([self._rest.decode(errors="replace").rstrip("\r")])
            self._rest = b""


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _kill_marked(mark: str) -> None:
    """More than once: what is killed may just have started another."""
    for _ in range(_ROUNDS):
        found = list(_marked(mark))
        for descriptor in found:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        for descriptor in found:
            ended = select.poll()
            ended.register(descriptor, select.POLLIN)
            ended.poll(_GRACE * 10_000)
            os.close(descriptor)
        if not found:
            return


def _marked(mark: str) -> Iterator[int]:
    """Descriptors of the processes, which unlike their numbers can't come to mean others."""
    wanted = f"{_MARK}={mark}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # it is gone, or another user's
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                descriptor = os.pidfd_open(int(folder.name))
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    yield descriptor
                else:
                    os.close(descriptor)
