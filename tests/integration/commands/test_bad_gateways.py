"""Gateways that are away, cut off or talk nonsense: the agent's command says so in JSON."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from agent_image.orchestrator.gateway import MAX_ANSWER, TRIES
from tests.integration.commands.served import PATIENCE, Cli, application, serving
from tests.unit.gateway_commands.world import World

TOKEN = "eyJ0.canary-token.c2ln"
Answerer = Callable[[bytes], bytes]


@contextmanager
def answering(*answers: Answerer) -> Iterator[tuple[str, list[bytes]]]:
    """A server whose n-th connection is answered by the n-th of `answers`; what it was sent."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            for answer in answers:
                connection, _ = door.accept()
                with connection:
                    connection.settimeout(PATIENCE)
                    seen.append(request(connection))
                    connection.sendall(answer(seen[-1]))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", seen
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{len(seen)} of {len(answers)} connections came"


def request(connection: socket.socket) -> bytes:
    """One whole request."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65_536)
    head, _, rest = raw.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if b"content-length" in line.lower()
    )
    while len(rest) < length:
        rest += connection.recv(65_536)
    return head + b"\r\n\r\n" + rest


def says(body: bytes, status: bytes = b"200 OK", length: int | None = None) -> Answerer:
    size = len(body) if length is None else length
    return lambda _: b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, size, body)


def nothing(_request: bytes) -> bytes:
    return b""


UNREADABLE: dict[str, Answerer] = {
    "a page": says(b"<html>Bad Gateway</html>", b"502 Bad Gateway"),
    "nothing": says(b""),
    "a list": says(b"[]"),
    "another object": says(b'{"error": "no"}'),
    "deep": says(b"[" * 200_000),
    "no UTF-8": says(b"\xff\xfe{}"),
    "endless": says(b'{"success": true, "data": "' + b"x" * (MAX_ANSWER + 1) + b'"}'),
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_nonsense(answer: Answerer, tmp_path: Path) -> None:
    with answering(answer) as (url, _):
        ended = Cli(url, TOKEN, tmp_path)("respond", "Hi")
    assert (ended.code, ended.answer["error"]) == (1, "BadAnswer")


CUT: dict[str, Answerer] = {
    "no answer": nothing,
    "half an answer": says(b'{"success"', length=50),
    "no HTTP": lambda _: b"SSH-2.0-x\r\n",
}


@pytest.mark.parametrize("answer", CUT.values(), ids=CUT)
def test_cut_off(answer: Answerer, tmp_path: Path) -> None:
    """Asked again a few times, always for the same call."""
    with answering(*[answer] * TRIES) as (url, seen):
        ended = Cli(url, TOKEN, tmp_path)("respond", "Hi")
    assert (ended.code, ended.answer["error"]) == (1, "GatewayUnreachable")
    assert len({sent.partition(b"\r\n\r\n")[2] for sent in seen}) == 1


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_done_twice(tmp_path: Path) -> None:
    world = World()
    with serving(application(world)) as url:

        def forward(sent: bytes) -> bytes:
            host = urlsplit(url)
            with socket.create_connection((host.hostname, host.port or 80), PATIENCE) as upstream:
                upstream.sendall(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                raw = b""
                while part := upstream.recv(65_536):
                    raw += part
                return raw

        def lose(sent: bytes) -> bytes:
            forward(sent)
            return b""

        with answering(lose, forward) as (between, _):
            ended = Cli(between, world.token(), tmp_path)("respond", "Hi")
    assert (ended.code, ended.answer["success"]) == (0, True)
    assert world.said.asked == 1


def test_nobody_is_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    ended = Cli(f"http://127.0.0.1:{port}", TOKEN, tmp_path)("diagnose", "api")
    assert (ended.code, ended.answer["error"]) == (1, "GatewayUnreachable")


@pytest.mark.parametrize(
    "environ",
    [
        {"ORC_GATEWAY": ""},
        {"ORC_TOKEN": ""},
        {"ORC_GATEWAY": "https://127.0.0.1:1"},
        {"ORC_GATEWAY": "http://127.0.0.1:port"},
        {"ORC_GATEWAY": "http://[::1"},
        {"ORC_GATEWAY": "nonsense"},
        {"ORC_TOKEN": "canary\r\nX-Injected: yes"},
        {"ORC_TOKEN": "canäry"},
    ],
    ids=str,
)
def test_no_gateway_to_speak_of(environ: dict[str, str], tmp_path: Path) -> None:
    ended = Cli("http://127.0.0.1:9", TOKEN, tmp_path)("diagnose", "api", environ=environ)
    assert (ended.code, ended.answer["error"]) == (1, "NoGateway")
    assert "canary" not in str(ended.answer)


def test_the_token_is_never_printed(tmp_path: Path) -> None:
    """Wherever it comes from; `Cli` looks for it in every output."""
    said = TOKEN.encode()
    echo = says(b'{"success": true, "data": "%b", "message": "%b"}' % (said, said))
    with answering(echo) as (url, _):
        assert "[the run's token]" in str(Cli(url, TOKEN, tmp_path)("diagnose", "api").answer)
    cli = Cli("http://127.0.0.1:9", TOKEN, tmp_path)
    for argv in ((TOKEN,), ("project", "get", TOKEN + "!"), ("respond", f"--{TOKEN}")):
        assert cli(*argv).code == 2
