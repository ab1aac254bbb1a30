"""Stands in for actions/checkout: the commit really is checked out, as deep as it was asked."""

from __future__ import annotations

import base64
from pathlib import Path

from app.sandbox import git
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.uses import StandIn, Use

# Merge commits of pull requests are on no branch.
_SERVE = "git -c uploadpack.allowAnySHA1InWant=true -c safe.directory=* upload-pack"


def _run(use: Use) -> None:
    own = use.github("repository")
    if use.inputs.get("repository", "").lower() not in {"", own.lower()}:
        raise StepFailed(f"The sandbox checks out {own} only, not {use.inputs['repository'][:80]}")
    if use.plan.permissions.get("contents") not in {"read", "write"}:
        raise StepFailed("remote: Repository not found. The token has no `contents: read`")
    sha, branch = _wanted(use)
    folder = use.inside(use.inputs.get("path", ""))
    depth = use.inputs.get("fetch-depth", "") or "1"
    if not (depth.isascii() and depth.isdigit() and len(depth) < 9):
        raise StepFailed(f"Input 'fetch-depth' is a number, not '{depth[:80]}'")
    folder.mkdir(parents=True, exist_ok=True)
    use.log.line(f"Checking out {own} at {sha}")
    _git(use, folder, "init", "--quiet", "--initial-branch=main")
    _git(use, folder, "config", "gc.auto", "0")
    _fetch(use, folder, sha, int(depth))
    target = ["-B", branch] if branch else ["--detach"]
    _git(use, folder, "checkout", "--quiet", "--force", *target, sha)
    _remember(use, folder, branch)
    use.outputs |= {"commit": sha, "ref": use.inputs.get("ref", "") or use.github("ref")}
    use.log.line(f"HEAD is now at {sha[:7]}")


def _wanted(use: Use) -> tuple[str, str]:
    """(commit, branch to be on or "")."""
    said = use.inputs.get("ref", "")
    if not said:
        ref = use.github("ref")
        return use.github("sha"), ref.removeprefix("refs/heads/") if "/heads/" in ref else ""
    bare = use.plan.machine.repository
    name = said.removeprefix("refs/heads/").removeprefix("refs/tags/")
    for prefix in ("refs/heads/", "refs/tags/", ""):
        # Without a prefix only a commit's id is meant: `HEAD~1` is no ref.
        if (prefix or len(name) == 40) and (sha := git.resolve(bare, f"{prefix}{name}")):
            return sha, name if prefix == "refs/heads/" else ""
    raise StepFailed(f"A branch or tag with the name '{said[:200]}' could not be found")


def _fetch(use: Use, folder: Path, sha: str, depth: int) -> None:
    bare = use.plan.machine.repository
    options = ["--quiet", "--no-tags", f"--upload-pack={_SERVE}"]
    wanted = [sha]
    if depth:
        options.append(f"--depth={depth}")
    else:
        wanted.append("+refs/heads/*:refs/remotes/origin/*")
    if not depth or use.flag("fetch-tags", default=False):
        wanted.append("+refs/tags/*:refs/tags/*")
    _git(use, folder, "fetch", *options, bare.as_uri(), *wanted)


def _remember(use: Use, folder: Path, branch: str) -> None:
    """Where it came from, so that a step can fetch and push over HTTP."""
    server, name = use.github("server_url"), use.github("repository")
    _git(use, folder, "remote", "add", "origin", f"{server}/{name}")
    if branch:
        _git(use, folder, "update-ref", f"refs/remotes/origin/{branch}", "HEAD")
    if use.flag("persist-credentials", default=True):
        token = use.inputs.get("token", "") or use.github("token")
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        use.masks.add(basic)
        # Into the file, not through a command: anybody may read the list of processes.
        with (folder / ".git" / "config").open("a") as config:
            config.write(f'[http "{server}/"]\n\textraheader = AUTHORIZATION: basic {basic}\n')


def _git(use: Use, folder: Path, *args: str) -> None:
    ended = use.execute(["git", *args], folder)
    if ended.code:
        raise StepFailed(f"git {args[0]} failed with exit code {ended.code}")


CHECKOUT = StandIn(
    "actions/checkout",
    _run,
    inputs=("repository", "ref", "token", "path", "fetch-depth", "fetch-tags",
            "persist-credentials"),
    idle=("clean", "show-progress", "set-safe-directory"),
)  # fmt: skip
