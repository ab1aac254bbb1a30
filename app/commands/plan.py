"""/plan makes the work wait for an approval."""

from app.commands.command import Command
from app.domain.event import PlanAsked

PLAN = Command("plan", PlanAsked)
