"""All commands, listed once. To add one: its arguments, its object, a line here, its words."""

from app.gateway.commands import deploy, diagnose, engineering, finish, infra, project, respond
from app.gateway.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    *project.COMMANDS,
    *engineering.COMMANDS,
    *deploy.COMMANDS,
    *infra.COMMANDS,
    *diagnose.COMMANDS,
    respond.RESPOND,
    finish.FINISH,
)
