"""JSON of workflows, their runs and jobs; it reads state and git, changing neither."""

from __future__ import annotations

from app.sandbox.actions.record import JobRecord, Workflow, WorkflowRun
from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.ids import node_id
from app.sandbox.shapes.accounts import Json, Site, user
from app.sandbox.shapes.repositories import api_url, page_url
from app.sandbox.shapes.suites import minimal_repository, pulls_of, simple_commit
from app.sandbox.state import Repository


def workflow(site: Site, repo: Repository, value: Workflow) -> Json:
    page = page_url(site, repo)
    when = stamp(value.created_at)
    return {
        "id": value.id,
        "node_id": value.node_id,
        "name": value.name,
        "path": value.path,
        "state": "active",
        "created_at": when,
        "updated_at": when,
        "url": f"{api_url(site, repo)}/actions/workflows/{value.id}",
        "html_url": f"{page}/blob/{repo.default_branch}/{value.path}",
        "badge_url": f"{page}/actions/workflows/{value.path.rpartition('/')[2]}/badge.svg",
    }


def run_page(site: Site, repo: Repository, run: WorkflowRun) -> str:
    return f"{page_url(site, repo)}/actions/runs/{run.id}"


def job_page(site: Site, repo: Repository, job: JobRecord) -> str:
    return f"{page_url(site, repo)}/actions/runs/{job.run_id}/job/{job.id}"


def workflow_run(site: Site, repo: Repository, run: WorkflowRun) -> Json:
    base = api_url(site, repo)
    url = f"{base}/actions/runs/{run.id}"
    before = f"{url}/attempts/{run.run_attempt - 1}" if run.run_attempt > 1 else None
    return {
        "id": run.id,
        "name": run.name,
        "node_id": run.node_id,
        "check_suite_id": run.suite_id,
        "check_suite_node_id": node_id("CS", run.suite_id, repo.id),
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": run.path,
        "display_title": run.display_title,
        "run_number": run.run_number,
        "run_attempt": run.run_attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "workflow_id": run.workflow_id,
        "referenced_workflows": [],
        "url": url,
        "html_url": run_page(site, repo, run),
        "pull_requests": pulls_of(site, repo, run.head_branch, run.pull_number),
        "created_at": stamp(run.created_at),
        "updated_at": stamp(run.updated_at),
        "run_started_at": stamp(run.started_at),
        "actor": user(site, run.actor),
        "triggering_actor": user(site, run.triggering_actor),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{base}/check-suites/{run.suite_id}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": before,
        "workflow_url": f"{base}/actions/workflows/{run.workflow_id}",
        "head_commit": simple_commit(repo, run.head_sha),
        "repository": minimal_repository(site, repo),
        "head_repository": minimal_repository(site, repo),
    }


def job(site: Site, repo: Repository, value: JobRecord) -> Json:
    base = api_url(site, repo)
    run = repo.workflow_runs[value.run_id]
    ran = value.status != "queued" and value.conclusion != "skipped"
    return {
        "id": value.id,
        "run_id": value.run_id,
        "workflow_name": run.name,
        "head_branch": run.head_branch,
        "run_url": f"{base}/actions/runs/{value.run_id}",
        "run_attempt": value.run_attempt,
        "node_id": value.node_id,
        "head_sha": run.head_sha,
        "url": f"{base}/actions/jobs/{value.id}",
        "html_url": job_page(site, repo, value),
        "status": value.status,
        "conclusion": value.conclusion,
        "created_at": stamp(value.created_at),
        "started_at": stamp(value.started_at),
        "completed_at": stamp_or_none(value.completed_at),
        "name": value.name,
        "steps": [
            {
                "name": step.name,
                "status": step.status,
                "conclusion": step.conclusion,
                "number": step.number,
                "started_at": stamp_or_none(step.started_at),
                "completed_at": stamp_or_none(step.completed_at),
            }
            for step in value.steps
        ],
        "check_run_url": f"{base}/check-runs/{value.id}",
        "labels": list(value.labels),
        "runner_id": 1 if ran else None,
        "runner_name": "sandbox" if ran else None,
        "runner_group_id": 1 if ran else None,
        "runner_group_name": "Default" if ran else None,
    }
