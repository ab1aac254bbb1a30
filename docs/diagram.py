"""Draws the life of a task into README.md, from the transition table. `--check` only compares."""

import sys
from pathlib import Path

from app.domain.stage import PRECEDENCE, Stage
from app.domain.transition import RULES

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- diagram: make diagram -->\n", "<!-- /diagram -->"
WORDS = {
    "Requested": "a request",
    "PlanAsked": "/plan",
    "Approved": "/approve",
    "Retried": "/retry",
    "Cancelled": "/cancel",
    "IssueEdited": "edited",
    "IssueClosed": "issue closed",
    "IssueReopened": "reopened",
    "SlotFreed": "a slot is free",
    "RunFinished": "the run ends",
    "PullRequestMerged": "merged",
    "PullRequestClosed": "closed unmerged",
    "MergeRefused": "merge refused",
}


def mermaid() -> str:
    """A state diagram: an arrow for each pair of stages, with every event that leads along it."""
    arrows: dict[tuple[Stage | None, Stage], list[str]] = {}
    for rule in RULES:
        word = WORDS.get(rule.event.__name__)
        if rule.to is None or word is None:  # what a sweep finds leads where an event led
            continue
        condition = rule.when.__doc__
        text = f"{word}, {condition}" if condition else word
        for source in rule.sources - {rule.to}:
            words = arrows.setdefault((source, rule.to), [])
            if text not in words:
                words.append(text)
    order = [None, *reversed(PRECEDENCE)]
    lines = ["stateDiagram-v2"]
    lines += [f"    {_name(stage)} : {stage.value}" for stage in reversed(PRECEDENCE)]
    for source, to in sorted(arrows, key=lambda a: (order.index(a[0]), order.index(a[1]))):
        lines.append(f"    {_name(source)} --> {_name(to)} : {' · '.join(arrows[source, to])}")
    lines.append("    done --> [*]")
    return "\n".join(lines)


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
