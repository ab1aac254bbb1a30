"""deploy.*: bringing a project to its server, which comes with a later part of the system."""

from agent_image.orchestrator.arguments import OfDeployment, WaitingForDeployment
from app.gateway.commands.command import Command, later

COMMANDS = (
    Command("deploy.start", OfDeployment, later("deploy")),
    Command("deploy.status", OfDeployment, later("deploy")),
    Command("deploy.wait", WaitingForDeployment, later("deploy")),
)
