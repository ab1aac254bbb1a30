"""Answers that change nothing."""

from app.domain import change, guard, reaction
from app.domain.event import HelpAsked, LogsAsked, Misconfigured, StatusAsked
from app.domain.table.rule import EVERY, AnyRule, Rule

RULES: tuple[AnyRule, ...] = (
    Rule(EVERY, StatusAsked, None, guard.always, change.nothing, reaction.reply_status),
    Rule(EVERY, LogsAsked, None, guard.always, change.nothing, reaction.reply_logs),
    Rule(EVERY, HelpAsked, None, guard.always, change.nothing, reaction.reply_help),
    Rule(EVERY, Misconfigured, None, guard.always, change.nothing, reaction.explain),
)
