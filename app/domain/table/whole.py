"""A task that is handed over to others, its parts."""

from app.domain import change, guard
from app.domain.event import (
    Cancelled,
    Found,
    IssueClosed,
    IssueReopened,
    Mentioned,
    PartsMade,
    Retried,
)
from app.domain.table.rule import (
    BLOCKED,
    BUILDING,
    CANCELLED,
    DONE,
    ENDED,
    PARTS,
    AnyRule,
    Rule,
    of,
)
from app.domain.topic import ending, whole

RULES: tuple[AnyRule, ...] = (
    Rule(of(BUILDING), PartsMade, PARTS, guard.this_round, whole.take, whole.hand_over),
    Rule(of(PARTS), Mentioned, None, guard.unaltered, change.nothing, whole.point),
    Rule(ENDED, Mentioned, None, whole.unaltered_and_handed_over, change.nothing, whole.point),
    Rule(of(PARTS), Cancelled, CANCELLED, guard.always, ending.stopped, whole.withdraw),
    Rule(of(PARTS), IssueClosed, CANCELLED, guard.always, ending.stopped, whole.withdraw),
    Rule(of(BLOCKED), Cancelled, CANCELLED, whole.is_handed_over, ending.stopped, whole.withdraw),
    Rule(of(BLOCKED), IssueClosed, CANCELLED, whole.is_handed_over, ending.stopped, whole.withdraw),
    Rule(of(PARTS), Found, CANCELLED, guard.is_closed, ending.found_closed, whole.withdraw),
    Rule(of(PARTS), Found, BLOCKED, whole.parts_unknown, whole.lose),
    Rule(of(PARTS, BLOCKED), Found, DONE, whole.all_done, whole.see, whole.finish),
    Rule(of(PARTS), Found, BLOCKED, whole.one_given_up, whole.give_up),
    Rule(of(PARTS), Found, BLOCKED, whole.one_gone, whole.miss),
    Rule(of(PARTS), Found, None, whole.moved, whole.see, whole.show_and_begin),
    Rule(of(PARTS), Found, None, guard.always, change.nothing, whole.mend_and_begin),
    Rule(of(BLOCKED), Found, PARTS, whole.all_go_on, whole.see, whole.show_and_begin),
    Rule(
        of(BLOCKED, CANCELLED), Retried, PARTS, whole.may_go_on, whole.go_on, whole.reopen_and_begin
    ),
    Rule(
        of(CANCELLED),
        IssueReopened,
        PARTS,
        whole.may_go_on_reopened,
        whole.go_on,
        whole.reopen_and_begin,
    ),
)
