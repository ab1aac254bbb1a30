"""Which commands the agents of a role may use; who is not listed, none. It checks nothing.

`models` stands for calls of models: what runs tests is not an agent, and has none to pay for.
"""

from collections.abc import Mapping

PROFILES: Mapping[str, frozenset[str]] = {
    "product-owner": frozenset({"*"}),
    "developer": frozenset(
        {"models", "project.get", "project.list", "engineering.status", "respond"}
    ),
    "analyst": frozenset({"models", "project.get", "respond"}),
    "lead": frozenset({"models", "project.get", "respond"}),
    "architect": frozenset({"models", "project.get", "respond"}),
    "reviewer": frozenset({"models", "project.get", "respond"}),
    "devops": frozenset({"models", "project.get", "deploy.*", "infra.*", "respond"}),
    "tester": frozenset(),
}


def permitted(role: str) -> frozenset[str]:
    """The patterns for a run's token, as in `Admission.commands`."""
    return PROFILES.get(role, frozenset())
