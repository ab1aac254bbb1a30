"""infra.*: servers and allocations, which come with a later part of the system."""

from agent_image.orchestrator.arguments import Allocation, Incidents, NoArguments, Release
from app.gateway.commands.command import Command, later

COMMANDS = (
    Command("infra.servers", NoArguments, later("list servers")),
    Command("infra.allocate", Allocation, later("allocate servers")),
    Command("infra.release", Release, later("release allocations")),
    Command("infra.incidents", Incidents, later("list incidents")),
)
