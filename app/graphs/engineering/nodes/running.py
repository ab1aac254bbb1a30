"""How a node runs a command: to its end, once more where the run itself was lost."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from app.domain.run import ExitReason, RunExit, RunSpec
from app.graphs.ports import Executor


async def run_to_end(
    executor: Executor, run: RunSpec, prepare: Callable[[Path], Awaitable[None]]
) -> RunExit:
    """A lost run says nothing about the command; the second loss is the answer."""
    await executor.start(run, prepare)
    ended = await executor.wait(run.id)
    if ended.reason is ExitReason.LOST:
        await executor.start(run, prepare)
        ended = await executor.wait(run.id)
    return ended
