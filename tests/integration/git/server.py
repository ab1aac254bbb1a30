"""A git server over HTTP with Basic auth, and a record of what it saw while git was running."""

import base64
import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar


@dataclass
class Server:
    """`status` answers everything with it; `hold` keeps requests waiting until it is set."""

    url: str = ""
    token: str = "t0ken-of-the-installation"
    status: int | None = None
    fail_once_after_write: bool = False
    hold: threading.Event | None = None
    arrived: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)
    argvs: set[bytes] = field(default_factory=set)


def all_argvs() -> set[bytes]:
    """The command lines of every process right now."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.add(entry.read_bytes())
    return found


class _Handler(BaseHTTPRequestHandler):
    root: ClassVar[Path]
    state: ClassVar[Server]
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        state = self.state
        state.requests.append(f"{self.command} {self.path}")
        state.argvs |= all_argvs()
        state.arrived.set()
        if state.hold is not None:
            state.hold.wait(20)
        expected = base64.b64encode(f"x-access-token:{state.token}".encode()).decode()
        if state.status or self.headers.get("Authorization") != f"Basic {expected}":
            self.send_response(state.status or 401)
            self.end_headers()
            return
        answer = self._backend()
        if state.fail_once_after_write and self.path.endswith("/git-receive-pack"):
            state.fail_once_after_write = False
            self.send_response(502)
            self.end_headers()
            return
        head, _, body = answer.partition(b"\r\n\r\n")
        self.send_response(200)
        for line in head.decode().splitlines():
            self.send_header(*line.split(": ", 1))
        self.end_headers()
        self.wfile.write(body)

    def _backend(self) -> bytes:
        path, _, query = self.path.partition("?")
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "app",
        }
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ran = subprocess.run(
            ["git", "http-backend"], input=body, env=env, capture_output=True, check=True
        )
        return ran.stdout


@contextlib.contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Serve the bare repositories below `root`."""
    state = Server()
    handler = type("Handler", (_Handler,), {"root": root, "state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        state.url = f"http://127.0.0.1:{http.server_address[1]}/octo/shop.git"
        yield state
        if state.hold is not None:
            state.hold.set()
        http.shutdown()
        thread.join()
