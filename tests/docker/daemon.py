"""Starts a Docker engine where none answers, for all test processes at once; the last one ends it.

It never touches an engine that it did not start.
"""

import gc
import os
import select
import shutil
import signal
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agent_image.tree import start_time
from tests.docker.lock import exclusive, folder, shared, unused

if TYPE_CHECKING:  # tests that need no engine must not wait for the import
    from docker import DockerClient

_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class NoEngineError(Exception):
    """Why there is no engine; the text is a reason to skip."""


def connect() -> "DockerClient | None":
    """A client of the engine that the environment names, if it answers."""
    import docker

    with suppress(docker.errors.DockerException):
        return docker.from_env(timeout=600)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the SDK leaves its socket open
        gc.collect()
    return None


@contextmanager
def engine() -> "Iterator[DockerClient]":
    """An engine that answers. Raises NoEngineError where there can't be one."""
    with ExitStack() as in_use:
        with exclusive("docker"):
            client = connect() or _started()
            in_use.enter_context(shared("docker-users"))
        try:
            yield client
        finally:
            client.close()
            with exclusive("docker"):
                in_use.close()
                if unused("docker-users"):
                    _stop()


def _pid_file() -> Path:
    return folder() / "dockerd.pid"


def _started() -> "DockerClient":
    program = shutil.which("dockerd", path=_PATH)
    if program is None or os.geteuid() != 0 or "DOCKER_HOST" in os.environ:
        raise NoEngineError("no Docker engine answers, and none can be started here")
    _start(program)
    client = connect()
    if client is None:
        raise NoEngineError(f"dockerd was started but does not answer; see {folder()}/dockerd.log")
    return client


def _start(program: str) -> None:
    log = folder() / "dockerd.log"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with (
        tempfile.TemporaryDirectory(prefix="orc-dockerd-") as place,
        closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as ready,
    ):
        ready.bind(f"{place}/ready")
        # Not subprocess: whoever ends it may be another process than the one that started it.
        pid = os.posix_spawn(
            program,
            [program],
            {"PATH": _PATH, "NOTIFY_SOCKET": f"{place}/ready"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, flags, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        _pid_file().write_text(f"{pid} {start_time(pid)}")
        # It says READY as it would to systemd; a daemon that dies instead is heard of too.
        with closing(_Process(pid)) as process:
            select.select([ready.fileno(), process.fd], [], [], _START_SECONDS)


class _Process:
    """A process by a file that can be read once it has ended."""

    def __init__(self, pid: int) -> None:
        self.fd = os.pidfd_open(pid)

    def end(self) -> None:
        signal.pidfd_send_signal(self.fd, signal.SIGTERM)
        select.select([self.fd], [], [], _STOP_SECONDS)

    def close(self) -> None:
        os.close(self.fd)


def _stop() -> None:
    """End the engine if a test process started it."""
    with suppress(FileNotFoundError, ProcessLookupError):
        pid, _, started = _pid_file().read_text().partition(" ")
        with closing(_Process(int(pid))) as process:
            if start_time(int(pid)) == started:
                process.end()
    _pid_file().unlink(missing_ok=True)
