"""By which agent, and for how much."""

from app.domain import change, guard, reaction
from app.domain.event import AgentChosen, BudgetAsked
from app.domain.table.rule import (
    AT_WORK,
    BLOCKED,
    BUILDING,
    EVERY,
    PLAN_REVIEW,
    QUEUED,
    TRACKED,
    AnyRule,
    Rule,
    of,
)

RULES: tuple[AnyRule, ...] = (
    Rule(of(BUILDING), AgentChosen, None, guard.agent_is_known, change.replace_agent),
    Rule(TRACKED - {BUILDING}, AgentChosen, None, guard.agent_is_known, change.choose_agent),
    Rule(EVERY, AgentChosen, None, guard.is_question, change.nothing, reaction.reply_agent),
    Rule(
        EVERY,
        AgentChosen,
        None,
        guard.always,
        change.nothing,
        reaction.reply_agent,
        accepts=False,
    ),
    Rule(
        of(BLOCKED),
        BudgetAsked,
        PLAN_REVIEW,
        guard.raises_spent_budget_and_plan_wanted,
        change.raise_budget_and_plan,
    ),
    Rule(
        of(BLOCKED),
        BudgetAsked,
        QUEUED,
        guard.raises_spent_budget,
        change.raise_budget_and_begin,
        reaction.queue,
    ),
    Rule(
        AT_WORK,
        BudgetAsked,
        None,
        guard.raises_budget,
        change.raise_budget,
        reaction.raise_budget,
    ),
    Rule(TRACKED - AT_WORK, BudgetAsked, None, guard.raises_budget, change.raise_budget),
    Rule(EVERY, BudgetAsked, None, guard.is_question, change.nothing, reaction.reply_budget),
    Rule(
        EVERY,
        BudgetAsked,
        None,
        guard.always,
        change.nothing,
        reaction.reply_budget,
        accepts=False,
    ),
)
