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
from app.domain.topic import means

RULES: tuple[AnyRule, ...] = (
    Rule(of(BUILDING), AgentChosen, None, means.agent_is_known, means.replace_agent),
    Rule(TRACKED - {BUILDING}, AgentChosen, None, means.agent_is_known, means.choose_agent),
    Rule(EVERY, AgentChosen, None, means.is_question, change.nothing, reaction.reply_agent),
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
        means.raises_spent_budget_and_plan_wanted,
        means.raise_budget_and_plan,
    ),
    Rule(
        of(BLOCKED),
        BudgetAsked,
        QUEUED,
        means.raises_spent_budget,
        means.raise_budget_and_begin,
        reaction.queue,
    ),
    Rule(
        AT_WORK,
        BudgetAsked,
        None,
        means.raises_budget,
        means.raise_budget,
        reaction.raise_budget,
    ),
    Rule(TRACKED - AT_WORK, BudgetAsked, None, means.raises_budget, means.raise_budget),
    Rule(EVERY, BudgetAsked, None, means.is_question, change.nothing, reaction.reply_budget),
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
