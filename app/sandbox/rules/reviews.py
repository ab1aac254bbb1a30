"""Reviews of pull requests: submitted, edited, dismissed, asked for; no permissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.sandbox.refusal import Refusal, not_found, unsupported
from app.sandbox.review import Place, Review, ReviewState
from app.sandbox.rules import issues, threads
from app.sandbox.rules.issues import MAX_BODY
from app.sandbox.shapes import reviews as shape
from app.sandbox.shapes.accounts import user
from app.sandbox.state import PullRequest, Repository
from app.sandbox.world import Actor, World, get_pull, put_issue

Event = Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"]
_STATES: dict[str, ReviewState] = {
    "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED",
}  # fmt: skip
_OWN = {"APPROVE": "approve", "REQUEST_CHANGES": "request changes on"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A review as it is sent. `event` None: it stays pending. `commit`: None for the head."""

    event: Event | None
    body: str = ""
    comments: Sequence[tuple[Place, str]] = ()
    commit: str | None = None


def unprocessable(*errors: str) -> Refusal:
    return Refusal(422, "Unprocessable Entity", list(errors))


def _check(pull: PullRequest, draft: Draft, actor: Actor) -> None:
    if draft.event in _OWN and pull.author == actor.login:
        raise unprocessable(f"Can not {_OWN[draft.event]} your own pull request")
    if len(draft.body) > MAX_BODY:
        raise unprocessable(f"Body is too long (maximum is {MAX_BODY} characters)")
    said = bool(draft.body.strip()) or (draft.event == "COMMENT" and bool(draft.comments))
    if draft.event in {"COMMENT", "REQUEST_CHANGES"} and not said:
        raise unprocessable("Body can not be blank")
    if draft.commit is not None and draft.commit != pull.head_sha:
        raise unsupported("reviews of another commit than the head")
    for _, body in draft.comments:
        threads.check_body(body)


def submit(world: World, repo: Repository, number: int, actor: Actor, draft: Draft) -> Review:
    """Comments first, as GitHub tells of them; nothing is kept where one can't be placed."""
    with world.writing(repo):
        pull = get_pull(repo, number)
        _check(pull, draft, actor)
        if draft.event is None and _pending(repo, number, actor.login):
            raise unprocessable("User can only have one pending review per pull request")
        spots = [threads.find(repo, pull, place) for place, _ in draft.comments]
        now = world.now()
        review = Review(
            id=world.next_id("review"), repo_id=repo.id, pull_number=number, author=actor.login,
            body=draft.body, state=_STATES.get(draft.event or "", "PENDING"),
            commit_id=pull.head_sha, created_at=now, updated_at=now, via_app=actor.via_app,
            submitted_at=now if draft.event else None, sequence=world.next_id("sequence"),
        )  # fmt: skip
        repo.reviews[review.id] = review
        made = [
            threads.begin(world, repo, review, place, spot, body)
            for (place, body), spot in zip(draft.comments, spots, strict=True)
        ]
        if draft.event is not None:
            _submitted(world, repo, review, actor)
            for comment in made:
                threads.emit(world, repo, comment, "created", actor)
        return review


def finish(
    world: World, repo: Repository, review_id: int, actor: Actor, event: Event, body: str
) -> Review:
    """Submits a pending review."""
    with world.writing(repo):
        old = get(repo, review_id)
        if old.submitted_at is not None or old.author != actor.login:
            raise unprocessable("Could not submit: the review is not pending")
        draft = Draft(event, body or old.body, [])
        comments = [c for c in repo.review_comments.values() if c.review_id == review_id]
        if event != "COMMENT" or not comments:
            _check(get_pull(repo, old.pull_number), draft, actor)
        now = world.now()
        review = replace(
            old, state=_STATES[event], body=draft.body, submitted_at=now, updated_at=now,
            sequence=world.next_id("sequence"),
        )  # fmt: skip
        repo.reviews[review_id] = review
        _submitted(world, repo, review, actor)
        for comment in comments:
            threads.emit(world, repo, comment, "created", actor)
        return review


