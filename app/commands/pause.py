"""/pause stops the work where it is; what was pushed so far is kept."""

from app.commands.command import Command
from app.domain.event import Paused

PAUSE = Command("pause", Paused)
