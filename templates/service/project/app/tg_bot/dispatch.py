"""Which handler answers what. To add one: a module in handlers/, and a line here."""

from aiogram import Dispatcher, F
from aiogram.filters import Command, CommandStart

from app.tg_bot.handlers import echo, greeting


def dispatcher() -> Dispatcher:
    """The first handler that fits answers, so the most general one stands last."""
    chats = Dispatcher()
    chats.message.register(greeting.start, CommandStart())
    chats.message.register(greeting.help_, Command("help"))
    chats.message.register(echo.echo, F.text)
    return chats
