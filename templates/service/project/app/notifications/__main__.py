"""Starts the sender: `python -m app.notifications`. It ends on SIGTERM, between two messages."""

import asyncio
import logging
import signal

from app.notifications.channels.channel import Channel, Kind
from app.notifications.channels.mail import Mail
from app.notifications.channels.telegram import Telegram
from app.notifications.outbox import Outbox
from app.notifications.settings import Settings
from app.notifications.worker import run


def channels(settings: Settings) -> dict[Kind, Channel]:
    """Those there are settings for."""
    found: dict[Kind, Channel] = {}
    if settings.smtp_url and settings.sender:
        found["email"] = Mail(settings.smtp_url, settings.sender)
    if settings.telegram_token:
        found["telegram"] = Telegram(settings.telegram_token)
    return found


async def main() -> None:
    settings = Settings()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(Outbox(settings.outbox), channels(settings), stop)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it logs URLs, Telegram's hold the token
    asyncio.run(main())
