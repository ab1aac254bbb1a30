"""A request that becomes two tasks, one after the other. The first can't do it and waits for a
person, who stops the whole, and has it taken up again.

What a part does by itself is what any task does; killed is what makes parts of it.
"""

from pathlib import Path

from app.domain.part import MadePart
from app.domain.record import Record
from app.domain.stage import Stage
from tests.e2e.flow import Act, Flow, records, unmet
from tests.flow.house import REPO, House

TESTS = """
said=
for file in store page; do
  if grep -qs bad $file; then said='<failure message="it is bad"/>'; fi
done
printf '<testsuite><testcase classname="split" name="any">%s</testcase></testsuite>' \
    "$said" > "$ORC_OUT/junit.xml"
[ -z "$said" ]
"""
STAGES = [Stage.QUEUED, Stage.BUILDING, Stage.PARTS, Stage.CANCELLED, Stage.PARTS, Stage.DONE]
OUTCOMES = {"store-1": ["failed", "passed"], "page-1": ["passed"]}


def _parts(home: House, number: int) -> dict[str, MadePart]:
    """By key, those on record."""
    return {part.key: part for part in home.record(number).parts}


def _waits(home: House, number: int) -> bool:
    """The first part for a person, and the whole knows it."""
    first = _parts(home, number).get("store-1")
    return first is not None and first.stage is Stage.BLOCKED and _shows(home, first, Stage.BLOCKED)


def _stopped(home: House, number: int) -> bool:
    first = _parts(home, number)["store-1"]
    shown = home.stage(number) is home.record(number).stage is Stage.CANCELLED
    return shown and _shows(home, first, Stage.CANCELLED)


def _shows(home: House, part: MadePart, stage: Stage) -> bool:
    number = part.issue.number
    return home.stage(number) is home.record(number).stage is stage


def _wrong(home: House, number: int) -> list[str]:
    sandbox, whole = home.sandbox, home.record(number)
    numbers = {key: part.issue.number for key, part in _parts(home, number).items()}
    issues = {one.number: one.blocked_by for one in sandbox.repository(REPO).plain_issues()}
    if numbers.keys() != OUTCOMES.keys():
        return [f"two parts: {numbers}"]
    own: dict[str, list[Record]] = {key: records(home, numbers[key]) for key in numbers}
    if any(len(one) != 1 for one in own.values()):
        return ["one status comment on each part"]
    pulls, said = sandbox.pull_requests(REPO), sandbox.comments(REPO, number)
    reactions = [[one.content for one in comment.reactions] for comment in said]
    held = {
        "stage after stage": [visit.stage for visit in whole.history] == STAGES,
        "one issue for each part, in their order": issues
        == {number: (), numbers["page-1"]: (numbers["store-1"],), numbers["store-1"]: ()},
        "each has what the lead said": {key: sandbox.issue(REPO, numbers[key]).title for key in own}
        == {"store-1": "Keep readings", "page-1": "Draw the page"},
        "attempts as many as needed": {
            key: [attempt.outcome for attempt in one[0].attempts] for key, one in own.items()
        }
        == OUTCOMES,
        "a merged pull request for each part": len(pulls) == 2 and all(p.merged for p in pulls),
        "all is closed and done": all(
            sandbox.issue(REPO, n).state == "closed" and home.stage(n) is Stage.DONE for n in issues
        ),
        "the whole knows it": {part.key: part.stage for part in whole.parts}
        == dict.fromkeys(OUTCOMES, Stage.DONE),
        "status and two commands, each acknowledged": reactions == [[], ["rocket"], ["rocket"]],
    }
    return unmet(held)


SPLIT = Flow(
    name="a split",
    settings={"paced": False},
    scenario=str(Path(__file__).parent / "split.yaml"),
    config={"team": ["lead"], "attempts": 1, "merge": "on-green", "test": {"command": TESTS}},
    begin=lambda home: home.ask(),
    acts=(
        Act(_waits, lambda home, number: home.say(number, "/cancel")),
        Act(_stopped, lambda home, number: home.say(number, "/retry")),
    ),
    wrong=_wrong,
    within=r"\d+-1 |.*\| (Delegated|Withdrawn) \|",
)
