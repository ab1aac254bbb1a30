"""/logs answers with the end of what the last runs printed."""

from app.commands.command import Command
from app.domain.event import LogsAsked

LOGS = Command("logs", LogsAsked)
