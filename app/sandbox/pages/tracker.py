"""Pages of what is discussed: lists, issues, pull requests and their check runs."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.sandbox.pages import conversation, find, reviews, tree, words
from app.sandbox.pages.code import checks_of
from app.sandbox.pages.find import Missing
from app.sandbox.pages.markdown import comment
from app.sandbox.pages.view import View
from app.sandbox.state import Issue, PullRequest, Repository, State


def issues(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    return _listed(view, request, state, repo, repo.plain_issues(), "issues")


def pulls(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    return _listed(view, request, state, repo, list(repo.pull_requests()), "pulls")


def _listed(
    view: View, request: Request, state: State, repo: Repository, found: list[Issue], kind: str
) -> Response:
    """Without a wish, open ones; and all where none is open, so that a finished demo shows."""
    counts = {"open": 0, "closed": 0, "all": len(found)}
    for issue in found:
        counts[issue.state] += 1
    wanted = request.query_params.get("state", "open" if counts["open"] else "all")
    wanted = wanted if wanted in counts else "all"
    shown = [issue for issue in reversed(found) if wanted in {"all", issue.state}]
    marks = {
        pull.number: words.verdict(checks_of(repo, pull.head_sha))
        for pull in shown
        if isinstance(pull, PullRequest)
    }
    return view.show(request, "list.html", state, repo=repo, kind=kind, found=shown, wanted=wanted,
                     counts=counts, marks=marks)  # fmt: skip


def issue(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    found = find.issue(request, repo)
    if isinstance(found, PullRequest):
        return RedirectResponse(f"/{repo.full_name}/pull/{found.number}", 302)
    linked = conversation.pulls_of(repo, found)
    marks = {pull.number: words.verdict(checks_of(repo, pull.head_sha)) for pull in linked}
    related = {
        "parts": [repo.issues[number] for number in found.sub_issues],
        "before": [repo.issues[number] for number in found.blocked_by],
        "parent": repo.issues[found.parent] if found.parent else None,
    }
    return view.show(
        request, "issue.html", state, repo=repo, issue=found, linked=linked, marks=marks,
        related=related, **_talk(repo, found),
    )  # fmt: skip


def _talk(repo: Repository, issue: Issue) -> dict[str, Any]:
    return {
        "items": conversation.conversation(repo, issue),
        "people": conversation.people(repo, issue),
        "reactions": conversation.reactions,
        "markdown": partial(comment, context=find.text_context(repo)),
    }


def pull(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    found = find.issue(request, repo)
    if not isinstance(found, PullRequest):
        return RedirectResponse(f"/{repo.full_name}/issues/{found.number}", 302)
    talks = reviews.talks(repo, found)
    commits = tree.commits(repo.path, f"{found.base_sha}..{found.head_sha}")
    return view.show(
        request, "pull.html", state, repo=repo, issue=found, commits=commits[::-1],
        linked=conversation.issues_of(repo, found), checks=checks_of(repo, found.head_sha),
        marks={c.sha: words.verdict(checks_of(repo, c.sha)) for c in commits},
        diff=tree.between(repo.path, found.base_sha, found.head_sha), noted=reviews.noted(talks),
        unresolved=sum(talk.thread.resolved_by is None for talk in talks), **_talk(repo, found),
    )  # fmt: skip


def pull_part(_: View, request: Request) -> Response:
    """GitHub's tabs are parts of one page here."""
    params = request.path_params
    part = params["part"] if params["part"] in {"commits", "checks", "files"} else "conversation"
    address = f"/{params['owner']}/{params['repo']}/pull/{params['number']}#{part}"
    return RedirectResponse(address, 302)


def check_run(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    said = request.path_params["number"]
    run = repo.check_runs.get(int(said)) if said.isdecimal() and len(said) < 20 else None
    if run is None:
        raise Missing(f"{repo.full_name} has no check run {said[:20]}.")
    job = repo.jobs.get(run.id)
    if job is not None:
        return RedirectResponse(f"/{repo.full_name}/actions/runs/{job.run_id}#job-{job.id}", 302)
    pulls = [pull for pull in repo.pull_requests() if pull.head_sha == run.head_sha]
    return view.show(
        request, "run.html", state, repo=repo, run=run, pulls=pulls,
        markdown=partial(comment, context=find.text_context(repo)),
    )  # fmt: skip
