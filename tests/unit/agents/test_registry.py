import pytest

from app.agents import AGENTS, UnknownAgentError, agent_type
from app.agents.scripted import ScriptedAgent


def test_names_are_unique() -> None:
    assert len({agent.name for agent in AGENTS}) == len(AGENTS)


def test_known() -> None:
    assert agent_type("scripted") is ScriptedAgent


def test_unknown() -> None:
    with pytest.raises(UnknownAgentError, match=r"no agent 'claud'; use one of: scripted"):
        agent_type("claud")
