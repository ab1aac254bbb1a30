"""What the files of an organisation and a project mean together, for one repository."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.agents import AGENTS
from app.config import schema
from app.config.schema import Config
from app.domain.policy import Escalation, NewProjects, Policy, Price, Role, RolePolicy
from app.domain.run import Repeat, RunLimits

_LIMITS = ("memory_bytes", "disk_bytes", "cpus", "processes")


def resolve(repository: str, *layers: Config) -> Policy:
    """The policy for a repository's name; later layers override earlier ones."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged |= _flat(layer)
    intake = merged.pop("intake", ())
    agent_limits, test_limits = _limits(merged)
    return Policy(
        **merged,
        agents=tuple(agent.name for agent in AGENTS),
        intake=repository in intake,
        prices=_prices(layers),
        roles=_roles(layers, agent_limits),
        new_projects=_new_projects(repository, layers[:1]),
        agent_limits=agent_limits,
        test_limits=test_limits,
    )


def _limits(merged: dict[str, Any]) -> tuple[RunLimits, RunLimits]:
    """Of the agent's runs and the tests'; takes what it reads out of `merged`."""
    times = {key: merged.pop(key) for key in ("agent_s", "idle_s", "tests_s") if key in merged}
    limits = {key: merged.pop(key) for key in _LIMITS if key in merged}
    default = Policy()
    wall = times.get("agent_s", default.agent_limits.wall_seconds)
    tests = times.get("tests_s", default.test_limits.wall_seconds)
    idle = min(times.get("idle_s", default.agent_limits.idle_seconds), wall)
    return RunLimits(wall, idle, **limits), RunLimits(tests, tests, **limits)


def _prices(layers: Sequence[Config]) -> tuple[tuple[str, Price], ...]:
    """Those of later layers come first, since the first that matches counts."""
    prices: dict[str, Price] = {}
    for layer in layers:
        own = {model: _price(said) for model, said in layer.prices.items()}
        prices = own | {model: price for model, price in prices.items() if model not in own}
    return tuple(prices.items())


def _price(said: schema.Price) -> Price:
    """What is not said of the cache costs as much as without one."""
    cached = said.input if said.cached_input is None else said.cached_input
    written = said.input if said.cache_write is None else said.cache_write
    return Price(said.input, said.output, cached, written)


def _roles(layers: Sequence[Config], limits: RunLimits) -> tuple[tuple[str, RolePolicy], ...]:
    roles: dict[str, schema.RolePolicy] = {}
    for layer in layers:
        for name, said in layer.roles.items():
            own = {key: getattr(said, key) for key in said.model_fields_set}
            roles[name] = roles.get(name, schema.RolePolicy()).model_copy(update=own)
    return tuple((name, _role(said, limits)) for name, said in roles.items())


def _role(said: schema.RolePolicy, limits: RunLimits) -> RolePolicy:
    own = None
    if said.deadline is not None or said.idle is not None:
        wall = said.deadline or limits.wall_seconds
        idle = min(said.idle or limits.idle_seconds, wall)
        own = replace(limits, wall_seconds=wall, idle_seconds=idle)
    return RolePolicy(said.agent, said.model, own, said.prompt)


def _new_projects(repository: str, organization: Sequence[Config]) -> NewProjects | None:
    """The organisation alone says so: who may write to one repository must not get others."""
    for said in (layer.new_projects for layer in organization):
        if said is not None and repository in said.repositories:
            return NewProjects(said.private, said.python, said.node)
    return None


def _flat(config: Config) -> dict[str, Any]:
    said = config.escalate
    values = {
        "trigger_label": config.triggers.label,
        "mention": config.triggers.mention,
        "intake": config.triggers.intake,
        "who": Role[config.who.upper()] if config.who else None,
        "agent": config.agent,
        "model": config.model,
        "capabilities": config.capabilities,
        "egress": config.egress,
        "attempts": config.attempts,
        "repairs": config.repairs,
        "loop": Repeat(config.loop.until, config.loop.times) if config.loop else None,
        "agent_s": config.deadlines.agent,
        "idle_s": config.deadlines.idle,
        "tests_s": config.deadlines.tests,
        "memory_bytes": config.limits.memory,
        "disk_bytes": config.limits.disk,
        "cpus": config.limits.cpus,
        "processes": config.limits.processes,
        "test_command": config.test.command,
        "test_reports": config.test.reports,
        "test_network": config.test.network,
        "plan_approval": config.plan_approval,
        "merge": config.merge,
        "reviews": config.reviews,
        "escalation": Escalation(said.assign, said.mention) if said else None,
        "budget_usd": config.budget_usd,
        "priorities": config.priorities,
        "team": None if config.team is None else frozenset(config.team),
    }
    return {key: value for key, value in values.items() if value is not None}
