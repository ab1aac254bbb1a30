"""Lets an agent work in one run: admitted at the gateway, going on with its own session."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from app.domain.run import (
    UNUSED,
    AgentError,
    AgentJob,
    AgentOutcome,
    AgentResult,
    AgentSession,
    Repeat,
    RunExit,
    Usage,
)
from app.graphs.context import Context
from app.graphs.gate import admitted, dismissed
from app.graphs.ports import Agent
from app.roles.contract import COMMANDS, loop_promised, loop_told
from app.roles.permission import permitted

# Only an agent that came to an end of its own has surely read what it was told.
_READ = (AgentOutcome.SUCCEEDED, AgentOutcome.FAILED, AgentOutcome.NEEDS_ANSWER)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an agent is to do: the role it plays, on which commit, in which attempt (1, 2, …).

    `part` names its run among those of the attempt, `used` is what the round used before it.
    `prompt` words the task for the session that goes on, or for a fresh one; it holds comments up
    to the id `heard`. With `loop` it is started again until it makes that promise. Only a role that
    `writes` leaves commits; one that `goes_on` takes up its last session on the issue.
    """

    role: str
    part: str
    prompt: Callable[[AgentSession | None], str]
    attempt: int
    base: str
    used: Usage = UNUSED
    heard: int = 0
    loop: Repeat | None = None
    writes: bool = True
    goes_on: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """How the agent's run ended, what it means, and what it used.

    `session_files` are globs of what is its session in the $HOME that the run left.
    """

    ended: RunExit
    result: AgentResult
    usage: Usage
    session_files: tuple[str, ...] = ()


async def run_agent(context: Context, assignment: Assignment) -> Work:
    """The agent's run, with its last session on this issue where it has one that it can find."""
    task, workshop = context.task, context.workshop
    role = assignment.role
    developer = role == "developer"
    agent = workshop.agents(task.agent if developer else task.agent_of(role))
    name = agent.name if developer else f"{agent.name}-{role}"
    find = workshop.sessions.find
    session = await find(task.issue.key, name) if assignment.goes_on else None
    work = await _run(context, agent, assignment, session)
    if work.result.error is AgentError.NO_SESSION:
        anew = replace(assignment, part=f"{assignment.part}-anew")
        first, work = work, await _run(context, agent, anew, None)
        work = replace(work, usage=first.usage + work.usage)
    if assignment.goes_on and work.result.session is not None and work.ended.out is not None:
        knows = work.result.outcome in _READ
        kept = AgentSession(
            work.result.session,
            work.ended.out / "home",
            request=task.plan_digest if knows else "",
            heard=assignment.heard if knows else 0,
            files=work.session_files,
        )
        await workshop.sessions.keep(task.issue.key, name, kept)
    return work


async def _run(
    context: Context, agent: Agent, assignment: Assignment, session: AgentSession | None
) -> Work:
    task, workshop = context.task, context.workshop
    run_id = context.run_id(assignment.attempt, assignment.part, assignment.base)
    role, access = assignment.role, None
    prompt = await asyncio.to_thread(assignment.prompt, session)  # it cleans what people wrote
    if agent.reaches_out:
        access = await admitted(context, run_id, role, permitted(role), assignment.used)
        prompt += "" if session and session.request else COMMANDS
    loop = assignment.loop
    prompt += loop_told(loop) if loop else ""
    own = task.policy.role(role)
    model = own.model or task.policy.model
    job = AgentJob(run_id, prompt, assignment.attempt, access, model, session, role)
    spec = agent.run(job)
    run = replace(
        spec,
        base=assignment.base if assignment.writes else None,
        limits=own.limits or task.policy.agent_limits,
        capabilities=spec.capabilities | set(task.policy.capabilities),
        home=session.home if session else None,
        repeat=loop_promised(loop) if loop else None,
    )
    checkout = partial(workshop.code.checkout, task.issue.repo, assignment.base)
    await workshop.executor.start(run, checkout)
    ended = await workshop.executor.wait(run_id)
    counted = await dismissed(context, run_id)
    result = await asyncio.to_thread(agent.read, ended)  # what it printed may be hostile
    usage = counted if agent.metered else result.usage
    return Work(ended, result, usage, spec.keep_home)
