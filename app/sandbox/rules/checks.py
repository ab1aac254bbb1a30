"""Check runs: verdicts of the App, each bound to a commit that exists; no permissions."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal

from app.sandbox import git
from app.sandbox.refusal import Refusal, invalid, not_found
from app.sandbox.rules import suites
from app.sandbox.shapes.pulls import check_run_in_webhook
from app.sandbox.state import CheckRun, Repository
from app.sandbox.world import Actor, World

CONCLUSIONS = frozenset({
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out",
})  # fmt: skip
_MAX_TEXT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRunChange:
    """What a request wants set; None: not said."""

    name: str | None = None
    status: Literal["queued", "in_progress", "completed"] | None = None
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    details_url: str | None = None
    external_id: str | None = None
    output_title: str | None = None
    output_summary: str | None = None
    output_text: str | None = None


def create(
    world: World, repo: Repository, head_sha: str, change: CheckRunChange, actor: Actor
) -> CheckRun:
    if not git.commit_exists(repo.path, head_sha):
        raise Refusal(422, f"No commit found for SHA: {head_sha}")
    if not change.name or not change.name.strip():
        raise invalid("name is blank", resource="CheckRun", field="name", code="missing_field")
    with world.writing(repo):
        run = CheckRun(
            id=world.next_id("check_run"), repo_id=repo.id, head_sha=head_sha, name=change.name,
            suite_id=suites.ensure(world, repo, head_sha).id, started_at=world.now(),
        )  # fmt: skip
        run = _apply(world, run, change)
        repo.check_runs[run.id] = run
        emit(world, repo, run, "created", actor)
        if run.status == "completed":
            emit(world, repo, run, "completed", actor)
            suites.completed(world, repo, run.head_sha, actor)
        return run


def update(
    world: World, repo: Repository, run_id: int, change: CheckRunChange, actor: Actor
) -> CheckRun:
    with world.writing(repo):
        old = repo.check_runs.get(run_id)
        if old is None:
            raise not_found()
        if old.by_actions:
            raise Refusal(403, "Invalid app_id - check run can only be modified by the GitHub App "
                          "that created it.")  # fmt: skip
        run = _apply(world, old, change)
        repo.check_runs[run_id] = run
        if run.status == "completed" and old.status != "completed":
            emit(world, repo, run, "completed", actor)
            suites.completed(world, repo, run.head_sha, actor)
        return run


def _apply(world: World, run: CheckRun, change: CheckRunChange) -> CheckRun:
    for text in (change.output_summary, change.output_text):
        if text is not None and len(text) > _MAX_TEXT:
            raise Refusal(422, "Invalid request.\n\nOnly 65535 characters are allowed")
    said = {f.name: getattr(change, f.name) for f in fields(change)}
    said = {name: value for name, value in said.items() if value is not None}
    if change.conclusion is not None:
        if change.conclusion not in CONCLUSIONS:
            raise Refusal(422, f"Invalid request.\n\n{change.conclusion} is not a conclusion.")
        said["status"] = "completed"
        said.setdefault("completed_at", world.now())
    elif change.status == "completed" and run.conclusion is None:
        raise Refusal(422, "Invalid request.\n\nMissing required keys: conclusion.")
    elif change.status in {"queued", "in_progress"}:
        said |= {"conclusion": None, "completed_at": None}
    changed: CheckRun = replace(run, **said)
    return changed


def emit(world: World, repo: Repository, run: CheckRun, action: str, actor: Actor) -> None:
    payload = {"action": action, "check_run": check_run_in_webhook(world.site, repo, run)}
    world.emit("check_run", repo, actor, payload)
