"""/approve lets a plan go on, for the request as it is worded at that moment."""

from app.commands.command import Command
from app.domain.event import Approved

APPROVE = Command("approve", Approved)
