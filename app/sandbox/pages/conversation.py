"""Brings comments and what happened between them into one order, and tells it in few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.sandbox.pages.reviews import Reviewed, reviewed
from app.sandbox.state import Comment, Issue, PullRequest, Reaction, Repository, TimelineEvent

_TOGETHER = timedelta(seconds=2)
_LABELS = ("labeled", "unlabeled")
_EMOJI = {
    "+1": "👍", "-1": "👎", "laugh": "😄", "confused": "😕", "heart": "❤️", "hooray": "🎉",
    "rocket": "🚀", "eyes": "👀",
}  # fmt: skip


@dataclass(slots=True)
class Relabel:
    """Labels that one actor added and removed at one go: (name, colour); `id` is the first's."""

    id: int
    actor: str
    at: datetime
    added: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    latest: str = ""  # the kind of the last event


_Thing = Comment | TimelineEvent | Reviewed
Item = _Thing | Relabel


def conversation(repo: Repository, issue: Issue) -> list[Item]:
    """Oldest first."""
    merged = isinstance(issue, PullRequest) and issue.merged
    told = [line for line in issue.timeline if not (merged and line.kind == "closed")]
    things: list[_Thing] = [*told, *repo.comments_of(issue.number), *reviewed(repo, issue)]
    return _grouped(sorted(things, key=lambda thing: (thing.created_at, thing.sequence)))


def _grouped(things: Iterable[_Thing]) -> list[Item]:
    items: list[Item] = []
    for thing in things:
        if not isinstance(thing, TimelineEvent) or thing.kind not in _LABELS:
            items.append(thing)
            continue
        last = items[-1] if items else None
        if not isinstance(last, Relabel) or not _belongs(thing, last):
            last = Relabel(thing.id, thing.actor, thing.created_at)
            items.append(last)
        pill = (thing.label or "", thing.label_color or "ededed")
        (last.added if thing.kind == "labeled" else last.removed).append(pill)
        last.latest = thing.kind
    return items


def _belongs(thing: TimelineEvent, to: Relabel) -> bool:
    """One line tells of one list added and one removed: what goes back and forth takes several."""
    own, other = (to.added, to.removed) if thing.kind == "labeled" else (to.removed, to.added)
    return (
        to.actor == thing.actor
        and thing.created_at - to.at <= _TOGETHER
        and (to.latest == thing.kind or not own)
        and all(name != thing.label for name, _ in other)
    )


def reactions(of: Iterable[Reaction]) -> list[tuple[str, int, str]]:
    """(emoji, how many, whose), in the order they came."""
    found = list(of)
    counts = Counter(reaction.content for reaction in found)
    return [
        (_EMOJI.get(content, "?"), count, ", ".join(r.login for r in found if r.content == content))
        for content, count in counts.items()
    ]


def pulls_of(repo: Repository, issue: Issue) -> list[PullRequest]:
    """Pull requests that name this issue, oldest first."""
    numbers = dict.fromkeys(event.source for event in issue.timeline if event.source)
    found = [repo.issues.get(number) for number in numbers]
    return [pull for pull in found if isinstance(pull, PullRequest)]


def issues_of(repo: Repository, pull: PullRequest) -> list[Issue]:
    """Issues that this pull request names, oldest first."""
    return [
        issue
        for issue in repo.plain_issues()
        if any(event.source == pull.number for event in issue.timeline)
    ]


def people(repo: Repository, issue: Issue) -> list[str]:
    """Who opened it, spoke, or did something, in that order."""
    spoke = (comment.author for comment in repo.comments_of(issue.number))
    read = (review.author for review in repo.reviews_of(issue.number))
    did = (event.actor for event in issue.timeline)
    return list(dict.fromkeys((issue.author, *spoke, *read, *did)))
