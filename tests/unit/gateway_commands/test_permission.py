"""Who may use what, command by command."""

import pytest

from app.gateway.commands.registry import COMMANDS
from app.gateway.token import Claims
from app.roles.permission import PROFILES, permitted
from tests.unit.domain.make import ISSUE

NAMES = [command.name for command in COMMANDS]
DEVOPS = {"project.get", "respond", "deploy.start", "deploy.status", "deploy.wait"} | {
    "infra.servers",
    "infra.allocate",
    "infra.release",
    "infra.incidents",
}
MAY = {
    "product-owner": set(NAMES),
    "developer": {"project.get", "project.list", "engineering.status", "respond"},
    "analyst": {"project.get", "respond"},
    "lead": {"project.get", "respond"},
    "architect": {"project.get", "respond"},
    "reviewer": {"project.get", "respond"},
    "devops": DEVOPS,
    "tester": set(),
    "a role of tomorrow": set(),
}


def test_every_profile_is_tabled() -> None:
    assert MAY.keys() - PROFILES.keys() == {"a role of tomorrow"}
    assert PROFILES.keys() <= MAY.keys()


@pytest.mark.parametrize("role", MAY)
def test_profiles(role: str) -> None:
    claims = Claims("run", ISSUE, 1, role, permitted(role), frozenset())
    assert {name for name in NAMES if claims.allows(name)} == MAY[role]
