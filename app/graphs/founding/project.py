"""Which project a task is about: what was specified, and approved, when its run began."""

from app.domain.policy import NewProjects
from app.domain.project import NewProject
from app.domain.spec import Project, Specification
from app.domain.task import Task
from app.graphs.ports import GivenUp


def specified(task: Task) -> tuple[Specification, Project, NewProjects]:
    """What is wanted, and what the organisation allows. Raises GivenUp.

    An edit of the request does not change what its run was begun for; it ends the run.
    """
    spec, allowed = task.record.spec, task.policy.new_projects
    if spec is None or spec.project is None:
        raise GivenUp("No project was specified. `/retry` has the request read anew.")
    if allowed is None:
        raise GivenUp(
            "The organisation's orchestrator.yml does not name this repository among "
            "`new_projects: repositories`, so no repository is made."
        )
    return spec, spec.project, allowed


def new_project(task: Task) -> NewProject:
    """Raises GivenUp."""
    _, project, allowed = specified(task)
    return NewProject(project.name, allowed.private, task.title or project.name, task.issue)
