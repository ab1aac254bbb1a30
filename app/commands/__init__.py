"""The slash commands, a file each. To add one: its file, its event's rules, a line here."""

from app.commands.agent import AGENT
from app.commands.approve import APPROVE
from app.commands.budget import BUDGET
from app.commands.cancel import CANCEL
from app.commands.command import Command
from app.commands.help import HELP
from app.commands.logs import LOGS
from app.commands.pause import PAUSE
from app.commands.plan import PLAN
from app.commands.resume import RESUME
from app.commands.retry import RETRY
from app.commands.status import STATUS

COMMANDS: tuple[Command, ...] = (
    PLAN,
    APPROVE,
    RETRY,
    CANCEL,
    PAUSE,
    RESUME,
    AGENT,
    BUDGET,
    STATUS,
    LOGS,
    HELP,
)
BY_WORD = {command.word: command for command in COMMANDS}
