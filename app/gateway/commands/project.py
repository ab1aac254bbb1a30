"""project.*: the repositories that the system works on."""

from typing import Any

from agent_image.orchestrator.arguments import NewProject, NoArguments, OfProject, OfSecret
from app.domain.clean import clean_line
from app.gateway.commands.binding import is_own, project_of
from app.gateway.commands.command import Caller, Command, Done, later
from app.gateway.commands.ports import Project
from app.gateway.commands.refusal import Error, Refusal
from app.gateway.commands.stand import name_of

MAX_LISTED = 100


async def _list(_arguments: NoArguments, caller: Caller) -> Done:
    own = caller.claims.issue.repo
    seen = [one for one in await caller.outside.projects.all(own) if _may_see(one, caller)]
    shown = [_shown(one) for one in seen[:MAX_LISTED]]
    left = f", of which {MAX_LISTED} are listed" if len(seen) > MAX_LISTED else ""
    return Done(shown, f"{len(seen)} projects{left}.")


async def _get(arguments: OfProject, caller: Caller) -> Done:
    project = await _found(arguments, caller)
    return Done(_shown(project), f"{project.full_name}.")


async def _tasks(arguments: OfProject, caller: Caller) -> Done:
    project = await _found(arguments, caller)
    lines = await caller.outside.tasks.listed(caller.claims.issue.repo, project.name)
    shown = [
        {
            "issue": line.number,
            "title": clean_line(line.title).text,
            "stage": name_of(line.stage),
            "url": line.url,
        }
        for line in lines[:MAX_LISTED]
    ]
    return Done(shown, f"{len(shown)} tasks of {project.full_name}, the last changed first.")


async def _found(arguments: OfProject, caller: Caller) -> Project:
    """Raises Refusal, with the same words for what is not there and what may not be seen."""
    own, wanted = caller.claims.issue.repo, project_of(arguments, caller.claims)
    owner, _, name = wanted.partition("/")
    if owner.casefold() == own.owner.casefold():
        project = await caller.outside.projects.named(own, name)
        if project is not None and _may_see(project, caller):
            return project
    raise Refusal(Error.NOT_FOUND, f"There is no project {wanted} here. See: project list")


def _may_see(project: Project, caller: Caller) -> bool:
    """What an agent reads it can repeat on an issue that more people read."""
    return not project.private or is_own(project.full_name, caller.claims.issue.repo)


def _shown(project: Project) -> dict[str, Any]:
    return {
        "project": project.full_name,
        "description": project.description,
        "private": project.private,
        "default_branch": project.default_branch,
        "url": project.url,
    }


COMMANDS = (
    Command("project.create", NewProject, later("create projects")),
    Command("project.list", NoArguments, _list),
    Command("project.get", OfProject, _get, reads_others=True),
    Command("project.tasks", OfProject, _tasks, reads_others=True),
    Command("project.set-secret", OfSecret, later("ask people for secrets")),
)
