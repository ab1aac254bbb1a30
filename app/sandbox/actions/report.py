"""Writes down how runs and jobs go, as check suites and check runs too, and tells it by webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.sandbox.actions.record import Conclusion, JobRecord, StepRecord, WorkflowRun
from app.sandbox.rules import checks, suites
from app.sandbox.shapes import actions as shape
from app.sandbox.state import CheckRun, Repository
from app.sandbox.world import Actor, World

# What an App must hold to be told.
_NEEDED = {"workflow_run": "actions", "check_run": "checks"}


def put_run(world: World, repo: Repository, run: WorkflowRun, **changes: Any) -> WorkflowRun:
    """Tells when it has begun to be another: requested, in_progress, completed."""
    before = repo.workflow_runs.get(run.id)
    changed: WorkflowRun = replace(run, updated_at=world.now(), **changes)
    with world.writing(repo):
        repo.workflow_runs[run.id] = changed
        new = before is None or before.run_attempt != changed.run_attempt
        if new:
            _tell_run(world, repo, changed, "requested")
        if changed.status == "in_progress" and before and before.status != "in_progress":
            _tell_run(world, repo, changed, "in_progress")
        if changed.status == "completed" and (
            new or before is None or before.status != "completed"
        ):
            _tell_run(world, repo, changed, "completed")
            actor = Actor(changed.triggering_actor)
            suites.tell(world, repo, suites.of_run(repo, changed), "completed", actor)
    return changed


def _tell_run(world: World, repo: Repository, run: WorkflowRun, action: str) -> None:
    if _heard(world, "workflow_run"):
        payload = {
            "action": action,
            "workflow_run": shape.workflow_run(world.site, repo, run),
            "workflow": shape.workflow(world.site, repo, repo.workflows[run.path]),
        }
        world.emit("workflow_run", repo, Actor(run.triggering_actor), payload)


def _heard(world: World, event: str) -> bool:
    app = world.state.app
    return event in app.events and _NEEDED[event] in app.permissions


@dataclass(frozen=True, slots=True)
class NewJob:
    name: str
    key: str
    labels: tuple[str, ...] = ()


def add_job(
    world: World, repo: Repository, run: WorkflowRun, new: NewJob, folder: Path
) -> JobRecord:
    """Queued, with its check run. `folder` is that of all jobs of the attempt."""
    number, now = world.next_id("check_run"), world.now()
    job = JobRecord(
        id=number, repo_id=repo.id, run_id=run.id, run_attempt=run.run_attempt, name=new.name,
        key=new.key, created_at=now, started_at=now, folder=folder / str(number),
        labels=new.labels,
    )  # fmt: skip
    check = CheckRun(
        id=number, repo_id=repo.id, suite_id=run.suite_id, name=new.name, head_sha=run.head_sha,
        started_at=now, details_url=shape.job_page(world.site, repo, job), by_actions=True,
        external_id=f"{run.id}-{number}",
    )  # fmt: skip
    with world.writing(repo):
        repo.jobs[number] = job
        repo.check_runs[number] = check
        _tell_check(world, repo, run, check, "created")
    return job


def copy_job(world: World, repo: Repository, run: WorkflowRun, old: JobRecord) -> JobRecord:
    """A job of the attempt before that is not run again counts for this one too."""
    number = world.next_id("check_run")
    job = replace(old, id=number, run_attempt=run.run_attempt)
    with world.writing(repo):
        repo.jobs[number] = job
        check = repo.check_runs[old.id]
        repo.check_runs[number] = replace(
            check, id=number, details_url=shape.job_page(world.site, repo, job)
        )
    return job


def start_job(world: World, repo: Repository, job: JobRecord) -> None:
    with world.writing(repo):
        now = world.now()
        repo.jobs[job.id] = replace(repo.jobs[job.id], status="in_progress", started_at=now)
        repo.check_runs[job.id] = replace(
            repo.check_runs[job.id], status="in_progress", started_at=now
        )


def end_job(
    world: World, repo: Repository, job: JobRecord, conclusion: Conclusion, **more: Any
) -> None:
    with world.writing(repo):
        now, old = world.now(), repo.jobs[job.id]
        repo.jobs[job.id] = replace(
            old, status="completed", conclusion=conclusion, completed_at=now,
            started_at=now if old.status == "queued" else old.started_at, **more,
        )  # fmt: skip
        check = replace(
            repo.check_runs[job.id], status="completed", conclusion=conclusion, completed_at=now
        )
        repo.check_runs[job.id] = check
        _tell_check(world, repo, repo.workflow_runs[job.run_id], check, "completed")


def _tell_check(
    world: World, repo: Repository, run: WorkflowRun, check: CheckRun, action: str
) -> None:
    if _heard(world, "check_run"):
        checks.emit(world, repo, check, action, Actor(run.triggering_actor))


def start_step(world: World, repo: Repository, job_id: int, step: StepRecord) -> None:
    with world.writing(repo):
        job = repo.jobs[job_id]
        begun = replace(step, status="in_progress", started_at=world.now())
        repo.jobs[job_id] = replace(job, steps=(*job.steps, begun))


def end_step(
    world: World, repo: Repository, job_id: int, number: int, ended: Mapping[str, Any]
) -> None:
    with world.writing(repo):
        job = repo.jobs[job_id]
        steps = tuple(
            replace(step, status="completed", completed_at=world.now(), **ended)
            if step.number == number else step for step in job.steps
        )  # fmt: skip
        repo.jobs[job_id] = replace(job, steps=steps)