def _pending(repo: Repository, number: int, login: str) -> list[Review]:
    return [
        one
        for one in repo.reviews.values()
        if (one.pull_number, one.author) == (number, login) and one.submitted_at is None
    ]


def _submitted(world: World, repo: Repository, review: Review, actor: Actor) -> None:
    pull = get_pull(repo, review.pull_number)
    left = tuple(login for login in pull.reviewers if login != actor.login)
    put_issue(repo, pull, updated_at=world.now(), reviewers=left)
    emit(world, repo, review, "submitted", actor)


def get(repo: Repository, review_id: int) -> Review:
    review = repo.reviews.get(review_id)
    if review is None:
        raise not_found()
    return review


def edit(world: World, repo: Repository, review_id: int, body: str, actor: Actor) -> Review:
    with world.writing(repo):
        old = get(repo, review_id)
        if old.body == body:
            return old
        now = world.now()
        review = replace(old, body=body, updated_at=now, last_edited_at=now)
        repo.reviews[review_id] = review
        emit(world, repo, review, "edited", actor, changes={"body": {"from": old.body}})
        return review


def dismiss(world: World, repo: Repository, review_id: int, actor: Actor) -> Review:
    with world.writing(repo):
        old = get(repo, review_id)
        if old.state not in {"APPROVED", "CHANGES_REQUESTED"}:
            raise unprocessable("Can not dismiss a commented pull request review")
        review = replace(old, state="DISMISSED", updated_at=world.now())
        repo.reviews[review_id] = review
        emit(world, repo, review, "dismissed", actor)
        return review


def head_moved(world: World, repo: Repository, pull: PullRequest, actor: Actor) -> None:
    """Where the base branch's protection says so, a push makes approvals void."""
    protection = repo.protections.get(pull.base_ref)
    if protection is None or not protection.dismiss_stale:
        return
    for review in repo.reviews_of(pull.number):
        if review.state == "APPROVED" and review.commit_id != pull.head_sha:
            dismiss(world, repo, review.id, actor)


def ask(
    world: World, repo: Repository, number: int, logins: Sequence[str], actor: Actor
) -> PullRequest:
    """Requests reviews of people; of the author it can't be."""
    with world.writing(repo):
        pull = get_pull(repo, number)
        if pull.author in logins:
            raise unprocessable("Review cannot be requested from pull request author.")
        if any(repo.role_of(login) == "none" for login in logins):
            raise unprocessable("Reviews may only be requested from collaborators.")
        for login in dict.fromkeys(logins):
            if login not in pull.reviewers:
                pull = _with_reviewers(world, repo, pull, (*pull.reviewers, login))
                issues.emit(world, repo, pull, "review_requested", actor,
                            requested_reviewer=user(world.site, login))  # fmt: skip
        return pull


def unask(
    world: World, repo: Repository, number: int, logins: Sequence[str], actor: Actor
) -> PullRequest:
    with world.writing(repo):
        pull = get_pull(repo, number)
        for login in (one for one in logins if one in pull.reviewers):
            left = tuple(other for other in pull.reviewers if other != login)
            pull = _with_reviewers(world, repo, pull, left)
            issues.emit(world, repo, pull, "review_request_removed", actor,
                        requested_reviewer=user(world.site, login))  # fmt: skip
        return pull


def _with_reviewers(
    world: World, repo: Repository, pull: PullRequest, logins: tuple[str, ...]
) -> PullRequest:
    changed = put_issue(repo, pull, reviewers=logins, updated_at=world.now())
    assert isinstance(changed, PullRequest)  # noqa: S101 - what it was before
    return changed


def emit(
    world: World, repo: Repository, review: Review, action: str, actor: Actor, **more: object
) -> None:
    payload = {
        "action": action,
        "review": shape.review_in_webhook(world.site, repo, review),
        "pull_request": shape.pull_in_webhook(world.site, repo, review.pull_number),
        **more,
    }
    world.emit("pull_request_review", repo, actor, payload)
