"""The coding agents, one file each. They know no executor."""

from app.agents.scripted import ScriptedAgent

AgentType = type[ScriptedAgent]

AGENTS: tuple[AgentType, ...] = (ScriptedAgent,)


class UnknownAgentError(LookupError):
    """Names the agents that there are."""


def agent_type(name: str) -> AgentType:
    """The agent of that name; raises UnknownAgentError."""
    for agent in AGENTS:
        if agent.name == name:
            return agent
    known = ", ".join(agent.name for agent in AGENTS)
    raise UnknownAgentError(f"there is no agent {name!r}; use one of: {known}")
