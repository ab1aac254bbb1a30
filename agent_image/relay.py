"""Opens the gateway's loopback ports and leaves a child that relays them. It reads no byte itself.

What it does not import, a run's start does not wait for: `agent_image.pump` is loaded in the child.
"""

import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

# Where a run finds the gateway: the port on its loopback, and the socket beside it.
PORTS: Mapping[int, str] = {8484: "gateway.sock", 8485: "egress.sock"}
_BACKLOG = 512
# When the run is told to end, its command may still have something to tell the gateway.
_DEAF_TO = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def start_relay(gateway: Path, ports: Mapping[int, str] = PORTS) -> int:
    """A child that relays until it is killed; the ports are open when this returns its pid."""
    doors = {_listening(port): gateway / name for port, name in ports.items()}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _DEAF_TO)  # until the child ignores them
    pid = os.fork()
    if pid == 0:
        _relay(doors)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    for door in doors:
        door.close()
    return pid


def _listening(port: int) -> socket.socket:
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    door.listen(_BACKLOG)
    return door


def _relay(doors: Mapping[socket.socket, Path]) -> None:
    """Never returns: what follows a fork is the parent's."""
    try:
        signal.set_wakeup_fd(-1)
        for number in _DEAF_TO:
            signal.signal(number, signal.SIG_IGN)
        from agent_image.pump import relay

        relay(doors)
    finally:
        os._exit(1)
