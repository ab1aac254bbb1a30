"""The relay beside a run, from a loopback port to a unix socket: every byte, and each end."""

import os
import select
import signal
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from agent_image.relay import start_relay

SECONDS = 20.0


class Server:
    """Answers each connection with what it sent, after its end; or byte for byte."""

    def __init__(self, path: Path, *, at_once: bool = False) -> None:
        self.path = path
        self.at_once = at_once
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(128)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        received = []
        with connection:
            try:
                while chunk := connection.recv(1 << 16):
                    received.append(chunk)
                    if self.at_once:
                        connection.sendall(chunk)
                if not self.at_once:
                    connection.sendall(b"".join(received))
            except OSError:
                pass

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.path.unlink()


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "gateway.sock"


@pytest.fixture
def relay(tmp_path: Path, port: int) -> Iterator[int]:
    pid = start_relay(tmp_path, {port: "gateway.sock"})
    yield pid
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@pytest.fixture
def server(target: Path) -> Iterator[Server]:
    with closing(Server(target)) as made:
        yield made


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)


def to_the_end(connection: socket.socket) -> bytes:
    received = []
    while chunk := connection.recv(1 << 16):
        received.append(chunk)
    return b"".join(received)


def is_refused(port: int) -> bool:
    """By a reset, which may come before anything is asked."""
    try:
        with connect(port) as client:
            client.recv(1)
    except ConnectionResetError:
        return True
    return False


def ended(connection: socket.socket) -> bool:
    """Well or by a reset: a broken connection may end either way."""
    with suppress(ConnectionResetError):
        return connection.recv(1) == b""
    return True


def exchange(port: int, data: bytes) -> bytes:
    with connect(port) as client:
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        sender.join()
        client.shutdown(socket.SHUT_WR)
        return to_the_end(client)


@pytest.mark.usefixtures("relay", "server")
@pytest.mark.parametrize("size", [0, 1, 100, 5_000_000])
def test_every_byte_after_a_half_close(port: int, size: int) -> None:
    data = os.urandom(size)
    assert exchange(port, data) == data


@pytest.mark.usefixtures("relay")
def test_both_ways_at_once(port: int, target: Path) -> None:
    with closing(Server(target, at_once=True)), connect(port) as client:
        for word in (b"one", b"two", b"\0\r\n\xff"):
            client.sendall(word)
            assert client.recv(100) == word
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b""


@pytest.mark.usefixtures("relay", "server")
def test_many_connections_at_once(port: int) -> None:
    words = [str(number).encode() for number in range(200)]
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(port)) for _ in words]
        for client, word in zip(clients, words, strict=True):
            client.sendall(word)
            client.shutdown(socket.SHUT_WR)
        assert [to_the_end(client) for client in clients] == words


@pytest.mark.usefixtures("relay")
def test_a_gateway_that_is_away_and_comes_back(port: int, target: Path) -> None:
    for _ in range(2):
        assert is_refused(port)
        with closing(Server(target)):
            assert exchange(port, b"hello") == b"hello"


@pytest.mark.usefixtures("relay")
def test_a_server_that_breaks_off_is_heard_of(port: int, target: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as door:
        door.bind(str(target))
        door.listen()
        with connect(port) as client:
            client.sendall(b"x")
            there, _ = door.accept()
            there.close()
            assert ended(client)


@pytest.mark.usefixtures("relay")
def test_a_client_that_breaks_off_is_heard_of(port: int, target: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as door:
        door.bind(str(target))
        door.listen()
        client = connect(port)
        there, _ = door.accept()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        with there:
            assert select.select([there], [], [], SECONDS)[0]
            assert ended(there)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_end_it_goes_on(relay: int, port: int, number: int) -> None:
    os.kill(relay, number)
    assert exchange(port, b"last words") == b"last words"


def test_the_port_is_open_before_the_start_returns(tmp_path: Path, port: int) -> None:
    pid = start_relay(tmp_path, {port: "gateway.sock"})
    os.kill(pid, signal.SIGSTOP)
    connect(port).close()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
