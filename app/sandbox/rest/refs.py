"""REST of git refs: read one, delete one."""

from __future__ import annotations

from app.sandbox.refusal import not_found
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rules import branches, pulls
from app.sandbox.shapes.pulls import git_ref


def get(call: Call) -> Reply:
    repo = call.repository(("contents", "read"))
    ref = f"refs/{call.params['ref']}"
    sha = repo.refs.get(ref)
    if sha is None:
        raise not_found()
    return Reply(200, git_ref(call.site, repo, ref, sha))


def delete(call: Call) -> Reply:
    repo = call.repository(("contents", "write"))
    ref = f"refs/{call.params['ref']}"
    branches.delete(call.world, repo, ref, call.actor)
    pulls.delete_head_line(call.world, repo, ref, call.actor)
    return Reply(204)


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/git/ref/{ref...}", get),
    Route("DELETE", "/repos/{owner}/{repo}/git/refs/{ref...}", delete),
)
