"""The sockets that runs knock at: made, opened to one user, replaced when stale. It serves none."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

HTTP_SOCKET, EGRESS_SOCKET = "gateway.sock", "egress.sock"
# Where the relay in a container listens, one port for each socket.
HTTP_PORT, EGRESS_PORT = 8484, 8485
CONTAINER_USER = 10001
_BACKLOG = 256


@dataclass(frozen=True, slots=True)
class SocketDoors:
    """Two unix sockets in a folder that is mounted into containers."""

    folder: Path

    def open(self) -> tuple[socket.socket, socket.socket]:
        """For the user that containers have: 10001 under an app that is root, else the app's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)  # others pass through to the sockets, which have an owner
        return _unix(self.folder, HTTP_SOCKET), _unix(self.folder, EGRESS_SOCKET)

    def addresses(self, _doors: tuple[socket.socket, socket.socket]) -> tuple[str, str]:
        return f"http://127.0.0.1:{HTTP_PORT}", f"http://127.0.0.1:{EGRESS_PORT}"


@dataclass(frozen=True, slots=True)
class PortDoors:
    """Two TCP ports of this machine alone, for the executor `process`; 0: any that is free.

    With `remember`, a file, the ports of the last time are taken again where they are free, so that
    runs which outlived the app find it.
    """

    http: int = 0
    egress: int = 0
    remember: Path | None = None

    def open(self) -> tuple[socket.socket, socket.socket]:
        before = self._remembered()
        doors = _loopback(self.http, before[0]), _loopback(self.egress, before[1])
        if self.remember is not None:
            self.remember.write_text(" ".join(str(door.getsockname()[1]) for door in doors))
        return doors

    def addresses(self, doors: tuple[socket.socket, socket.socket]) -> tuple[str, str]:
        http, egress = (f"http://127.0.0.1:{door.getsockname()[1]}" for door in doors)
        return http, egress

    def _remembered(self) -> tuple[int, int]:
        try:
            http, egress = self.remember.read_text().split() if self.remember else ("0", "0")
            return int(http), int(egress)
        except (OSError, ValueError):
            return 0, 0


Doors = SocketDoors | PortDoors


def _unix(folder: Path, name: str) -> socket.socket:
    """Bound beside its place and moved there, so that nobody meets it without its owner, and one
    that a killed app left is replaced."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    new = folder / f".{name}.new"
    new.unlink(missing_ok=True)
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        os.fchmod(door.fileno(), 0o600)
        door.bind(f"/proc/self/fd/{handle}/{new.name}")  # a path may be longer than sockets take
        new.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(new, CONTAINER_USER, CONTAINER_USER)
        door.listen(_BACKLOG)
        new.rename(folder / name)
    except OSError:
        door.close()
        raise
    finally:
        os.close(handle)
    return door


def _loopback(port: int, before: int) -> socket.socket:
    for candidate in (port,) if port else (before, 0):
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("127.0.0.1", candidate))
            door.listen(_BACKLOG)
        except OSError:
            door.close()
            if not candidate or candidate == port:
                raise
        else:
            return door
    raise AssertionError("port 0 is always tried")
