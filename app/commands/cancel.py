"""/cancel stops the work at whatever stage it is."""

from app.commands.command import Command
from app.domain.event import Cancelled

CANCEL = Command("cancel", Cancelled)
