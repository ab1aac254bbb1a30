"""`orchestrator infra …`: servers, what is given out on them, and what went wrong there."""

from typing import Annotated

import typer

from agent_image.orchestrator.answer import Answer
from agent_image.orchestrator.arguments import Allocation, Incidents, NoArguments, Release
from agent_image.orchestrator.send import send

app = typer.Typer(help="Infrastructure: servers, allocations, incidents.")


@app.command("servers")
def servers() -> Answer:
    """List the servers with their free memory.

    For: product owner, devops.

    Example: orchestrator infra servers
    """
    return send("infra.servers", NoArguments)


@app.command("allocate")
def allocate(
    memory_mb: Annotated[int, typer.Option(help="Megabytes.")],
    environment: Annotated[str, typer.Option(help="What for.")] = "production",
) -> Answer:
    """Reserve a place for the run's project on a server.

    For: product owner, devops.

    Example: orchestrator infra allocate --memory-mb 512
    """
    return send("infra.allocate", Allocation, memory_mb=memory_mb, environment=environment)


@app.command("release")
def release(
    allocation: Annotated[int, typer.Argument(help="The number that allocate answered.")],
) -> Answer:
    """Give an allocation back.

    For: product owner, devops.

    Example: orchestrator infra release 7
    """
    return send("infra.release", Release, allocation=allocation)


@app.command("incidents")
def incidents(
    server: Annotated[str | None, typer.Option(help="Only this server's.")] = None,
) -> Answer:
    """List what went wrong on the servers.

    For: product owner, devops.

    Example: orchestrator infra incidents
    """
    return send("infra.incidents", Incidents, server=server)
