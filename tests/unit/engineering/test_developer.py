"""What the developer is told by its organisation, whether it knows the request or not."""

from dataclasses import replace

from app.domain.policy import RolePolicy
from app.domain.stage import Stage
from app.domain.task import Task
from app.graphs.engineering.nodes.developer import developer
from app.graphs.engineering.state import State
from tests.unit.domain.make import task
from tests.unit.engineering.workshop import BASE, Shop, asked

WORDS = "Draw no pictures."
TASK = task(Stage.BUILDING)


async def told(made: Shop, given: Task, attempt: int) -> str:
    state = State(
        attempt=attempt, parent=BASE, base=BASE, test_command="make test", failures=[],
        attempts=[], verdict=None,
    )  # fmt: skip
    await developer(state, made.runtime(given))
    return made.prompts[-1]


async def test_a_first_prompt_and_a_later_one_hold_the_organisation_s_words() -> None:
    own = (("developer", RolePolicy(words=WORDS)),)
    made = Shop({"developer": [replace(asked("Which?"), session="session-1")]})
    spoken = replace(TASK, policy=replace(TASK.policy, roles=own))
    first, later = await told(made, spoken, 1), await told(made, spoken, 2)
    assert [job.session and job.session.id for job in made.jobs] == [None, "session-1"]
    assert TASK.title in first
    assert TASK.title not in later
    for prompt in (first, later):
        assert prompt.index(WORDS) < prompt.index("<result>")
