"""A Telegram without a network: it takes what the bot sends and keeps it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Chat, Message, Update, User

from app.tg_bot.dispatch import dispatcher

CHAT = Chat(id=7, type="private")
ADA = User(id=7, is_bot=False, first_name="Ada")


class Outgoing(BaseSession):
    """Answers every message as Telegram would, and remembers it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        if not isinstance(method, SendMessage):
            raise NotImplementedError(f"Teach tests/tg_bot/telegram.py {type(method).__name__}")
        self.texts.append(method.text)
        return Message(message_id=len(self.texts), date=datetime.now(UTC), chat=CHAT)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Every file is empty."""
        yield b""

    async def close(self) -> None:
        """There is nothing to close."""


def answers_to(text: str | None) -> list[str]:
    """What the bot says to a message of Ada's; None is a message without text."""

    async def say() -> list[str]:
        telegram = Outgoing()
        bot = Bot("1:test", session=telegram)
        message = Message(message_id=1, date=datetime.now(UTC), chat=CHAT, from_user=ADA, text=text)
        await dispatcher().feed_update(bot, Update(update_id=1, message=message))
        return telegram.texts

    return asyncio.run(say())
