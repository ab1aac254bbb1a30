"""JSON of branch protection, as it is read and as setting it answers; it changes nothing."""

from __future__ import annotations

from urllib.parse import quote

from app.sandbox.protected import Protection
from app.sandbox.shapes.accounts import Json, Site
from app.sandbox.shapes.repositories import api_url
from app.sandbox.state import Repository

_SWITCHES = {
    "allow_force_pushes": "force_pushes",
    "allow_deletions": "deletions",
    "required_conversation_resolution": "conversations",
}


def protection(site: Site, repo: Repository, value: Protection) -> Json:
    url = f"{api_url(site, repo)}/branches/{quote(value.branch, safe='')}/protection"
    shape: Json = {
        "url": url,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": value.admins},
        "required_signatures": {"url": f"{url}/required_signatures", "enabled": False},
        "required_linear_history": {"enabled": False},
        "block_creations": {"enabled": False},
        "lock_branch": {"enabled": False},
        "allow_fork_syncing": {"enabled": False},
    }
    shape |= {name: {"enabled": getattr(value, field)} for name, field in _SWITCHES.items()}
    if value.reviews is not None:
        shape["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": value.dismiss_stale,
            "require_code_owner_reviews": False,
            "require_last_push_approval": False,
            "required_approving_review_count": value.reviews,
        }
    if value.checks is not None:
        checks = f"{url}/required_status_checks"
        shape["required_status_checks"] = {
            "url": checks,
            "strict": value.strict,
            "contexts": list(value.checks),
            "contexts_url": f"{checks}/contexts",
            "checks": [{"context": name, "app_id": None} for name in value.checks],
        }
    return shape
