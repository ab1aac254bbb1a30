"""How a new project's first issue is worded: the same each time, so that its digest is known."""

from app.domain.part import MadePart, marker
from app.domain.record import digest
from app.domain.ref import IssueRef
from app.domain.task import Task
from app.domain.words.parts import handed_over

KEY = "all"
_MAX_TITLE = 256


def wording(task: Task) -> tuple[str, str]:
    """Title and body. What is to be built is told as a specification, not here."""
    title = " ".join(task.title.split())[:_MAX_TITLE].strip() or "The new project"
    return title, f"{handed_over(task.issue)}\n\n{marker(task.issue, KEY)}"


def part(task: Task, issue: IssueRef) -> MadePart:
    title, body = wording(task)
    return MadePart(issue, KEY, title, digest(title, body))
