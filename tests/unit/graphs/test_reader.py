"""A role that reads is told its organisation's words, in a session and a run of its own."""

from dataclasses import replace

import pytest

from app.domain.policy import RolePolicy
from app.domain.run import UNUSED
from app.domain.stage import Stage
from app.graphs.reader import Reading, ask
from tests.unit.domain.make import task
from tests.unit.engineering.workshop import EACH, HEAD, Shop, said

TASK = task(Stage.BUILDING, policy={"roles": (("analyst", RolePolicy(words="Be brief.")),)})
READING = Reading("analyst", HEAD, 3, UNUSED)


@pytest.mark.parametrize(("part", "run"), [("", "analyst"), ("analyst-again-2", "analyst-again-2")])
async def test_who_reads(part: str, run: str) -> None:
    made = Shop({"analyst": [replace(said("So."), session="session-1")]})
    asked = replace(READING, part=part)
    work = await ask(made.context(TASK), asked, "Read it. {}".format)
    assert (work.result.text, work.usage) == ("So.", EACH)
    (job,), (spec,) = made.jobs, made.specs.values()
    assert (job.role, job.prompt, job.session) == ("analyst", "Read it. Be brief.", None)
    assert (spec.id, spec.base) == (f"11-7-r1.3-{run}-{HEAD[:12]}", None)
    assert made.checked_out == [HEAD]
    assert made.kept == {}
