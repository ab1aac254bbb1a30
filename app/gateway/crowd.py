"""How many connections there are, and of whom, so that one run can't keep the others out.

All containers share the gateway's sockets, so a connection is told by the container its peer is in:
the kernel knows the peer's process, and a process its control group. It reads no token.
"""

import asyncio
import os
import socket
import struct
from collections import Counter
from pathlib import Path

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid; see unix(7)


class Crowd:
    """At most `most` connections in all and `per_peer` of each container."""

    def __init__(self, most: int, per_peer: int) -> None:
        self._most = most
        self._per_peer = per_peer
        self._of: Counter[str] = Counter()

    def enter(self, transport: asyncio.BaseTransport) -> str | None:
        """Who has come in, to be named on leaving; None: there is no room."""
        if self._of.total() >= self._most:
            return None
        peer = peer_of(transport)
        if peer and self._of[peer] >= self._per_peer:
            return None
        self._of[peer] += 1
        return peer

    def leave(self, peer: str) -> None:
        self._of[peer] -= 1
        if not self._of[peer]:
            del self._of[peer]

    def __len__(self) -> int:
        return self._of.total()


def peer_of(transport: asyncio.BaseTransport) -> str:
    """The control group of who is at the other end of a unix socket; empty where it can't be known:
    on TCP, or when the app is in a container itself."""
    found = transport.get_extra_info("socket")
    if found is None or found.family != socket.AF_UNIX:
        return ""
    with socket.socket(fileno=os.dup(found.fileno())) as own:
        shown = own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid = _CREDENTIALS.unpack(shown)[0]
    try:
        return Path(f"/proc/{pid}/cgroup").read_text() if pid else ""
    except OSError:  # who connects and is gone before we look shares the room of one
        return "gone"
