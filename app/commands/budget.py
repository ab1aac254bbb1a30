"""/budget shows what the work has cost, or raises what it may cost."""

from app.commands.command import Command
from app.domain.event import BudgetAsked

BUDGET = Command("budget", BudgetAsked)
