"""Review threads: begun at a line, answered, edited, resolved; no permissions."""

from __future__ import annotations

from dataclasses import replace

from app.sandbox import places
from app.sandbox.places import Spot
from app.sandbox.refusal import Refusal, invalid, not_found
from app.sandbox.review import Place, Review, ReviewComment, ReviewThread
from app.sandbox.rules.issues import MAX_BODY
from app.sandbox.shapes import reviews as shape
from app.sandbox.state import PullRequest, Reaction, Repository
from app.sandbox.world import Actor, World, get_pull, put_issue


def check_body(body: str) -> None:
    message = None
    if not body.strip():
        message = "body is missing"
    elif len(body) > MAX_BODY:
        message = f"body is too long (maximum is {MAX_BODY} characters)"
    if message:
        raise invalid(message, resource="PullRequestReviewComment", field="body")


def find(repo: Repository, pull: PullRequest, place: Place) -> Spot:
    """422 unless the place is in the pull request's diff."""
    shown = places.spots(repo.path, pull.base_sha, pull.head_sha, place.path)
    if not shown:
        raise Refusal(422, "Unprocessable Entity", ["Path could not be resolved"])
    spot = shown.get((place.side, place.line))
    start = (place.start_side or place.side, place.start_line)
    if place.start_line is not None and start not in shown:
        spot = None
    if spot is None:
        raise Refusal(422, "Unprocessable Entity", ["Line could not be resolved"])
    return spot


def begin(
    world: World, repo: Repository, review: Review, place: Place, spot: Spot, body: str
) -> ReviewComment:
    """A thread with its first comment, in a review that is being made."""
    check_body(body)
    pull = get_pull(repo, review.pull_number)
    ends = (pull.base_sha, pull.head_sha)
    thread = ReviewThread(
        id=world.next_id("thread"), repo_id=repo.id, pull_number=pull.number, place=place,
        base_sha=ends[0], commit_id=ends[1], position=spot.position,
        diff_hunk=places.hunk(repo.path, *ends, place.path, spot),
    )  # fmt: skip
    repo.threads[thread.id] = thread
    return _add(world, repo, thread, review, body)


def _add(
    world: World, repo: Repository, thread: ReviewThread, review: Review, body: str
) -> ReviewComment:
    now, pull = world.now(), get_pull(repo, thread.pull_number)
    comment = ReviewComment(
        id=world.next_id("review_comment"), repo_id=repo.id, pull_number=pull.number,
        review_id=review.id, thread_id=thread.id, author=review.author, body=body,
        commit_id=pull.head_sha, created_at=now, updated_at=now, via_app=review.via_app,
        in_reply_to=thread.comments[0] if thread.comments else None,
    )  # fmt: skip
    repo.review_comments[comment.id] = comment
    repo.threads[thread.id] = replace(thread, comments=(*thread.comments, comment.id))
    return comment


def alone(world: World, repo: Repository, number: int, actor: Actor) -> Review:
    """GitHub wraps a single comment or reply in a review of its own, without a body."""
    now, pull = world.now(), get_pull(repo, number)
    review = Review(
        id=world.next_id("review"), repo_id=repo.id, pull_number=number, author=actor.login,
        body="", state="COMMENTED", commit_id=pull.head_sha, created_at=now, updated_at=now,
        submitted_at=now, via_app=actor.via_app, sequence=world.next_id("sequence"),
    )  # fmt: skip
    repo.reviews[review.id] = review
    put_issue(repo, pull, updated_at=now)
    return review


def comment(
    world: World, repo: Repository, number: int, place: Place, body: str, actor: Actor
) -> ReviewComment:
    """One comment at a line, outside a review."""
    check_body(body)
    with world.writing(repo):
        spot = find(repo, get_pull(repo, number), place)
        made = begin(world, repo, alone(world, repo, number, actor), place, spot, body)
        _tell(world, repo, made, actor)
        return made


def reply(
    world: World, repo: Repository, thread: ReviewThread, body: str, actor: Actor
) -> ReviewComment:
    check_body(body)
    with world.writing(repo):
        review = alone(world, repo, thread.pull_number, actor)
        made = _add(world, repo, repo.threads[thread.id], review, body)
        _tell(world, repo, made, actor)
        return made


def _tell(world: World, repo: Repository, made: ReviewComment, actor: Actor) -> None:
    payload = {
        "action": "submitted",
        "review": shape.review_in_webhook(world.site, repo, repo.reviews[made.review_id]),
        "pull_request": shape.pull_in_webhook(world.site, repo, made.pull_number),
    }
    world.emit("pull_request_review", repo, actor, payload)
    emit(world, repo, made, "created", actor)


def get(repo: Repository, comment_id: int) -> ReviewComment:
    """404 also for what a pending review holds."""
    found = repo.review_comments.get(comment_id)
    if found is None or repo.reviews[found.review_id].submitted_at is None:
        raise not_found()
    return found


def edit(world: World, repo: Repository, comment_id: int, body: str, actor: Actor) -> ReviewComment:
    check_body(body)
    with world.writing(repo):
        old = get(repo, comment_id)
        if old.body == body:
            return old
        now = world.now()
        changed = replace(old, body=body, updated_at=now, last_edited_at=now)
        repo.review_comments[comment_id] = changed
        emit(world, repo, changed, "edited", actor, changes={"body": {"from": old.body}})
        return changed


def delete(world: World, repo: Repository, comment_id: int, actor: Actor) -> None:
    """A thread goes with its last comment."""
    with world.writing(repo):
        gone = get(repo, comment_id)
        emit(world, repo, gone, "deleted", actor)
        thread = repo.threads[gone.thread_id]
        left = tuple(key for key in thread.comments if key != comment_id)
        del repo.review_comments[comment_id]
        if left:
            repo.threads[thread.id] = replace(thread, comments=left)
        else:
            del repo.threads[thread.id]


def resolve(
    world: World, repo: Repository, thread_id: int, actor: Actor, *, resolved: bool
) -> ReviewThread:
    """Doing it again changes nothing."""
    with world.writing(repo):
        thread = repo.threads[thread_id]
        if (thread.resolved_by is not None) == resolved:
            return thread
        changed = replace(thread, resolved_by=actor.login if resolved else None)
        repo.threads[thread_id] = changed
        payload = {
            "action": "resolved" if resolved else "unresolved",
            "thread": shape.thread_in_webhook(world.site, repo, changed),
            "pull_request": shape.pull_in_webhook(world.site, repo, thread.pull_number),
        }
        world.emit("pull_request_review_thread", repo, actor, payload)
        return changed


def react(
    world: World, repo: Repository, subject: ReviewComment, content: str, actor: Actor
) -> tuple[Reaction, bool]:
    """(reaction, whether it is new)."""
    with world.writing(repo):
        for old in subject.reactions:
            if (old.login, old.content) == (actor.login, content):
                return old, False
        made = Reaction(world.next_id("reaction"), repo.id, content, actor.login, world.now())
        changed = replace(subject, reactions=(*subject.reactions, made))
        repo.review_comments[subject.id] = changed
        return made, True


def emit(
    world: World, repo: Repository, made: ReviewComment, action: str, actor: Actor, **more: object
) -> None:
    payload = {
        "action": action,
        "comment": shape.comment(world.site, repo, made),
        "pull_request": shape.pull_in_webhook(world.site, repo, made.pull_number),
        **more,
    }
    world.emit("pull_request_review_comment", repo, actor, payload)
