"""REST of workflows, their runs and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.sandbox.actions import logs
from app.sandbox.actions.record import JobRecord, Workflow, WorkflowRun
from app.sandbox.refusal import Refusal, not_found, unsupported
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.shapes import actions as shape
from app.sandbox.state import Repository

if TYPE_CHECKING:
    from app.sandbox.actions.service import Actions

_STATUSES = frozenset({
    "completed", "action_required", "cancelled", "failure", "neutral", "skipped", "stale",
    "success", "timed_out", "in_progress", "queued", "requested", "waiting", "pending",
})  # fmt: skip
_READ, _WRITE = ("actions", "read"), ("actions", "write")


def _actions(call: Call) -> Actions:
    if call.world.actions is None:
        raise unsupported("Actions without a running sandbox")
    return call.world.actions


def _run(call: Call, repo: Repository) -> WorkflowRun:
    run = repo.workflow_runs.get(call.integer("run_id"))
    if run is None:
        raise not_found()
    return run


def _workflow(call: Call, repo: Repository) -> Workflow:
    """By its id, or by the name of its file."""
    said = call.params["workflow_id"]
    for workflow in _actions(call).workflows(repo):
        if said in {str(workflow.id), workflow.path, workflow.path.rpartition("/")[2]}:
            return workflow
    raise not_found()


def workflows(call: Call) -> Reply:
    repo = call.repository(_READ)
    found = _actions(call).workflows(repo)
    rows, headers = call.paginate(found)
    shapes = [shape.workflow(call.site, repo, one) for one in rows]
    return Reply(200, {"total_count": len(found), "workflows": shapes}, headers)


def workflow(call: Call) -> Reply:
    repo = call.repository(_READ)
    return Reply(200, shape.workflow(call.site, repo, _workflow(call, repo)))


def dispatch(call: Call) -> Reply:
    repo = call.repository(_WRITE)
    wanted = _workflow(call, repo)
    ref = call.string("ref", required=True) or ""
    inputs = call.body.get("inputs") or {}
    if not isinstance(inputs, dict) or len(inputs) > 25:
        raise Refusal(422, "Invalid request.\n\nFor 'properties/inputs', not an object of up to 25")
    details = call.boolean("return_run_details")
    run = _actions(call).dispatch(repo, wanted, ref, inputs, call.actor)
    if not details:
        return Reply(204)
    api = f"{call.site.api}/repos/{repo.full_name}/actions/runs/{run.id}"
    page = shape.run_page(call.site, repo, run)
    return Reply(200, {"workflow_run_id": run.id, "run_url": api, "html_url": page})


def runs(call: Call) -> Reply:
    repo = call.repository(_READ)
    return _listed(call, repo, list(repo.workflow_runs.values()))


def runs_of_workflow(call: Call) -> Reply:
    repo = call.repository(_READ)
    wanted = _workflow(call, repo)
    return _listed(
        call, repo, [run for run in repo.workflow_runs.values() if run.workflow_id == wanted.id]
    )


def _listed(call: Call, repo: Repository, found: Sequence[WorkflowRun]) -> Reply:
    """Newest first."""
    call.refuse_keys("created", "exclude_pull_requests")
    status = call.query.get("status")
    if status is not None and status not in _STATUSES:
        raise Refusal(422, f"Invalid request.\n\nstatus can't be {status}")
    chosen = [run for run in reversed(found) if _fits(call, run)]
    rows, headers = call.paginate(chosen)
    shapes = [shape.workflow_run(call.site, repo, run) for run in rows]
    return Reply(200, {"total_count": len(chosen), "workflow_runs": shapes}, headers)


def _fits(call: Call, run: WorkflowRun) -> bool:
    wanted = call.query
    return (
        wanted.get("branch") in {None, run.head_branch}
        and wanted.get("head_sha") in {None, run.head_sha}
        and wanted.get("event") in {None, run.event}
        and wanted.get("actor") in {None, run.actor}
        and wanted.get("status") in {None, run.status, run.conclusion}
        and wanted.get("check_suite_id") in {None, str(run.suite_id)}
    )


def run(call: Call) -> Reply:
    repo = call.repository(_READ)
    call.refuse_keys("exclude_pull_requests")
    return Reply(200, shape.workflow_run(call.site, repo, _run(call, repo)))


def attempt(call: Call) -> Reply:
    repo = call.repository(_READ)
    call.refuse_keys("exclude_pull_requests")
    found, number = _run(call, repo), call.integer("attempt_number")
    for one in (*found.attempts, found):
        if one.run_attempt == number:
            return Reply(200, shape.workflow_run(call.site, repo, one))
    raise not_found()


def jobs(call: Call) -> Reply:
    repo = call.repository(_READ)
    found = _run(call, repo)
    every = call.query.get("filter", "latest") == "all"
    return _listed_jobs(call, repo, found, None if every else found.run_attempt)


def jobs_of_attempt(call: Call) -> Reply:
    repo = call.repository(_READ)
    found, number = _run(call, repo), call.integer("attempt_number")
    if not 0 < number <= found.run_attempt:
        raise not_found()
    return _listed_jobs(call, repo, found, number)


def _listed_jobs(call: Call, repo: Repository, run: WorkflowRun, attempt: int | None) -> Reply:
    found = _jobs(repo, run, attempt)
    rows, headers = call.paginate(found)
    shapes = [shape.job(call.site, repo, one) for one in rows]
    return Reply(200, {"total_count": len(found), "jobs": shapes}, headers)


def _jobs(repo: Repository, run: WorkflowRun, attempt: int | None) -> list[JobRecord]:
    return [one for one in repo.jobs.values()
            if one.run_id == run.id and attempt in {None, one.run_attempt}]  # fmt: skip


def _job(call: Call, repo: Repository) -> JobRecord:
    found = repo.jobs.get(call.integer("job_id"))
    if found is None:
        raise not_found()
    return found


def job(call: Call) -> Reply:
    repo = call.repository(_READ)
    return Reply(200, shape.job(call.site, repo, _job(call, repo)))


def job_log(call: Call) -> Reply:
    repo = call.repository(_READ)
    found = _job(call, repo)
    if found.status != "completed":
        raise not_found()
    return _download(call, logs.of_job(found).encode(), "text/plain; charset=utf-8")


def run_log(call: Call) -> Reply:
    repo = call.repository(_READ)
    found = _run(call, repo)
    if found.status != "completed":
        raise not_found()
    return _download(call, logs.zipped(_jobs(repo, found, found.run_attempt)), "application/zip")


def _download(call: Call, body: bytes, kind: str) -> Reply:
    path = _actions(call).downloads.offer(body, kind)
    return Reply(302, None, {"location": f"{call.site.url}{path}"})


def rerun(call: Call) -> Reply:
    return _again(call, failed=False)


def rerun_failed(call: Call) -> Reply:
    return _again(call, failed=True)


def _again(call: Call, *, failed: bool) -> Reply:
    repo = call.repository(_WRITE)
    call.refuse_keys("enable_debug_logging")
    _actions(call).rerun(repo, _run(call, repo), call.actor, failed=failed)
    return Reply(201, {})


def cancel(call: Call) -> Reply:
    repo = call.repository(_WRITE)
    _actions(call).cancel(_run(call, repo))
    return Reply(202, {})


_REPO = "/repos/{owner}/{repo}"
_RUN = f"{_REPO}/actions/runs/{{run_id}}"
_WORKFLOW = f"{_REPO}/actions/workflows/{{workflow_id}}"
ROUTES = (
    Route("GET", f"{_REPO}/actions/workflows", workflows),
    Route("GET", _WORKFLOW, workflow),
    Route("POST", f"{_WORKFLOW}/dispatches", dispatch),
    Route("GET", f"{_WORKFLOW}/runs", runs_of_workflow),
    Route("GET", f"{_REPO}/actions/runs", runs),
    Route("GET", _RUN, run),
    Route("GET", f"{_RUN}/attempts/{{attempt_number}}", attempt),
    Route("GET", f"{_RUN}/attempts/{{attempt_number}}/jobs", jobs_of_attempt),
    Route("GET", f"{_RUN}/jobs", jobs),
    Route("GET", f"{_RUN}/logs", run_log),
    Route("POST", f"{_RUN}/rerun", rerun),
    Route("POST", f"{_RUN}/rerun-failed-jobs", rerun_failed),
    Route("POST", f"{_RUN}/cancel", cancel),
    Route("GET", f"{_REPO}/actions/jobs/{{job_id}}", job),
    Route("GET", f"{_REPO}/actions/jobs/{{job_id}}/logs", job_log),
)
