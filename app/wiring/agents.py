"""The coding agents by name; what is missing is told to people as they can mend it."""

from collections.abc import Callable
from functools import cache

from app.agents import NoScenarioError, UnknownAgentError, make
from app.agents.scenario import ScenarioError
from app.graphs.ports import Agent, GivenUp
from app.settings import Settings


def agents(settings: Settings) -> Callable[[str], Agent]:
    """Made when first asked for, since an organisation's configuration names them."""

    @cache
    def agent(name: str) -> Agent:
        try:
            return make(name, settings.scenario)
        except UnknownAgentError as error:
            raise GivenUp(f"{error}. Correct `agent` in orchestrator.yml.") from None
        except NoScenarioError as error:
            raise GivenUp(f"{error}. The operator sets ORC_SCENARIO to a file.") from None
        except ScenarioError as error:
            raise GivenUp(f"The scripted agent's scenario is no good: {error}") from None

    return agent
