"""`orchestrator diagnose …`: what works and what does not."""

from typing import Annotated

import typer

from agent_image.orchestrator.answer import Answer
from agent_image.orchestrator.arguments import NoArguments, OfTask
from agent_image.orchestrator.send import send

app = typer.Typer(help="Diagnosis: what works and what does not.")


@app.command("api")
def api() -> Answer:
    """Show that the gateway answers, who this run is, and which commands it may use.

    For: product owner.

    Example: orchestrator diagnose api
    """
    return send("diagnose.api", NoArguments)


@app.command("github")
def github() -> Answer:
    """Show whether GitHub answers for the run's project.

    For: product owner.

    Example: orchestrator diagnose github
    """
    return send("diagnose.github", NoArguments)


@app.command("projects")
def projects() -> Answer:
    """Count the tasks of the run's project by stage, and name those that need a person.

    For: product owner.

    Example: orchestrator diagnose projects
    """
    return send("diagnose.projects", NoArguments)


@app.command("logs")
def logs(
    issue: Annotated[
        int | None, typer.Option(help="Left out: the run's own; no other is allowed.")
    ] = None,
) -> Answer:
    """Show what the attempts of the run's issue have left: outcome, and what failed.

    For: product owner.

    Example: orchestrator diagnose logs
    """
    return send("diagnose.logs", OfTask, issue=issue)


@app.command("health")
def health() -> Answer:
    """Show which parts of the system are up.

    For: product owner.

    Example: orchestrator diagnose health
    """
    return send("diagnose.health", NoArguments)
