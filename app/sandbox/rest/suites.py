"""REST of check suites: those of a commit, one, and its check runs."""

from __future__ import annotations

from app.sandbox.refusal import Refusal, not_found
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rest.repositories import commit_of
from app.sandbox.rules import suites as rules
from app.sandbox.shapes.accounts import ACTIONS_APP_ID
from app.sandbox.shapes.pulls import check_run
from app.sandbox.shapes.suites import check_suite
from app.sandbox.state import Repository
from app.sandbox.suite import Suite

_READ = ("checks", "read")


def _suite(call: Call, repo: Repository) -> Suite:
    key = call.integer("check_suite_id")
    for one in rules.every(repo):
        if one.id == key:
            return one
    raise not_found()


def get(call: Call) -> Reply:
    repo = call.repository(_READ)
    return Reply(200, check_suite(call.site, repo, _suite(call, repo)))


def of_commit(call: Call) -> Reply:
    repo = call.repository(_READ)
    sha = commit_of(repo, call.params["ref"])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {call.params['ref']}")
    app, name = call.query.get("app_id"), call.query.get("check_name")
    found = [
        one for one in rules.of_commit(repo, sha)
        if app in {None, str(ACTIONS_APP_ID if one.by_actions else call.state.app.id)}
        and (name is None or any(repo.check_runs[key].name == name for key in one.checks))
    ]  # fmt: skip
    rows, headers = call.paginate(found)
    shapes = [check_suite(call.site, repo, one) for one in rows]
    return Reply(200, {"total_count": len(found), "check_suites": shapes}, headers)


def checks(call: Call) -> Reply:
    repo = call.repository(_READ)
    found = _suite(call, repo)
    every = call.query.get("filter", "latest") == "all"
    name, status = call.query.get("check_name"), call.query.get("status")
    chosen = [
        one for one in repo.check_runs.values()
        if (one.suite_id == found.id if every else one.id in found.checks)
        and name in {None, one.name} and status in {None, one.status}
    ]  # fmt: skip
    rows, headers = call.paginate(chosen[::-1])
    shapes = [check_run(call.site, repo, one) for one in rows]
    return Reply(200, {"total_count": len(chosen), "check_runs": shapes}, headers)


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}", get),
    Route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs", checks),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref...}/check-suites", of_commit),
)
