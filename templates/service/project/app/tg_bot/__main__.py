"""Starts the bot: `python -m app.tg_bot`. It asks Telegram for updates until it is stopped."""

import asyncio
import logging

from aiogram import Bot

from app.tg_bot.dispatch import dispatcher
from app.tg_bot.settings import Settings


async def main() -> None:
    bot = Bot(Settings().token.get_secret_value())
    await dispatcher().start_polling(bot)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
