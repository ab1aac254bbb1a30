"""The coding agents, one file each. They know no executor."""

from pathlib import Path

from app.agents.claude import ClaudeAgent
from app.agents.codex import CodexAgent
from app.agents.droid import DroidAgent
from app.agents.scenario import load_scenario
from app.agents.scripted import ScriptedAgent

ModelAgent = ClaudeAgent | CodexAgent | DroidAgent
AgentType = type[ScriptedAgent] | type[ClaudeAgent] | type[CodexAgent] | type[DroidAgent]

AGENTS: tuple[AgentType, ...] = (ScriptedAgent, ClaudeAgent, CodexAgent, DroidAgent)


class UnknownAgentError(LookupError):
    """Names the agents that there are."""


class NoScenarioError(ValueError):
    """The scripted agent was asked for and nothing says what it is to do."""


def agent_type(name: str) -> AgentType:
    """The agent of that name; raises UnknownAgentError."""
    for agent in AGENTS:
        if agent.name == name:
            return agent
    known = ", ".join(agent.name for agent in AGENTS)
    raise UnknownAgentError(f"there is no agent {name!r}; use one of: {known}")


def make(name: str, scenario: Path | None) -> ScriptedAgent | ModelAgent:
    """An agent by its name; `scenario` is the file that tells the scripted one what to do.

    Raises UnknownAgentError, NoScenarioError and, for what the file holds, ScenarioError.
    """
    kind = agent_type(name)
    if not issubclass(kind, ScriptedAgent):
        return kind()
    if scenario is None:
        raise NoScenarioError("The scripted agent has no scenario")
    return ScriptedAgent(load_scenario(scenario))
