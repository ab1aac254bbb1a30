"""/help lists the commands, and starts nothing."""

from app.commands.command import Command
from app.domain.event import HelpAsked

HELP = Command("help", HelpAsked)
