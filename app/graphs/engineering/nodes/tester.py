"""Runs the project's tests on the pushed head, in a fresh folder. Nobody can tell it the result."""

import asyncio
from pathlib import Path

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.run import RunSpec
from app.graphs.engineering.judge import judge
from app.graphs.engineering.nodes import attempts
from app.graphs.engineering.nodes.gate import dismissed, reaching_out
from app.graphs.engineering.nodes.running import run_to_end
from app.graphs.engineering.state import Context, State, plain, plain_verdict, reports, tested


async def tester(state: State, runtime: Runtime[Context]) -> Command[str]:
    """A verdict on exactly the head: green ones go on, others go back with what failed."""
    context, number, head = runtime.context, state["attempt"], state["head"]
    task, workshop = context.task, context.workshop
    if head is None:
        raise ValueError("there is no head to test")
    run = RunSpec(
        id=context.run_id(number, "tester", head),
        argv=("bash", "-c", task.policy.test_command),
        keep=task.policy.test_reports,
        limits=task.policy.test_limits,
        capabilities=frozenset({"git", "python", *task.policy.capabilities}),
    )
    if task.policy.test_network:
        run = await reaching_out(context, run, "tester")

    async def prepare(workspace: Path) -> None:
        await workshop.code.checkout(task.issue.repo, head, workspace)

    ended = await run_to_end(workshop.executor, run, prepare)
    await dismissed(context, run.id)
    verdict = judge(head, ended, await asyncio.to_thread(reports, ended.out))
    attempt = tested(number, verdict)
    update = State(verdict=plain_verdict(verdict))
    if verdict.green:
        update["attempts"] = [*state["attempts"], plain(attempt)]
        return Command(update=update, goto="publisher")
    return await attempts.failed(state, context, attempt, update)
