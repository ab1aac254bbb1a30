"""Takes letters from the outbox to their channels. A letter may arrive twice, none is lost."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from app.notifications.channels.channel import Channel, Kind, NotDelivered, Refused
from app.notifications.outbox import Outbox

PAUSE = 2.0  # seconds between two looks into the outbox
ATTEMPTS = 5

_log = logging.getLogger(__name__)


async def run(outbox: Outbox, channels: Mapping[Kind, Channel], stop: asyncio.Event) -> None:
    """Until `stop` is set."""
    attempts: dict[Path, int] = {}
    while not stop.is_set():
        await deliver(outbox, channels, attempts, stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE)


async def deliver(
    outbox: Outbox,
    channels: Mapping[Kind, Channel],
    attempts: dict[Path, int],
    stop: asyncio.Event,
) -> None:
    """Try every letter once. `attempts` remembers how often each was tried before."""
    for letter in outbox.waiting():
        if stop.is_set():
            return
        attempts[letter] = attempts.get(letter, 0) + 1
        try:
            await _send(outbox, letter, channels)
        except (NotDelivered, Refused) as problem:
            _log.warning("%s: %s", letter.stem, problem)
            if isinstance(problem, NotDelivered) and attempts[letter] < ATTEMPTS:
                continue
            outbox.failed(letter, str(problem))
        else:
            outbox.sent(letter)
        del attempts[letter]


async def _send(outbox: Outbox, letter: Path, channels: Mapping[Kind, Channel]) -> None:
    try:
        notification = outbox.open(letter)
    except ValidationError:
        raise Refused("This is no notification; see notification.py for what one is.") from None
    channel = channels.get(notification.channel)
    if channel is None:
        raise Refused(f"There are no settings for {notification.channel}; see env.contract.yaml.")
    await channel.send(notification)
