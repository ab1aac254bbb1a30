"""/status answers where the work stands, and starts nothing."""

from app.commands.command import Command
from app.domain.event import StatusAsked

STATUS = Command("status", StatusAsked)
