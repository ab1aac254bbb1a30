"""What a survey's answer says people want, or have done to a task. It asks nobody anything."""

from datetime import datetime
from typing import Any

from app.commands import parse
from app.domain.event import Found, IssueReopened, Requested, Reviewed
from app.domain.policy import Policy
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage, standing
from app.engine.clock import now
from app.engine.ports import Sighting
from app.engine.triage import Declined, Hint, Reader, Said, comment_hints, issue_of_branch


def of_issue(repo: RepoRef, seen: dict[str, Any], policy: Policy, reader: Reader) -> list[Sighting]:
    """What people asked for on it, and was not answered yet."""
    issue = IssueRef(repo, seen["number"])
    labels = {label["name"] for label in seen["labels"]["nodes"]}
    found: list[Sighting] = []
    author = _person(seen)
    tracked = standing(labels) is not None
    if seen["state"] == "OPEN" and not tracked:
        requested = _requested(seen, labels, policy, reader, author)
        if requested is not None:
            found.append(Sighting(issue, requested, asks=True))
    if _is_hidden(seen, labels, reader):
        found.append(Sighting(issue, Found(reader.at)))
    for event in seen["reopened"]["nodes"]:
        by = (event["actor"] or {}).get("login")
        if tracked and seen["state"] == "OPEN" and by is not None:
            at = datetime.fromisoformat(event["createdAt"])
            found.append(Sighting(issue, IssueReopened(at, by), asks=True))
    waits = (author or "") if standing(labels) is Stage.NEEDS_INFO else None
    for comment in seen["comments"]["nodes"]:
        by = _person(comment)
        answered = any(group["viewerHasReacted"] for group in comment["reactionGroups"] or ())
        if by is None or answered:
            continue
        said = Said(int(comment["fullDatabaseId"]), by, comment["body"], _time(comment))
        edited = comment["lastEditedAt"] is not None  # and not by who wrote it, perhaps
        hints = comment_hints(issue, said, policy, reader, None if edited else waits)
        if edited and hints:
            hints = (Hint(issue, Declined(reader.at, by, said.comment), asks=True),)
        found += [Sighting(hint.issue, hint.event, hint.asks) for hint in hints]
    return found


def of_reviews(repo: RepoRef, pulls: list[dict[str, Any]], since: datetime) -> list[Sighting]:
    """What reviewers said of tasks' pull requests since then."""
    found = []
    for pull in pulls:
        issue = None if pull["isCrossRepository"] else issue_of_branch(repo, pull["headRefName"])
        for review in pull["reviews"]["nodes"] if issue else ():
            by, submitted = _person(review), review["submittedAt"]
            at = datetime.fromisoformat(submitted) if submitted else None
            if issue and by and at and at >= since:
                found.append(Sighting(issue, Reviewed(now(), by, at), asks=True))
    return found


def _is_hidden(seen: dict[str, Any], labels: set[str], reader: Reader) -> bool:
    """Somebody took away the label by which a task is found, or set another in its place."""
    stage = standing(labels)
    if stage is None:
        return any(comment["viewerDidAuthor"] for comment in seen["comments"]["nodes"])
    setters = [
        (event["actor"] or {}).get("login")
        for event in seen["timelineItems"]["nodes"]
        if event and standing([event["label"]["name"]])
    ]
    return not stage.is_active and setters[-1:] not in ([], [reader.slug], [reader.login])


def _time(written: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(written["createdAt"])


def _person(written: dict[str, Any]) -> str | None:
    """Who wrote it, unless that was an App, or somebody who is gone."""
    author = written["author"] or {}
    return author.get("login") if author.get("__typename") == "User" else None


def _requested(
    seen: dict[str, Any], labels: set[str], policy: Policy, reader: Reader, author: str | None
) -> Requested | None:
    """That somebody asked for work by the issue itself, and when: it may have been edited since."""
    if policy.trigger_label in labels:
        labelled = [
            event
            for event in seen["timelineItems"]["nodes"]
            if event and event["label"]["name"] == policy.trigger_label
        ]
        last = labelled[-1] if labelled else None
        return Requested(_time(last), last["actor"]["login"]) if last and last["actor"] else None
    own = seen["lastEditedAt"] is None
    mentioned = own and policy.mention and parse.mentions(seen["body"] or "", reader.slug)
    return Requested(reader.at, author) if author and (policy.intake or mentioned) else None
