"""REST of check runs: make one, change one, list those of a commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from app.sandbox.refusal import Refusal, unsupported
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rest.repositories import commit_of
from app.sandbox.rules import checks as rules
from app.sandbox.rules.checks import CheckRunChange
from app.sandbox.shapes.accounts import ACTIONS_APP_ID
from app.sandbox.shapes.pulls import check_run
from app.sandbox.state import CheckRun

_STATUSES = ["queued", "in_progress", "completed", "waiting", "requested", "pending"]


def _time(call: Call, name: str) -> datetime | None:
    text = call.string(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(422, f"Invalid request.\n\n{text} is not a valid date-time.") from None
    if moment.tzinfo is None:
        raise Refusal(422, f"Invalid request.\n\n{text} is not a valid date-time.")
    return moment


def _output(call: Call, *, new: bool) -> dict[str, str | None]:
    output = call.body.get("output")
    if output is None:
        return {}
    if not isinstance(output, dict):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/output', not an object.")
    required = {"title", "summary"} if new else {"summary"}
    for name in ("title", "summary", "text"):
        value = output.get(name)
        if value is None and name in required:
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        if value is not None and not isinstance(value, str):
            raise Refusal(422, f"Invalid request.\n\nFor 'output/{name}', not a string.")
    if output.get("annotations") or output.get("images"):
        raise unsupported("annotations and images of check runs")
    return {f"output_{name}": output.get(name) for name in ("title", "summary", "text")}


def _change(call: Call, *, new: bool) -> CheckRunChange:
    call.refuse_keys("actions")
    status: Any = call.choice("status", _STATUSES)
    return CheckRunChange(
        name=call.string("name", required=new),
        status=status,
        conclusion=call.string("conclusion"),
        started_at=_time(call, "started_at"),
        completed_at=_time(call, "completed_at"),
        details_url=call.string("details_url"),
        external_id=call.string("external_id"),
        **cast("dict[str, Any]", _output(call, new=new)),
    )


def create(call: Call) -> Reply:
    repo = call.repository(("checks", "write"))
    sha = call.string("head_sha", required=True) or ""
    change = _change(call, new=True)
    call.creates_content()
    run = rules.create(call.world, repo, sha, change, call.actor)
    answer = check_run(call.site, repo, run)
    return Reply(201, answer, {"location": answer["url"]})


def update(call: Call) -> Reply:
    repo = call.repository(("checks", "write"))
    run = rules.update(
        call.world, repo, call.integer("check_run_id"), _change(call, new=False), call.actor
    )
    return Reply(200, check_run(call.site, repo, run))


def _app_id(call: Call, run: CheckRun) -> int:
    return ACTIONS_APP_ID if run.by_actions else call.state.app.id


def of_commit(call: Call) -> Reply:
    repo = call.repository(("checks", "read"))
    sha = commit_of(repo, call.params["ref"])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {call.params['ref']}")
    name, status = call.query.get("check_name"), call.query.get("status")
    found = [
        run
        for run in repo.check_runs.values()
        if run.head_sha == sha and name in {None, run.name} and status in {None, run.status}
        and call.query.get("app_id") in {None, str(_app_id(call, run))}
    ]  # fmt: skip
    if call.query.get("filter", "latest") == "latest":
        found = list({(run.name, run.suite_id): run for run in found}.values())
    rows, headers = call.paginate(found[::-1])
    shapes = [check_run(call.site, repo, run) for run in rows]
    return Reply(200, {"total_count": len(found), "check_runs": shapes}, headers)


ROUTES = (
    Route("POST", "/repos/{owner}/{repo}/check-runs", create),
    Route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", update),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref...}/check-runs", of_commit),
)
