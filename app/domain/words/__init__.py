"""Everything the bot says, in one place. It decides nothing and knows no clock.

Texts of agents and tests are not ours: they are fenced or quoted, so that they can't mention
people, close issues or look like our own words.
"""

from app.domain.words.published import (
    check_summary,
    check_text,
    check_title,
    commit_message,
    going_back,
    pull_request_body,
    pull_request_part,
    pull_request_title,
    with_part,
)
from app.domain.words.quoting import fenced
from app.domain.words.replies import (
    ARGUMENTS,
    HELP,
    agent,
    answer,
    budget,
    help_text,
    logs,
    not_taken_up,
    nothing_done,
    question,
    status,
)
from app.domain.words.status import ICONS, status_comment
from app.domain.words.steering import NEXT

__all__ = [
    "ARGUMENTS",
    "HELP",
    "ICONS",
    "NEXT",
    "agent",
    "answer",
    "budget",
    "check_summary",
    "check_text",
    "check_title",
    "commit_message",
    "fenced",
    "going_back",
    "help_text",
    "logs",
    "not_taken_up",
    "nothing_done",
    "pull_request_body",
    "pull_request_part",
    "pull_request_title",
    "question",
    "status",
    "status_comment",
    "with_part",
]
