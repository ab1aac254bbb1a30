"""Runs the project's tests on the pushed head, in a fresh folder. Nobody can tell it the result."""

import asyncio
from dataclasses import replace
from pathlib import Path

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.policy import Member
from app.domain.run import RunSpec
from app.graphs.context import Context
from app.graphs.engineering.findings import fewer, findings, together, uncounted
from app.graphs.engineering.judge import decide, tally
from app.graphs.engineering.nodes import attempts
from app.graphs.engineering.nodes.running import run_to_end
from app.graphs.engineering.reports import clear, collected
from app.graphs.engineering.state import State, attempts_of, plain, plain_verdict, tested
from app.graphs.gate import dismissed, reaching_out


async def tester(state: State, runtime: Runtime[Context]) -> Command[str]:
    """A verdict on exactly the head: green ones go on, others go back with what failed."""
    context, number, head = runtime.context, state["attempt"], state["head"]
    task, workshop = context.task, context.workshop
    if head is None:
        raise ValueError("there is no head to test")
    needs = {"git", "python", *task.policy.capabilities, *state.get("test_needs", ())}
    run = RunSpec(
        id=context.run_id(number, "tester", head),
        argv=("bash", "-c", state["test_command"]),
        keep=task.policy.test_reports,
        limits=task.policy.test_limits,
        capabilities=frozenset(needs),
    )
    # without a gateway nothing is confined, and tests reach whatever this machine does
    if task.policy.test_network and workshop.gate is not None:
        run = await reaching_out(context, run, "tester")

    async def prepare(workspace: Path) -> None:
        await workshop.code.checkout(task.issue.repo, head, workspace)
        await asyncio.to_thread(clear, workspace, run.keep)

    ended = await run_to_end(workshop.executor, run, prepare)
    await dismissed(context, run.id)
    said = await asyncio.to_thread(lambda: tally(collected(ended.out)))
    verdict = decide(head, ended, said)
    found = await findings(workshop.code, task, head, state["test_command"], said.ran)
    lost = fewer(verdict, [*task.record.attempts, *attempts_of(state)])
    verdict = replace(verdict, findings=together(found, lost, uncounted(state)))
    attempt = tested(number, verdict)
    update = State(verdict=plain_verdict(verdict))
    if verdict.green:
        update["attempts"] = [*state["attempts"], plain(attempt)]
        reviewed = Member.REVIEWER in task.policy.team
        return Command(update=update, goto="reviewer" if reviewed else "publisher")
    return await attempts.failed(state, context, attempt, update)
