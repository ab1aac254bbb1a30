"""What comes of the lead's word: parts that are made once, or one task as without a lead."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END

from app.domain.event import PartsMade, Planned
from app.domain.part import PartIssue
from app.domain.policy import Member, RolePolicy
from app.domain.record import digest
from app.domain.ref import IssueRef
from app.domain.run import AgentResult, Usage
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.thread import Comment
from app.graphs.engineering.graph import compile_graph, run_graph
from app.graphs.engineering.nodes.lead import lead
from app.graphs.engineering.nodes.survey import survey
from app.graphs.engineering.state import State
from app.graphs.ports import GivenUp
from app.graphs.state import plain_comment
from tests.unit.domain.make import AT, ISSUE, SPEC, task, with_record
from tests.unit.engineering.workshop import BASE, CRASHED, EACH, POOR, Shop, failed, said

TEAM = frozenset({Member.LEAD})
BOTH = TEAM | {Member.ARCHITECT}
ALONE = {"team": TEAM, "test_command": "make test"}
TASK = with_record(task(Stage.BUILDING, policy=ALONE), spec=SPEC)
BEFORE = Usage(100, 10, 0, 1.0)
STATE = State(
    attempt=1, parent=BASE, base=BASE, usage=asdict(BEFORE), heard=5,
    comments=[plain_comment(Comment(5, "alice", AT, "In Celsius."))],
)  # fmt: skip
SPLIT = said(
    "Two.",
    parts=[
        {"key": "api", "title": "Serve it", "what": "An endpoint.", "after": ["db"]},
        {"key": "db", "title": "Keep it", "what": "A table."},
    ],
)
HALF = said("Two.", parts=[{"key": "api", "title": "Serve it", "what": "An endpoint."}])
PLAIN = [
    {"key": "api", "title": "Serve it", "body": "> An endpoint\\.", "after": ["db"]},
    {"key": "db", "title": "Keep it", "body": "> A table\\.", "after": []},
]


def shop(result: AgentResult, **more: Any) -> Shop:
    return Shop({"lead": [result]}, **more)


async def gone(made: Shop, given: Task = TASK) -> tuple[Any, dict[str, Any]]:
    """Where it leads, and with which state."""
    command = await lead(STATE, made.runtime(given))
    assert isinstance(command.update, dict)
    return command.goto, json.loads(json.dumps(command.update))


async def test_parts_are_to_be_made() -> None:
    made = shop(SPLIT)
    assert await gone(made) == ("splitter", {"parts": PLAIN, "usage": asdict(BEFORE + EACH)})
    assert (made.reported, made.split) == ([], [])


@pytest.mark.parametrize(("team", "to"), [(TEAM, "developer"), (BOTH, "architect")])
async def test_one_task_goes_on_as_without_a_lead(team: frozenset[Member], to: str) -> None:
    made = shop(said("One."))
    given = replace(TASK, policy=replace(TASK.policy, team=team))
    assert await gone(made, given) == (to, {"usage": asdict(BEFORE + EACH)})
    assert made.reported == []


@pytest.mark.parametrize(
    ("result", "why"),
    [(HALF, "1 parts are not 2 to 10"), (failed("No."), "the lead failed"),
     (CRASHED, "the lead crashed")],
    ids=["half a split", "a failure", "a crash"],
)  # fmt: skip
async def test_people_are_told_of_a_split_that_is_not_used(result: AgentResult, why: str) -> None:
    made = shop(result)
    assert (await gone(made))[0] == "developer"
    (report,) = made.reported
    assert isinstance(report, Planned)
    assert (report.round, report.plan, report.usage) == (1, "", BEFORE + EACH)
    assert f"({why})" in report.note


async def test_without_money_nothing_is_built() -> None:
    to, state = await gone(shop(POOR))
    assert (to, state["over_budget"]) == (END, True)
    assert "money" in state["reason"]


async def test_what_it_is_told() -> None:
    made = shop(said("One."))
    own = RolePolicy(agent="codex", words="Ten is too many.")
    policy = replace(TASK.policy, roles=(("lead", own),))
    await gone(made, with_record(replace(TASK, policy=policy), agent="droid"))
    (job,), (run,) = made.jobs, made.specs.values()
    for words in (SPEC.what, "In Celsius.", "Ten is too many."):
        assert words in job.prompt
    assert made.asked_for == ["codex"]
    assert (job.role, job.attempt, job.session, run.base) == ("lead", 1, None, None)


def there(key: str | None, *, is_open: bool = True) -> PartIssue:
    return PartIssue(IssueRef(ISSUE.repo, 20), is_open, key)


async def test_it_is_not_split_while_parts_of_it_are_open() -> None:
    made = shop(SPLIT, there=(there("api-1"),))
    with pytest.raises(GivenUp, match=r"acme/weather#20 is still open"):
        await gone(made, with_record(TASK, round=2))
    assert made.jobs == []


@pytest.mark.parametrize(
    "one", [there("api-2"), there("api-1", is_open=False), there(None)],
    ids=["of this round", "closed", "a person's"],
)  # fmt: skip
async def test_other_sub_issues_are_in_nobodys_way(one: PartIssue) -> None:
    assert (await gone(shop(SPLIT, there=(one,)), with_record(TASK, round=2)))[0] == "splitter"


# The whole graph


async def test_the_run_ends_as_parts_that_are_made_once() -> None:
    made = shop(SPLIT)
    compiled = compile_graph(InMemorySaver())
    thread = (Comment(6, "alice", AT, "More."),)
    context = made.context(replace(TASK, thread=thread))
    event = await run_graph(compiled, context)
    assert isinstance(event, PartsMade)
    api, db = event.parts
    assert (api.key, api.after, db.key, db.after) == ("api-1", ("db-1",), "db-1", ())
    assert (api.issue, db.issue) == (IssueRef(ISSUE.repo, 20), IssueRef(ISSUE.repo, 21))
    text = f"> A table\\.\n\n<!-- orc:part {ISSUE.key} db-1 -->"
    assert (db.title, db.request) == ("Keep it", digest("Keep it", text))
    assert (event.usage, event.heard) == (EACH, 6)
    again = await run_graph(compiled, context)
    assert replace(event, at=again.at) == again
    assert len(made.split) == len(made.jobs) == 1


async def surveyed(given: Task, **more: Any) -> Any:
    made = Shop(**more)
    return (await survey(State(), made.runtime(given))).goto


async def test_the_lead_is_asked_first() -> None:
    assert await surveyed(TASK) == "lead"
    assert await surveyed(replace(TASK, policy=replace(TASK.policy, team=BOTH))) == "lead"


@pytest.mark.parametrize(
    ("team", "to"), [(frozenset(), "developer"), ({Member.ARCHITECT}, "architect")], ids=str
)
async def test_who_is_not_in_the_team_is_not_asked(team: Any, to: str) -> None:
    assert await surveyed(replace(TASK, policy=replace(TASK.policy, team=team))) == to


async def test_what_was_planned_is_not_split() -> None:
    assert await surveyed(with_record(TASK, plan="So.")) == "developer"
