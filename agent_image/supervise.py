"""Runs one command to its end, whatever it does. It knows of no git and writes no result.

A run's start waits for what is imported here and beside: `dataclasses` alone costs 15 ms.
"""

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from agent_image.capture import Capture
from agent_image.tree import Tree, cpu_seconds, tie_to_parent

_CHUNK = 1 << 16
_DRAIN_SECONDS = 5.0


class Limits(NamedTuple):
    """Waking later than `paused_seconds` means a paused container: no time of the command's."""

    wall_seconds: float
    idle_seconds: float
    grace_seconds: float = 5.0
    heartbeat_seconds: float = 15.0
    paused_seconds: float = 10.0


class Command(NamedTuple):
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path


class Ending(NamedTuple):
    """`reason` is a value of the orchestrator's ExitReason."""

    reason: str
    exit_code: int | None = None
    signal: int | None = None
    detail: str = ""


class Signs(NamedTuple):
    """Signs of life: what the tree did, not merely that the supervisor lives."""

    processes: int
    cpu_seconds: float
    output_bytes: int
    silent_seconds: float


class Signals:
    """Makes SIGTERM (stop) and SIGCHLD wake a selector. Install it before anything is started."""

    def __init__(self) -> None:
        self.stop = False
        self.socket, self._writer = socket.socketpair()
        self.socket.setblocking(False)
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        # Handlers, not SIG_IGN, which the command would inherit.
        for number in (signal.SIGCHLD, signal.SIGHUP):
            signal.signal(number, self._on_other)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True

    def _on_other(self, _number: int, _frame: FrameType | None) -> None:
        pass

    def clear(self) -> None:
        with suppress(BlockingIOError):
            while self.socket.recv(4096):
                pass


def spawn(command: Command) -> subprocess.Popen[bytes]:
    """Start the command in a session of its own; raises OSError, ValueError or SubprocessError."""
    if not command.argv:
        raise ValueError("the command is empty")
    return subprocess.Popen(
        command.argv,
        cwd=command.cwd,
        env=command.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=tie_to_parent,  # noqa: PLW1509 - this process has one thread
    )


class Supervisor:
    """A command, from start to the last of its processes; the wall deadline is one for all runs."""

    def __init__(
        self,
        limits: Limits,
        streams: tuple[Capture, Capture],
        signals: Signals,
        beat: Callable[[Signs], None],
        spare: frozenset[int] = frozenset(),
    ) -> None:
        self._limits = limits
        self._streams = streams
        self._signals = signals
        self._beat = beat
        self._spare = spare
        self._selector: selectors.BaseSelector
        self._wall_at = time.monotonic() + limits.wall_seconds
        self._last_output = 0.0

    def run(self, command: Command, started: Callable[[int], None]) -> Ending:
        now = self._last_output = time.monotonic()
        if reason := self._due(now):
            return Ending(reason, detail=f"it was {reason} before the command was started")
        try:
            process = spawn(command)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return Ending("not started", detail=f"the command could not be executed: {error}")
        started(process.pid)
        tree = Tree(process.pid, self._spare)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._signals.socket, selectors.EVENT_READ)
        for pipe, capture in zip((process.stdout, process.stderr), self._streams, strict=True):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._selector.register(pipe, selectors.EVENT_READ, capture)
        try:
            reason = self._watch(tree)
        finally:
            gone = tree.kill()
            self._drain()
            self._selector.close()
            # Reaped above; without this Popen would warn of a process still running.
            process.returncode = 0
        detail = "" if gone else "some of its processes could not be ended"
        return _ending(reason, tree.status, detail)

    def _watch(self, tree: Tree) -> str:
        """Until the command has ended by itself, or the tree within its grace; returns why."""
        limits = self._limits
        self._last_output = time.monotonic()
        beat_at = self._last_output + limits.heartbeat_seconds
        reason, kill_at = "", float("inf")
        while True:
            tree.reap()
            now = time.monotonic()
            if not reason:
                if tree.status is not None:
                    return "exited"
                reason = self._due(now)
                if reason:
                    tree.signal(signal.SIGTERM)
                    kill_at = now + limits.grace_seconds
            if reason and (now >= kill_at or not tree.left()):
                return reason
            if now >= beat_at:
                self._beat(self._signs(tree, now))
                beat_at = now + limits.heartbeat_seconds
            idle_at = self._last_output + limits.idle_seconds
            due = kill_at if reason else min(self._wall_at, idle_at)
            timeout = max(min(due, beat_at) - now, 0.0)
            self._read(timeout)
            paused = time.monotonic() - now - timeout
            if paused > limits.paused_seconds:
                self._wall_at, kill_at = self._wall_at + paused, kill_at + paused
                self._last_output = max(self._last_output, min(self._last_output, now) + paused)

    def _due(self, now: float) -> str:
        if self._signals.stop:
            return "stopped"
        if now >= self._wall_at:
            return "timed out"
        if now >= self._last_output + self._limits.idle_seconds:
            return "idle"
        return ""

    def _signs(self, tree: Tree, now: float) -> Signs:
        members = tree.members()
        total = sum(capture.total for capture in self._streams)
        return Signs(len(members), cpu_seconds(members), total, now - self._last_output)

    def _read(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            if not isinstance(key.data, Capture):
                self._signals.clear()
                continue
            try:
                chunk = os.read(key.fd, _CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                chunk = b""
            if chunk:
                key.data.feed(chunk)
                self._last_output = time.monotonic()
            else:
                self._selector.unregister(key.fileobj)

    def _drain(self) -> None:
        """Read what the pipes still hold; a writer that would not die is not waited for."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        while len(self._selector.get_map()) > 1 and time.monotonic() < deadline:
            self._read(0.1)


def _ending(reason: str, status: int | None, detail: str) -> Ending:
    if status is None:
        return Ending(reason, detail=detail)
    if os.WIFSIGNALED(status):
        return Ending(reason, signal=os.WTERMSIG(status), detail=detail)
    return Ending(reason, exit_code=os.WEXITSTATUS(status), detail=detail)
