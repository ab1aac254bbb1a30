"""The whole team, from two vague lines to a merge by a person.

A question is answered, a plan approved; tests fail, a reviewer sends back; CI is red, and a person
asks for a change on the pull request.
"""

from collections.abc import Callable

from app.agents.scenario import Person, load_scenario
from app.domain.record import STATUS_MARKER, Record
from app.domain.stage import Stage
from app.sandbox import LineComment, PullRequest, WorkflowRun
from app.sandbox.scenario_list import builtin_scenarios
from tests.e2e.default_flow import commits
from tests.e2e.flow import Act, Flow, unmet
from tests.flow.house import OWNER, REPO, WRITER, House

TEAM = load_scenario(builtin_scenarios()["team-change"])
STAGES = [
    *(Stage.QUEUED, Stage.INTAKE, Stage.NEEDS_INFO),
    *(Stage.QUEUED, Stage.INTAKE, Stage.PLAN_REVIEW),
    *(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW),
    *(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW),  # its CI was red
    *(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW),  # a person asked for a change
    Stage.DONE,
]
CI = ["failure", "failure", "failure", "success", "success"]
OUTCOMES = ["failed", "changes requested", "passed", "passed", "passed"]


def _begin(home: House) -> int:
    assert TEAM.issue is not None
    for path, content in TEAM.files.items():
        home.sandbox.write_file(REPO, path, content, by=OWNER)
    return home.ask(TEAM.issue.title, TEAM.issue.body)


# What people do, each when the issue shows that it is their turn.


def _shows(home: House, number: int, stage: Stage) -> Record | None:
    """The record, if label and comment both show the stage."""
    record = home.record(number)
    return record if home.stage(number) is record.stage is stage else None


def _question(home: House, number: int) -> bool:
    return len(home.bot_comments(number)) > 1


def _plan(home: House, number: int) -> bool:
    return _shows(home, number, Stage.PLAN_REVIEW) is not None


def _green(home: House, number: int) -> bool:
    """A pull request to look at, which the repository's own CI has accepted."""
    record = _shows(home, number, Stage.REVIEW)
    heads = {pull.head_sha for pull in home.sandbox.pull_requests(REPO)}
    if record is None or heads != {record.verified}:
        return False
    runs = [run for run in home.sandbox.runs(REPO) if run.head_sha in heads]
    return bool(runs) and all(run.conclusion == "success" for run in runs)


def _settled(home: House, number: int) -> bool:
    """And what was asked for on it is answered."""
    said = home.sandbox.review_comments(REPO, _pull(home).number)
    return len(said) > 1 and _green(home, number)


def _said(person: Person) -> Callable[[House, int], object]:
    """As somebody who reads first: not within the second in which it was asked."""
    text = person.say or ""

    def say(home: House, number: int) -> object:
        home.sandbox.advance(2)
        return home.say(number, text)

    return say


def _reviewed(person: Person) -> Callable[[House, int], object]:
    asked = person.review
    assert asked is not None
    comments = [LineComment(asked.path, asked.line, asked.say)]

    def review(home: House, _number: int) -> object:
        home.sandbox.advance(2)
        return home.sandbox.review(
            *(REPO, _pull(home).number),
            by=OWNER,
            state="REQUEST_CHANGES",
            body="One thing before it goes in.",
            comments=comments,
        )

    return review


def _merged(home: House, _number: int) -> object:
    return home.sandbox.merge_pull_request(REPO, _pull(home).number, by=OWNER)


def _pull(home: House) -> PullRequest:
    (pull,) = home.sandbox.pull_requests(REPO)
    return pull


ANSWER, APPROVE, REVIEW, _ = TEAM.people


