"""The real Claude Code plays the team of a project that is made for the request, as the demo does.

Whatever people do is the scenario's; what came of it is looked at in the end.
"""

import sys

import pytest

from app.agents.scenario import load_scenario
from app.cli.demo.screen import Screen
from app.cli.demo.stand import PERSON, Stand
from app.cli.demo.watch import watch
from app.domain.stage import Stage
from app.sandbox.models import Tokens, builtin_scripts, load_script
from app.sandbox.scenario_list import builtin_scenarios
from tests.docker.stock import PYTHON
from tests.e2e.containers.conftest import MakeHouse, MakeModels
from tests.e2e.containers.test_agents import settings
from tests.flow.house import REPO, House
from tests.flow.test_new_project import CONFIG, READY

NEW = load_scenario(builtin_scenarios()["team"])
SCRIPT = load_script(builtin_scripts()["team"])


def ask(home: House) -> Stand:
    assert NEW.issue is not None
    home.sandbox.add_person(PERSON)
    home.sandbox.grant(REPO, PERSON, "write")
    number = home.ask(NEW.issue.title, NEW.issue.body, by=PERSON)
    return Stand(home.sandbox, REPO, number)


@pytest.mark.long
def test_from_two_vague_lines_to_a_repository(
    make_house: MakeHouse, make_models: MakeModels
) -> None:
    models = make_models(SCRIPT)
    home = make_house(
        config={**NEW.config, "agent": "claude", "new_projects": CONFIG["new_projects"]},
        settings={**settings("claude", models), "run_environment": {"PYTHON": PYTHON}},
    )
    home.sandbox.actions.environment |= READY
    home.sandbox.set_variable(None, "PYTHON", sys.executable)
    home.start()
    asked = ask(home)
    record, built = watch(asked, Screen(as_json=True), NEW.people)
    assert built.repository == "lobby-menu"
    assert record.stage is Stage.DONE, record.reason
    assert [attempt.outcome for attempt in record.attempts] == [
        *("failed", "changes requested", "passed", "passed", "passed")
    ]
    assert record.pull_request is not None
    assert home.sandbox.pull_requests(built.repository)[0].merged
    (thread,) = home.sandbox.review_threads(built.repository, record.pull_request)
    assert thread.resolved_by is not None
    whole = asked.record()
    assert whole is not None
    assert whole.stage is Stage.DONE
    used = [one.usage for one in (record, whole)]
    told = Tokens(
        input=sum(one.input for one in used),
        output=sum(one.output for one in used),
        cached=sum(one.cached for one in used),
    )
    assert told == models.ledger.total()
    # all of it, from the question and its answer to CI that was red and the thread on a line
    begun = {one.case for one in models.ledger.entries if one.turn == 0}
    assert begun == set(range(len(SCRIPT.cases)))
