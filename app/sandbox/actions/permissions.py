"""What a job's token may do, by what workflow and job say."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.actions.workflow import WorkflowError
from app.sandbox.actions.workflow.definition import SCOPES, Permissions

_LEVELS = {"none": 0, "read": 1, "write": 2}
# Organisations' default today: the rest must be asked for.
_DEFAULT = {"contents": "read", "packages": "read"}


def granted(
    workflow: Permissions, job: Permissions, ceiling: Mapping[str, str] | None = None
) -> dict[str, str]:
    """In a workflow's own words (`pull-requests`). `ceiling`: what a calling job has."""
    said = workflow if job is None else job
    if said is None:
        return dict(_DEFAULT if ceiling is None else ceiling)
    wanted = dict.fromkeys(SCOPES, said.removesuffix("-all")) if isinstance(said, str) else said
    for scope, level in wanted.items():
        if ceiling is not None and _LEVELS[level] > _LEVELS[ceiling.get(scope, "none")]:
            allowed = ceiling.get(scope, "none")
            raise WorkflowError(
                f"The nested job is requesting '{scope}: {level}', but is only allowed "
                f"'{scope}: {allowed}'"
            )
    return {scope: level for scope, level in wanted.items() if level != "none"}


def of_token(permissions: Mapping[str, str]) -> dict[str, str]:
    """In the words of an App's permissions (`pull_requests`)."""
    named = {scope.replace("-", "_"): level for scope, level in permissions.items()}
    return {"metadata": "read"} | named
