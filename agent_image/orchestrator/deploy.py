"""`orchestrator deploy …`: bringing a project to its server."""

from typing import Annotated

import typer

from agent_image.orchestrator.answer import Answer
from agent_image.orchestrator.arguments import MAX_WAIT, OfDeployment, WaitingForDeployment
from agent_image.orchestrator.send import send

app = typer.Typer(help="Deployments: bringing the run's project to its server.")
Environment = Annotated[str, typer.Option(help="Where to.")]
Seconds = Annotated[int, typer.Option(help=f"How long to wait, up to {MAX_WAIT}.")]


@app.command("start")
def start(environment: Environment = "production") -> Answer:
    """Deploy the default branch.

    For: product owner, devops.

    Example: orchestrator deploy start --environment production
    """
    return send("deploy.start", OfDeployment, environment=environment)


@app.command("status")
def status(environment: Environment = "production") -> Answer:
    """Show what runs where, and whether it is healthy.

    For: product owner, devops.

    Example: orchestrator deploy status
    """
    return send("deploy.status", OfDeployment, environment=environment)


@app.command("wait")
def wait(seconds: Seconds = 60, environment: Environment = "production") -> Answer:
    """Wait until the deployment has ended, or the seconds are over.

    For: product owner, devops.

    Example: orchestrator deploy wait --seconds 120
    """
    return send(
        "deploy.wait", WaitingForDeployment, seconds, seconds=seconds, environment=environment
    )
