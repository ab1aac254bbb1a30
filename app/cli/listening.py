"""Takes the address that is listened on before anything is started. It accepts nothing."""

import errno
import socket
from typing import Any

# `localhost` may stand for an IPv6 address as well, where there is no IPv6.
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class NotListening(Exception):
    """Why the address can't be had, and what to do."""


def listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address that the host stands for. Raises NotListening."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError):  # a label that is too long for a name
        raise NotListening(_nowhere(host)) from None
    taken: list[socket.socket] = []
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            taken.append(_bound(socket.socket(family, kind, protocol), address))
        except OSError as error:
            if error.errno in _ABSENT:
                continue
            for one in taken:
                one.close()
            raise NotListening(_why(error, host, port)) from None
    if not taken:
        raise NotListening(_nowhere(host))
    return taken


def _bound(made: socket.socket, address: Any) -> socket.socket:
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken; set ORC_PORT"
    if error.errno == errno.EACCES:
        return f"port {port} is not for every user; set ORC_PORT to 1024 or more"
    return f"{host}:{port} can't be listened on: {error.strerror}; set ORC_HOST and ORC_PORT"


def _nowhere(host: str) -> str:
    return f"{host!r} is no address of this machine; set ORC_HOST, such as to 127.0.0.1"
