"""engineering.*: how the work on the run's issue stands. It starts no work by itself."""

import asyncio

from agent_image.orchestrator.arguments import OfTask, Waiting
from app.domain.task import Task
from app.gateway.commands.command import Caller, Command, Done, later
from app.gateway.commands.stand import has_ended, name_of, stand

LOOK_SECONDS = 10.0  # every look is a request to GitHub
_start_anew = later("start work by an agent's word")


async def _start(arguments: OfTask, caller: Caller) -> Done:
    """A run belongs to a task, so its work is under way as a rule: that is what was asked for."""
    task = await caller.outside.tasks.load(caller.claims.issue)
    if has_ended(task):
        return await _start_anew(arguments, caller)
    return Done(stand(task), f"The work is under way already: {_stage(task)}.")


async def _status(_arguments: OfTask, caller: Caller) -> Done:
    task = await caller.outside.tasks.load(caller.claims.issue)
    return Done(stand(task), f"{_stage(task)}.")


async def _wait(arguments: Waiting, caller: Caller) -> Done:
    task = await caller.outside.tasks.load(caller.claims.issue)
    left = float(arguments.seconds)
    while not has_ended(task) and left > 0:
        await asyncio.sleep(min(left, LOOK_SECONDS))
        left -= LOOK_SECONDS
        task = await caller.outside.tasks.load(caller.claims.issue)
    if has_ended(task):
        return Done(stand(task), f"The work has ended: {_stage(task)}.")
    return Done(stand(task), f"Still at work: {_stage(task)}. Wait again, or go on.")


def _stage(task: Task) -> str:
    return name_of(task.stage) or "not a task"


COMMANDS = (
    Command("engineering.start", OfTask, _start),
    Command("engineering.status", OfTask, _status),
    Command("engineering.wait", Waiting, _wait),
)
