"""Creates something exactly once, although an answer may be lost. It knows not what is created."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.engine.ports import Unanswered

T = TypeVar("T")
TRIES = 4


async def once(
    find: Callable[[], Awaitable[T | None]],
    create: Callable[[], Awaitable[T]],
    *,
    look_first: bool,
    retry_seconds: float = 1.0,
) -> T:
    """What `create` makes, or what `find` sees of an earlier try whose answer was lost."""
    for attempt in range(TRIES):
        if look_first and (found := await find()) is not None:
            return found
        try:
            return await create()
        except Unanswered:
            if attempt == TRIES - 1:
                raise
            look_first = True
            await asyncio.sleep(retry_seconds * 2**attempt)
    raise AssertionError("unreachable")
