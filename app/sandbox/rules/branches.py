"""What follows when refs move: push events, pull requests that follow, issues that close."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from app.sandbox import git
from app.sandbox.refusal import Refusal
from app.sandbox.rules import issues, reviews, suites
from app.sandbox.shapes.pulls import push_commit
from app.sandbox.shapes.repositories import page_url
from app.sandbox.state import PullRequest, Repository
from app.sandbox.world import Actor, World, put_issue

# https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b", re.IGNORECASE)


def closing_references(text: str) -> list[int]:
    """Issue numbers that "Closes #1, fixes #2" would close, in order."""
    return list(dict.fromkeys(int(number) for number in _CLOSES.findall(text)))


def close_referenced(world: World, repo: Repository, text: str, actor: Actor, **cause: Any) -> None:
    for number in closing_references(text):
        issue = repo.issues.get(number)
        if issue is not None and not isinstance(issue, PullRequest):
            issues.close(world, repo, number, actor, **cause)


def synchronise(world: World, repo: Repository, actor: Actor) -> None:
    """Reads the refs anew after somebody pushed, and lets everything follow."""
    with world.state.lock:
        now = git.refs(repo.path)
        _first_branch(repo, now)
        changed = [
            (ref, repo.refs.get(ref, git.ZERO), now.get(ref, git.ZERO))
            for ref in sorted(repo.refs.keys() | now.keys())
            if repo.refs.get(ref) != now.get(ref)
        ]
        moved(world, repo, changed, actor)


def _first_branch(repo: Repository, now: dict[str, str]) -> None:
    """The branch that is pushed first into an empty repository becomes the default one."""
    prefix = "refs/heads/"
    pushed = [ref for ref in sorted(now) if ref.startswith(prefix)]
    if not repo.branches and pushed and f"{prefix}{repo.default_branch}" not in now:
        repo.default_branch = pushed[0].removeprefix(prefix)
        git.run(repo.path, "symbolic-ref", "HEAD", pushed[0])


def moved(
    world: World, repo: Repository, changes: Iterable[tuple[str, str, str]], actor: Actor
) -> None:
    """Each change is (full ref, sha before, sha after); zeros where there was or is none."""
    with world.writing(repo):
        for ref, before, after in changes:
            if after == git.ZERO:
                repo.refs.pop(ref, None)
            else:
                repo.refs[ref] = after
            if not ref.startswith(("refs/heads/", "refs/tags/")):
                continue
            repo.pushed_at = repo.updated_at = world.now()
            commits = _new_commits(repo, ref, before, after)
            _emit_push(world, repo, (ref, before, after), commits, actor)
            if ref.startswith("refs/heads/") and after != git.ZERO:
                suites.pushed(world, repo, ref.removeprefix("refs/heads/"), after, actor)
            if ref.startswith("refs/heads/"):
                _pulls_follow(world, repo, ref.removeprefix("refs/heads/"), before, after, actor)
            if ref == f"refs/heads/{repo.default_branch}":
                for commit in commits:
                    close_referenced(world, repo, commit.message, actor, commit=commit.sha)


def delete(world: World, repo: Repository, ref: str, actor: Actor) -> None:
    """`ref` is full, e.g. refs/heads/x."""
    old = repo.refs.get(ref)
    if old is None:
        raise Refusal(422, "Reference does not exist")
    if ref == f"refs/heads/{repo.default_branch}":
        raise Refusal(422, "Cannot delete the default branch")
    protection = repo.protections.get(ref.removeprefix("refs/heads/"))
    if protection is not None and not protection.deletions:
        raise Refusal(422, "Cannot delete this protected branch")
    git.run(repo.path, "update-ref", "-d", ref, old)
    moved(world, repo, [(ref, old, git.ZERO)], actor)


def _new_commits(repo: Repository, ref: str, before: str, after: str) -> list[git.Commit]:
    if after == git.ZERO:
        return []
    if before != git.ZERO:
        return git.log(repo.path, f"{before}..{after}")
    base = repo.head_sha
    return git.log(repo.path, f"{base}..{after}" if base and base != after else after)


def _emit_push(
    world: World, repo: Repository, change: tuple[str, str, str],
    commits: list[git.Commit], actor: Actor,
) -> None:  # fmt: skip
    ref, before, after = change
    gone, new = after == git.ZERO, before == git.ZERO
    shapes = [push_commit(world.site, repo, commit) for commit in commits]
    page, name = page_url(world.site, repo), ref.split("/", 2)[2]
    head = None
    if not gone:
        head = shapes[-1] if shapes else push_commit(
            world.site, repo, git.log(repo.path, after, limit=1)[0]
        )  # fmt: skip
    forced = not gone and not new and not git.is_ancestor(repo.path, before, after)
    payload = {
        "ref": ref,
        "before": before,
        "after": after,
        "pusher": {"name": actor.login, "email": None},
        "created": new,
        "deleted": gone,
        "forced": forced,
        "base_ref": None,
        "compare": f"{page}/compare/{name}"
        if new or gone
        else f"{page}/compare/{before[:12]}...{after[:12]}",
        "commits": shapes,
        "head_commit": head,
    }
    world.emit("push", repo, actor, payload)


def _pulls_follow(
    world: World, repo: Repository, branch: str, before: str, after: str, actor: Actor
) -> None:
    for pull in repo.pull_requests():
        if pull.state != "open":
            continue
        if pull.head_ref == branch:
            if after == git.ZERO:
                issues.close(world, repo, pull.number, actor)
            else:
                base = repo.branches.get(pull.base_ref, pull.base_sha)
                new = put_issue(repo, pull, head_sha=after, base_sha=base, updated_at=world.now())
                issues.emit(world, repo, new, "synchronize", actor, before=before, after=after)
                if isinstance(new, PullRequest):
                    reviews.head_moved(world, repo, new, actor)
        elif pull.base_ref == branch:
            if after == git.ZERO:
                issues.close(world, repo, pull.number, actor)
            elif git.is_ancestor(repo.path, pull.head_sha, after):
                mark_merged(world, repo, pull, after, actor)


def mark_merged(
    world: World, repo: Repository, pull: PullRequest, commit: str, actor: Actor
) -> None:
    """The head is in the base branch now: GitHub calls that merged, however it got there."""
    now = world.now()
    lines = (
        issues.line(world, repo, "merged", actor, commit=commit),
        issues.line(world, repo, "closed", actor, commit=commit),
    )
    merged = put_issue(
        repo, pull, state="closed", merged_at=now, merged_by=actor.login, closed_at=now,
        closed_by=actor.login, merge_commit_sha=commit, updated_at=now,
        timeline=(*pull.timeline, *lines),
    )  # fmt: skip
    issues.emit(world, repo, merged, "closed", actor)
    if pull.base_ref == repo.default_branch:
        close_referenced(world, repo, pull.body, actor, source=pull.number)
