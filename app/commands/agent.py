"""/agent says which agent works on this issue from the next attempt on."""

from app.commands.command import Command
from app.domain.event import AgentChosen

AGENT = Command("agent", AgentChosen)
