"""A request that is too large for one task becomes several, which are worked in their order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.agents.scenario import load_scenario
from app.domain.record import Record
from app.domain.stage import Stage
from app.sandbox import Fault
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import REPO, House
from tests.flow.test_scenarios import PYTEST

MakeHouse = Callable[..., House]
# A test of each file that there is: what it holds must not be "bad".
EACH_FILE = """
{
  printf '<testsuite><testcase classname="parts" name="any"/>'
  for file in parts/*; do
    [ -e "$file" ] || continue
    if grep -q bad "$file"; then said='<failure message="it is bad"/>'; code=1; else said=; fi
    printf '<testcase classname="parts" name="%s">%s</testcase>' "${file##*/}" "$said"
  done
  printf '</testsuite>'
} > "$ORC_OUT/junit.xml"
exit ${code:-0}
"""
TITLES = {"store": "Keep readings", "api": "Serve readings", "page": "Draw the page"}


def part(key: str, *after: str) -> dict[str, Any]:
    return {
        "key": key,
        "title": TITLES[key],
        "what": f"The file `parts/{key}_file`.\nIt says @{key}.",
        "checks": [f"parts/{key}_file is there."],
        "after": list(after),
    }


def writes(key: str, content: str = "good") -> list[dict[str, Any]]:
    path = f"parts/{key}_file"
    return [{"write": {"path": path, "content": f"{content}\n"}}, {"commit": f"Add {key}"}]


SPLIT = [part("api", "store"), part("store"), part("page")]
LEAD = [{"say": "Three things."}, {"report": {"parts": SPLIT}}, {"report_tokens": {"input": 5}}]
TITLED: dict[str, Any] = {TITLES[key]: [writes(key)] for key in TITLES}


@pytest.fixture
def house(make_house: MakeHouse, tmp_path: Path) -> Callable[..., House]:
    def made(lead: Any = LEAD, titled: Any = None, **config: Any) -> House:
        said = {
            "name": "lead",
            "description": "d",
            "attempts": [writes("whole")],
            "titled": TITLED | (titled or {}),
            "roles": {"lead": [lead]},
        }
        file = tmp_path / "lead.yaml"
        file.write_text(json.dumps(said))
        given = {"team": ["lead"], "test": {"command": EACH_FILE}, "attempts": 1, **config}
        settings = {"paced": False}
        home = make_house(scenario=str(file), config=given, settings=settings)
        home.start()
        return home

    return made


def parts_of(home: House, number: int) -> dict[str, int]:
    """By key, the numbers of the issues on record."""
    return {part.key: part.issue.number for part in home.record(number).parts}


def stages(record: Record) -> list[Stage]:
    return [visit.stage for visit in record.history]


def at(record: Record, stage: Stage) -> Any:
    return next(visit.at for visit in record.history if visit.stage is stage)


def files_by_branch(home: House) -> dict[str, set[str]]:
    """Of each pull request, what its commit has in `parts`."""
    return {
        pull.head_ref: set(home.git("ls-tree", "--name-only", f"{pull.head_sha}:parts").split())
        for pull in home.sandbox.pull_requests(REPO)
    }


def test_its_parts_are_built_in_their_order(house: Callable[..., House]) -> None:
    """Each an issue that says what it is in the lead's words, of which none works there."""
    home = house(triggers={"intake": [REPO]})  # they are no requests of their own
    number = home.ask("Readings, from store to page")
    record = home.wait(number, Stage.DONE)
    assert stages(record) == [Stage.QUEUED, Stage.BUILDING, Stage.PARTS, Stage.DONE]
    assert home.sandbox.issue(REPO, number).state == "closed"
    parts = parts_of(home, number)
    assert set(parts) == {"api-1", "store-1", "page-1"}
    own = {key: home.record(part) for key, part in parts.items()}
    assert {one.stage for one in own.values()} == {Stage.DONE}
    assert at(own["page-1"], Stage.QUEUED) < at(own["store-1"], Stage.DONE)
    built = files_by_branch(home)
    assert built[own["api-1"].branch] >= {"store_file", "api_file"}  # it began after that merge
    assert built[own["store-1"].branch].isdisjoint({"api_file"})
    assert len(home.sandbox.pull_requests(REPO)) == 3
    assert all(pull.merged for pull in home.sandbox.pull_requests(REPO))
    assert record.usage.input == 5
    made = home.sandbox.issue(REPO, parts["api-1"])
    assert made.title == "Serve readings"
    assert "@api" not in made.body
    assert "**It is done when**\n\n- parts\\/api\\_file is there\\." in made.body
    assert {one.number: one.blocked_by for one in home.sandbox.repository(REPO).plain_issues()} == {
        number: (), parts["api-1"]: (parts["store-1"],), parts["store-1"]: (), parts["page-1"]: (),
    }  # fmt: skip
    spec, parent = own["api-1"].spec, own["api-1"].parent
    assert spec is not None
    assert spec.what == "The file `parts/api_file`.\nIt says @api."
    assert spec.checks == ("parts/api_file is there.",)
    assert parent is not None
    assert parent.number == number
    (comment,) = home.bot_comments(parts["api-1"])
    assert "What is built" not in comment


def test_without_a_lead_nobody_is_asked(house: Callable[..., House]) -> None:
    home = house(team=[])
    number = home.ask()
    record = home.wait(number, Stage.DONE)
    assert (record.parts, record.usage.input) == ((), 0)
    assert len(home.sandbox.pull_requests(REPO)) == 1


WHOLE: dict[str, Any] = {
    "it is one": [{"say": "One thing."}],
    "parts that wait for each other": [
        {"report": {"parts": [part("api", "page"), part("page", "api")]}}
    ],
}


