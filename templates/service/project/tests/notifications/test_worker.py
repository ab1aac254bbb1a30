import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.notifications.channels.channel import Channel, Kind, NotDelivered, Refused
from app.notifications.notification import Notification
from app.notifications.outbox import Outbox
from app.notifications.worker import ATTEMPTS, deliver, run

HELLO = Notification(channel="email", to="ada@example.com", text="Hello")


class Fake:
    """A channel that keeps what it is given, or raises the problem it has."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem
        self.seen: list[Notification] = []
        self.called = asyncio.Event()

    async def send(self, notification: Notification, /) -> None:
        self.seen.append(notification)
        self.called.set()
        if self.problem:
            raise self.problem


def rounds(outbox: Outbox, channels: Mapping[Kind, Channel], number: int) -> None:
    async def several() -> None:
        attempts: dict[Path, int] = {}
        for _ in range(number):
            await deliver(outbox, channels, attempts, asyncio.Event())

    asyncio.run(several())


def names(folder: Path) -> int:
    return len(list(folder.glob("*.json")))


@pytest.mark.parametrize(
    ("problem", "number", "tried", "room"),
    [
        (None, 2, 1, "sent"),
        (Refused("no such chat"), 2, 1, "failed"),
        (NotDelivered("busy"), ATTEMPTS - 1, ATTEMPTS - 1, "new"),
        (NotDelivered("busy"), ATTEMPTS + 1, ATTEMPTS, "failed"),
    ],
    ids=["taken", "refused", "tried-again", "given-up"],
)
def test_where_a_letter_ends(
    tmp_path: Path, problem: Exception | None, number: int, tried: int, room: str
) -> None:
    outbox, channel = Outbox(tmp_path), Fake(problem)
    outbox.put(HELLO)
    rounds(outbox, {"email": channel}, number)
    assert channel.seen == [HELLO] * tried
    assert names(tmp_path / room) == 1


def test_without_settings_a_letter_fails(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(HELLO)
    rounds(outbox, {}, 1)
    (reason,) = (tmp_path / "failed").glob("*.txt")
    assert "no settings for email" in reason.read_text()


def test_what_is_no_letter_holds_nothing_up(tmp_path: Path) -> None:
    outbox, channel = Outbox(tmp_path), Fake()
    outbox.put(HELLO)
    (tmp_path / "new" / "broken.json").write_text("{")
    rounds(outbox, {"email": channel}, 1)
    assert channel.seen == [HELLO]
    assert names(tmp_path / "failed") == 1


def test_it_ends_when_told(tmp_path: Path) -> None:
    async def start_and_stop() -> None:
        outbox, channel, stop = Outbox(tmp_path), Fake(), asyncio.Event()
        outbox.put(HELLO)
        running = asyncio.create_task(run(outbox, {"email": channel}, stop))
        await channel.called.wait()
        stop.set()
        await running

    asyncio.run(start_and_stop())
    assert names(tmp_path / "sent") == 1
