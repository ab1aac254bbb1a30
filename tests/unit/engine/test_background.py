"""What runs beside the app ends with it, and does not fail unseen."""

import asyncio

from structlog.testing import capture_logs

from app.engine.background import Background


async def fails() -> None:
    raise KeyError("lost")


async def test_a_failure_is_logged_and_ends_nothing_else() -> None:
    background, other = Background(), asyncio.Event()

    async def waits() -> None:
        await other.wait()

    with capture_logs() as logs:
        background.start(waits())
        background.start(fails())
        for _ in range(3):
            await asyncio.sleep(0)
    assert [line["event"] for line in logs] == ["background task failed"]
    assert isinstance(logs[0]["exc_info"], KeyError)
    other.set()
    await background.close()


async def test_all_ends_with_it() -> None:
    background, ended = Background(), []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    background.start(waits())
    await asyncio.sleep(0)
    with capture_logs() as logs:
        await background.close()
    assert (ended, logs) == ([True], [])
