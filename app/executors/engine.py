"""What is asked of the Docker engine about the containers of one state folder. It decides nothing.

All of it blocks: call it in threads. Containers, one per run, are found by name and label, so by
every app that shares the state folder, and again after a restart.
"""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, NotFound
from docker.utils.socket import STDOUT, frames_iter_no_tty

_RUN, _HOME = "orc.run", "orc.home"
_POOL = 64
_CONFLICT = 409
# What the engine, or the way to it, raises when it can't be asked just now.
Unreachable = (DockerException, requests.RequestException)


class Standing(StrEnum):
    """Of a container; one that is being removed is none."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


_STANDINGS: Mapping[str, Standing] = {
    "created": Standing.CREATED,
    "running": Standing.RUNNING,
    "restarting": Standing.RUNNING,
    "paused": Standing.PAUSED,
    "exited": Standing.ENDED,
    "dead": Standing.ENDED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A container as it stood when it was looked at."""

    id: str
    standing: Standing
    exit_code: int
    out_of_memory: bool


class Exec:
    """A program in a container and the stream of what it writes to stdout."""

    def __init__(self, stream: socket.SocketIO) -> None:
        self._stream = stream
        self._socket = socket.socket(fileno=os.dup(stream.fileno()))

    def __iter__(self) -> Iterator[bytes]:
        for number, chunk in frames_iter_no_tty(self._stream):
            if number == STDOUT and isinstance(chunk, bytes):
                yield chunk

    def cut(self) -> None:
        """From any thread: whoever reads finds the end of the stream."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """From the thread that reads. The program goes on for all that is known."""
        self.cut()
        self._socket.close()
        # The SDK hangs the response on the stream; closing it closes both and the connection.
        response = getattr(self._stream, "_response", self._stream)
        response.close()


class Engine:
    """See the module. A run's container is named for the state folder and the run."""

    def __init__(self, state_dir: Path, client: docker.DockerClient | None = None) -> None:
        self._client = client or docker.from_env(max_pool_size=_POOL)
        self._api = self._client.api
        self._home = sha256(str(state_dir.resolve()).encode()).hexdigest()[:12]

    def name(self, run_id: str) -> str:
        return f"orc-{self._home}-{run_id}"

    def look(self, run_id: str) -> Seen | None:
        try:
            said: dict[str, Any] = self._api.inspect_container(self.name(run_id))
        except NotFound:
            return None
        state = said["State"]
        standing = _STANDINGS.get(state["Status"])
        if standing is None:
            return None
        return Seen(said["Id"], standing, state["ExitCode"], bool(state["OOMKilled"]))

    def create(self, run_id: str, body: Mapping[str, Any]) -> None:
        """Create the run's container; that it is there already is fine."""
        body = dict(body)
        try:
            self._api.create_container(
                name=self.name(run_id),
                labels={_RUN: run_id, _HOME: self._home},
                host_config=self._api.create_host_config(**body.pop("host_config")),
                **body,
            )
        except APIError as error:
            if error.status_code != _CONFLICT:
                raise

    def start(self, run_id: str) -> None:
        """Start a container that was created; that it runs already is fine."""
        self._api.start(self.name(run_id))

    def send(self, container: str, signal: str) -> None:
        self._unless_gone(lambda: self._api.kill(container, signal))

    def unpause(self, container: str) -> None:
        self._unless_gone(lambda: self._api.unpause(container))

    def remove(self, container: str) -> None:
        """With all that it wrote; it is ended first."""
        self._unless_gone(lambda: self._api.remove_container(container, v=True, force=True))

    def runs(self) -> frozenset[str]:
        """The runs of this state folder that have a container, running or not."""
        found = self._api.containers(all=True, filters={"label": f"{_HOME}={self._home}"})
        return frozenset(each["Labels"][_RUN] for each in found)

    def last_words(self, container: str, most_bytes: int = 500) -> str:
        """The end of what its first process wrote, which is the wrapper and nothing of the run."""
        try:
            said: bytes = self._api.logs(container, tail=20)
        except Unreachable:
            return ""
        return " ".join(said[-most_bytes:].decode(errors="replace").split())

    def run(self, container: str, argv: list[str], user: str) -> Exec:
        """Start a program in the container as `user` (uid:gid)."""
        made = self._api.exec_create(container, argv, stdin=False, stderr=False, user=user)
        stream = self._api.exec_start(made["Id"], socket=True)
        if not isinstance(stream, socket.SocketIO):
            raise DockerException(
                "runs need an engine on this machine: set DOCKER_HOST to a socket"
            )
        return Exec(stream)

    def close(self) -> None:
        self._client.close()

    @staticmethod
    def _unless_gone(call: Callable[[], object]) -> None:
        """What is gone, has ended or stands that way already needs nothing done."""
        try:
            call()
        except NotFound:
            pass
        except APIError as error:
            if error.status_code != _CONFLICT:
                raise
