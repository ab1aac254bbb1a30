"""`orchestrator engineering …`: the work from a request to its pull request."""

from typing import Annotated

import typer

from agent_image.orchestrator.answer import Answer
from agent_image.orchestrator.arguments import MAX_WAIT, OfTask, Waiting
from agent_image.orchestrator.send import send

app = typer.Typer(help="Engineering: the work from a request to its pull request.")
Issue = Annotated[int | None, typer.Option(help="Left out: the run's own; no other is allowed.")]
Seconds = Annotated[int, typer.Option(help=f"How long to wait, up to {MAX_WAIT}.")]


@app.command("start")
def start(issue: Issue = None) -> Answer:
    """Start the work on the run's issue; when it is under way already, say how it stands.

    For: product owner.

    Example: orchestrator engineering start
    """
    return send("engineering.start", OfTask, issue=issue)


@app.command("status")
def status(issue: Issue = None) -> Answer:
    """Show stage, attempts and verdicts, pull request, tokens and cost of the run's issue.

    For: product owner, developer.

    Example: orchestrator engineering status
    """
    return send("engineering.status", OfTask, issue=issue)


@app.command("wait")
def wait(seconds: Seconds = 60, issue: Issue = None) -> Answer:
    """Wait until the work has ended, or the seconds are over ("ended": false; ask again then).

    For: product owner.

    Example: orchestrator engineering wait --seconds 120
    """
    return send("engineering.wait", Waiting, seconds, seconds=seconds, issue=issue)