def _wrong(home: House, number: int) -> list[str]:
    """Nobody's run is lost with the app, so attempts are as many as they would be anyway."""
    sandbox, pulls = home.sandbox, home.sandbox.pull_requests(REPO)
    comments = sandbox.comments(REPO, number)
    status = [one for one in comments if one.body.startswith(STATUS_MARKER)]
    if len(status) != 1 or len(pulls) != 1:
        return [f"one of each: {len(status)} status comments, {len(pulls)} pull requests"]
    record, pull, issue = home.record(number), pulls[0], sandbox.issue(REPO, number)
    heads = [attempt.head for attempt in record.attempts]
    bot = sandbox.app.bot_login
    reactions = [[one.content for one in comment.reactions] for comment in comments]
    approval = comments[-1].id
    held = {
        "the issue is closed, with one label of ours": issue.state == "closed"
        and [name for name in issue.labels if name.startswith("orc:")] == ["orc:done"],
        "stage after stage": [visit.stage for visit in record.history] == STAGES,
        "five attempts": [(a.number, a.outcome) for a in record.attempts]
        == list(enumerate(OUTCOMES, 1)),
        "status and question, answer and approval, once each": [c.author for c in comments]
        == [bot, bot, WRITER, WRITER],
        # An answer that names nobody is looked for only while the question waits, so a cut right
        # before its reaction leaves it without: it was heard all the same.
        "what people said, once acknowledged": reactions[2] in ([], ["rocket"])
        and reactions[:2] + reactions[3:] == [[], [], ["rocket"]],
        "the plan that was approved": record.spec is not None
        and len(record.spec.checks) == 3
        and (record.approved, record.approval, record.intakes) == (record.planned, approval, 2),
        "the person's merge of the last head": (pull.merged_by, pull.head_sha)
        == (OWNER, heads[-1]),
        "one branch": set(sandbox.branches(REPO)) == {"main", record.branch},
        "one commit of ours for each attempt": commits(home, pull.head_sha)
        == 1 + len(TEAM.files) + len(OUTCOMES),
        "a verdict on each head that was to be merged": _verdicts(home) == heads[2:],
        "one run of CI for each head": [(r.head_sha, r.conclusion) for r in _ci(home, record)]
        == list(zip(heads, CI, strict=True)),
        **_answered(home, pull),
    }
    return unmet(held)


def _verdicts(home: House) -> list[str]:
    """Heads with a check run of ours that is green, in order."""
    ours = [check for check in home.sandbox.check_runs(REPO) if not check.by_actions]
    return [check.head_sha for check in ours if check.conclusion == "success"]


def _ci(home: House, record: Record) -> list[WorkflowRun]:
    return [run for run in home.sandbox.runs(REPO) if run.head_branch == record.branch]


def _wrong_if_kept(home: House, _number: int) -> list[str]:
    """The developer's words for the thread are lost with the session. It is then asked to be looked
    at again, and left open."""
    threads = home.sandbox.review_threads(REPO, _pull(home).number)
    return unmet({"the thread is resolved": all(thread.resolved_by for thread in threads)})


def _answered(home: House, pull: PullRequest) -> dict[str, bool]:
    """What is said on the pull request."""
    sandbox, bot = home.sandbox, home.sandbox.app.bot_login
    said = sandbox.review_comments(REPO, pull.number)
    return {
        "one answer in the thread": [one.author for one in said] == [OWNER, bot]
        and pull.head_sha in said[-1].body,
        "one review, and the answer's": [r.author for r in sandbox.reviews(REPO, pull.number)]
        == [OWNER, bot],
        "no comment beside the thread": not sandbox.comments(REPO, pull.number),
        "no check run twice": len(_verdicts(home)) == len(set(_verdicts(home))),
    }


TEAM_FLOW = Flow(
    name="the whole team",
    scenario="team-change",
    config=TEAM.config,
    begin=_begin,
    acts=(
        Act(_question, _said(ANSWER)),
        Act(_plan, _said(APPROVE)),
        Act(_green, _reviewed(REVIEW)),
        Act(_settled, _merged),
    ),
    wrong=_wrong,
    kept=_wrong_if_kept,
)
