"""REST of making, changing and deleting repositories, their topics and branch protection."""

from __future__ import annotations

from typing import Any

from app.sandbox.protected import Protection
from app.sandbox.refusal import Refusal, inaccessible, not_found, unsupported
from app.sandbox.rest.call import Call, Json, Reply, Route
from app.sandbox.rules import organization as rules
from app.sandbox.rules import protection
from app.sandbox.rules.organization import NewRepository
from app.sandbox.shapes import protection as shape
from app.sandbox.shapes.repositories import full_repository
from app.sandbox.state import Repository, Role

_ADMIN_READ, _ADMIN_WRITE = ("administration", "read"), ("administration", "write")
_LACKING = (
    "is_template", "team_id", "gitignore_template", "license_template", "custom_properties",
    "delete_branch_on_merge", "allow_auto_merge", "security_and_analysis", "allow_update_branch",
    "web_commit_signoff_required",
)  # fmt: skip


_ROLES: dict[str, Role] = {
    "pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin",
}  # fmt: skip


def _private(call: Call) -> bool | None:
    visibility = call.choice("visibility", ["public", "private"])
    if visibility is not None:
        return visibility == "private"
    return call.boolean("private") if "private" in call.body else None


def create(call: Call) -> Reply:
    """A token for chosen repositories can't make one: it would not see it."""
    if call.params["org"].lower() != call.state.owner.login.lower():
        raise not_found()
    grant = call.token
    held = grant.permissions.get("administration") == "write"
    if not grant.is_app or not held or grant.repository_ids is not None:
        refusal = inaccessible()
        refusal.headers["x-accepted-github-permissions"] = "administration=write"
        raise refusal
    call.refuse_keys(*_LACKING)
    wanted = NewRepository(
        name=call.string("name", required=True) or "",
        private=bool(_private(call)),
        description=call.string("description"),
        homepage=call.string("homepage"),
        auto_init=call.boolean("auto_init"),
    )
    call.creates_content()
    repo = rules.create(call.world, wanted, call.actor)
    answer = full_repository(call.site, repo)
    return Reply(201, answer, {"location": answer["url"]})


def update(call: Call) -> Reply:
    repo = call.repository(_ADMIN_WRITE)
    call.refuse_keys(*_LACKING)
    name = call.string("name")
    if name is not None and name != repo.name:
        raise unsupported("renaming a repository")
    changes: Json = {
        key: call.string(key)
        for key in ("description", "homepage", "default_branch")
        if key in call.body
    }
    if (private := _private(call)) is not None:
        changes["private"] = private
    if "archived" in call.body:
        changes["archived"] = call.boolean("archived")
    changed = rules.change(call.world, repo, changes, call.actor)
    return Reply(200, full_repository(call.site, changed))


def delete(call: Call) -> Reply:
    rules.delete(call.world, call.repository(_ADMIN_WRITE), call.actor)
    return Reply(204)


def invite(call: Call) -> Reply:
    """Everybody here is a member of the organisation, so nobody has to accept first."""
    repo = call.repository(_ADMIN_WRITE)
    login = call.params["username"]
    known = {name.lower(): name for name in call.state.accounts}.get(login.lower())
    if known is None or call.state.accounts[known].type != "User":
        raise not_found()
    role = call.choice("permission", list(_ROLES)) or "push"
    repo.roles[known] = _ROLES[role]
    return Reply(204)


def topics(call: Call) -> Reply:
    repo = call.repository(("metadata", "read"))
    return Reply(200, {"names": list(repo.topics)})


def set_topics(call: Call) -> Reply:
    repo = call.repository(_ADMIN_WRITE)
    names = call.body.get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/names', not a list of names.")
    changed = rules.set_topics(call.world, repo, names, call.actor)
    return Reply(200, {"names": list(changed.topics)})


def protected(call: Call) -> Reply:
    repo = _offered(call, _ADMIN_READ)
    found = protection.get(repo, call.params["branch"])
    return Reply(200, shape.protection(call.site, repo, found))


def _offered(call: Call, permission: tuple[str, str]) -> Repository:
    repo = call.repository(permission)
    protection.offered(call.state, repo)
    return repo


def _part(call: Call, name: str) -> dict[str, Any] | None:
    """A part that must be said, be it as null."""
    if name not in call.body:
        raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    value = call.body[name]
    if value is not None and not isinstance(value, dict):
        raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', not an object.")
    return value


def _checks(given: dict[str, Any] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    contexts, checks = given.get("contexts") or [], given.get("checks") or []
    wrong = Refusal(422, "Invalid request.\n\nFor 'required_status_checks', not names.")
    if not isinstance(contexts, list) or not isinstance(checks, list):
        raise wrong
    names: list[Any] = [*(one.get("context") if isinstance(one, dict) else one for one in checks)]
    names += contexts
    if not all(isinstance(name, str) for name in names):
        raise wrong
    return tuple(dict.fromkeys(names))


def _count(given: dict[str, Any] | None) -> int | None:
    if given is None:
        return None
    count = given.get("required_approving_review_count", 1)
    if not isinstance(count, int) or isinstance(count, bool):
        message = "For 'required_approving_review_count', not an integer."
        raise Refusal(422, f"Invalid request.\n\n{message}")
    return count


def protect(call: Call) -> Reply:
    repo = _offered(call, _ADMIN_WRITE)
    checks = _part(call, "required_status_checks")
    reviews = _part(call, "required_pull_request_reviews")
    _refuse_lacking(call, reviews or {})
    wanted = Protection(
        branch=call.params["branch"],
        checks=_checks(checks),
        strict=bool((checks or {}).get("strict")),
        reviews=_count(reviews),
        dismiss_stale=bool((reviews or {}).get("dismiss_stale_reviews")),
        admins=bool(call.body["enforce_admins"]),
        force_pushes=bool(call.body.get("allow_force_pushes")),
        deletions=call.boolean("allow_deletions"),
        conversations=call.boolean("required_conversation_resolution"),
    )
    done = protection.protect(call.world, repo, wanted)
    return Reply(200, shape.protection(call.site, repo, done))


def _refuse_lacking(call: Call, reviews: dict[str, Any]) -> None:
    if "enforce_admins" not in call.body:
        raise Refusal(422, 'Invalid request.\n\n"enforce_admins" wasn\'t supplied.')
    if _part(call, "restrictions"):
        raise unsupported("restrictions of who may push")
    call.refuse_keys(
        "block_creations", "lock_branch", "allow_fork_syncing", "required_linear_history"
    )
    lacking = {
        "dismissal_restrictions", "bypass_pull_request_allowances", "require_code_owner_reviews",
        "require_last_push_approval",
    }  # fmt: skip
    for name in lacking & {name for name, value in reviews.items() if value}:
        raise unsupported(name)


def lift(call: Call) -> Reply:
    repo = _offered(call, _ADMIN_WRITE)
    protection.lift(call.world, repo, call.params["branch"])
    return Reply(204)


_REPO = "/repos/{owner}/{repo}"
_PROTECTION = f"{_REPO}/branches/{{branch}}/protection"
ROUTES = (
    Route("POST", "/orgs/{org}/repos", create),
    Route("PATCH", _REPO, update),
    Route("DELETE", _REPO, delete),
    Route("PUT", f"{_REPO}/collaborators/{{username}}", invite),
    Route("GET", f"{_REPO}/topics", topics),
    Route("PUT", f"{_REPO}/topics", set_topics),
    Route("GET", _PROTECTION, protected),
    Route("PUT", _PROTECTION, protect),
    Route("DELETE", _PROTECTION, lift),
)
