"""Agents by name: one that an old record names and that there is no more ends the task."""

import pytest

from app.graphs.ports import GivenUp
from app.settings import Settings
from app.wiring.agents import agents


def test_an_agent_that_nobody_knows_ends_it_with_a_reason() -> None:
    made = agents(Settings.model_construct(scenario=None))
    with pytest.raises(
        GivenUp, match=r"there is no agent 'nobody'.*Correct `agent` in orchestrator"
    ):
        made("nobody")
