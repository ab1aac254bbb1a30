"""Comments and reactions; who may write them is decided before."""

from __future__ import annotations

from dataclasses import replace

from app.sandbox.refusal import Refusal, not_found
from app.sandbox.rules.issues import MAX_BODY
from app.sandbox.shapes import issues as shape
from app.sandbox.state import Comment, Issue, Reaction, Repository
from app.sandbox.world import Actor, World, get_issue, put_issue


def get(repo: Repository, comment_id: int) -> Comment:
    comment = repo.comments.get(comment_id)
    if comment is None:
        raise not_found()
    return comment


def _check(body: str) -> None:
    """Comments word it otherwise than issues do."""
    message = None
    if not body.strip():
        message = "Body cannot be blank"
    elif len(body) > MAX_BODY:
        message = f"Body is too long (maximum is {MAX_BODY} characters)"
    if message:
        error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        raise Refusal(422, "Validation Failed", [error | {"message": message}])


def create(world: World, repo: Repository, number: int, body: str, actor: Actor) -> Comment:
    _check(body)
    with world.writing(repo):
        issue, now = get_issue(repo, number), world.now()
        comment = Comment(
            id=world.next_id("comment"), repo_id=repo.id, issue_number=number, author=actor.login,
            body=body, created_at=now, updated_at=now, via_app=actor.via_app,
            sequence=world.next_id("sequence"),
        )  # fmt: skip
        repo.comments[comment.id] = comment
        issue = put_issue(repo, issue, comments=(*issue.comments, comment.id), updated_at=now)
        _emit(world, repo, issue, comment, "created", actor)
        return comment


def edit(world: World, repo: Repository, comment_id: int, body: str, actor: Actor) -> Comment:
    _check(body)
    with world.writing(repo):
        old = get(repo, comment_id)
        if old.body == body:
            return old
        now = world.now()
        comment = replace(old, body=body, updated_at=now, last_edited_at=now)
        repo.comments[comment_id] = comment
        issue = put_issue(repo, repo.issues[comment.issue_number], updated_at=now)
        changes = {"body": {"from": old.body}}
        _emit(world, repo, issue, comment, "edited", actor, changes=changes)
        return comment


def _emit(
    world: World, repo: Repository, issue: Issue, comment: Comment, action: str, actor: Actor,
    **more: object,
) -> None:  # fmt: skip
    payload = {
        "action": action,
        "issue": shape.issue_in_webhook(world.site, repo, issue),
        "comment": shape.comment(world.site, repo, comment),
        **more,
    }
    world.emit("issue_comment", repo, actor, payload)


def react(
    world: World, repo: Repository, subject: Issue | Comment, content: str, actor: Actor
) -> tuple[Reaction, bool]:
    """(reaction, whether it is new): one person's same reaction is there only once."""
    with world.writing(repo):
        for old in subject.reactions:
            if (old.login, old.content) == (actor.login, content):
                return old, False
        key = world.next_id("reaction")
        reaction = Reaction(key, repo.id, content, actor.login, world.now())
        reactions = (*subject.reactions, reaction)
        if isinstance(subject, Comment):
            repo.comments[subject.id] = replace(subject, reactions=reactions)
        else:
            put_issue(repo, subject, reactions=reactions)
        return reaction, True
