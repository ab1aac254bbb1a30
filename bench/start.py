"""From spawn to ready: CPU of the app's own process, and its memory two seconds later.

The app is `orc serve` as it is, in front of the sandbox, with its own PostgreSQL, whose data was
made before. PostgreSQL's processes are not counted.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.db import embedded
from app.manifest import manifest
from app.sandbox import Sandbox
from bench.server import SERVER_CORE, ServerError, environment, free_port, pinned, process_cpu
from bench.stats import median, megabytes

OURS = ["-c", "from app.cli.main import main; main()", "serve"]
NAIVE = ["-m", "bench.naive"]
IDLE_SECONDS = 2.0
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until /readyz said yes; idle memory in MB (PSS: shared pages by their share)."""

    cpu: float
    wall: float
    rss: float
    pss: float


def typical(starts: list[Start]) -> Start:
    """The median of each figure."""
    return Start(
        median([start.cpu for start in starts]),
        median([start.wall for start in starts]),
        median([start.rss for start in starts]),
        median([start.pss for start in starts]),
    )


class Site:
    """A sandbox with two repositories, and a state folder whose database was made."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir()
        self._key = folder / "app.pem"
        self._key.touch(mode=0o600)
        self._key.write_text(sandbox.app.private_key)

    def start(self, arguments: list[str]) -> Start:
        """Start the app, watch it become ready and idle, and end it."""
        began = time.monotonic()
        with self.serving(pinned(SERVER_CORE, [sys.executable, *arguments])) as (process, _):
            wall, cpu = time.monotonic() - began, process_cpu(process.pid)
            time.sleep(IDLE_SECONDS)
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        return Start(cpu, wall, megabytes(rollup, "Rss"), megabytes(rollup, "Pss"))

    @contextlib.contextmanager
    def serving(
        self, command: list[str], **more: str
    ) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        """The app from when it is ready to its end, and its port; `more` are settings."""
        port = free_port()
        settings = environment(
            ORC_APP_ID=str(self.sandbox.app.id),
            ORC_PRIVATE_KEY_FILE=str(self._key),
            ORC_WEBHOOK_SECRET=self.sandbox.app.webhook_secret,
            ORC_GITHUB_URL=self.sandbox.api_url,
            ORC_STATE_DIR=str(self.state),
            ORC_PORT=str(port),
            **more,
        )
        with (self.state / "app.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self.state, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._await_ready(process, port)
            yield process, port
        finally:
            process.terminate()
            process.wait(timeout=20)

    def _await_ready(self, process: subprocess.Popen[bytes], port: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.03)
        log = (self.state / "app.log").read_text(errors="replace")[-2000:]
        raise ServerError(f"the app did not become ready:\n{log}")

    def close(self) -> None:
        embedded.stop(self.state)


@contextlib.contextmanager
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="orc-bench-") as name:
        folder = Path(name)
        with Sandbox(folder / "github", manifest=manifest()) as sandbox:
            sandbox.create_repository(".github")
            sandbox.create_repository("weather")
            made = Site(sandbox, folder)
            try:
                yield made
            finally:
                made.close()
