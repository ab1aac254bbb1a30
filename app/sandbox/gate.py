"""What reviews come to, and what stands in the way of a merge or a push; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from app.sandbox import git
from app.sandbox.protected import Protection
from app.sandbox.refusal import Refusal
from app.sandbox.review import OPINIONS, Review
from app.sandbox.state import ROLES, CheckRun, PullRequest, Repository

_PASSED = frozenset({"success", "neutral", "skipped"})


def may_write(repo: Repository, login: str) -> bool:
    return ROLES.index(repo.role_of(login)) >= ROLES.index("write")


def opinions(repo: Repository, number: int, *, writers: bool = False) -> list[Review]:
    """The latest decisive review of each reviewer; `writers`: of those who may write only."""
    latest: dict[str, Review] = {}
    for review in repo.reviews_of(number):
        if review.state in OPINIONS and (not writers or may_write(repo, review.author)):
            latest.pop(review.author, None)
            latest[review.author] = review
    return list(latest.values())


def decision(repo: Repository, pull: PullRequest) -> str | None:
    """GitHub's reviewDecision: null where the base branch requires no reviews."""
    protection = repo.protections.get(pull.base_ref)
    if protection is None or not protection.reviews:
        return None
    states = [review.state for review in opinions(repo, pull.number, writers=True)]
    if "CHANGES_REQUESTED" in states:
        return "CHANGES_REQUESTED"
    return "APPROVED" if states.count("APPROVED") >= protection.reviews else "REVIEW_REQUIRED"


def obstacles(repo: Repository, pull: PullRequest, login: str | None = None) -> list[str]:
    """Why the base branch's protection forbids a merge, in GitHub's words; `login`: who merges."""
    protection = repo.protections.get(pull.base_ref)
    if protection is None:
        return []
    if login is not None and not protection.admins and repo.role_of(login) == "admin":
        return []
    return [
        *_reviews(repo, pull, protection),
        *_checks(repo, pull, protection),
        *_talks(repo, pull, protection),
    ]


def behind(repo: Repository, pull: PullRequest) -> bool:
    """Whether the head must hold all of the base, and does not."""
    protection = repo.protections.get(pull.base_ref)
    base = repo.branches.get(pull.base_ref)
    if protection is None or protection.checks is None or not protection.strict or base is None:
        return False
    return not git.is_ancestor(repo.path, base, pull.head_sha)


def _reviews(repo: Repository, pull: PullRequest, protection: Protection) -> Iterator[str]:
    if not protection.reviews:
        return
    found = opinions(repo, pull.number, writers=True)
    against = sum(review.state == "CHANGES_REQUESTED" for review in found)
    if against:
        noun = "review" if against == 1 else "reviews"
        yield f"{against} {noun} requesting changes by reviewers with write access."
    if sum(review.state == "APPROVED" for review in found) < protection.reviews:
        noun = "review is" if protection.reviews == 1 else "reviews are"
        count = protection.reviews
        yield f"At least {count} approving {noun} required by reviewers with write access."


def latest_check(repo: Repository, sha: str, name: str) -> CheckRun | None:
    found = [run for run in repo.check_runs.values() if (run.head_sha, run.name) == (sha, name)]
    return max(found, key=lambda run: run.id, default=None)


def _checks(repo: Repository, pull: PullRequest, protection: Protection) -> Iterator[str]:
    for name in protection.checks or ():
        run = latest_check(repo, pull.head_sha, name)
        if run is None:
            yield f'Required status check "{name}" is expected.'
        elif run.status != "completed":
            yield f'Required status check "{name}" is {run.status.replace("_", " ")}.'
        elif not _is_good(repo, pull.head_sha, name):
            yield f'Required status check "{name}" is failing.'
    if behind(repo, pull):
        yield f"Head branch is not up to date with {pull.base_ref}."


def _talks(repo: Repository, pull: PullRequest, protection: Protection) -> Iterator[str]:
    threads = repo.threads_of(pull.number)
    if protection.conversations and any(thread.resolved_by is None for thread in threads):
        yield "All comments must be resolved."


def merge_state(repo: Repository, pull: PullRequest, mergeable: bool | None) -> str:
    """REST's mergeable_state; GraphQL's mergeStateStatus in small letters."""
    if mergeable is None:
        return "unknown"
    if not mergeable:
        return "dirty"
    if pull.draft:
        return "draft"
    if behind(repo, pull):
        return "behind"
    if obstacles(repo, pull):
        return "blocked"
    return "clean" if _all_passed(repo, pull.head_sha) else "unstable"


def _all_passed(repo: Repository, sha: str) -> bool:
    """Of all its checks, required or not, the last run of each."""
    names = {run.name for run in repo.check_runs.values() if run.head_sha == sha}
    return all(_is_good(repo, sha, name) for name in names)


def push_rules(repo: Repository, login: str) -> str:
    """For the hook that runs before a push: lines of a ref and what may not be done to it."""
    lines = []
    for branch, protection in repo.protections.items():
        free = not protection.admins and repo.role_of(login) == "admin"
        forbidden = {
            "delete": not protection.deletions,
            "force": not protection.force_pushes,
            "pull": protection.reviews is not None and not free,
            "check": bool(protection.checks) and not free,
        }
        words = [word for word, stops in forbidden.items() if stops]
        words += [f"passed {sha}" for sha in _passed(repo, protection)]
        lines += [f"refs/heads/{branch} {word}" for word in words]
    return "\n".join(lines)


def _passed(repo: Repository, protection: Protection) -> list[str]:
    """Commits that have all the checks which the branch requires."""
    shas = dict.fromkeys(run.head_sha for run in repo.check_runs.values())
    return [
        sha for sha in shas if all(_is_good(repo, sha, name) for name in protection.checks or ())
    ]


def _is_good(repo: Repository, sha: str, name: str) -> bool:
    run = latest_check(repo, sha, name)
    return run is not None and run.status == "completed" and run.conclusion in _PASSED


def check_commit(repo: Repository, branch: str, login: str) -> None:
    """409 for a commit made on the page where only pull requests may change the branch."""
    lines = push_rules(repo, login).splitlines()
    for word in ("pull", "check"):
        if f"refs/heads/{branch} {word}" in lines:
            raise Refusal(409, "Changes must be made through a pull request.")
