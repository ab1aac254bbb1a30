"""Whole texts of the bot. `python -m tests.unit.domain.texts` writes them anew into texts.md."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.domain import words
from app.domain.log import Log
from app.domain.part import MadePart, marker
from app.domain.policy import Member, Merge, NewProjects, PlanApproval, Role
from app.domain.record import ASKED, Attempt, digest
from app.domain.ref import IssueRef
from app.domain.run import RunLimits, Usage
from app.domain.spec import Kind, Project, Specification
from app.domain.stage import Stage
from app.domain.verdict import Outcome, Verdict
from app.domain.words.parts import part_text
from tests.unit.domain.make import (
    AT,
    GREEN,
    HEAD,
    ISSUE,
    PART,
    RED,
    SPEC,
    TITLE,
    task,
    with_record,
)

SILENT = Attempt(3, "agent crashed", detail="It ended with exit code 3.")
BUILDING = with_record(
    task(Stage.BUILDING, policy={"budget_usd": 5.0}, warning="line 3: no such key"),
    round=2,
    rounds=1,
    attempts=(RED,),
    usage=Usage(120_345, 8_200, 90_000, 1.25),
    budget_extra=5.0,
    agent="claude",
    pull_request=9,
    history=task(Stage.QUEUED).record.with_stage(Stage.BUILDING, AT).history,
)
PLANNED = task(
    Stage.PLAN_REVIEW,
    policy={
        "plan_approval": PlanApproval.ALWAYS,
        "merge": Merge.ON_GREEN,
        "test_command": "make `all`\n | tee",
        "agent_limits": RunLimits(90.0, 60.0),
    },
)
BLOCKED = with_record(
    task(Stage.BLOCKED), attempts=(GREEN, SILENT), reason="It broke.\nTry @all of #1.", branch=""
)
ASKING = with_record(
    task(Stage.BLOCKED),
    attempts=(Attempt(1, ASKED),),
    reason="The agent can't go on before its question is answered.",
    question="Which scale, @octocat?\n/deploy\n<!-- orc:record --> ```",
)
TEAM = {"team": frozenset(Member), "plan_approval": PlanApproval.ALWAYS}
READING = task(Stage.INTAKE, policy=TEAM)
WAITS = with_record(
    task(Stage.NEEDS_INFO, policy=TEAM),
    question="Does *nicest* mean the warmest, @octocat?\n\n/deploy\n- [x] Done",
    intakes=1,
    history=task(Stage.QUEUED).record.with_stage(Stage.INTAKE, AT)
    .with_stage(Stage.NEEDS_INFO, AT).history,
)  # fmt: skip
HOSTILE = Specification(
    SPEC.request,
    Kind.NEW_PROJECT,
    "# Approved\n\n</details> **Done** by @octocat: see #1 and https://example.com\n/approve",
    ("`GET /` says <b>200</b>.\n- And more.", "| a | b |"),
    project=Project("menu-bot", ("backend", "tg_bot")),
)
PART_BODY = f"{part_text('An endpoint.', ['It answers.'])}\n\n{marker(ISSUE, 'api-1')}"
SPECIFIED = with_record(
    task(Stage.PLAN_REVIEW, policy=TEAM), spec=SPEC, intakes=2, round=3, approved="",
    history=WAITS.record.with_stage(Stage.QUEUED, AT).with_stage(Stage.INTAKE, AT)
    .with_stage(Stage.PLAN_REVIEW, AT).history,
)  # fmt: skip
PARTS = (replace(PART, stage=Stage.DONE, title="On *time* #1", usage=Usage(70, 7, 10, 0.25)),)
HANDED_OVER = with_record(
    task(Stage.PARTS, policy=TEAM), parts=PARTS, branch="", spec=SPEC, intakes=1,
    history=task(Stage.QUEUED).record.with_stage(Stage.BUILDING, AT)
    .with_stage(Stage.PARTS, AT).history,
)  # fmt: skip
KEPT = MadePart(IssueRef(ISSUE.repo, 8), "db-1", "Keep readings", "d", stage=Stage.BLOCKED)
SERVED = MadePart(IssueRef(ISSUE.repo, 9), "api-1", "Serve readings", "e", after=("db-1",))
SHOWN = replace(PARTS[0], issue=IssueRef(ISSUE.repo, 10), key="page-1")
SPLIT = with_record(HANDED_OVER, parts=(KEPT, SERVED, SHOWN), usage=Usage(500, 50, 0, 1.0))
ONE_PART = replace(
    with_record(
        task(Stage.PLAN_REVIEW), parent=ISSUE, approved="",
        spec=Specification(digest(TITLE, PART_BODY), Kind.CHANGE, "An endpoint.", ("It answers.",)),
    ),
    body=PART_BODY,
)  # fmt: skip
AT_WORK = with_record(
    task(Stage.BUILDING, policy=TEAM), spec=SPEC, intakes=2, round=3, plan="One more route.",
    approved=SPECIFIED.plan_digest,
    history=SPECIFIED.record.with_stage(Stage.QUEUED, AT).with_stage(Stage.BUILDING, AT).history,
)  # fmt: skip
SENT_BACK = with_record(
    task(Stage.BLOCKED), reason="All 1 attempts are spent.",
    attempts=(Attempt(1, "changes requested", HEAD, passed=5, failures=("a.py: mend it",)),),
)  # fmt: skip
UNREVIEWED = with_record(
    task(Stage.BLOCKED), reason="The tests passed, but the review ended with: no review.",
    attempts=(Attempt(1, "no review", HEAD, passed=5, detail="The reviewer crashed."),),
)  # fmt: skip
OPEN = {"intake": True, "who": Role.TRIAGE, "plan_approval": PlanApproval.ALWAYS}

TEXTS: dict[str, Callable[[], str]] = {
    "status comment: building": lambda: words.status_comment(BUILDING),
    "status comment: a plan": lambda: words.status_comment(PLANNED),
    "status comment: a plan for a person to merge": lambda: words.status_comment(
        task(Stage.PLAN_REVIEW)
    ),
    "status comment: review": lambda: words.status_comment(task(Stage.REVIEW)),
    "status comment: blocked": lambda: words.status_comment(BLOCKED),
    "status comment: paused": lambda: words.status_comment(
        with_record(task(Stage.QUEUED), paused=True, reason="Paused by alice.")
    ),
    "status comment: done": lambda: words.status_comment(
        with_record(task(Stage.DONE), merged="c" * 40)
    ),
    "status comment: no task": lambda: words.status_comment(task()),
    "status: none": lambda: words.status(task()),
    "status: building": lambda: words.status(BUILDING),
    "status: queued": lambda: words.status(task(Stage.QUEUED)),
    "help": lambda: words.help_text(task()),
    "help: an open house": lambda: words.help_text(task(policy=OPEN)),
    "not taken up": lambda: words.not_taken_up(
        task(warning="acme/menu:.github/orchestrator.yml, line 1: not a role\nCorrect it and push.")
    ),
    "agent": lambda: words.agent(task(Stage.DONE), ""),
    "agent: no task": lambda: words.agent(task(), ""),
    "agent: unknown": lambda: words.agent(task(), "gpt"),
    "budget": lambda: words.budget(BUILDING, ""),
    "budget: refused": lambda: words.budget(BUILDING, "+99"),
    "budget: no task": lambda: words.budget(task(), ""),
    "budget: none": lambda: words.budget(task(Stage.DONE), "+5"),
    "a question": lambda: words.status_comment(ASKING),
    "a question, mentions switched off": lambda: words.status(
        replace(ASKING, policy=replace(ASKING.policy, mention=False))
    ),
    "team: it is read": lambda: words.status_comment(READING),
    "team: it is read, /status": lambda: words.status(READING),
    "team: a question waits": lambda: words.status_comment(WAITS),
    "team: a question waits, /status": lambda: words.status(WAITS),
    "team: the question": lambda: words.question(WAITS),
    "team: the question of nobody's issue": lambda: words.question(replace(WAITS, author="")),
    "team: an answer": lambda: words.answer(READING, "In Lisbon, says `src/weather.py`."),
    "team: a plan waits": lambda: words.status_comment(SPECIFIED),
    "team: a hostile plan": lambda: words.status_comment(with_record(SPECIFIED, spec=HOSTILE)),
    "team: a new project waits": lambda: words.status_comment(
        replace(
            with_record(SPECIFIED, spec=HOSTILE),
            policy=replace(SPECIFIED.policy, new_projects=NewProjects()),
        )
    ),
    "team: it goes on elsewhere": lambda: words.status_comment(HANDED_OVER),
    "team: some parts are done": lambda: words.status_comment(
        with_record(HANDED_OVER, parts=(*PARTS, replace(PARTS[0], stage=None)))
    ),
    "team: it is split": lambda: words.status_comment(SPLIT),
    "team: all parts are built": lambda: words.status_comment(
        replace(
            with_record(SPLIT, parts=tuple(replace(SHOWN, key=str(key)) for key in range(3))),
            stage=Stage.DONE,
        )
    ),
    "team: a part says itself what is built": lambda: words.status_comment(ONE_PART),
    "team: it is built": lambda: words.status_comment(AT_WORK),
    "team: it is sent back": lambda: words.status_comment(SENT_BACK),
    "team: nobody has reviewed it": lambda: words.status_comment(UNREVIEWED),
    "team: paused": lambda: words.status_comment(
        with_record(task(Stage.QUEUED, policy=TEAM), paused=True, reason="Paused by alice.")
    ),
    "team: given up": lambda: words.status_comment(
        with_record(
            task(Stage.BLOCKED, policy=TEAM),
            reason="The product owner crashed.",
            over_budget=True,
        )
    ),
    "logs": lambda: words.logs(
        [Log("developer, attempt 2", "runs/x", "Hi"), Log("tester, attempt 1", "runs/y", "")]
    ),
    "logs: none": lambda: words.logs([]),
    "commit": lambda: words.commit_message(task(), 2),
    "commit: without a title": lambda: words.commit_message(replace(task(), title=" "), 1),
    "commit: a long title": lambda: words.commit_message(replace(task(), title="x" * 99), 1),
    "pull request: title": lambda: words.pull_request_title("  Fix\n#1  now "),
    "pull request: no title": lambda: words.pull_request_title(""),
    "pull request": lambda: words.pull_request_body(
        7, words.pull_request_part((RED, GREEN), "### Look"), "Added it."
    ),
    "pull request: nothing said": lambda: words.pull_request_body(
        7, words.pull_request_part((GREEN,)), "\n"
    ),
    "check: passed": lambda: _check(Verdict(Outcome.PASSED, HEAD, 3, 0, 1, seconds=1.25)),
    "check: failed": lambda: _check(
        Verdict(Outcome.FAILED, HEAD, 3, 1, failures=("one ```", "two"), detail="1 of 4 <b>failed.")
    ),
    "check: no tests": lambda: _check(Verdict(Outcome.NO_TESTS, HEAD, detail="No test ran.")),
}


def _check(verdict: Verdict) -> str:
    texts = (words.check_title(verdict), words.check_summary(verdict), words.check_text(verdict))
    return "\n---\n".join(texts)


GOLDEN = Path(__file__).with_name("texts.md")


def written() -> str:
    """All of them, each under its name."""
    return "\n".join(f"##### {name}\n{text()}\n" for name, text in TEXTS.items())


if __name__ == "__main__":
    GOLDEN.write_text(written())
