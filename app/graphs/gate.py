"""How a node lets its runs in at the gateway, and out again."""

from dataclasses import replace

from app.domain.run import UNUSED, Access, RunSpec, Usage
from app.graphs.context import Context
from app.graphs.ports import Admission, GivenUp

_SPARE_SECONDS = 600.0  # for what comes before a run's command and after it


async def admitted(
    context: Context, run_id: str, role: str, commands: frozenset[str], used: Usage
) -> Access:
    """The run's way to the gateway; `used` is what the round has used before it."""
    task, gate = context.task, context.workshop.gate
    if gate is None:
        raise GivenUp(
            f"The {role} needs the gateway, and it is not there. The operator sets "
            "ORC_EXECUTOR=docker, or the key of a model."
        )
    limits = task.policy.role(role).limits or task.policy.agent_limits
    if role == "tester":
        limits = task.policy.test_limits
    return await gate.admit(
        Admission(
            run_id=run_id,
            issue=task.issue,
            round=task.record.round,
            role=role,
            seconds=limits.wall_seconds + _SPARE_SECONDS,
            commands=commands,
            egress=frozenset(task.policy.egress),
            spent_usd=task.record.usage.cost_usd + used.cost_usd,
            budget_usd=task.budget_usd,
            prices=task.policy.prices,
        )
    )


async def reaching_out(context: Context, run: RunSpec, role: str) -> RunSpec:
    """The same run with a way to the hosts that the configuration allows, and to nothing else."""
    access = await admitted(context, run.id, role, frozenset(), UNUSED)
    return replace(run, gateway=True, env={**run.env, **access.env})


async def dismissed(context: Context, run_id: str) -> Usage:
    """What the run used in all, as the gateway counted it."""
    gate = context.workshop.gate
    return UNUSED if gate is None else await gate.dismiss(run_id)
