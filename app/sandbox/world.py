"""The heart: state, clock, ids and events in one place; the rules of GitHub are in `rules/`."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.sandbox import git
from app.sandbox.clock import Clock, stamp
from app.sandbox.hooks import HOOK_ID, Hooks
from app.sandbox.keys import private_key
from app.sandbox.records import Observer
from app.sandbox.refusal import not_found
from app.sandbox.shapes.accounts import Site, installation_lite, organization, user
from app.sandbox.shapes.repositories import push_repository, repository
from app.sandbox.state import Account, AppRegistration, Issue, PullRequest, Repository, State

if TYPE_CHECKING:
    from app.sandbox.actions.service import Actions

# Where GitHub's counters stand today, roughly: several are past 32 bits.
_FIRST_IDS = {
    "account": 180_000_001, "repository": 900_000_001, "issue": 3_100_000_001,
    "comment": 3_300_000_001, "pull": 2_700_000_001, "label": 9_100_000_001,
    "reaction": 310_000_001, "event": 19_000_000_001, "check_run": 55_000_000_001,
    "check_suite": 47_000_000_001, "review": 3_400_000_001, "review_comment": 2_300_000_001,
    "thread": 51_000_001, "workflow": 210_000_001, "workflow_run": 19_400_000_001,
    "sequence": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `via_app`: with a token of the App."""

    login: str
    via_app: bool = False


class World:
    def __init__(self, root: Path, manifest: Mapping[str, Any], owner: str, slug: str) -> None:
        self.root = root
        self.clock = Clock()
        self.observers: list[Observer] = []
        self._ids = {kind: itertools.count(first) for kind, first in _FIRST_IDS.items()}
        self._writing = 0
        account = Account(self.next_id("account"), owner, "Organization")
        app = AppRegistration(
            id=1_100_001,
            slug=slug,
            private_key=private_key(),
            webhook_secret=secrets.token_hex(20),
            installation_id=61_000_001,
            permissions={"metadata": "read"} | dict(manifest.get("default_permissions") or {}),
            events=tuple(manifest.get("default_events") or ()),
            created_at=self.clock.now(),
        )
        self.state = State(owner=account, app=app)
        self.state.accounts[owner] = account
        self.add_account(app.bot_login)
        self.hooks = Hooks(app, self.clock, self.observers)
        self.site = Site(self.state, "", "")
        self.actions: Actions | None = None

    def settle(self, url: str) -> None:
        """Tells where the server listens: addresses in JSON begin with it."""
        self.site = Site(self.state, url, f"{url}/api/v3")

    def next_id(self, kind: str) -> int:
        return next(self._ids[kind])

    def now(self) -> datetime:
        return self.clock.now()

    def add_account(self, login: str) -> Account:
        if login not in self.state.accounts:
            bot = login.endswith("[bot]")
            key = self.next_id("account")
            self.state.accounts[login] = Account(key, login, "Bot" if bot else "User")
        return self.state.accounts[login]

    def person(self, login: str) -> git.Person:
        """How commits that GitHub makes for `login` are signed."""
        account = self.state.accounts[login]
        email = f"{account.id}+{login}@users.noreply.github.com"
        return git.Person(login, email, self.now())

    @contextmanager
    def writing(self, repo: Repository) -> Iterator[None]:
        """Holds the lock and, for stale reads, keeps what was before."""
        with self.state.lock:
            if not self._writing:
                self.state.before_last_write = repo.snapshot()
            self._writing += 1
            try:
                yield
            finally:
                self._writing -= 1

    def emit(
        self, event: str, repo: Repository | None, actor: Actor, payload: dict[str, Any]
    ) -> None:
        """Adds what every event of an App carries, and queues it."""
        site = self.site
        if repo is not None:
            shape = push_repository if event == "push" else repository
            payload["repository"] = shape(site, repo)
        if event not in {"installation", "installation_repositories"}:
            payload["organization"] = organization(site)
        payload["sender"] = user(site, actor.login)
        payload.setdefault("installation", installation_lite(site))
        self.hooks.emit(event, payload, repo.id if repo else None)
        if self.actions is not None and repo is not None:
            self.actions.hear(event, repo, actor, payload)

    def ping(self) -> None:
        """GitHub's test of a webhook."""
        app, url = self.state.app, self.hooks.url or ""
        made = stamp(app.created_at)
        hook = {
            "type": "App", "id": HOOK_ID, "name": "web", "active": True, "app_id": app.id,
            "events": list(app.events), "created_at": made, "updated_at": made,
            "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********",
                       "url": url},
            "deliveries_url": f"{self.site.api}/app/hook/deliveries",
        }  # fmt: skip
        payload = {"zen": "Design for failure.", "hook_id": HOOK_ID, "hook": hook}
        self.hooks.emit("ping", payload, None)


def put_issue(repo: Repository, issue: Issue, **changes: Any) -> Issue:
    """Replaces an issue (or pull request) by a changed one."""
    changed: Issue = replace(issue, **changes)
    repo.issues[issue.number] = changed
    return changed


def get_repository(state: State, owner: str, name: str) -> Repository:
    """GitHub's names are case-insensitive."""
    if owner.lower() == state.owner.login.lower():
        found = state.repositories.get(name)
        lower = name.lower()
        for repo in [found] if found else state.repositories.values():
            if repo.name.lower() == lower:
                return repo
    raise not_found()


def get_issue(repo: Repository, number: int) -> Issue:
    issue = repo.issues.get(number)
    if issue is None:
        raise not_found()
    return issue


def get_pull(repo: Repository, number: int) -> PullRequest:
    pull = repo.issues.get(number)
    if not isinstance(pull, PullRequest):
        raise not_found()
    return pull
