"""Asks a role that only reads: its words are all that is taken, never what it has written."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.run import Usage
from app.graphs.agent_run import Assignment, Work, run_agent
from app.graphs.context import Context


@dataclass(frozen=True, slots=True)
class Reading:
    """Which role reads which commit, in which attempt; `used` is what the round used before it.

    `part` names its run where the role reads more than once in an attempt.
    """

    role: str
    sha: str
    attempt: int
    used: Usage
    part: str = ""


async def ask(context: Context, reading: Reading, prompt: Callable[[str], str]) -> Work:
    """A session of its own each time; `prompt` is given the organisation's words to the role."""
    words = context.task.policy.role(reading.role).words
    assignment = Assignment(
        role=reading.role,
        part=reading.part or reading.role,
        prompt=lambda _session: prompt(words),
        attempt=reading.attempt,
        base=reading.sha,
        used=reading.used,
        writes=False,
        goes_on=False,
    )
    return await run_agent(context, assignment)
