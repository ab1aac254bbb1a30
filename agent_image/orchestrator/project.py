"""`orchestrator project …`: the repositories that the system works on."""

from typing import Annotated

import typer

from agent_image.orchestrator.answer import Answer
from agent_image.orchestrator.arguments import NewProject, NoArguments, OfProject, OfSecret
from agent_image.orchestrator.send import send

app = typer.Typer(help="Projects: the repositories that the system works on.")
Name = Annotated[
    str | None,
    typer.Argument(metavar="[PROJECT]", help="NAME or OWNER/NAME; left out: the run's own."),
]


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Lower case, digits and dashes.")],
    description: Annotated[str, typer.Option(help="What it is for, in a sentence.")],
    module: Annotated[
        list[str], typer.Option(help="backend, tg_bot, notifications or frontend; repeatable.")
    ],
) -> Answer:
    """Create a repository from the template.

    For: product owner.

    Example: orchestrator project create rain-bot --description "Tells when it rains"
    --module backend --module tg_bot
    """
    return send("project.create", NewProject, name=name, description=description, modules=module)


@app.command("list")
def list_() -> Answer:
    """List the projects: name, description, branch, address.

    For: product owner, developer (public projects and the run's own).

    Example: orchestrator project list
    """
    return send("project.list", NoArguments)


@app.command("get")
def get(project: Name = None) -> Answer:
    """Show one project.

    For: product owner, analyst, lead, architect, developer, reviewer, devops. Another project than
    the run's own needs project.list.

    Example: orchestrator project get weather
    """
    return send("project.get", OfProject, project=project)


@app.command("tasks")
def tasks(project: Name = None) -> Answer:
    """List a project's tasks with their stages, the last changed first.

    For: product owner.

    Example: orchestrator project tasks weather
    """
    return send("project.tasks", OfProject, project=project)


@app.command("set-secret")
def set_secret(
    name: Annotated[str, typer.Argument(help="Capital letters, digits and underscores.")],
    project: Annotated[str | None, typer.Option(help="Left out: the run's own.")] = None,
) -> Answer:
    """Ask for a secret by its name. A person gives the value; no agent ever sees it.

    For: product owner.

    Example: orchestrator project set-secret TELEGRAM_TOKEN
    """
    return send("project.set-secret", OfSecret, name=name, project=project)
