"""The contexts of a run: what expressions see of GitHub, and of the jobs before them."""

from __future__ import annotations

from typing import Any

import msgspec

from app.sandbox.actions.expression import Value
from app.sandbox.actions.record import WorkflowRun
from app.sandbox.shapes.accounts import Site
from app.sandbox.state import PullRequest, Repository


def github(
    site: Site, repo: Repository, run: WorkflowRun, event: dict[str, Any]
) -> dict[str, Value]:
    """Without token, job and what is about the machine."""
    pull = repo.issues.get(run.pull_number or 0)
    ends = (pull.head_ref, pull.base_ref) if isinstance(pull, PullRequest) else ("", "")
    parts = run.ref.split("/", 2)
    kind = "tag" if parts[1] == "tags" else "branch"
    accounts = site.state.accounts
    return {
        "actor": run.actor,
        "actor_id": str(accounts[run.actor].id) if run.actor in accounts else "",
        "api_url": site.api,
        "base_ref": ends[1],
        "event": event,
        "event_name": run.event,
        "graphql_url": f"{site.url}/api/graphql",
        "head_ref": ends[0],
        "ref": run.ref,
        "ref_name": parts[2],
        "ref_protected": False,
        "ref_type": kind,
        "repository": repo.full_name,
        "repository_id": str(repo.id),
        "repository_owner": repo.owner,
        "repository_owner_id": str(accounts[repo.owner].id),
        "repositoryUrl": f"git://{site.url.partition('://')[2]}/{repo.full_name}.git",
        "retention_days": "90",
        "run_attempt": str(run.run_attempt),
        "run_id": str(run.id),
        "run_number": str(run.run_number),
        "server_url": site.url,
        "sha": run.sha,
        "triggering_actor": run.triggering_actor,
        "workflow": run.name,
        "workflow_ref": f"{repo.full_name}/{run.path}@{run.ref}",
        "workflow_sha": run.sha,
    }


def plain(payload: dict[str, Any]) -> dict[str, Any]:
    """The event as a file has it: what only the App is told is left out."""
    told = {key: value for key, value in payload.items() if key != "installation"}
    parsed: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told))
    return parsed
