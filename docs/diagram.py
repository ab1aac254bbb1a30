"""Draws the life of a task into README.md, from the transition table. `--check` only compares."""

import sys
from pathlib import Path

from app.domain import guard
from app.domain.event import (
    ChecksEnded,
    Delegated,
    IntakeFinished,
    PlanAsked,
    RunFinished,
    SlotFreed,
)
from app.domain.stage import PRECEDENCE, Stage
from app.domain.topic import approval, asking, building, ending, intake, means, part, review, whole
from app.domain.transition import RULES

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- diagram: make diagram -->\n", "<!-- /diagram -->"
WORDS = {
    "Requested": "a request",
    "Mentioned": "a mention",
    "PlanAsked": "/plan",
    "Approved": "/approve",
    "Retried": "/retry",
    "Cancelled": "/cancel",
    "Paused": "/pause",
    "BudgetAsked": "/budget",
    "IssueEdited": "edited",
    "IssueClosed": "issue closed",
    "IssueReopened": "reopened",
    "SlotFreed": "a slot is free",
    "IntakeFinished": "the request is read",
    "RunFinished": "the run ends",
    "PartsMade": "handed over",
    "Delegated": "as a part",
    "PullRequestMerged": "merged",
    "PullRequestClosed": "closed unmerged",
    "Reviewed": "a review",
    "ChecksEnded": "CI is red",
    "MergeRefused": "merge refused",
}


FOUND = {
    whole.all_done: "its parts are done",
    whole.one_given_up: "a part is stopped",
    whole.all_go_on: "it goes on",
}
CONDITIONS = {
    guard.unspecified: ", nobody has read it",
    review.is_red: " for good",
    intake.asks: ", it asks",
    intake.answers: ", it answers",
    intake.specified: ", specified",
    intake.is_outdated: ", more is asked",
    building.green: ", green",
    building.nothing_to_do: ", nothing to do",
    guard.this_round: ", in vain",
    intake.specified_and_plan_wanted: ", a plan is wanted",
    building.more_is_asked: ", more is asked",
    building.more_is_reviewed: ", more is asked",
}
CONDITIONAL = (ChecksEnded, IntakeFinished, RunFinished, SlotFreed)
WORK = frozenset(
    {
        Stage.QUEUED,
        Stage.INTAKE,
        Stage.NEEDS_INFO,
        Stage.PLAN_REVIEW,
        Stage.BUILDING,
        Stage.REVIEW,
    }
)
Arrow = tuple[str, str]


def mermaid() -> str:
    """A state diagram: an arrow for each two stages, with every event that leads along it.

    What leads there from every stage of the work starts at the box around them. Left out is what a
    sweep finds, since it leads where an event led, and what follows from a policy that always wants
    a plan: there, /plan is meant wherever work is asked for.
    """
    arrows: dict[Arrow, list[str]] = {}
    for (to, word), sources in _leads().items():
        inside = sources >= WORK - {to}
        names = ["work"] if inside else []
        names += [_name(s) for s in sorted(sources - WORK if inside else sources, key=_order)]
        for name in names:
            arrows.setdefault((name, _name(to)), []).append(word)
    lines = ["stateDiagram-v2", '    state "at work" as work {']
    lines += [
        f'        state "{stage.value}" as {_name(stage)}' for stage in sorted(WORK, key=_order)
    ]
    lines += ["    }"]
    lines += [f'    state "{s.value}" as {_name(s)}' for s in sorted(set(Stage) - WORK, key=_order)]
    lines += [f"    {source} --> {to} : {' · '.join(arrows[source, to])}" for source, to in arrows]
    return "\n".join(lines)


def _leads() -> dict[tuple[Stage, str], set[Stage | None]]:
    """From which stages a word leads to a stage."""
    leads: dict[tuple[Stage, str], set[Stage | None]] = {}
    for rule in RULES:
        word = WORDS.get(rule.event.__name__) or FOUND.get(rule.when)
        skipped = rule.when in (
            guard.plan_wanted,
            approval.void_and_unspecified,
            asking.news_and_plan_wanted,
            asking.unaltered_and_plan_wanted,
            building.more_is_asked_and_plan_wanted,
            means.raises_spent_budget_and_plan_wanted,
            building.green_and_merge,
            ending.is_merged,
            part.needs_no_plan,
            whole.is_handed_over,
        )
        if rule.to is None or word is None or skipped:
            continue
        if rule.event is Delegated and rule.to is not Stage.QUEUED:
            continue  # an edit in between, or somebody has closed it
        if rule.event is SlotFreed and rule.to is Stage.PLAN_REVIEW:
            continue  # an edit that came before the slot
        if rule.event is PlanAsked and rule.to is Stage.QUEUED:
            continue  # to the plan, by way of the intake
        word += CONDITIONS.get(rule.when, "") if rule.event in CONDITIONAL else ""
        leads.setdefault((rule.to, word), set()).update(rule.sources - {rule.to})
    return leads


def _order(stage: Stage | None) -> int:
    return -1 if stage is None else len(PRECEDENCE) - PRECEDENCE.index(stage)


def _name(stage: Stage | None) -> str:
    return "[*]" if stage is None else stage.name.lower()


def main() -> int:
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    drawn = f"{before}{BEGIN}```mermaid\n{mermaid()}\n```\n{END}{after}"
    if "--check" in sys.argv:
        if drawn != text:
            sys.stderr.write("README.md shows another table than the code's: run `make diagram`\n")
            return 1
        return 0
    README.write_text(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
