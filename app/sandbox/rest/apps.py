"""REST of the App itself: its installation, tokens, and the deliveries it was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.sandbox.auth import Grant
from app.sandbox.clock import stamp
from app.sandbox.records import Delivery
from app.sandbox.refusal import Refusal, not_found
from app.sandbox.rest.call import Call, Json, Reply, Route
from app.sandbox.shapes.accounts import installation, integration
from app.sandbox.shapes.repositories import repository
from app.sandbox.state import Repository

_KEPT = timedelta(days=3)
_LEVELS = {"read": 1, "write": 2, "admin": 3}


def app(call: Call) -> Reply:
    return Reply(200, integration(call.site) | {"installations_count": 1})


def installations(call: Call) -> Reply:
    return call.page([call.state], lambda _: installation(call.site))


def create_token(call: Call) -> Reply:
    if call.integer("installation_id") != call.state.app.installation_id:
        raise not_found()
    permissions = _narrowed_permissions(call)
    chosen = _narrowed_repositories(call)
    ids = None if chosen is None else frozenset(repo.id for repo in chosen)
    grant = call.tokens.mint(permissions, ids)
    body: Json = {
        "token": grant.token,
        "expires_at": stamp(grant.expires_at),
        "permissions": dict(grant.permissions),
        "repository_selection": "all" if chosen is None else "selected",
    }
    if chosen is not None:
        body["repositories"] = [repository(call.site, repo) for repo in chosen]
    return Reply(201, body)


def _narrowed_permissions(call: Call) -> dict[str, str]:
    have = call.state.app.permissions
    wanted = call.body.get("permissions")
    if wanted is None:
        return dict(have)
    if not isinstance(wanted, dict) or not all(isinstance(v, str) for v in wanted.values()):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/permissions', not an object.")
    for name, level in wanted.items():
        if _LEVELS.get(level, 9) > _LEVELS.get(have.get(name, ""), 0):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read"} | wanted


def _narrowed_repositories(call: Call) -> list[Repository] | None:
    names, ids = call.body.get("repositories"), call.body.get("repository_ids")
    if names is None and ids is None:
        return None
    for value in (names, ids):
        if value is not None and not isinstance(value, list):
            raise Refusal(422, "Invalid request.\n\nrepositories must be a list.")
    by_name = {repo.name.lower(): repo for repo in call.state.repositories.values()}
    by_id: dict[Any, Repository] = {repo.id: repo for repo in by_name.values()}
    try:
        chosen = [by_name[str(name).lower()] for name in names or ()]
        chosen += [by_id[key] for key in ids or ()]
    except (KeyError, TypeError):
        raise Refusal(
            422,
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation.",
        ) from None
    return list({repo.id: repo for repo in chosen}.values())


def repositories(call: Call) -> Reply:
    grant: Grant = call.token
    found = [repo for repo in call.state.repositories.values() if _in_grant(grant, repo)]
    rows, headers = call.paginate(found)
    body = {
        "total_count": len(found),
        "repository_selection": "all" if grant.repository_ids is None else "selected",
        "repositories": [repository(call.site, repo) for repo in rows],
    }
    return Reply(200, body, headers)


def _in_grant(grant: Grant, repo: Repository) -> bool:
    return grant.repository_ids is None or repo.id in grant.repository_ids


def rate_limit(call: Call) -> Reply:
    login = call.token.login
    core = call.limits.shape(login, "core")
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": core["reset"]}
    resources = {"core": core, "graphql": call.limits.shape(login, "graphql"), "search": search}
    return Reply(200, {"resources": resources, "rate": core})


def deliveries(call: Call) -> Reply:
    """Newest first; pages by cursor, not by number."""
    call.refuse_keys("status")
    tried = _kept(call)[::-1]
    cursor = call.query.get("cursor", "")
    if cursor:
        if not (cursor.isascii() and cursor.isdigit()):
            raise Refusal(400, "Invalid cursor")
        tried = [d for d in tried if d.id <= int(cursor)]
    text = call.query.get("per_page", "30")
    size = min(max(int(text), 1), 100) if text.isascii() and text.isdigit() else 30
    headers = {}
    if len(tried) > size:
        url = f"{call.site.api}/app/hook/deliveries?per_page={size}&cursor={tried[size].id}"
        headers["link"] = f'<{url}>; rel="next"'
    return Reply(200, [_delivery(call, d) for d in tried[:size]], headers)


def _delivery(call: Call, delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": stamp(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": delivery.duration,
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": call.state.app.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def _kept(call: Call) -> list[Delivery]:
    """GitHub forgets deliveries after three days."""
    oldest = call.world.now() - _KEPT
    listed = list(call.world.hooks.deliveries)
    return [d for d in listed if d.status_code is not None and d.delivered_at >= oldest]


def _find(call: Call) -> Delivery:
    wanted = call.integer("delivery_id")
    for delivery in _kept(call):
        if delivery.id == wanted:
            return delivery
    raise not_found()


def delivery_detail(call: Call) -> Reply:
    found = _find(call)
    body = _delivery(call, found) | {
        "url": call.world.hooks.url or "",
        "request": {"headers": found.headers, "payload": found.payload},
        "response": {"headers": found.response_headers, "payload": found.response_body},
    }
    return Reply(200, body)


def redeliver(call: Call) -> Reply:
    call.world.hooks.redeliver(_find(call).id)
    return Reply(202, {})


ROUTES = (
    Route("GET", "/app", app, "jwt"),
    Route("GET", "/app/installations", installations, "jwt"),
    Route("POST", "/app/installations/{installation_id}/access_tokens", create_token, "jwt"),
    Route("GET", "/app/hook/deliveries", deliveries, "jwt"),
    Route("GET", "/app/hook/deliveries/{delivery_id}", delivery_detail, "jwt"),
    Route("POST", "/app/hook/deliveries/{delivery_id}/attempts", redeliver, "jwt"),
    Route("GET", "/installation/repositories", repositories),
    Route("GET", "/rate_limit", rate_limit),
)
