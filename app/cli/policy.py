"""Writes a policy as the orchestrator.yml that would make it. It leaves out what is not set."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.policy import Policy, RolePolicy


def written(policy: Policy, intake: Sequence[str], founding: Sequence[str]) -> dict[str, Any]:
    """Keys in the order of docs/configuration.md.

    `intake` and `founding` are the repositories with `intake` and `new_projects`.
    """
    loop, limits, called = policy.loop, policy.agent_limits, policy.escalation
    whole = {
        "triggers": {
            "label": policy.trigger_label,
            "mention": policy.mention,
            "intake": [*intake],
        },
        "who": policy.who.name.lower(),
        "agent": policy.agent,
        "model": policy.model,
        "capabilities": [*policy.capabilities],
        "egress": [*policy.egress],
        "attempts": policy.attempts,
        "repairs": policy.repairs,
        "loop": {"times": loop.times, "until": loop.until} if loop else None,
        "deadlines": {
            "agent": _duration(limits.wall_seconds),
            "idle": _duration(limits.idle_seconds),
            "tests": _duration(policy.test_limits.wall_seconds),
        },
        "limits": {
            "memory": _size(limits.memory_bytes),
            "disk": _size(limits.disk_bytes),
            "cpus": limits.cpus,
            "processes": limits.processes,
        },
        "test": _given(
            {
                "command": policy.test_command or None,
                "reports": [*policy.test_reports],
                "network": policy.test_network,
            }
        ),
        "team": sorted(member.value for member in policy.team),
        "roles": {name: _role(role) for name, role in policy.roles},
        "new_projects": _founded(policy, founding),
        "plan_approval": policy.plan_approval.value,
        "merge": policy.merge.value,
        "reviews": policy.reviews,
        "escalate": {"assign": [*called.assign], "mention": [*called.mention]},
        "budget_usd": policy.budget_usd,
        "prices": {
            model: {
                "input": price.input,
                "output": price.output,
                "cached_input": price.cached_input,
                "cache_write": price.cache_write,
            }
            for model, price in policy.prices
        },
        "priorities": [*policy.priorities],
    }
    return _given(whole)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _role(role: RolePolicy) -> dict[str, Any]:
    limits = role.limits
    return _given(
        {
            "agent": role.agent,
            "model": role.model,
            "deadline": _duration(limits.wall_seconds) if limits else None,
            "idle": _duration(limits.idle_seconds) if limits else None,
            "prompt": role.words or None,
        }
    )


def _founded(policy: Policy, repositories: Sequence[str]) -> dict[str, Any] | None:
    made = policy.new_projects
    if made is None:
        return None
    return {
        "repositories": [*repositories],
        "private": made.private,
        "python": made.python_version,
        "node": made.node_version,
    }


def _duration(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def _size(size: int) -> str:
    mib = size >> 20
    return f"{mib >> 10}GB" if mib % 1024 == 0 else f"{mib}MB"
