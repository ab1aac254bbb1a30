"""The gateway's application on a loopback port, and the agent's command as a process of its own."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

import agent_image
from app.gateway.application import Application
from tests.unit.gateway_commands.world import World

PATIENCE = 60.0
ROOT = Path(agent_image.__file__).parent.parent


async def _no_models(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError


def application(world: World) -> ASGIApp:
    """As the gateway puts it together, without models."""
    return Application(_no_models, world.api)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Its address, while it is served from a thread."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=5)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise AssertionError("the gateway did not start")
            time.sleep(0.005)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the gateway did not stop"


@dataclass(frozen=True)
class Ended:
    code: int
    answer: dict[str, Any]


@dataclass(frozen=True)
class Cli:
    """`orchestrator` in a folder and with an environment as in a run."""

    url: str
    token: str
    folder: Path

    def __call__(
        self, *argv: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None
    ) -> Ended:
        """What it printed, which must be one line of JSON, and never the token."""
        done = self.run(argv, stdin, environ)
        assert done.stderr == b""
        assert self.token.encode() not in done.stdout
        text = done.stdout.decode("ascii")
        assert text.endswith("\n")
        assert text.count("\n") == 1
        assert text[:-1].isprintable()
        answer = json.loads(text)
        assert answer.keys() >= {"success", "message"}
        assert ("data" in answer) is answer["success"]
        assert ("error" in answer) is not answer["success"]
        return Ended(done.returncode, answer)

    def run(
        self, argv: Sequence[str], stdin: bytes = b"", environ: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        given = {
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "ORC_GATEWAY": self.url,
            "ORC_TOKEN": self.token,
            **(environ or {}),
        }
        return subprocess.run(
            [sys.executable, "-P", "-m", "agent_image.orchestrator", *argv],
            cwd=self.folder,
            env=given,
            input=stdin,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
