"""Holds a call to the issue and the project of its token. It asks nobody."""

from agent_image.orchestrator.arguments import Arguments
from app.domain.ref import RepoRef
from app.gateway.commands.command import Command
from app.gateway.commands.refusal import Error, Refusal
from app.gateway.token import Claims

LISTING = "project.list"


def bind(command: Command, arguments: Arguments, claims: Claims) -> None:
    """Raises Refusal where the arguments name what is not the token's own."""
    issue = getattr(arguments, "issue", None)
    if issue is not None and issue != claims.issue.number:
        raise _other(claims)
    if is_own(project_of(arguments, claims), claims.issue.repo):
        return
    if not (command.reads_others and claims.allows(LISTING)):
        raise _other(claims)


def project_of(arguments: Arguments, claims: Claims) -> str:
    """The full name of the project that a call is about."""
    own = claims.issue.repo
    given: str | None = getattr(arguments, "project", None)
    if given is None:
        return own.full_name
    return given if "/" in given else f"{own.owner}/{given}"


def is_own(full_name: str, own: RepoRef) -> bool:
    """GitHub's names know no case."""
    return full_name.casefold() == own.full_name.casefold()


def _other(claims: Claims) -> Refusal:
    return Refusal(
        Error.PERMISSION_DENIED,
        f"This run works on {claims.issue} and on nothing else. Leave project and issue out.",
        {"project": claims.issue.repo.full_name, "issue": claims.issue.number},
    )
