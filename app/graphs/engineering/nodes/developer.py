"""Lets the agent work on one attempt, in a workspace without credentials or remote."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Command

from app.domain.record import Attempt
from app.domain.run import (
    AgentError,
    AgentOutcome,
    AgentResult,
    AgentSession,
    ExitReason,
    RunExit,
)
from app.graphs.agent_run import Assignment, run_agent
from app.graphs.context import Context
from app.graphs.engineering.merged import merge_again, to_settle
from app.graphs.engineering.nodes import attempts
from app.graphs.engineering.state import State
from app.graphs.state import comments_of, usage_of
from app.roles import developer as role

_LONG = 1_500  # characters of one answer


async def developer(state: State, runtime: Runtime[Context]) -> Command[str]:
    """The agent's work as a bundle, or a failed attempt: an agent that failed has done nothing."""
    context, number = runtime.context, state["attempt"]
    task = context.task
    await merge_again(context, state)
    view = await context.workshop.code.view(task.issue.repo, state["parent"], state["base"])
    brief = role.Brief(
        title=task.title,
        body=task.body,
        test_command=state["test_command"],
        attempt=number,
        failures=tuple(state["failures"]),
        merging=to_settle(state, task.base),
        comments=comments_of(state),
        spec=task.spec,
        plan=state.get("plan", ""),
        threads=tuple(_told(thread) for thread in state.get("threads", ())),
        remarks=tuple(state.get("remarks", ())),
        hidden=view.of if view.hides else "",
        words=task.policy.role("developer").words,
    )

    def prompt(session: AgentSession | None) -> str:
        """A session that knows the request as it stands is told only what is new."""
        if session is None or session.request != task.plan_digest:
            return role.prompt(brief)
        return role.follow_up(brief, session.heard)

    assignment = Assignment(
        role="developer",
        part="developer",
        prompt=prompt,
        attempt=number,
        base=view.sha,
        used=usage_of(state),
        heard=state.get("heard", 0),
        loop=task.policy.loop,
    )
    work = await run_agent(context, assignment)
    bundle = work.ended.work
    update = State(
        usage=asdict(usage_of(state) + work.usage),
        text=work.result.text,
        work=str(bundle) if bundle else None,
    )
    update["answers"] = state.get("answers", {}) | _answers(state, work.result)
    if work.result.outcome is AgentOutcome.SUCCEEDED and bundle is not None:
        return Command(update=update, goto="submitter")
    if work.result.outcome is AgentOutcome.NEEDS_ANSWER:
        return attempts.asked(state, number, work.result.text.strip(), update)
    failure = _failure(number, work.result, work.ended)
    if work.result.error is AgentError.OVER_BUDGET:
        update["over_budget"] = True
        spent = f"The budget is spent; the last attempt ended with: {failure.outcome}."
        return attempts.over(state, failure, update, spent)
    return await attempts.failed(state, context, failure, update)


def _told(thread: Mapping[str, Any]) -> role.Thread:
    return role.Thread(thread["where"], thread["hunk"], tuple(thread["said"]))


def _answers(state: State, result: AgentResult) -> dict[str, str]:
    """By thread, what the agent says to those that it was told of, by their numbers."""
    said = result.details.get("answers")
    if not isinstance(said, Mapping):
        return {}
    numbered = {str(i): thread["id"] for i, thread in enumerate(state.get("threads", ()), 1)}
    return {
        numbered[number]: text.strip()[:_LONG]
        for number, text in said.items()
        if number in numbered and isinstance(text, str) and text.strip()
    }


def _failure(number: int, result: AgentResult, ended: RunExit) -> Attempt:
    if ended.reason is ExitReason.LOST:
        detail = f"The agent's run was lost ({ended.detail}), and what it had not told with it."
        return Attempt(number, "lost", detail=detail)
    if result.outcome is AgentOutcome.SUCCEEDED:
        detail = "The agent ended well but changed nothing, so there is nothing to test."
        return Attempt(number, "no change", detail=detail)
    said = result.text.strip()[:1_000] or ended.detail
    detail = f"The agent {result.outcome}" + (f": {said}" if said else ".")
    return Attempt(number, f"agent {result.outcome}", detail=detail)
