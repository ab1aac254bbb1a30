"""What happened in a repository, as workflows see it: which commit, which ref, what has changed."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.sandbox import git, merging
from app.sandbox.actions.trigger import Occasion
from app.sandbox.state import PullRequest, Repository

FOLDER = ".github/workflows"


@dataclass(frozen=True, slots=True)
class Happening:
    """`sha` is checked out and has the workflows; `head_sha` is what the run is said to be of."""

    occasion: Occasion
    ref: str
    sha: str
    head_sha: str
    head_branch: str | None
    title: str
    payload: Mapping[str, Any]
    pull_number: int | None = None


def read(repo: Repository, event: str, payload: Mapping[str, Any]) -> Happening | None:
    """None for what starts no workflow, whatever it says."""
    if event == "push" and not payload["deleted"]:
        return _push(repo, payload)
    if event == "pull_request":
        return _pull_request(repo, payload)
    return None


def _push(repo: Repository, payload: Mapping[str, Any]) -> Happening | None:
    ref, before, after = payload["ref"], payload["before"], payload["after"]
    sha = git.resolve(repo.path, after)  # a tag may be an object of its own
    if sha is None:  # of something that is no commit
        return None
    message = git.commit(repo.path, sha).message
    changed = functools.partial(_pushed, repo, before, sha)
    return Happening(
        Occasion("push", ref, message=message, changed=changed), ref, sha, sha,
        ref.split("/", 2)[2], message.partition("\n")[0], payload,
    )  # fmt: skip


def _pushed(repo: Repository, before: str, after: str) -> Sequence[str]:
    if before == git.ZERO:
        main = repo.head_sha
        if main is None or main == after:
            return _names(repo.path, ("ls-tree", "-r", "-z", "--name-only", after))
        return _names(repo.path, ("diff", "-z", "--name-only", f"{main}...{after}"))
    return _names(repo.path, ("diff", "-z", "--name-only", before, after))


def _pull_request(repo: Repository, payload: Mapping[str, Any]) -> Happening | None:
    pull = repo.issues.get(payload["number"])
    if not isinstance(pull, PullRequest):
        return None
    base = repo.branches.get(pull.base_ref, pull.base_sha)
    if not any(workflow_files(repo.path, one) for one in (pull.head_sha, base)):
        return None  # most repositories: a merge is not made for nothing
    sha = _merged(repo, base, pull)
    if sha is None:  # GitHub starts nothing while there are conflicts
        return None
    span = ("diff", "-z", "--name-only", f"{base}...{pull.head_sha}")
    occasion = Occasion(
        "pull_request", f"refs/heads/{pull.base_ref}", payload["action"],
        git.commit(repo.path, pull.head_sha).message,
        lambda: _names(repo.path, span),
    )  # fmt: skip
    return Happening(
        occasion, f"refs/pull/{pull.number}/merge", sha, pull.head_sha, pull.head_ref, pull.title,
        payload, pull.number,
    )  # fmt: skip


def _merged(repo: Repository, base: str, pull: PullRequest) -> str | None:
    """The commit that a merge would make; once merged, the head itself."""
    if pull.merged_at is not None:
        return pull.merge_commit_sha or pull.head_sha
    when = git.commit(repo.path, pull.head_sha).when
    by = git.Person("GitHub", "noreply@github.com", when)
    words = f"Merge {pull.head_sha} into {base}"
    return merging.merge(repo.path, base, pull.head_sha, method="merge", message=words, by=by)


def _names(path: Path, arguments: Sequence[str]) -> Sequence[str]:
    raw = git.run(path, *arguments).decode(errors="surrogateescape")
    return [name for name in raw.split("\0") if name]


@functools.lru_cache(maxsize=1024)
def workflow_files(path: Path, sha: str) -> tuple[tuple[str, bytes], ...]:
    """(path, content) of each at this commit, in order; one git process where there are none."""
    listed = _names(path, ("ls-tree", "-z", "--name-only", sha, f"{FOLDER}/"))
    names = [name for name in listed if name.endswith((".yml", ".yaml"))]
    blobs = ((name, git.blob(path, sha, name)) for name in names)
    return tuple((name, blob[1]) for name, blob in blobs if blob)
