"""JSON of pull requests, commits, refs and check runs; it reads state and git, changing neither."""

from __future__ import annotations

from app.sandbox import git
from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.gate import merge_state
from app.sandbox.ids import node_id
from app.sandbox.shapes.accounts import Json, Site, actions_app, integration, user, user_or_none
from app.sandbox.shapes.issues import assigned, association, issue_page, label
from app.sandbox.shapes.repositories import api_url, page_url, repository
from app.sandbox.state import CheckRun, PullRequest, Repository


def _end(site: Site, repo: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repo.owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(site, repo.owner),
        "repo": repository(site, repo)
        | {
            "allow_squash_merge": True,
            "allow_merge_commit": True,
            "allow_rebase_merge": True,
            "allow_auto_merge": False,
            "delete_branch_on_merge": False,
            "allow_update_branch": False,
        },
    }


def pull_simple(site: Site, repo: Repository, pull: PullRequest) -> Json:
    """As lists show it."""
    base = api_url(site, repo)
    url, as_issue = f"{base}/pulls/{pull.number}", f"{base}/issues/{pull.number}"
    page = issue_page(site, repo, pull)
    links = {
        "self": url,
        "html": page,
        "issue": as_issue,
        "comments": f"{as_issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{base}/statuses/{pull.head_sha}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": pull.node_id,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": as_issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": user(site, pull.author),
        "body": pull.body or None,
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp_or_none(pull.closed_at),
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        **assigned(site, pull),
        "requested_reviewers": [user(site, login) for login in pull.reviewers],
        "requested_teams": [],
        "labels": [label(site, repo, one) for one in repo.labels_of(pull)],
        "milestone": None,
        "draft": pull.draft,
        "head": _end(site, repo, pull.head_ref, pull.head_sha),
        "base": _end(site, repo, pull.base_ref, pull.base_sha),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": association(repo, pull.author),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def pull(site: Site, repo: Repository, value: PullRequest, mergeable: bool | None) -> Json:
    """In full. `mergeable` is None while GitHub has not worked it out yet."""
    files, added, deleted = git.changes(repo.path, value.base_sha, value.head_sha)
    return pull_simple(site, repo, value) | {
        "merged": value.merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": merge_state(repo, value, mergeable),
        "merged_by": user_or_none(site, value.merged_by),
        "comments": len(value.comments),
        "review_comments": len(repo.review_comments_of(value.number)),
        "maintainer_can_modify": False,
        "commits": git.ahead(repo.path, value.base_sha, value.head_sha),
        "additions": added,
        "deletions": deleted,
        "changed_files": files,
    }


def pull_minimal(site: Site, repo: Repository, pull: PullRequest) -> Json:
    """As check runs carry it."""
    base = api_url(site, repo)
    lite = {"id": repo.id, "url": base, "name": repo.name}
    return {
        "url": f"{base}/pulls/{pull.number}",
        "id": pull.id,
        "number": pull.number,
        "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": lite},
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": lite},
    }


def check_page(site: Site, repo: Repository, run: CheckRun) -> str:
    if run.by_actions and run.details_url:
        return run.details_url
    return f"{page_url(site, repo)}/runs/{run.id}"


def check_run(site: Site, repo: Repository, run: CheckRun) -> Json:
    base = api_url(site, repo)
    pulls = [
        pull_minimal(site, repo, pull)
        for pull in repo.pull_requests()
        if pull.state == "open" and pull.head_sha == run.head_sha
    ]
    return {
        "id": run.id,
        "name": run.name,
        "node_id": run.node_id,
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": f"{base}/check-runs/{run.id}",
        "html_url": check_page(site, repo, run),
        "details_url": run.details_url or site.url,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp_or_none(run.started_at),
        "completed_at": stamp_or_none(run.completed_at),
        "output": {
            "title": run.output_title,
            "summary": run.output_summary,
            "text": run.output_text,
            "annotations_count": 0,
            "annotations_url": f"{base}/check-runs/{run.id}/annotations",
        },
        "check_suite": {"id": run.suite_id},
        "app": actions_app(site) if run.by_actions else integration(site),
        "pull_requests": pulls,
    }


def check_run_in_webhook(site: Site, repo: Repository, run: CheckRun) -> Json:
    """Webhooks carry the suite with it."""
    shape = check_run(site, repo, run)
    started = stamp(run.started_at or repo.updated_at)
    suite = {
        "id": run.suite_id,
        "node_id": node_id("CS", run.suite_id, repo.id),
        "head_branch": next((b for b, sha in repo.branches.items() if sha == run.head_sha), None),
        "head_sha": run.head_sha,
        "status": run.status,
        "conclusion": run.conclusion,
        "url": f"{api_url(site, repo)}/check-suites/{run.suite_id}",
        "before": None,
        "after": run.head_sha,
        "pull_requests": shape["pull_requests"],
        "app": shape["app"],
        "created_at": started,
        "updated_at": started,
    }
    return shape | {"check_suite": suite}


def git_ref(site: Site, repo: Repository, ref: str, sha: str) -> Json:
    base = api_url(site, repo)
    return {
        "ref": ref,
        "node_id": node_id("REF", ref, repo.id),
        "url": f"{base}/git/{ref}",
        "object": {"sha": sha, "type": "commit", "url": f"{base}/git/commits/{sha}"},
    }


def push_commit(site: Site, repo: Repository, value: git.Commit) -> Json:
    logins = {account.login for account in site.state.accounts.values()}

    def person(name: str, email: str) -> Json:
        known = {"username": name} if name in logins else {}
        return {"name": name, "email": email, "date": value.when.isoformat(), **known}

    return {
        "id": value.sha,
        "tree_id": value.tree,
        "distinct": True,
        "message": value.message,
        "timestamp": value.when.isoformat(),
        "url": f"{page_url(site, repo)}/commit/{value.sha}",
        "author": person(*value.author),
        "committer": person(*value.committer),
        "added": list(value.added),
        "removed": list(value.removed),
        "modified": list(value.modified),
    }
