"""A new project: its repository is made once, and what was asked for is built there and merged."""

import sys
from pathlib import Path

from app.domain.part import key_of
from app.domain.record import STATUS_MARKER, Record
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage, standing
from app.wiring import read_record
from tests.e2e.default_flow import commits
from tests.e2e.flow import Act, Flow, done, unmet
from tests.flow.house import REPO, WRITER, House

HERE = Path(__file__).parent
NAME = "menu-board"
TOOLS = {"PYTHON": str(HERE / "quick_python")}
STAGES = [
    *(Stage.QUEUED, Stage.INTAKE, Stage.PLAN_REVIEW),
    *(Stage.QUEUED, Stage.BUILDING, Stage.PARTS, Stage.DONE),
]


def _begin(home: House) -> int:
    home.sandbox.set_variable(None, "PYTHON", TOOLS["PYTHON"])
    return home.ask("A board with the menu", "For the canteen.")


def _planned(home: House, number: int) -> bool:
    record = home.record(number)
    return home.stage(number) is record.stage is Stage.PLAN_REVIEW


def _part(home: House) -> Record | None:
    """The record of the issue in the new repository; None unless there is exactly one."""
    sandbox = home.sandbox
    made, secret = sandbox.repository(NAME), sandbox.app.webhook_secret
    said = (one.body for one in sandbox.comments(NAME, 1))
    found = [one for text in said if (one := read_record(text, made.id, 1, secret))]
    return found[0] if len(found) == 1 else None


def _done(home: House, number: int) -> bool:
    return done(home, number) and standing(home.sandbox.issue(NAME, 1).labels) is Stage.DONE


def _wrong(home: House, number: int) -> list[str]:
    sandbox, whole = home.sandbox, home.record(number)
    known = {one.name for one in sandbox.state.repositories.values()} - {REPO, ".github"}
    part = _part(home)
    if known != {NAME} or part is None:
        return [f"one repository with one record: {known}, {part}"]
    made, pulls = sandbox.repository(NAME), sandbox.pull_requests(NAME)
    parent = IssueRef(RepoRef(sandbox.repository(REPO).id, "acme", REPO, 1), number)
    issues = [one for one in made.issues.values() if not any(p.number == one.number for p in pulls)]
    status = [one for one in sandbox.comments(NAME, 1) if one.body.startswith(STATUS_MARKER)]
    comments = sandbox.comments(REPO, number)
    held = {
        "stage after stage": [visit.stage for visit in whole.history] == STAGES,
        "the issue is closed, with one label of ours": [
            name for name in sandbox.issue(REPO, number).labels if name.startswith("orc:")
        ]
        == ["orc:done"],
        "status and approval, once each": [one.author for one in comments]
        == [sandbox.app.bot_login, WRITER],
        "the approval was acknowledged": [one.content for one in comments[-1].reactions]
        == ["rocket"],
        "one issue there, and it is ours": [key_of(parent, one.body or "") for one in issues]
        == ["all"],
        "one status comment there": len(status) == 1,
        "it knows its whole": part.parent is not None and part.parent.number == number,
        "what was approved is what was built": part.spec is not None
        and whole.spec is not None
        and part.spec.what == whole.spec.what
        and part.approved == part.planned,
        "one attempt": [(a.number, a.outcome) for a in part.attempts] == [(1, "passed")],
        "one pull request, merged": len(pulls) == 1 and pulls[0].merged,
        "one branch there": set(sandbox.branches(NAME)) == {"main", "orc/issue-1"},
        "one commit of the template's, one of ours": len(pulls) == 1
        and commits(home, pulls[0].head_sha, NAME) == 2,
        "the whole says what became of it": [(p.stage, p.merged) for p in whole.parts]
        == [(Stage.DONE, part.merged)],
        "whoever asked may write to it": made.roles.get(WRITER) == "write",
        "it is private": made.private,
    }
    return unmet(held)


FOUNDING = Flow(
    name="a new project",
    scenario=str(HERE / "founding.yaml"),
    config={
        "team": ["product-owner"],
        "plan_approval": "new-projects",
        "new_projects": {
            "repositories": [REPO],
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        },
    },
    settings={"run_environment": TOOLS},
    begin=_begin,
    acts=(Act(_planned, lambda home, number: home.approve(number)),),
    done=_done,
    wrong=_wrong,
)
