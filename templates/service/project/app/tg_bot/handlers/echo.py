"""Says back what was written."""

from aiogram.types import Message


async def echo(message: Message) -> None:
    await message.answer(message.text or "")
