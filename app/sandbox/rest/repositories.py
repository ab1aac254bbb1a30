"""REST of repositories: themselves, one file, a person's permission, labels."""

from __future__ import annotations

import base64
from urllib.parse import quote

from app.sandbox import git
from app.sandbox.refusal import not_found, unsupported
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rules import issues as rules
from app.sandbox.shapes import issues as shape
from app.sandbox.shapes.accounts import user
from app.sandbox.shapes.repositories import api_url, full_repository, page_url
from app.sandbox.state import Repository

_ISSUES_OR_PULLS_READ = (("issues", "read"), ("pull_requests", "read"))
_ISSUES_OR_PULLS_WRITE = (("issues", "write"), ("pull_requests", "write"))


def get(call: Call) -> Reply:
    return Reply(200, full_repository(call.site, call.repository(("metadata", "read"))))


def commit_of(repo: Repository, name: str) -> str | None:
    """A branch, a tag, a full ref, HEAD or a sha, looked up in what the call may see."""
    if name in {"", "HEAD"}:
        return repo.head_sha
    for ref in (name, f"refs/{name}", f"refs/heads/{name}", f"refs/tags/{name}"):
        if ref in repo.refs:
            return git.resolve(repo.path, repo.refs[ref])
    return name if git.commit_exists(repo.path, name) else None


def contents(call: Call) -> Reply:
    repo = call.repository(("contents", "read"))
    path, ref = call.params["path"].strip("/"), call.query.get("ref", "")
    sha = commit_of(repo, ref)
    found = git.blob(repo.path, sha, path) if sha else None
    if found is None and sha and git.tree(repo.path, sha, path):
        raise unsupported("contents of a folder")
    if found is None:
        raise not_found()
    oid, raw = found
    query = f"?ref={quote(ref or repo.default_branch)}"
    url = f"{api_url(call.site, repo)}/contents/{quote(path)}{query}"
    page = f"{page_url(call.site, repo)}/blob/{quote(ref or repo.default_branch)}/{quote(path)}"
    blob_url = f"{api_url(call.site, repo)}/git/blobs/{oid}"
    body = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": oid,
        "size": len(raw),
        "url": url,
        "html_url": page,
        "git_url": blob_url,
        "download_url": f"{page_url(call.site, repo)}/raw/{quote(path)}",
        "type": "file",
        "content": base64.encodebytes(raw).decode(),
        "encoding": "base64",
        "_links": {"self": url, "git": blob_url, "html": page},
    }
    return Reply(200, body)


def permission(call: Call) -> Reply:
    repo = call.repository(("metadata", "read"))
    login = call.params["username"]
    known = {name.lower(): name for name in call.state.accounts}.get(login.lower())
    if known is None:
        raise not_found()
    role = repo.role_of(known)
    # The old word knows four levels: maintain is shown as write, triage as read.
    old = {"maintain": "write", "triage": "read"}.get(role, role)
    rank = ("none", "read", "triage", "write", "maintain", "admin").index(role)
    rights = {
        "admin": rank >= 5, "maintain": rank >= 4, "push": rank >= 3, "triage": rank >= 2,
        "pull": rank >= 1,
    }  # fmt: skip
    person = user(call.site, known) | {"permissions": rights, "role_name": role}
    return Reply(200, {"permission": old, "role_name": role, "user": person})


def labels(call: Call) -> Reply:
    repo = call.repository(*_ISSUES_OR_PULLS_READ)
    return call.page(list(repo.labels.values()), lambda one: shape.label(call.site, repo, one))


def create_label(call: Call) -> Reply:
    repo = call.repository(*_ISSUES_OR_PULLS_WRITE)
    name = call.string("name", required=True) or ""
    color, description = call.string("color"), call.string("description")
    label = rules.create_label(call.world, repo, name, color, description)
    body = shape.label(call.site, repo, label)
    return Reply(201, body, {"location": body["url"]})


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}", get),
    Route("GET", "/repos/{owner}/{repo}/contents/{path...}", contents),
    Route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", permission),
    Route("GET", "/repos/{owner}/{repo}/labels", labels),
    Route("POST", "/repos/{owner}/{repo}/labels", create_label),
)
