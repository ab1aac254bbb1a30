"""Cases for `test_every_route`: workflows, their runs and jobs, check suites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from app.sandbox import WorkflowRun
from tests.flow.sandbox.conftest import Hub

WEB = "/repos/acme/web"
Ask = Callable[[Hub], httpx.Response]
Case = tuple[str, Ask, int]
# Fails without a process of its own.
WORKFLOW = """
name: ci
on: {push: {branches: [main]}, workflow_dispatch: {inputs: {who: {default: me}}}}
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{uses: nobody/knows@v1}]
"""


def _ran(hub: Hub) -> WorkflowRun:
    hub.sandbox.write_file("web", ".github/workflows/ci.yml", WORKFLOW, by="ann")
    return hub.sandbox.wait_for_runs("web")[-1]


def _ask(method: str, path: str, **body: Any) -> Ask:
    """RUN, JOB, SUITE and FLOW stand for ids of a run that has failed."""

    def ask(hub: Hub) -> httpx.Response:
        run = _ran(hub)
        job = hub.sandbox.jobs("web", run.id)[0]
        known = {"RUN": run.id, "JOB": job.id, "SUITE": run.suite_id, "FLOW": run.workflow_id}
        filled = path
        for word, number in known.items():
            filled = filled.replace(word, str(number))
        answer = hub.http.request(method, f"{WEB}{filled}", json=body or None)
        hub.sandbox.wait_for_runs("web")
        return answer

    return ask


def _cancelled(hub: Hub) -> httpx.Response:
    with hub.sandbox.state.lock:  # it can't end before it is cancelled
        hub.sandbox.write_file("web", ".github/workflows/ci.yml", WORKFLOW, by="ann")
        run = hub.sandbox.runs("web")[-1]
        hub.sandbox.cancel_run("web", run.id, by="ann")
    return hub.http.post(f"{WEB}/actions/runs/{run.id}/cancel")


_REPO = "/repos/{owner}/{repo}"
_RUN = f"{_REPO}/actions/runs/{{run_id}}"
_FLOW = f"{_REPO}/actions/workflows/{{workflow_id}}"
CASES: tuple[Case, ...] = (
    (f"GET {_REPO}/actions/workflows", _ask("GET", "/actions/workflows"), 200),
    (f"GET {_FLOW}", _ask("GET", "/actions/workflows/ci.yml"), 200),
    (f"POST {_FLOW}/dispatches",
     _ask("POST", "/actions/workflows/FLOW/dispatches", ref="main", return_run_details=True), 200),
    (f"GET {_FLOW}/runs", _ask("GET", "/actions/workflows/ci.yml/runs?branch=main"), 200),
    (f"GET {_REPO}/actions/runs",
     _ask("GET", "/actions/runs?event=push&status=failure&actor=ann&per_page=1"), 200),
    (f"GET {_RUN}", _ask("GET", "/actions/runs/RUN"), 200),
    (f"GET {_RUN}/attempts/{{attempt_number}}", _ask("GET", "/actions/runs/RUN/attempts/1"), 200),
    (f"GET {_RUN}/attempts/{{attempt_number}}/jobs",
     _ask("GET", "/actions/runs/RUN/attempts/1/jobs"), 200),
    (f"GET {_RUN}/jobs", _ask("GET", "/actions/runs/RUN/jobs?filter=latest"), 200),
    (f"GET {_RUN}/logs", _ask("GET", "/actions/runs/RUN/logs"), 302),
    (f"POST {_RUN}/rerun", _ask("POST", "/actions/runs/RUN/rerun"), 201),
    (f"POST {_RUN}/rerun-failed-jobs", _ask("POST", "/actions/runs/RUN/rerun-failed-jobs"), 201),
    (f"POST {_RUN}/cancel", _cancelled, 409),
    (f"GET {_REPO}/actions/jobs/{{job_id}}", _ask("GET", "/actions/jobs/JOB"), 200),
    (f"GET {_REPO}/actions/jobs/{{job_id}}/logs", _ask("GET", "/actions/jobs/JOB/logs"), 302),
    (f"GET {_REPO}/check-suites/{{check_suite_id}}", _ask("GET", "/check-suites/SUITE"), 200),
    (f"GET {_REPO}/check-suites/{{check_suite_id}}/check-runs",
     _ask("GET", "/check-suites/SUITE/check-runs?check_name=test"), 200),
    (f"GET {_REPO}/commits/{{ref}}/check-suites",
     _ask("GET", "/commits/main/check-suites?app_id=15368"), 200),
)  # fmt: skip
