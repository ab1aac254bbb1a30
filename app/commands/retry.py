"""/retry starts the work, or another round after it has ended."""

from app.commands.command import Command
from app.domain.event import Retried

RETRY = Command("retry", Retried)