@pytest.mark.parametrize("lead", WHOLE.values(), ids=WHOLE)
def test_what_is_not_split_is_built_as_it_is(lead: Any, house: Callable[..., House]) -> None:
    home = house(lead)
    number = home.ask()
    record = home.wait(number, Stage.DONE)
    assert record.parts == ()
    assert [attempt.outcome for attempt in record.attempts] == ["passed"]
    assert len(home.sandbox.repository(REPO).plain_issues()) == 1


BAD = {TITLES["store"]: [writes("store", "bad"), writes("store")]}


def blocked(home: House) -> tuple[int, dict[str, int]]:
    """A request of whose parts one is blocked, one waits for that, and one is done."""
    number = home.ask()
    home.wait(number, Stage.PARTS)
    parts = parts_of(home, number)
    home.wait(parts["store-1"], Stage.BLOCKED)
    home.wait(parts["page-1"], Stage.DONE)
    stands = {"api-1": None, "store-1": Stage.BLOCKED, "page-1": Stage.DONE}
    home.until(lambda: {one.key: one.stage for one in home.record(number).parts} == stands)
    return number, parts


def test_cancel_stops_all_and_retry_goes_on_with_the_same(house: Callable[..., House]) -> None:
    home = house(titled=BAD)
    number, parts = blocked(home)
    home.say(number, "/cancel")
    home.wait(number, Stage.CANCELLED)
    home.wait(parts["store-1"], Stage.CANCELLED)
    home.quiet()
    assert home.stage(parts["page-1"]) is Stage.DONE
    assert home.stage(parts["api-1"]) is None
    home.say(number, "/retry")
    record = home.wait(number, Stage.DONE)
    assert parts_of(home, number) == parts
    assert {home.record(part).stage for part in parts.values()} == {Stage.DONE}
    assert len(home.sandbox.repository(REPO).plain_issues()) == 4
    assert record.usage.input == 5  # the lead was asked once


def test_what_is_at_work_is_stopped_with_the_whole(house: Callable[..., House]) -> None:
    home = house(titled={title: [[{"hang": None}]] for title in TITLES.values()})
    number = home.ask()
    home.wait(number, Stage.PARTS)
    parts = parts_of(home, number)
    for key in ("store-1", "page-1"):
        home.wait(parts[key], Stage.BUILDING)
    home.say(number, "/cancel")
    for key in ("store-1", "page-1"):
        record = home.wait(parts[key], Stage.CANCELLED)
        assert f"#{number} was" in record.reason


def test_a_part_that_fails_is_seen_and_taken_up_again(house: Callable[..., House]) -> None:
    """Also where a person has stopped it, which stops the whole until it goes on."""
    home = house(titled=BAD)
    number, parts = blocked(home)
    (comment,) = home.bot_comments(number)
    assert "1 of 3 parts done" in comment
    assert "| **waits for a person** |" in comment
    assert f"| waits for #{parts['store-1']} |" in comment
    home.say(parts["store-1"], "/cancel")
    assert f"#{parts['store-1']}" in home.wait(number, Stage.BLOCKED).reason
    home.say(parts["store-1"], "/retry")
    home.wait(number, Stage.DONE)
    assert parts_of(home, number) == parts
    assert [one.outcome for one in home.record(parts["store-1"]).attempts] == ["failed", "passed"]


def test_each_part_waits_for_an_approval_where_the_request_did(house: Callable[..., House]) -> None:
    home = house(plan_approval="always")
    number = home.ask()
    home.wait(number, Stage.PLAN_REVIEW)
    home.approve(number)
    home.wait(number, Stage.PARTS)
    parts = parts_of(home, number)
    for key in ("store-1", "page-1", "api-1"):
        record = home.wait(parts[key], Stage.PLAN_REVIEW)
        assert (record.approved, record.reason) == ("", "")
        home.approve(parts[key])
        home.wait(parts[key], Stage.DONE)
    home.wait(number, Stage.DONE)


def test_the_scenario_that_shows_it(make_house: MakeHouse) -> None:
    scenario = load_scenario(builtin_scenarios()["lead"])
    config = {**scenario.config, "test": {"command": PYTEST}}
    home = make_house(scenario="lead", config=config, settings={"paced": False})
    home.start()
    assert scenario.issue is not None
    record = home.wait(home.ask(scenario.issue.title, scenario.issue.body), Stage.DONE)
    outcomes = {
        part.key: [attempt.outcome for attempt in home.record(part.issue.number).attempts]
        for part in record.parts
    }
    assert outcomes == {
        "warmest-1": ["passed"], "units-1": ["failed", "passed"], "greeting-1": ["passed"]
    }  # fmt: skip
    assert home.sandbox.issue(REPO, 1).state == "closed"


def test_an_answer_that_is_lost_leaves_no_part_at_work(house: Callable[..., House]) -> None:
    home = house(titled={title: [[{"hang": None}]] for title in TITLES.values()})
    number = home.ask()
    home.wait(number, Stage.PARTS)
    parts = parts_of(home, number)
    for key in ("store-1", "page-1"):
        home.wait(parts[key], Stage.BUILDING)
    home.quiet()
    home.sandbox.inject(Fault("graphql:Show", "write_then_drop"))
    asked = home.say(number, "/cancel")
    home.wait(number, Stage.CANCELLED)
    home.until(lambda: home.reactions(number, asked) == ["rocket"])
    assert {home.stage(parts[key]) for key in ("store-1", "page-1")} == {Stage.CANCELLED}
