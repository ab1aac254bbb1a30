"""Fetches a run's results out of its container into a folder. What comes is not believed here."""

import threading
from pathlib import Path

from app.executors.confinement import command, fetcher
from app.executors.engine import Engine, Exec
from app.executors.lock import in_thread
from app.executors.unpack import Refused, unpack

_TAR = ".tar"
# A tar of small files is mostly padding.
_OVERHEAD = 64 << 20


class Outlet:
    """One attempt to fetch the results of the run in one container; it waits until that has ended.

    Raises Refused when more comes than may, or something else than results.
    """

    def __init__(self, engine: Engine, container: str, into: Path, most_bytes: int) -> None:
        self._engine = engine
        self._container = container
        self._into = into
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._exec: Exec | None = None
        self._given_up = False

    async def fetch(self) -> bool:
        """False when the stream was cut short. Nothing is polled while the run goes on."""
        try:
            return await in_thread(self._fetch)
        finally:
            self._give_up()

    def _give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._exec is not None:
                self._exec.cut()

    def _fetch(self) -> bool:
        tar = self._into / _TAR
        stream = self._engine.run(self._container, command("outlet"), fetcher())
        try:
            with self._lock:
                if self._given_up:
                    return False
                self._exec = stream
            self._receive(stream, tar)
        finally:
            with self._lock:
                self._exec = None
            stream.close()
        with tar.open("rb") as file:
            complete = unpack(file, self._into, self._most_bytes)
        tar.unlink()
        return complete

    def _receive(self, stream: Exec, tar: Path) -> None:
        room = self._most_bytes + _OVERHEAD
        with tar.open("xb") as file:
            for chunk in stream:
                room -= len(chunk)
                if room < 0:
                    raise Refused("more comes out of the container than a run may leave")
                file.write(chunk)
