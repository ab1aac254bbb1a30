"""JSON of reviews, their comments and threads; it reads state and git, changing neither."""

from __future__ import annotations

from app.sandbox import places
from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.review import Review, ReviewComment, ReviewThread
from app.sandbox.shapes.accounts import Json, Site, user
from app.sandbox.shapes.issues import association, issue_page, rollup
from app.sandbox.shapes.pulls import pull_simple
from app.sandbox.shapes.repositories import api_url
from app.sandbox.state import PullRequest, Repository


def pull_of(repo: Repository, number: int) -> PullRequest:
    found = repo.issues[number]
    assert isinstance(found, PullRequest)  # noqa: S101 - its caller looked
    return found


def review_page(site: Site, repo: Repository, value: Review) -> str:
    page = issue_page(site, repo, repo.issues[value.pull_number])
    return f"{page}#pullrequestreview-{value.id}"


def comment_page(site: Site, repo: Repository, value: ReviewComment) -> str:
    return f"{issue_page(site, repo, repo.issues[value.pull_number])}#discussion_r{value.id}"


def review(site: Site, repo: Repository, value: Review) -> Json:
    page = review_page(site, repo, value)
    pull = f"{api_url(site, repo)}/pulls/{value.pull_number}"
    shape: Json = {
        "id": value.id,
        "node_id": value.node_id,
        "user": user(site, value.author),
        "body": value.body,
        "state": value.state,
        "html_url": page,
        "pull_request_url": pull,
        "author_association": association(repo, value.author),
        "_links": {"html": {"href": page}, "pull_request": {"href": pull}},
        "commit_id": value.commit_id,
    }
    if value.submitted_at is not None:
        shape["submitted_at"] = stamp(value.submitted_at)
    return shape


def review_in_webhook(site: Site, repo: Repository, value: Review) -> Json:
    """Webhooks write the state in small letters, and an empty body as null."""
    return review(site, repo, value) | {
        "body": value.body or None,
        "state": value.state.lower(),
        "submitted_at": stamp_or_none(value.submitted_at),
        "updated_at": stamp(value.updated_at),
    }


def current_line(repo: Repository, thread: ReviewThread) -> int | None:
    """Where the thread stands in the pull request's diff of now; None: it is outdated."""
    pull = pull_of(repo, thread.pull_number)
    was, now = (thread.base_sha, thread.commit_id), (pull.base_sha, pull.head_sha)
    return places.now_at(repo.path, was, now, thread.place)


def _position(repo: Repository, thread: ReviewThread, line: int | None) -> int | None:
    pull, place = pull_of(repo, thread.pull_number), thread.place
    shown = places.spots(repo.path, pull.base_sha, pull.head_sha, place.path)
    spot = shown.get((place.side, line)) if line is not None else None
    return spot.position if spot else None


def comment(site: Site, repo: Repository, value: ReviewComment) -> Json:
    base = api_url(site, repo)
    url, pull = f"{base}/pulls/comments/{value.id}", f"{base}/pulls/{value.pull_number}"
    page, thread = comment_page(site, repo, value), repo.threads[value.thread_id]
    place, line = thread.place, current_line(repo, thread)
    start = None if place.start_line is None or line is None else (
        line - place.line + place.start_line
    )  # fmt: skip
    shape: Json = {
        "url": url,
        "pull_request_review_id": value.review_id,
        "id": value.id,
        "node_id": value.node_id,
        "diff_hunk": thread.diff_hunk,
        "path": place.path,
        "position": _position(repo, thread, line),
        "original_position": thread.position,
        "commit_id": pull_of(repo, value.pull_number).head_sha if line else thread.commit_id,
        "original_commit_id": thread.commit_id,
        "user": user(site, value.author),
        "body": value.body,
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "html_url": page,
        "pull_request_url": pull,
        "author_association": association(repo, value.author),
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "pull_request": {"href": pull},
        },
        "reactions": rollup(url, value.reactions),
        "start_line": start,
        "original_start_line": place.start_line,
        "start_side": place.start_side,
        "line": line,
        "original_line": place.line,
        "side": place.side,
        "subject_type": "line",
    }
    if value.in_reply_to is not None:
        shape["in_reply_to_id"] = value.in_reply_to
    return shape


def thread_in_webhook(site: Site, repo: Repository, value: ReviewThread) -> Json:
    comments = [comment(site, repo, repo.review_comments[key]) for key in value.comments]
    return {"node_id": value.node_id, "comments": comments}


def pull_in_webhook(site: Site, repo: Repository, number: int) -> Json:
    return pull_simple(site, repo, pull_of(repo, number))
