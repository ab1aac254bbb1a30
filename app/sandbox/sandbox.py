"""The sandbox as demo and tests hold it: start and stop, people who do things, a place to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.sandbox import gate, git
from app.sandbox.actions.service import Actions
from app.sandbox.door import Door
from app.sandbox.gitdoor import GitDoor
from app.sandbox.limits import Limits
from app.sandbox.people import Reviewers
from app.sandbox.records import Delivery, Fault, GitRecord, Observer, RequestRecord
from app.sandbox.refusal import Refusal
from app.sandbox.rules import branches, comments, issues, pulls, repositories
from app.sandbox.runs import Runs
from app.sandbox.server import Pages, Server, Switch
from app.sandbox.shapes.accounts import installation
from app.sandbox.shapes.repositories import repository_lite
from app.sandbox.state import (
    ROLES,
    AppRegistration,
    CheckRun,
    Comment,
    Issue,
    PullRequest,
    Repository,
    Role,
    State,
)
from app.sandbox.world import Actor, World, get_issue, get_repository


class Sandbox(Runs, Reviewers):
    """An offline GitHub. Use as a context manager; every method is safe in any thread."""

    def __init__(
        self,
        root: Path,
        *,
        manifest: Mapping[str, Any],
        webhook_url: str | None = None,
        port: int = 0,
        owner: str = "acme",
    ) -> None:
        self._world = World(root, manifest, owner, "orc")
        self._door = Door(self._world)
        self._world.actions = self._actions = Actions(self._world, self._door.tokens)
        self._git = GitDoor(self._world, self._door.tokens, self._door.faults)
        self._server = Server(port)
        self._world.settle(self._server.url)
        self._world.hooks.url = webhook_url
        self.observers: list[Observer] = self._world.observers
        self.requests: list[RequestRecord] = self._door.requests
        self.git_requests: list[GitRecord] = self._git.requests
        self.deliveries: list[Delivery] = self._world.hooks.deliveries
        self.limits: Limits = self._door.limits

    def __enter__(self) -> Self:
        self._world.hooks.start()
        self._server.start(Switch(self._door, self._git, self._actions.downloads, Pages(self)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._actions.stop()
        self._server.stop()
        self._world.hooks.stop()

    # Where it is.

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v3"

    @property
    def graphql_url(self) -> str:
        return f"{self.url}/api/graphql"

    @property
    def app(self) -> AppRegistration:
        return self.state.app

    @property
    def state(self) -> State:
        return self._world.state

    @property
    def webhook_url(self) -> str | None:
        return self._world.hooks.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._world.hooks.url = url

    def advance(self, seconds: float) -> None:
        """Moves the clock: tokens expire, rate limits renew."""
        self._world.clock.advance(seconds)

    def one_moment(self) -> AbstractContextManager[None]:
        """All that happens in it has the same time, but for what the clock is moved by."""
        return self._world.clock.stopped()

    # People.

    def add_person(self, login: str) -> None:
        with self.state.lock:
            self._world.add_account(login)

    def person_token(self, login: str) -> str:
        """A token with which git pushes as this person, as far as their role goes."""
        self._known(login)
        return self._door.tokens.mint_person(login).token

    def create_repository(
        self,
        name: str,
        *,
        source: Path | None = None,
        private: bool = True,
        default_branch: str = "main",
    ) -> Repository:
        """`source`: a git repository whose HEAD becomes the default branch; else one README."""
        return repositories.create(
            self._world, name, source=source, private=private, default_branch=default_branch
        )

    def grant(self, repo: str, login: str, role: str) -> None:
        if role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(ROLES)}, not {role}")
        self._known(login)
        with self.state.lock:
            self.repository(repo).roles[login] = role

    def open_issue(
        self, repo: str, *, by: str, title: str, body: str = "", labels: Sequence[str] = ()
    ) -> Issue:
        """Labels need the role triage: GitHub drops them silently, here it is an error."""
        found, actor = self._enter(repo, by, "triage" if labels else "read")
        with self.state.lock:
            return issues.open_issue(self._world, found, actor, title, body, labels)

    def edit_issue(
        self, repo: str, number: int, *, by: str, title: str | None = None, body: str | None = None
    ) -> Issue:
        found, actor = self._own_issue(repo, number, by, "triage")
        with self.state.lock:
            return issues.edit(self._world, found, number, actor, title, body)

    def close_issue(self, repo: str, number: int, *, by: str) -> Issue:
        found, actor = self._own_issue(repo, number, by, "triage")
        return issues.close(self._world, found, number, actor)

    def reopen_issue(self, repo: str, number: int, *, by: str) -> Issue:
        found, actor = self._own_issue(repo, number, by, "triage")
        return issues.reopen(self._world, found, number, actor)

    def add_label(self, repo: str, number: int, label: str, *, by: str) -> Issue:
        found, actor = self._enter(repo, by, "triage")
        with self.state.lock:
            known = issues.ensure_label(self._world, found, label)
            return issues.add_labels(self._world, found, number, [known], actor)

    def remove_label(self, repo: str, number: int, label: str, *, by: str) -> Issue:
        found, actor = self._enter(repo, by, "triage")
        with self.state.lock:
            known = found.labels.get(label.lower())
            if known is None or known.name not in get_issue(found, number).labels:
                raise Refusal(404, "Label does not exist")
            return issues.remove_labels(self._world, found, number, [known], actor)

    def comment(self, repo: str, number: int, body: str, *, by: str) -> Comment:
        found, actor = self._enter(repo, by, "read")
        return comments.create(self._world, found, number, body, actor)

    def edit_comment(self, repo: str, comment_id: int, body: str, *, by: str) -> Comment:
        own = comments.get(self.repository(repo), comment_id).author == by
        found, actor = self._enter(repo, by, "read" if own else "write")
        return comments.edit(self._world, found, comment_id, body, actor)

    def merge_pull_request(self, repo: str, number: int, *, by: str) -> str:
        """A merge commit; returns its sha."""
        found, actor = self._enter(repo, by, "write")
        return pulls.merge(self._world, found, number, actor)

    def close_pull_request(self, repo: str, number: int, *, by: str) -> Issue:
        return self.close_issue(repo, number, by=by)

    def open_pull_request(
        self, repo: str, *, by: str, title: str, head: str, body: str = "", base: str | None = None
    ) -> PullRequest:
        """`head` is a branch that exists (see `write_file`); `base` is the default branch."""
        found, actor = self._enter(repo, by, "read")
        with self.state.lock:
            target = base or found.default_branch
            return pulls.open_pull(
                self._world, found, actor, title=title, body=body, head=head, base=target
            )

    def write_file(
        self,
        repo: str,
        path: str,
        content: str,
        *,
        by: str,
        message: str = "Update a file",
        branch: str | None = None,
    ) -> str:
        """One commit on the default branch, or on one that begins there; returns its sha."""
        found, actor = self._enter(repo, by, "write")
        with self.state.lock:
            gate.check_commit(found, branch or found.default_branch, by)
            sha = git.write_file(
                found.path, branch or found.default_branch, path, content.encode(),
                by=self._world.person(by), message=message, start=found.head_sha,
            )  # fmt: skip
            branches.synchronise(self._world, found, actor)
        return sha

    def _known(self, login: str) -> None:
        if login not in self.state.accounts:
            raise ValueError(f"nobody is called {login}: add_person({login!r}) first")

    def _enter(self, repo: str, login: str, role: Role) -> tuple[Repository, Actor]:
        self._known(login)
        found = self.repository(repo)
        if login != self.app.bot_login:
            repositories.need(found, login, role)
        return found, Actor(login, via_app=login == self.app.bot_login)

    def _own_issue(self, repo: str, number: int, by: str, role: Role) -> tuple[Repository, Actor]:
        own = get_issue(self.repository(repo), number).author == by
        return self._enter(repo, by, "read" if own else role)

    # Looking.

    def repository(self, name: str) -> Repository:
        return get_repository(self.state, self.state.owner.login, name.rpartition("/")[2])

    def issue(self, repo: str, number: int) -> Issue:
        return get_issue(self.repository(repo), number)

    def pull_requests(self, repo: str) -> list[PullRequest]:
        with self.state.lock:
            return self.repository(repo).pull_requests()

    def comments(self, repo: str, number: int) -> list[Comment]:
        with self.state.lock:
            return self.repository(repo).comments_of(number)

    def check_runs(self, repo: str) -> list[CheckRun]:
        with self.state.lock:
            return list(self.repository(repo).check_runs.values())

    def branches(self, repo: str) -> dict[str, str]:
        with self.state.lock:
            return self.repository(repo).branches

    # Faults.

    def inject(self, fault: Fault) -> None:
        self._door.faults.inject(fault)

    def clear_faults(self) -> None:
        self._door.faults.clear()

    @property
    def pending_faults(self) -> list[Fault]:
        """Those that have not happened yet."""
        return self._door.faults.pending

    def hold_deliveries(self) -> None:
        self._world.hooks.hold()

    def release_deliveries(
        self, order: Callable[[list[Delivery]], list[Delivery]] | None = None
    ) -> None:
        self._world.hooks.release(order)

    def drop_deliveries(self, on: bool) -> None:
        self._world.hooks.dropping = on

    def duplicate_deliveries(self, times: int) -> None:
        """Each event is sent that many times from now on, with one GUID."""
        self._world.hooks.times = max(1, times)

    def redeliver(self, delivery_id: int) -> None:
        self._world.hooks.redeliver(delivery_id)

    def wait_idle(self, timeout: float = 10) -> None:
        """Until every event was answered. In async code: `await asyncio.to_thread(box.wait_idle)`,
        else an app in the same event loop could not answer."""
        self._world.hooks.wait_idle(timeout)

    def ping(self) -> None:
        """The event GitHub sends when a webhook is set up."""
        self._world.ping()

    def announce_installation(self) -> None:
        """The event GitHub sends when the App is installed."""
        with self.state.lock:
            repos = [repository_lite(repo) for repo in self.state.repositories.values()]
            payload = {"action": "created", "installation": installation(self._world.site),
                       "repositories": repos, "requester": None}  # fmt: skip
            self._world.emit("installation", None, Actor(self.state.owner.login), payload)
