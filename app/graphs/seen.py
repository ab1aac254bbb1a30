"""What people wrote, as a person sees it, for agents; what they did not see is logged, unquoted."""

import structlog

from app.domain.clean import Cleaned, clean, clean_line
from app.domain.ref import IssueRef
from app.domain.task import Task

_LONGEST = 4_000  # characters of what one person said at once
log = structlog.get_logger(__name__)


def seen(issue: IssueRef, part: str, text: str) -> str:
    """Whole when it is cleaned, then shortened: of a half nobody knows what it hides."""
    cleaned = clean(text)
    _log_cut(issue, part, cleaned)
    return cleaned.text[:_LONGEST]


def note_request(task: Task) -> None:
    """Logs what its prompts leave out; app/roles/context.py cleans it once more, for each role."""
    _log_cut(task.issue, "title", clean_line(task.title))
    _log_cut(task.issue, "body", clean(task.body))


def _log_cut(issue: IssueRef, part: str, cleaned: Cleaned) -> None:
    if cleaned.removed:
        cut = {removed.kind.value: removed.count for removed in cleaned.removed}
        log.info("unseen text cut", issue=str(issue), part=part, cut=cut)
