"""A real browser over a real socket: the policy lets our script run, and the page stays true."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from app.sandbox.pages import routes
from tests.flow.pages import scene as scenes
from tests.flow.pages.scene import Scene

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--enable-logging=stderr",
)  # fmt: skip

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium on PATH")


class Site:
    """The scene behind a server; once the page looks again, something has happened."""

    def __init__(self, scene: Scene, url: str) -> None:
        self.scene, self.url, self.looks = scene, url, 0
        self._app = Starlette(routes=routes(scene))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/acme/orders/issues/4":
            self.looks += 1
            if self.looks == 2:
                self.scene.comment(4, "ann", "Said while you were looking.", 160)
                self.scene.label(4, "bug", "ann", 161)
        await self._app(scope, receive, send)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "world").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as door:
        site = Site(scenes.build(tmp_path / "world"), f"http://127.0.0.1:{door.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(site, log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[door])))
        thread.start()
        yield site
        server.should_exit = True
        thread.join(10)


def visit(url: str, profile: Path, seconds: int = 0) -> tuple[str, str]:
    """(the page after so many seconds of its own clock, which runs ahead; the browser's log)."""
    ahead = [f"--virtual-time-budget={seconds * 1000}"] if seconds else []
    argv = [str(BROWSER), *FLAGS, *ahead, f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.stderr


def test_breaks_no_rule_of_its_own_policy(site: Site, tmp_path: Path) -> None:
    for path in ("/acme/orders/issues/1", "/acme/orders/pull/3", "/_sandbox/requests"):
        dom, log = visit(site.url + path, tmp_path / "profile")
        assert "Sandbox</title>" in dom
        assert "Content Security Policy" not in log
        assert "Uncaught" not in log


def test_shows_what_happens_while_it_is_open(site: Site, tmp_path: Path) -> None:
    dom, log = visit(f"{site.url}/acme/orders/issues/4", tmp_path / "profile", seconds=5)
    assert site.looks > 1
    assert dom.count("Said while you were looking.") == 1
    assert dom.count('id="issuecomment-') == 2
    assert "arrived" in dom
    assert "Uncaught" not in log
