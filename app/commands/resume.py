"""/resume lets paused work go on."""

from app.commands.command import Command
from app.domain.event import Resumed

RESUME = Command("resume", Resumed)
