"""JSON of issues, labels, comments and reactions; it reads state and never changes it."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.shapes.accounts import Json, Site, integration, user, user_or_none
from app.sandbox.shapes.repositories import api_url, page_url
from app.sandbox.state import Comment, Issue, Label, PullRequest, Reaction, Repository

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
_DEFAULT_LABELS = {
    "bug", "documentation", "duplicate", "enhancement", "good first issue", "help wanted",
    "invalid", "question", "wontfix",
}  # fmt: skip


def label(site: Site, repo: Repository, value: Label) -> Json:
    return {
        "id": value.id,
        "node_id": value.node_id,
        "url": f"{api_url(site, repo)}/labels/{value.name.replace(' ', '%20')}",
        "name": value.name,
        "color": value.color,
        "default": value.name in _DEFAULT_LABELS,
        "description": value.description,
    }


def rollup(url: str, reactions: Sequence[Reaction]) -> Json:
    counts: Json = {"url": f"{url}/reactions", "total_count": len(reactions)}
    return counts | {
        name: sum(reaction.content == name for reaction in reactions) for name in REACTIONS
    }


def reaction(site: Site, value: Reaction) -> Json:
    return {
        "id": value.id,
        "node_id": value.node_id,
        "user": user(site, value.login),
        "content": value.content,
        "created_at": stamp(value.created_at),
    }


def association(repo: Repository, login: str) -> str:
    """How an author belongs to a repository; Apps belong to nothing."""
    if login == repo.owner:
        return "OWNER"
    role = repo.roles.get(login, "none")
    if role == "admin":
        return "MEMBER"
    return "NONE" if role == "none" else "COLLABORATOR"


def sub_issues_summary(repo: Repository, value: Issue) -> Json:
    total = len(value.sub_issues)
    done = sum(repo.issues[number].state == "closed" for number in value.sub_issues)
    return {
        "total": total,
        "completed": done,
        "percent_completed": done * 100 // total if total else 0,
    }


def _dependencies(repo: Repository, value: Issue) -> Json:
    """How many issues are in the way or wait; without `total_` only the open ones."""
    before = [repo.issues[number].state for number in value.blocked_by]
    after = [one.state for one in repo.issues.values() if value.number in one.blocked_by]
    return {
        "blocked_by": before.count("open"),
        "total_blocked_by": len(before),
        "blocking": after.count("open"),
        "total_blocking": len(after),
    }


def assigned(site: Site, value: Issue) -> Json:
    people = [user(site, login) for login in value.assignees]
    return {"assignee": people[0] if people else None, "assignees": people}


def issue_page(site: Site, repo: Repository, issue: Issue) -> str:
    kind = "pull" if isinstance(issue, PullRequest) else "issues"
    return f"{page_url(site, repo)}/{kind}/{issue.number}"


def issue(site: Site, repo: Repository, value: Issue) -> Json:
    """An issue, or a pull request seen as one."""
    base = api_url(site, repo)
    url = f"{base}/issues/{value.number}"
    shape: Json = {
        "id": value.id,
        "node_id": value.node_id,
        "url": url,
        "repository_url": base,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": issue_page(site, repo, value),
        "number": value.number,
        "state": value.state,
        "state_reason": value.state_reason,
        "title": value.title,
        "body": value.body or None,
        "user": user(site, value.author),
        "labels": [label(site, repo, one) for one in repo.labels_of(value)],
        **assigned(site, value),
        "milestone": None,
        "type": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(value.comments),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "closed_at": stamp_or_none(value.closed_at),
        "closed_by": user_or_none(site, value.closed_by),
        "author_association": association(repo, value.author),
        "performed_via_github_app": integration(site) if value.via_app else None,
        "reactions": rollup(url, value.reactions),
        "sub_issues_summary": sub_issues_summary(repo, value),
        "issue_dependencies_summary": _dependencies(repo, value),
        "parent_issue_url": f"{base}/issues/{value.parent}" if value.parent else None,
    }
    if isinstance(value, PullRequest):
        page = issue_page(site, repo, value)
        shape |= {
            "id": value.issue_id,
            "draft": value.draft,
            "pull_request": {
                "url": f"{base}/pulls/{value.number}",
                "html_url": page,
                "diff_url": f"{page}.diff",
                "patch_url": f"{page}.patch",
                "merged_at": stamp_or_none(value.merged_at),
            },
        }
    return shape


def issue_in_webhook(site: Site, repo: Repository, value: Issue) -> Json:
    """Webhooks do not say who closed it."""
    shape = issue(site, repo, value)
    del shape["closed_by"]
    return shape


def comment(site: Site, repo: Repository, value: Comment) -> Json:
    base = api_url(site, repo)
    url = f"{base}/issues/comments/{value.id}"
    page = issue_page(site, repo, repo.issues[value.issue_number])
    return {
        "id": value.id,
        "node_id": value.node_id,
        "url": url,
        "html_url": f"{page}#issuecomment-{value.id}",
        "issue_url": f"{base}/issues/{value.issue_number}",
        "user": user(site, value.author),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "body": value.body,
        "author_association": association(repo, value.author),
        "performed_via_github_app": integration(site) if value.via_app else None,
        "reactions": rollup(url, value.reactions),
    }
