"""JSON of people, the App and its installation; it reads state and never changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.sandbox.clock import stamp
from app.sandbox.ids import node_id
from app.sandbox.state import Account, AppRegistration, State

Json = dict[str, Any]
ACTIONS_APP_ID = 15368


@dataclass(frozen=True, slots=True)
class Site:
    """State together with the addresses under which it is shown."""

    state: State
    url: str  # pages, git
    api: str  # REST


def user(site: Site, login: str) -> Json:
    """GitHub's simple user; a login that is gone is shown as `ghost`."""
    return _user(site, site.state.accounts.get(login) or Account(10137, "ghost"))


def _user(site: Site, account: Account) -> Json:
    url = f"{site.api}/users/{account.login}"
    page = account.login
    if account.type == "Bot":
        page = f"apps/{account.login.removesuffix('[bot]')}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{site.url}/avatars/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{site.url}/{page}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def user_or_none(site: Site, login: str | None) -> Json | None:
    return None if login is None else user(site, login)


def organization(site: Site) -> Json:
    owner = site.state.owner
    url = f"{site.api}/orgs/{owner.login}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": owner.node_id,
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{site.url}/avatars/u/{owner.id}?v=4",
        "description": "",
    }


def client_id(app: AppRegistration) -> str:
    return f"Iv23li{app.id:014d}"


def integration(site: Site) -> Json:
    """The App as GET /app and check runs show it."""
    app = site.state.app
    return {
        "id": app.id,
        "client_id": client_id(app),
        "slug": app.slug,
        "node_id": app.node_id,
        "owner": user(site, site.state.owner.login),
        "name": app.slug,
        "description": "",
        "external_url": site.url,
        "html_url": f"{site.url}/apps/{app.slug}",
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def actions_app(site: Site) -> Json:
    """GitHub Actions, by which workflows' jobs report."""
    made = "2018-07-30T09:30:17Z"
    return {
        "id": ACTIONS_APP_ID,
        "client_id": "Iv1.05c79e9ad1f6bdfa",
        "slug": "github-actions",
        "node_id": node_id("A", ACTIONS_APP_ID),
        "owner": _user(site, Account(9919, "github", "Organization")),
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{site.url}/apps/github-actions",
        "created_at": made,
        "updated_at": made,
        "permissions": {"actions": "write", "checks": "write", "contents": "write"},
        "events": ["push", "pull_request", "workflow_dispatch"],
    }


def installation(site: Site) -> Json:
    state, app = site.state, site.state.app
    return {
        "id": app.installation_id,
        "client_id": client_id(app),
        "account": user(site, state.owner.login),
        "repository_selection": "all",
        "access_tokens_url": f"{site.api}/app/installations/{app.installation_id}/access_tokens",
        "repositories_url": f"{site.api}/installation/repositories",
        "html_url": f"{site.url}/organizations/{state.owner.login}"
        f"/settings/installations/{app.installation_id}",
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": state.owner.id,
        "target_type": state.owner.type,
        "permissions": dict(app.permissions),
        "events": list(app.events),
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }


def installation_lite(site: Site) -> Json:
    """What each webhook of an App carries."""
    key = site.state.app.installation_id
    return {"id": key, "node_id": node_id("MDIz", key)}
