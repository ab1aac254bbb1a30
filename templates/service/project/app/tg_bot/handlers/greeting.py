"""The first words with somebody, and what they can do."""

from aiogram.types import Message

HELP = "Write me something, and I'll say it back."


async def start(message: Message) -> None:
    name = message.from_user.first_name if message.from_user else "there"
    await message.answer(f"Hello, {name}! {HELP}")


async def help_(message: Message) -> None:
    await message.answer(HELP)
