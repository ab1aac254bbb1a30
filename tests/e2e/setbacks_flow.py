"""A task that needs people: they are called, and have it taken up from the best that there was and
a base that has moved. They ask for its logs, and merge it.

An attempt by itself is what it is in any task; killed is what comes between.
"""

from pathlib import Path

from app.domain.stage import Stage
from tests.e2e.flow import Act, Flow, records, unmet
from tests.flow.house import OWNER, REPO, WRITER, House

TESTS = """
[ -e broken ] && exit 3
if grep -qs bad work; then code=1; said='<failure message="it is bad"/>'; fi
printf '<testsuite><testcase classname="work" name="any"/>' > "$ORC_OUT/junit.xml"
printf '<testcase classname="work" name="good">%s</testcase></testsuite>' "${said:-}" \
    >> "$ORC_OUT/junit.xml"
exit ${code:-0}
"""
STAGES = [
    *(Stage.QUEUED, Stage.BUILDING, Stage.BLOCKED),
    *(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW, Stage.DONE),
]
OUTCOMES = ["failed", "no report", "passed"]
CALL = f"@{OWNER}"


def _blocked(home: House, number: int) -> bool:
    called = any(CALL in text for text in home.bot_comments(number))
    return called and home.stage(number) is home.record(number).stage is Stage.BLOCKED


def _in_review(home: House, number: int) -> bool:
    record = home.record(number)
    heads = [pull.head_sha for pull in home.sandbox.pull_requests(REPO)]
    return home.stage(number) is record.stage is Stage.REVIEW and heads == [record.verified]


def _told(home: House, number: int) -> bool:
    return len(home.bot_comments(number)) == 3


def _go_on(home: House, number: int) -> object:
    """From a base that has moved meanwhile."""
    home.sandbox.write_file(REPO, "work", "the base has it as well\n", by=OWNER)
    return home.say(number, "/retry")


def _merge(home: House, _number: int) -> object:
    (pull,) = home.sandbox.pull_requests(REPO)
    return home.sandbox.merge_pull_request(REPO, pull.number, by=OWNER)


def _wrong(home: House, number: int) -> list[str]:
    pulls, shown = home.sandbox.pull_requests(REPO), records(home, number)
    if len(pulls) != 1 or len(shown) != 1:
        return [f"one of each: {len(shown)} status comments, {len(pulls)} pull requests"]
    record, head = shown[0], pulls[0].head_sha
    issue, comments = home.sandbox.issue(REPO, number), home.sandbox.comments(REPO, number)
    bot, heads = home.sandbox.app.bot_login, [attempt.head for attempt in record.attempts]
    log = home.git("log", "--first-parent", "--format=%H", f"{pulls[0].base_sha}..{head}").split()
    held = {
        "stage after stage": [visit.stage for visit in record.history] == STAGES,
        "three attempts": [(a.number, a.outcome) for a in record.attempts]
        == list(enumerate(OUTCOMES, 1)),
        "one branch": set(home.sandbox.branches(REPO)) == {"main", record.branch},
        "an attempt, one that was taken back, and one more": len(log) == len(OUTCOMES) + 1
        and [sha for sha in reversed(log) if sha in heads] == heads,
        "it went back to the best, once": home.git("diff", f"{heads[0]}", f"{heads[2]}~1") == "",
        "the base is merged into it": len(home.git("show", "-s", "--format=%P", head).split()) == 2,
        "the verified head was merged": (record.verified, pulls[0].merged) == (head, True),
        "status, call, retry, logs and their answer, once each": [one.author for one in comments]
        == [bot, bot, WRITER, WRITER, bot],
        "both were acknowledged": [
            [reaction.content for reaction in one.reactions] for one in comments[2:4]
        ]
        == [["rocket"], ["rocket"]],
        "who was called is assigned": issue.assignees == (OWNER,),
        "the issue is closed, with one label of ours": issue.state == "closed"
        and [name for name in issue.labels if name.startswith("orc:")] == ["orc:done"],
    }
    return unmet(held)


SETBACKS = Flow(
    name="a task with setbacks",
    scenario=str(Path(__file__).parent / "setbacks.yaml"),
    settings={"paced": False},
    config={
        "attempts": 2,
        "merge": "by-person",
        "test": {"command": TESTS},
        "escalate": {"assign": [OWNER], "mention": [OWNER]},
    },
    begin=lambda home: home.ask(),
    acts=(
        Act(_blocked, _go_on),
        Act(_in_review, lambda home, number: home.say(number, "/logs")),
        Act(_told, _merge),
    ),
    wrong=_wrong,
    within=r"\S+ (2 building \| RunFinished|[3467] |5 building \| (run, )?(begun|survey))",
)
