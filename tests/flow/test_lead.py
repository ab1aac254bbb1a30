"""A request that is too large for one task becomes several, which are worked in their order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import Record
from app.domain.stage import Stage
from tests.flow.house import REPO, House

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
        home = make_house(scenario=str(file), config=given)
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


def test_its_parts_are_built_in_their_order(house: Callable[..., House]) -> None:
    home = house()
    number = home.ask("Readings, from store to page")
    record = home.wait(number, Stage.DONE)
    assert stages(record) == [Stage.QUEUED, Stage.BUILDING, Stage.PARTS, Stage.DONE]
    assert home.sandbox.issue(REPO, number).state == "closed"
    parts = parts_of(home, number)
    assert set(parts) == {"api-1", "store-1", "page-1"}
    own = {key: home.record(part) for key, part in parts.items()}
    assert {one.stage for one in own.values()} == {Stage.DONE}
    assert at(own["store-1"], Stage.DONE) <= at(own["api-1"], Stage.QUEUED)
    assert at(own["page-1"], Stage.QUEUED) < at(own["store-1"], Stage.DONE)
    assert len(home.sandbox.pull_requests(REPO)) == 3
    assert all(pull.merged for pull in home.sandbox.pull_requests(REPO))
    assert record.usage.input == 5
