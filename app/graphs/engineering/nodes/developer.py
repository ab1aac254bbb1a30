"""Lets the agent work on one attempt, in a workspace without credentials or remote."""

from dataclasses import replace
from pathlib import Path

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.record import Attempt
from app.domain.run import AgentJob, AgentOutcome, AgentResult, RunExit
from app.graphs.engineering.nodes import attempts
from app.graphs.engineering.nodes.running import run_to_end
from app.graphs.engineering.state import Context, State
from app.roles import developer as role


async def developer(state: State, runtime: Runtime[Context]) -> Command[str]:
    """The agent's work as a bundle, or a failed attempt: an agent that failed has done nothing."""
    context, number = runtime.context, state["attempt"]
    task, workshop = context.task, context.workshop
    agent = workshop.agents(task.policy.agent)
    prompt = role.prompt(
        title=task.title,
        body=task.body,
        test_command=task.policy.test_command,
        attempt=number,
        failures=state["failures"],
    )
    run = replace(
        agent.run(AgentJob(context.run_id(number, "developer", state["parent"]), prompt, number)),
        base=state["parent"],
        limits=task.policy.agent_limits,
    )

    async def prepare(workspace: Path) -> None:
        await workshop.code.checkout(task.issue.repo, state["parent"], workspace)

    ended = await run_to_end(workshop.executor, run, prepare)
    result = agent.read(ended)
    update = State(
        tokens=state["tokens"] + result.usage.tokens,
        cost_usd=state["cost_usd"] + result.usage.cost_usd,
        text=result.text,
        work=str(ended.work) if ended.work else None,
    )
    if result.outcome is AgentOutcome.SUCCEEDED and ended.work is not None:
        return Command(update=update, goto="submitter")
    return await attempts.failed(state, context, _failure(number, result, ended), update)


def _failure(number: int, result: AgentResult, ended: RunExit) -> Attempt:
    if result.outcome is AgentOutcome.SUCCEEDED:
        detail = "The agent ended well but changed nothing, so there is nothing to test."
        return Attempt(number, "no change", detail=detail)
    said = result.text.strip()[:1_000] or ended.detail
    detail = f"The agent {result.outcome}" + (f": {said}" if said else ".")
    return Attempt(number, f"agent {result.outcome}", detail=detail)
