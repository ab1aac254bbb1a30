"""Who takes up connections."""

import asyncio
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import uvloop

from app.gateway.crowd import Crowd, peer_of


class Wire(asyncio.Transport):
    """Knows its socket and nothing else."""

    def __init__(self, end: socket.socket | None) -> None:
        super().__init__({"socket": end})


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_the_peer_of_a_unix_socket_is_known(loop: Any) -> None:
    async def ask() -> str:
        ours, theirs = socket.socketpair()
        _, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            return peer_of(writer.transport)
        finally:
            writer.close()
            await writer.wait_closed()
            theirs.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(ask()) == Path("/proc/self/cgroup").read_text()


def test_the_peer_of_other_sockets_is_not() -> None:
    with socket.socket(socket.AF_INET) as tcp:
        assert peer_of(Wire(tcp)) == ""
    assert peer_of(Wire(None)) == ""


def test_a_peer_that_is_gone_shares_the_room_of_one() -> None:
    """Or a run could connect without limit through processes that end at once."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/s")
        listener.listen()
        code = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        subprocess.run((sys.executable, "-c", code, f"{folder}/s"), check=True)
        accepted, _ = listener.accept()
        with accepted:
            assert peer_of(Wire(accepted)) == "gone"


def test_room_of_one_peer() -> None:
    crowd = Crowd(most=3, per_peer=2)
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.socket(socket.AF_INET) as tcp:
        mine, other = Wire(ours), Wire(tcp)
        first = crowd.enter(mine)
        assert first
        assert crowd.enter(mine) == first
        assert crowd.enter(mine) is None
        assert crowd.enter(other) == ""
        crowd.leave(first)
        assert crowd.enter(mine) == first
        assert crowd.enter(other) is None
        for peer in (first, first, ""):
            crowd.leave(peer)
        assert len(crowd) == 0


def test_peers_that_are_not_known_share_all_there_is() -> None:
    crowd = Crowd(most=3, per_peer=1)
    with socket.socket(socket.AF_INET) as tcp:
        assert [crowd.enter(Wire(tcp)) for _ in range(4)] == ["", "", "", None]
