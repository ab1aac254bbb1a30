"""Check suites: which there are, what they come to, and what the App is told of its own."""

from __future__ import annotations

from collections.abc import Iterator

from app.sandbox.actions.record import WorkflowRun
from app.sandbox.shapes.suites import check_suite_in_webhook
from app.sandbox.state import Repository
from app.sandbox.suite import AppSuite, Suite
from app.sandbox.world import Actor, World

_BAD = ("action_required", "timed_out", "cancelled", "failure")


def of_commit(repo: Repository, sha: str) -> list[Suite]:
    """Oldest first; the App's own only once it has a check run."""
    found = [one for one in every(repo) if one.head_sha == sha]
    return sorted((one for one in found if one.checks or one.by_actions), key=lambda one: one.id)


def every(repo: Repository) -> Iterator[Suite]:
    for run in repo.workflow_runs.values():
        yield of_run(repo, run)
    for suite in repo.app_suites.values():
        yield of_app(repo, suite)


def of_run(repo: Repository, run: WorkflowRun) -> Suite:
    latest = [one.id for one in repo.jobs.values()
              if (one.run_id, one.run_attempt) == (run.id, run.run_attempt)]  # fmt: skip
    return Suite(
        id=run.suite_id, head_sha=run.head_sha, head_branch=run.head_branch, status=run.status,
        conclusion=run.conclusion, created_at=run.created_at, updated_at=run.updated_at,
        checks=tuple(latest), by_actions=True, pull_number=run.pull_number,
    )  # fmt: skip


def of_app(repo: Repository, suite: AppSuite) -> Suite:
    """Its checks decide: the worst conclusion, once all have one."""
    runs = [run for run in repo.check_runs.values() if run.suite_id == suite.id]
    latest = list({run.name: run for run in runs}.values())
    done = bool(latest) and all(run.status == "completed" for run in latest)
    said = [run.conclusion for run in latest]
    worst = next((one for one in reversed(_BAD) if one in said), "success") if done else None
    status = "completed" if done else "in_progress" if latest else "queued"
    when = [run.completed_at or run.started_at for run in latest]
    return Suite(
        id=suite.id, head_sha=suite.head_sha, head_branch=suite.head_branch, status=status,
        conclusion=worst, created_at=suite.created_at,
        updated_at=max((one for one in when if one), default=suite.created_at),
        checks=tuple(run.id for run in latest), by_actions=False,
    )  # fmt: skip


def ensure(world: World, repo: Repository, sha: str, branch: str | None = None) -> AppSuite:
    """The App's own suite of a commit."""
    if sha not in repo.app_suites:
        if branch is None:
            branch = next((name for name, tip in repo.branches.items() if tip == sha), None)
        number = world.next_id("check_suite")
        repo.app_suites[sha] = AppSuite(number, sha, branch, world.now())
    return repo.app_suites[sha]


def pushed(world: World, repo: Repository, branch: str, sha: str, actor: Actor) -> None:
    """An App that writes checks is asked for them at each new commit of a branch."""
    if world.state.app.permissions.get("checks") == "write" and sha not in repo.app_suites:
        tell(world, repo, of_app(repo, ensure(world, repo, sha, branch)), "requested", actor)


def completed(world: World, repo: Repository, sha: str, actor: Actor) -> None:
    """After a check run of the App has ended."""
    suite = of_app(repo, ensure(world, repo, sha))
    if suite.status == "completed":
        tell(world, repo, suite, "completed", actor)


def tell(world: World, repo: Repository, suite: Suite, action: str, actor: Actor) -> None:
    app = world.state.app
    if "check_suite" in app.events and "checks" in app.permissions:
        shape = check_suite_in_webhook(world.site, repo, suite)
        world.emit("check_suite", repo, actor, {"action": action, "check_suite": shape})
