"""What a person or an App asks for by hand becomes an event; 422 as GitHub says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox import git
from app.sandbox.actions import events
from app.sandbox.actions.events import Happening
from app.sandbox.actions.expression import Value
from app.sandbox.actions.inputs import dispatched
from app.sandbox.actions.record import Workflow
from app.sandbox.actions.trigger import Occasion
from app.sandbox.actions.workflow import Workflow as Definition
from app.sandbox.actions.workflow import WorkflowError, read_workflow
from app.sandbox.refusal import Refusal
from app.sandbox.shapes.accounts import Site, organization, user
from app.sandbox.shapes.repositories import repository
from app.sandbox.state import Repository


@dataclass(frozen=True, slots=True)
class Dispatch:
    """`ref`: a branch or a tag, with or without its prefix."""

    workflow: Workflow
    ref: str
    given: Mapping[str, Value]
    login: str


def read(
    site: Site, repo: Repository, asked: Dispatch
) -> tuple[Happening, Definition, dict[str, Value]]:
    """The event, the file as it is at that ref, and its inputs."""
    name = asked.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    options = (f"refs/heads/{name}", f"refs/tags/{name}")
    ref = next((one for one in options if one in repo.refs), None)
    sha = git.resolve(repo.path, repo.refs[ref]) if ref else None
    if ref is None or sha is None:
        raise Refusal(422, f"No ref found for: {asked.ref}")
    path = asked.workflow.path
    found = dict(events.workflow_files(repo.path, sha)).get(path)
    if found is None:
        raise Refusal(422, f"Workflow does not exist at {asked.ref}")
    try:
        definition = read_workflow(found)
        trigger = definition.triggers.get("workflow_dispatch")
        if trigger is None:
            raise Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
        inputs = dispatched(trigger.inputs, asked.given)
    except WorkflowError as error:
        raise Refusal(422, str(error)) from None
    payload = {
        "inputs": {**inputs} if trigger.inputs else None, "ref": ref, "workflow": path,
        "repository": repository(site, repo), "organization": organization(site),
        "sender": user(site, asked.login),
    }  # fmt: skip
    occasion = Occasion("workflow_dispatch", ref)
    title = definition.name or path
    return Happening(occasion, ref, sha, sha, name, title, payload), definition, inputs
