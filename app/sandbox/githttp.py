"""git over HTTP: checks the token, then lets `git http-backend` do the work; refs follow after."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.sandbox import gate, git
from app.sandbox.auth import Grant, Tokens, bearer
from app.sandbox.refusal import Refusal
from app.sandbox.rules.branches import synchronise
from app.sandbox.state import Repository
from app.sandbox.world import Actor, World, get_repository


@dataclass(frozen=True, slots=True)
class GitRequest:
    """`rest`: what follows owner/repo.git, e.g. info/refs."""

    method: str
    owner: str
    repo: str
    rest: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def service(self) -> str:
        return "push" if "git-receive-pack" in f"{self.rest}?{self.query}" else "fetch"


@dataclass(frozen=True, slots=True)
class GitReply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


_CHALLENGE = {"www-authenticate": 'Basic realm="GitHub"', "content-type": "text/plain"}


def serve(world: World, tokens: Tokens, request: GitRequest) -> GitReply:
    try:
        repo, grant = _authorise(world, tokens, request)
    except Refusal as refusal:
        headers = _CHALLENGE if refusal.status == 401 else {"content-type": "text/plain"}
        return GitReply(refusal.status, headers, f"{refusal.message}\n".encode())
    reply = _backend(repo, grant, request)
    if request.rest == "git-receive-pack":
        actor = grant.actor if grant else Actor(world.state.owner.login)
        synchronise(world, repo, actor)
    return reply


def _authorise(
    world: World, tokens: Tokens, request: GitRequest
) -> tuple[Repository, Grant | None]:
    """401 without good credentials, 404 for what they do not see, 403 for what they may not do."""
    missing = Refusal(404, "Repository not found.")
    try:
        repo = get_repository(world.state, request.owner, request.repo.removesuffix(".git"))
    except Refusal:
        repo = None
    if "authorization" not in request.headers:
        if repo is not None and not repo.private and request.service == "fetch":
            return repo, None
        raise Refusal(401, "Repository not found." if repo is None else "Authentication required")
    try:
        grant = tokens.grant(bearer(request.headers))
    except Refusal:
        raise Refusal(401, "Invalid username or token.") from None
    if repo is None or not grant.sees(repo):
        raise missing
    level = "write" if request.service == "push" else "read"
    if not grant.may(repo, "contents", level):
        raise Refusal(403, f"Permission to {repo.full_name}.git denied to {grant.login}.")
    if level == "write" and repo.archived:
        raise Refusal(403, "This repository was archived so it is read-only.")
    return repo, grant


def _backend(repo: Repository, grant: Grant | None, request: GitRequest) -> GitReply:
    environment = git.environment() | {
        "GIT_PROJECT_ROOT": str(repo.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{request.rest}",
        "QUERY_STRING": request.query,
        "REQUEST_METHOD": request.method,
        "REMOTE_USER": grant.login if grant else "",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
    }
    environment["SANDBOX_PROTECTED"] = gate.push_rules(repo, grant.login if grant else "")
    if grant is None or not grant.is_app or grant.may(repo, "workflows", "write"):
        environment["SANDBOX_MAY_WORKFLOWS"] = "1"
    done = subprocess.run(
        ["git", "http-backend"],
        input=request.body,
        capture_output=True,
        env=environment,
        cwd=os.fspath(repo.path),
        timeout=120,
        check=False,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    status = int(headers.pop("status", "200" if done.stdout else "500").split()[0])
    return GitReply(status, headers, body)
