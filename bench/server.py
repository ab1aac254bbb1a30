"""One server as a process of its own, on its own core, from its start to its end."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.stats import cpu_seconds

ROOT = Path(__file__).parent.parent
SERVER_CORE, LOAD_CORE = 0, 1


class ServerError(Exception):
    """It did not start, or did not answer as it should."""


def pinned(core: int, command: list[str]) -> list[str]:
    """On one core only, where there is more than one and taskset is there to say so."""
    if (os.cpu_count() or 1) < 2 or not (taskset := shutil.which("taskset")):
        return command
    return [taskset, "-c", str(core), *command]


def environment(**more: str) -> dict[str, str]:
    """Ours with bytecode kept below build/, as any second start has it, and no settings of orc."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ORC_", "PYTHONDONTWRITE")) and name != "DATABASE_URL"
    }
    cache = str(ROOT / "build" / "bench" / "pycache")
    return kept | {"PYTHONPYCACHEPREFIX": cache, "PYTHONPATH": str(ROOT)} | more


def process_cpu(pid: int) -> float:
    return cpu_seconds(Path(f"/proc/{pid}/stat").read_text(), os.sysconf("SC_CLK_TCK"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


class Server:
    """Serves from `with` to its end; `output` holds its last words afterwards."""

    def __init__(self, name: str, command: list[str], **settings: str) -> None:
        self.name = name
        self.port = free_port()
        self.output = ""
        self.accepted = 0  # by its answers
        self._command = command
        self._environment = environment(BENCH_PORT=str(self.port), **settings)
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the server

    def waited(self) -> float:
        """Seconds that it could have run but others had its core."""
        if self._process is None:
            return 0.0
        stat = Path(f"/proc/{self._process.pid}/schedstat").read_text()
        return int(stat.split()[1]) / 1e9

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        return process_cpu(self._process.pid) if self._process else 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            pinned(SERVER_CORE, self._command), env=self._environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        try:
            self._await_listening()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def _await_listening(self) -> None:
        deadline = time.monotonic() + 30
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        self._errors.seek(0)
        raise ServerError(f"{self.name} did not start:\n{self._errors.read()[-2000:]}")

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self.output, _ = self._process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.output, _ = self._process.communicate()
