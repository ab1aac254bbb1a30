"""JSON of a repository in its three sizes; it reads state and never changes it."""

from __future__ import annotations

from app.sandbox.clock import stamp
from app.sandbox.shapes.accounts import Json, Site, organization, user
from app.sandbox.state import Repository

_UNDER = [
    "forks", "teams", "hooks", "events", "tags", "languages", "stargazers", "contributors",
    "subscribers", "subscription", "merges", "downloads", "deployments",
]  # fmt: skip
_TEMPLATED = {
    "keys_url": "keys{/key_id}",
    "collaborators_url": "collaborators{/collaborator}",
    "issue_events_url": "issues/events{/number}",
    "assignees_url": "assignees{/user}",
    "branches_url": "branches{/branch}",
    "blobs_url": "git/blobs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "trees_url": "git/trees{/sha}",
    "statuses_url": "statuses/{sha}",
    "commits_url": "commits{/sha}",
    "git_commits_url": "git/commits{/sha}",
    "comments_url": "comments{/number}",
    "issue_comment_url": "issues/comments{/number}",
    "contents_url": "contents/{+path}",
    "compare_url": "compare/{base}...{head}",
    "archive_url": "{archive_format}{/ref}",
    "issues_url": "issues{/number}",
    "pulls_url": "pulls{/number}",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "labels_url": "labels{/name}",
    "releases_url": "releases{/id}",
}


def api_url(site: Site, repo: Repository) -> str:
    return f"{site.api}/repos/{repo.full_name}"


def page_url(site: Site, repo: Repository) -> str:
    return f"{site.url}/{repo.full_name}"


def repository(site: Site, repo: Repository) -> Json:
    """As webhooks and pull requests carry it."""
    url, page = api_url(site, repo), page_url(site, repo)
    host = site.url.partition("://")[2]
    open_issues = sum(issue.state == "open" for issue in repo.issues.values())
    shape: Json = {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": user(site, repo.owner),
        "html_url": page,
        "description": repo.description,
        "fork": False,
        "url": url,
        "created_at": stamp(repo.created_at),
        "updated_at": stamp(repo.updated_at),
        "pushed_at": stamp(repo.pushed_at),
        "git_url": f"git://{host}/{repo.full_name}.git",
        "ssh_url": f"git@{host.partition(':')[0]}:{repo.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "homepage": repo.homepage,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": None,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "archived": repo.archived,
        "disabled": False,
        "open_issues_count": open_issues,
        "license": None,
        "allow_forking": False,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": list(repo.topics),
        "custom_properties": {},
        "visibility": "private" if repo.private else "public",
        "forks": 0,
        "open_issues": open_issues,
        "watchers": 0,
        "default_branch": repo.default_branch,
    }
    shape |= {f"{name}_url": f"{url}/{name}" for name in _UNDER}
    shape |= {name: f"{url}/{rest}" for name, rest in _TEMPLATED.items()}
    return shape


def full_repository(site: Site, repo: Repository) -> Json:
    """As GET /repos/{owner}/{repo} shows it to an App."""
    return repository(site, repo) | {
        "organization": user(site, repo.owner),
        "permissions": {
            "admin": False, "maintain": False, "push": False, "triage": False, "pull": False,
        },
        "temp_clone_token": None,
        "network_count": 0,
        "subscribers_count": 0,
    }  # fmt: skip


def repository_lite(repo: Repository) -> Json:
    """As installation webhooks carry it."""
    return {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
    }


def push_repository(site: Site, repo: Repository) -> Json:
    """The odd one of push events: times in seconds, html address as url, owner with a name."""
    owner = user(site, repo.owner) | {"name": repo.owner, "email": None}
    return repository(site, repo) | {
        "owner": owner,
        "url": page_url(site, repo),
        "created_at": int(repo.created_at.timestamp()),
        "pushed_at": int(repo.pushed_at.timestamp()),
        "stargazers": 0,
        "master_branch": repo.default_branch,
        "organization": organization(site)["login"],
    }
