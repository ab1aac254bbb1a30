"""A small world to look at: an issue that went all the way, its pull request, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.domain import words
from app.domain.policy import Policy
from app.domain.record import Attempt, Record, Visit, sign
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Usage
from app.domain.stage import DESCRIPTIONS, Stage
from app.domain.task import Task
from app.sandbox import git
from app.sandbox.clock import Clock
from app.sandbox.limits import Limits
from app.sandbox.records import Delivery, GitRecord, RequestRecord
from app.sandbox.state import (
    Account,
    AppRegistration,
    CheckRun,
    Comment,
    Issue,
    Label,
    PullRequest,
    Reaction,
    Repository,
    State,
    TimelineEvent,
)
from app.sandbox.world import put_issue
from tests.flow.pages.texts import FAILURE, NEW, OLD, README, REQUEST, TEST

BOT = "orc[bot]"
SECRET, KEY = "webhook-secret-of-the-scene", "-----BEGIN RSA PRIVATE KEY-----\nscene"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
STAGES = (Stage.QUEUED, Stage.BUILDING, Stage.REVIEW, Stage.DONE)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class Scene:
    """What `routes` takes: a state, and what went over the wire."""

    state: State
    requests: list[RequestRecord] = field(default_factory=list)
    git_requests: list[GitRecord] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    limits: Limits = field(default_factory=lambda: Limits(Clock()))
    events: int = 0

    @property
    def repo(self) -> Repository:
        return self.state.repositories["orders"]

    def event(self, number: int, kind: Any, actor: str, second: float, **more: Any) -> None:
        self.events += 1
        issue = self.repo.issues[number]
        line = TimelineEvent(self.events, self.repo.id, kind, actor, at(second), **more)
        put_issue(self.repo, issue, timeline=(*issue.timeline, line), updated_at=at(second))

    def label(self, number: int, name: str, actor: str, second: float) -> None:
        label = self.repo.labels[name]
        issue = self.repo.issues[number]
        put_issue(self.repo, issue, labels=(*issue.labels, name))
        self.event(number, "labeled", actor, second, label=name, label_color=label.color)

    def unlabel(self, number: int, name: str, actor: str, second: float) -> None:
        label = self.repo.labels[name]
        issue = self.repo.issues[number]
        put_issue(self.repo, issue, labels=tuple(n for n in issue.labels if n != name))
        self.event(number, "unlabeled", actor, second, label=name, label_color=label.color)

    def comment(self, number: int, author: str, body: str, second: float, **more: Any) -> int:
        key = 3_300_000_001 + len(self.repo.comments)
        self.repo.comments[key] = Comment(
            key, self.repo.id, number, author, body, at(second), at(second), **more
        )
        issue = self.repo.issues[number]
        put_issue(self.repo, issue, comments=(*issue.comments, key), updated_at=at(second))
        return key

    def open(self, number: int, title: str, body: str, author: str, second: float) -> None:
        self.repo.issues[number] = Issue(
            id=3_100_000_000 + number, repo_id=self.repo.id, number=number, title=title, body=body,
            author=author, created_at=at(second), updated_at=at(second),
        )  # fmt: skip
        self.repo.next_number = max(self.repo.next_number, number + 1)


def build(root: Path) -> Scene:
    """Everything; `root` is an empty folder for the git repository."""
    scene = Scene(_state(root))
    first, _ = _first_commits(scene.repo)
    scene.open(1, "Prices are floats", "`0.1 + 0.2` is wrong on invoices.", "ben", -4000)
    put_issue(scene.repo, scene.repo.issues[1], state="closed", state_reason="not_planned")
    scene.event(1, "closed", "ben", -3000, state_reason="not_planned")
    scene.open(2, "Ten percent off above 100 €", REQUEST, "ann", 0)
    _work(scene, first)
    scene.open(4, "Show the currency in the receipt", "As `EUR`, @orc please.", "ben", 130)
    scene.label(4, "enhancement", "ben", 131)
    scene.label(4, "orc:queued", BOT, 132)
    scene.comment(4, BOT, status(Stage.BLOCKED), 133, via_app=True)
    scene.label(4, "orc:blocked", BOT, 140)
    scene.unlabel(4, "orc:queued", BOT, 140)
    _wire(scene)
    return scene


def _state(root: Path) -> State:
    path = root / "orders.git"
    git.create(path, "main")
    app = AppRegistration(7, "orc", KEY, SECRET, 61, {"issues": "write"}, ("issues",), START)
    state = State(Account(1, "acme", "Organization"), app)
    people = (state.owner, Account(2, "ann"), Account(3, "ben"), Account(4, BOT, "Bot"))
    state.accounts.update((account.login, account) for account in people)
    repo = Repository(
        id=900_000_001, owner="acme", name="orders", path=path, private=True,
        default_branch="main", created_at=START, pushed_at=START, updated_at=at(140),
        description="Takes orders and prices them",
    )  # fmt: skip
    names = {"bug": "d73a4a", "enhancement": "a2eeef", "orchestrate": "0b6770"}
    names |= {stage.value: color for stage, (color, _) in DESCRIPTIONS.items()}
    for number, (name, color) in enumerate(names.items()):
        repo.labels[name] = Label(number, repo.id, name, color)
    state.repositories["orders"] = repo
    return state


def _first_commits(repo: Repository) -> tuple[str, str]:
    """(tip of main, tip of the branch that is to be merged)."""
    ann = git.Person("ann", "ann@acme.test", at(-5000))
    bot = git.Person("orc", f"41+{BOT}@users.noreply.github.com", at(30))
    for name, text, message in (
        ("README.md", README, "Say what this is"),
        ("orders/__init__.py", "", "Start the package"),
        ("docs/rules.md", "# Rules\n\nTotals are in cents.\n", "Write the rules down"),
        ("orders/pricing.py", OLD, "Price orders"),
    ):
        git.write_file(repo.path, "main", name, text.encode(), by=ann, message=message)
    base = git.text(repo.path, "rev-parse", "main")
    git.run(repo.path, "branch", "orc/issue-2-r1", base)
    write = (
        ("orders/pricing.py", NEW.replace("> THRESHOLD", ">= THRESHOLD"), "Discount large orders"),
        ("tests/test_pricing.py", TEST, "Test the discount and its boundary"),
        ("orders/pricing.py", NEW, "Leave the boundary alone\n\nExactly 100 is not above 100."),
    )
    for second, (name, text, message) in enumerate(write):
        by = replace(bot, when=at(30 + 20 * second))
        git.write_file(repo.path, "orc/issue-2-r1", name, text.encode(), by=by, message=message)
    repo.refs = git.refs(repo.path)
    return base, repo.branches["orc/issue-2-r1"]


def status(stage: Stage, *, head: str = "a" * 40, merged: str | None = None) -> str:
    """The status comment as the product writes it, with its signed record."""
    visited = STAGES[: STAGES.index(stage) + 1] if stage in STAGES else STAGES[:2]
    attempts = (
        Attempt(1, "failed", "7f1c0a9be2" + "0" * 30, 6, 2, failures=(FAILURE,)),
        Attempt(2, "passed", head, 8),
    )
    done = {Stage.QUEUED: 0, Stage.BUILDING: 1, Stage.BLOCKED: 1}.get(stage, 2)
    record = Record(
        round=1, stage=stage, branch="orc/issue-2-r1", attempts=attempts[:done], merged=merged,
        pull_request=3 if done == 2 else None,
        usage=Usage(9_000 * done, 400 * done, cost_usd=0.11 * done),
        history=tuple(Visit(s, at(3 + 25 * n)) for n, s in enumerate(visited)),
        reason="Every attempt failed: `test_discount` is still red." if stage is Stage.BLOCKED
        else "",
    )  # fmt: skip
    ref = IssueRef(RepoRef(900_000_001, "acme", "orders", 61), 2)
    task = Task(ref, "", REQUEST, "ann", True, "main", stage, record, Policy(budget_usd=2))
    return f"{words.status_comment(task)}\n\n{sign(record, ref, b'a key')}"


def _work(scene: Scene, base: str) -> None:
    """Issue 2 goes from queued to done."""
    repo, head = scene.repo, scene.repo.branches["orc/issue-2-r1"]
    scene.label(2, "enhancement", "ann", 1)
    scene.label(2, "orchestrate", "ann", 2)
    scene.label(2, "orc:queued", BOT, 3)
    scene.comment(2, "ben", "Good idea. Also for gift cards?\n\n/status", 9, reactions=(
        Reaction(1, repo.id, "eyes", BOT, at(9)), Reaction(2, repo.id, "+1", "ann", at(10)),
    ))  # fmt: skip
    scene.label(2, "orc:building", BOT, 28)
    scene.unlabel(2, "orc:queued", BOT, 28)
    _pull(scene, base, head)
    scene.event(2, "referenced", BOT, 54, source=3)
    scene.label(2, "orc:review", BOT, 55)
    scene.unlabel(2, "orc:building", BOT, 55)
    scene.event(2, "closed", "ann", 78, state_reason="completed", source=3)
    scene.label(2, "orc:done", BOT, 79)
    scene.unlabel(2, "orc:review", BOT, 79)
    text = status(Stage.DONE, head=head, merged=repo.branches["main"])
    key = scene.comment(2, BOT, text, 4, via_app=True, last_edited_at=at(80))
    issue = repo.issues[2]
    put_issue(repo, issue, state="closed", state_reason="completed", closed_by="ann",
              comments=(key, *issue.comments[:-1]))  # fmt: skip


def _pull(scene: Scene, base: str, head: str) -> None:
    repo = scene.repo
    attempts = (
        Attempt(1, "failed", "7f1c0a9be2", 6, 2, failures=(FAILURE,)),
        Attempt(2, "passed", head, 8),
    )
    body = words.pull_request_body(
        2,
        words.pull_request_part(attempts),
        "Discounts orders above 100 €; the boundary itself pays in full.",
    )
    pull = PullRequest(
        id=2_700_000_001, issue_id=3_100_000_003, repo_id=repo.id, number=3,
        title="Ten percent off above 100 €", body=body, author=BOT, created_at=at(54),
        updated_at=at(54), via_app=True, head_ref="orc/issue-2-r1", head_sha=head, base_ref="main",
        base_sha=base,
    )  # fmt: skip
    repo.issues[3] = pull
    repo.next_number = 5
    repo.check_runs[55] = CheckRun(
        id=55, repo_id=repo.id, suite_id=4, name="orc / verdict", head_sha=head,
        status="completed", conclusion="success", started_at=at(46), completed_at=at(52),
        output_title="8 passed", output_summary="**8 passed** in 0.4 s, in a fresh checkout.",
        output_text="```text\ntests/test_pricing.py ........ [100%]\n```",
    )  # fmt: skip
    scene.comment(3, "ann", "Reads well, thank you. 🎉", 70)
    scene.event(3, "merged", "ann", 77, commit=head)
    scene.event(3, "closed", "ann", 77)
    scene.event(3, "head_ref_deleted", BOT, 81)
    put_issue(repo, repo.issues[3], state="closed", merged_at=at(77), merged_by="ann",
              merge_commit_sha=head)  # fmt: skip
    git.run(repo.path, "update-ref", "refs/heads/main", head)
    repo.refs = git.refs(repo.path)


def _wire(scene: Scene) -> None:
    events = (
        ("installation_repositories", "added", 202), ("issues", "opened", 202),
        ("issues", "labeled", 202), ("issue_comment", "created", 502), ("push", None, 202),
        ("pull_request", "opened", 202), ("pull_request", "closed", None),
    )  # fmt: skip
    for number, (event, action, status_code) in enumerate(events):
        payload = {"action": action, "number": number, "sender": {"login": "ann"}}
        scene.deliveries.append(Delivery(
            id=100 + number, guid=f"5f3c9a1e-0000-4000-8000-{number:012}", event=event,
            action=action, payload=payload, body=msgspec.json.encode(payload), repository_id=1,
            headers={"X-GitHub-Event": event, "X-Hub-Signature-256": f"sha256={SECRET}"},
            delivered_at=at(number * 9), status_code=status_code, duration=0.01 * number,
            status="OK" if status_code == 202 else "failed to connect to host",
            response_headers={"server": "uvicorn"}, response_body='{"taken":true}',
            redelivery=number == 3,
        ))  # fmt: skip
    asked = (
        ("POST", "/app/installations/{id}/access_tokens", "", 201, True, 0, 0.004),
        ("GET", "/repos/{owner}/{repo}/issues/{issue_number}", "", 200, False, 0, 0.002),
        ("POST", "graphql", "Apply", 200, True, 2, 0.006),
        ("POST", "/repos/{owner}/{repo}/pulls", "", 201, True, 1, 0.031),
        ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", "", 502, False, 0, 0.003),
    )
    for number, (method, route, name, code, writes, content, took) in enumerate(asked * 5):
        path = "/graphql" if name else route.replace("{owner}/{repo}", "acme/orders")
        mutations = ("updateIssueComment", *["addLabelsToLabelable"] * 2) if name else ()
        scene.requests.append(RequestRecord(
            method, path, route, name, mutations, code, took, writes, content, at(number)
        ))  # fmt: skip
    scene.git_requests.append(
        GitRecord("POST", "/acme/orders.git/git-receive-pack", "push", 200, 0.09, at(44))
    )
