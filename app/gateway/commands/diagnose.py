"""diagnose.*: what works and what does not. It mends nothing."""

from collections import Counter

from agent_image.orchestrator.arguments import NoArguments, OfTask
from app.domain.stage import Stage
from app.engine.ports import Postponed, Refused, Unanswered
from app.gateway.commands.command import Caller, Command, Done
from app.gateway.commands.stand import name_of, summary


async def _api(_arguments: NoArguments, caller: Caller) -> Done:
    claims = caller.claims
    data = {
        "run": claims.run_id,
        "role": claims.role,
        "project": claims.issue.repo.full_name,
        "issue": claims.issue.number,
        "patterns": sorted(claims.commands),
        "egress": sorted(claims.egress),
    }
    return Done(data, "The gateway answers.")


async def _github(_arguments: NoArguments, caller: Caller) -> Done:
    """That GitHub does not answer is what was asked for, and so no failure."""
    own = caller.claims.issue.repo
    try:
        found = await caller.outside.projects.named(own, own.name)
    except (Refused, Unanswered, Postponed) as error:
        return Done({"answers": False, "why": type(error).__name__}, "GitHub does not answer.")
    return Done({"answers": True, "sees_project": found is not None}, "GitHub answers.")


async def _projects(_arguments: NoArguments, caller: Caller) -> Done:
    own = caller.claims.issue.repo
    lines = await caller.outside.tasks.listed(own, own.name)
    stages = Counter(name_of(line.stage) for line in lines)
    blocked = [line.number for line in lines if line.stage is Stage.BLOCKED]
    data = {"project": own.full_name, "tasks_by_stage": stages, "need_a_person": blocked}
    return Done(data, f"{len(lines)} tasks, {len(blocked)} of which need a person.")


async def _logs(_arguments: OfTask, caller: Caller) -> Done:
    task = await caller.outside.tasks.load(caller.claims.issue)
    attempts = [
        {**summary(attempt), "detail": attempt.detail, "failures": list(attempt.failures)}
        for attempt in task.record.attempts
    ]
    return Done(attempts, f"{len(attempts)} attempts; what failed is kept of the last.")


async def _health(_arguments: NoArguments, caller: Caller) -> Done:
    parts = await caller.outside.health.parts()
    down = sorted(name for name, up in parts.items() if not up)
    return Done(dict(parts), f"Down: {', '.join(down)}." if down else "Everything is up.")


COMMANDS = (
    Command("diagnose.api", NoArguments, _api),
    Command("diagnose.github", NoArguments, _github),
    Command("diagnose.projects", NoArguments, _projects),
    Command("diagnose.logs", OfTask, _logs),
    Command("diagnose.health", NoArguments, _health),
)
