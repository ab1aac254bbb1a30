"""A scenario says whether its runs reach the gateway; by default they reach nothing."""

import pytest

from app.agents.scenario import Scenario
from app.agents.scripted import ScriptedAgent
from app.domain.run import Access, AgentJob

ACCESS = Access("http://127.0.0.1:8484", "http://127.0.0.1:8485", "the-token")


@pytest.mark.parametrize("gateway", [False, True])
def test_reaches_out(gateway: bool) -> None:
    given = {"name": "x", "description": "x", "gateway": gateway, "attempts": [[]]}
    agent = ScriptedAgent(Scenario.model_validate(given))
    run = agent.run(AgentJob("r1", "please", 1, ACCESS))
    assert (agent.reaches_out, run.gateway) == (gateway, gateway)
    assert ("ORC_TOKEN" in run.env) is gateway
