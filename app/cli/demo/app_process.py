"""The real app as a process of its own, pointed at the sandbox, and ended with all it started."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from app.db import embedded
from app.executors.process import ProcessExecutor
from app.sandbox import Sandbox

START_SECONDS = 60.0


class StartFailed(Exception):
    """The app did not come up, or came to nothing; the text ends with its log."""


class AppProcess:
    """`orc serve` with settings of its own; nothing of the user's configuration is read."""

    def __init__(self, sandbox: Sandbox, state_dir: Path, given: Mapping[str, str]) -> None:
        """`given` are settings beyond those that a sandbox needs."""
        self._sandbox = sandbox
        self._state_dir = state_dir
        self._given = given
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhooks"

    @property
    def log_file(self) -> Path:
        return self._state_dir / "app.log"

    def __enter__(self) -> Self:
        self._state_dir.mkdir(parents=True, exist_ok=True)
        key = self._state_dir / "app.pem"
        key.touch(mode=0o600)
        key.write_text(self._sandbox.app.private_key)
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ORC_")},
            "ORC_APP_ID": str(self._sandbox.app.id),
            "ORC_PRIVATE_KEY_FILE": str(key),
            "ORC_WEBHOOK_SECRET": self._sandbox.app.webhook_secret,
            "ORC_GITHUB_URL": self._sandbox.api_url,
            "ORC_STATE_DIR": str(self._state_dir),
            "ORC_PORT": str(self._port),
            **self._given,
        }
        environ.pop("DATABASE_URL", None)
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from app.cli.main import main; main()", "serve"],
                cwd=self._state_dir,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait()
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

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{self._port}/readyz", timeout=1
                ) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.03)
        tail = self.log_file.read_text(errors="replace")[-3000:]
        raise StartFailed(f"the app did not start. Its log ends with:\n{tail}")

    def _stop(self) -> None:
        """The app, then the agents it left running, then its PostgreSQL."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        asyncio.run(self._end_runs())
        embedded.stop(self._state_dir)

    async def _end_runs(self) -> None:
        if self._given.get("ORC_EXECUTOR") != "docker":
            here = ProcessExecutor(self._state_dir)
            await here.remove(await here.known())
            return
        from app.executors.docker import DockerExecutor

        contained = DockerExecutor(self._state_dir, _none)
        await contained.remove(await contained.known())
        contained.close()


async def _none(_capabilities: frozenset[str]) -> str:
    raise StartFailed("nothing is started any more")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
