"""Issues: opened, edited, closed, labelled; a pull request is an issue here too. No permissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from app.sandbox.gate import may_write
from app.sandbox.refusal import invalid
from app.sandbox.shapes import issues as shape
from app.sandbox.shapes.accounts import user
from app.sandbox.shapes.pulls import pull
from app.sandbox.state import Issue, Label, PullRequest, Repository, TimelineEvent, TimelineKind
from app.sandbox.world import Actor, World, get_issue, put_issue

MAX_BODY = 65_536
_MOST_ASSIGNEES = 10
StateReason = Literal["completed", "not_planned", "duplicate"]


def check_body(body: str, resource: str) -> None:
    if len(body) > MAX_BODY:
        message = f"body is too long (maximum is {MAX_BODY} characters)"
        raise invalid(message, resource=resource, field="body")


def check_title(title: str, resource: str) -> None:
    if not title.strip():
        raise invalid("title is blank", resource=resource, field="title", code="missing_field")
    if len(title) > 256:
        raise invalid("title is too long (maximum is 256 characters)", resource=resource,
                      field="title")  # fmt: skip


def line(
    world: World, repo: Repository, kind: TimelineKind, actor: Actor, **more: Any
) -> TimelineEvent:
    return TimelineEvent(
        id=world.next_id("event"), repo_id=repo.id, kind=kind, actor=actor.login,
        created_at=world.now(), sequence=world.next_id("sequence"), **more,
    )  # fmt: skip


def emit(
    world: World, repo: Repository, issue: Issue, action: str, actor: Actor, **more: Any
) -> None:
    """`issues` for an issue, `pull_request` for a pull request."""
    payload: dict[str, Any] = {"action": action}
    if isinstance(issue, PullRequest):
        payload["number"] = issue.number
        mergeable = repo.mergeable.get((issue.base_sha, issue.head_sha))
        payload["pull_request"] = pull(world.site, repo, issue, mergeable)
        world.emit("pull_request", repo, actor, payload | more)
    else:
        payload["issue"] = shape.issue_in_webhook(world.site, repo, issue)
        world.emit("issues", repo, actor, payload | more)


def open_issue(
    world: World, repo: Repository, actor: Actor, title: str, body: str, labels: Sequence[str] = ()
) -> Issue:
    check_title(title, "Issue")
    check_body(body, "Issue")
    with world.writing(repo):
        known = [ensure_label(world, repo, name) for name in dict.fromkeys(labels)]
        now = world.now()
        issue = Issue(
            id=world.next_id("issue"), repo_id=repo.id, number=repo.next_number, title=title,
            body=body, author=actor.login, created_at=now, updated_at=now, via_app=actor.via_app,
            labels=tuple(label.name for label in known),
            timeline=tuple(_label_line(world, repo, "labeled", actor, label) for label in known),
        )  # fmt: skip
        repo.next_number += 1
        repo.issues[issue.number] = issue
        emit(world, repo, issue, "opened", actor)
        for label in known:
            emit(world, repo, issue, "labeled", actor, label=shape.label(world.site, repo, label))
        return issue


def edit(
    world: World, repo: Repository, number: int, actor: Actor,
    title: str | None = None, body: str | None = None,
) -> Issue:  # fmt: skip
    issue = get_issue(repo, number)
    resource = "PullRequest" if isinstance(issue, PullRequest) else "Issue"
    changes: dict[str, Any] = {}
    updates: dict[str, Any] = {}
    if title is not None and title != issue.title:
        check_title(title, resource)
        changes["title"], updates["title"] = {"from": issue.title}, title
        renamed = line(world, repo, "renamed", actor, renamed_from=issue.title, renamed_to=title)
        updates["timeline"] = (*issue.timeline, renamed)
    if body is not None and body != issue.body:
        check_body(body, resource)
        changes["body"], updates["body"] = {"from": issue.body}, body
        updates |= {"last_edited_at": world.now(), "last_edited_by": actor.login}
    if not changes:
        return issue
    with world.writing(repo):
        issue = put_issue(repo, issue, updated_at=world.now(), **updates)
        emit(world, repo, issue, "edited", actor, changes=changes)
    return issue


def close(
    world: World, repo: Repository, number: int, actor: Actor,
    reason: StateReason = "completed", **cause: Any,
) -> Issue:  # fmt: skip
    """`cause`: `source` (a pull request) or `commit`. Closing what is closed changes nothing."""
    with world.writing(repo):
        issue = get_issue(repo, number)
        if issue.state == "closed":
            return issue
        event = line(world, repo, "closed", actor, state_reason=reason, **cause)
        is_pull = isinstance(issue, PullRequest)
        issue = put_issue(
            repo, issue, state="closed", closed_at=world.now(), closed_by=actor.login,
            state_reason=None if is_pull else reason, updated_at=world.now(),
            timeline=(*issue.timeline, event),
        )  # fmt: skip
        emit(world, repo, issue, "closed", actor)
        return issue


def reopen(world: World, repo: Repository, number: int, actor: Actor) -> Issue:
    with world.writing(repo):
        issue = get_issue(repo, number)
        if issue.state == "open":
            return issue
        if isinstance(issue, PullRequest) and (
            issue.merged or f"refs/heads/{issue.head_ref}" not in repo.refs
        ):
            raise invalid("state cannot be changed. The pull request cannot be reopened.",
                          resource="PullRequest", field="state")  # fmt: skip
        event = line(world, repo, "reopened", actor)
        issue = put_issue(
            repo, issue, state="open", closed_at=None, closed_by=None, updated_at=world.now(),
            state_reason=None if isinstance(issue, PullRequest) else "reopened",
            timeline=(*issue.timeline, event),
        )  # fmt: skip
        emit(world, repo, issue, "reopened", actor)
        return issue


def create_label(
    world: World, repo: Repository, name: str, color: str | None, description: str | None
) -> Label:
    if name.lower() in repo.labels:
        raise invalid("name has already been taken", resource="Label", field="name",
                      code="already_exists")  # fmt: skip
    if not name.strip():
        raise invalid("name is blank", resource="Label", field="name", code="missing_field")
    if len(name) > 50:
        raise invalid("name is too long (maximum is 50 characters)", resource="Label",
                      field="name")  # fmt: skip
    if description is not None and len(description) > 100:
        raise invalid("description is too long (maximum is 100 characters)", resource="Label",
                      field="description")  # fmt: skip
    color = "ededed" if color is None else color
    if len(color) != 6 or set(color.lower()) - set("0123456789abcdef"):
        raise invalid("color is invalid", resource="Label", field="color", code="invalid")
    with world.writing(repo):
        label = Label(world.next_id("label"), repo.id, name, color.lower(), description)
        repo.labels[name.lower()] = label
    return label


def ensure_label(world: World, repo: Repository, name: str) -> Label:
    """Adding a label that does not exist makes it, grey."""
    return repo.labels.get(name.lower()) or create_label(world, repo, name, None, None)


def add_labels(
    world: World, repo: Repository, number: int, labels: Sequence[Label], actor: Actor
) -> Issue:
    with world.writing(repo):
        issue = get_issue(repo, number)
        for label in labels:
            if label.name not in issue.labels:
                names = (*issue.labels, label.name)
                issue = _relabel(world, repo, issue, names, "labeled", actor, label)
        return issue


def remove_labels(
    world: World, repo: Repository, number: int, labels: Sequence[Label], actor: Actor
) -> Issue:
    with world.writing(repo):
        issue = get_issue(repo, number)
        for label in labels:
            if label.name in issue.labels:
                names = tuple(name for name in issue.labels if name != label.name)
                issue = _relabel(world, repo, issue, names, "unlabeled", actor, label)
        return issue


def assign(
    world: World, repo: Repository, number: int, logins: Sequence[str], actor: Actor
) -> Issue:
    """Ten at most, of those who may write or have commented; others are left out without a word."""
    with world.writing(repo):
        issue = get_issue(repo, number)
        known = {one.author for one in repo.comments_of(number)}
        for login in (one for one in dict.fromkeys(logins) if one not in issue.assignees):
            may = may_write(repo, login) or login in known
            if not may or len(issue.assignees) >= _MOST_ASSIGNEES:
                continue
            issue = put_issue(
                repo, issue, assignees=(*issue.assignees, login), updated_at=world.now()
            )
            emit(world, repo, issue, "assigned", actor, assignee=user(world.site, login))
        return issue


def _relabel(
    world: World, repo: Repository, issue: Issue, names: tuple[str, ...],
    kind: Literal["labeled", "unlabeled"], actor: Actor, label: Label,
) -> Issue:  # fmt: skip
    event = _label_line(world, repo, kind, actor, label)
    issue = put_issue(
        repo, issue, labels=names, updated_at=world.now(), timeline=(*issue.timeline, event)
    )
    emit(world, repo, issue, kind, actor, label=shape.label(world.site, repo, label))
    return issue


def _label_line(
    world: World, repo: Repository, kind: TimelineKind, actor: Actor, label: Label
) -> TimelineEvent:
    return line(world, repo, kind, actor, label=label.name, label_color=label.color)
