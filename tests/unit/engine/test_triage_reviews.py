"""Which reviews are words to the developer; most of them are none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.event import Answered, Mentioned, OpinionChanged, Reviewed
from app.domain.policy import Merge, Policy
from app.engine.delivery import Delivery, Payload
from app.engine.triage import Hint, Said, comment_hints, triage
from tests.unit.domain.make import AT
from tests.unit.engine.test_triage import ISSUE, READER, REPO, issue, payload

WRITTEN = "2026-03-04T05:06:09Z"
HEARD = Hint(ISSUE, Reviewed(AT, "alice", datetime(2026, 3, 4, 5, 6, 9, tzinfo=UTC)), asks=True)


def reviewed(action: str = "submitted", **parts: Any) -> Payload:
    review = {"state": "changes_requested", "body": "Almost.", "submitted_at": WRITTEN}
    head = {"ref": "orc/issue-7", "repo": {"id": 11}}
    return payload(
        action,
        **{
            "review": review | parts.pop("review", {}),
            "pull_request": {"number": 9, "head": head | parts.pop("head", {})},
            **parts,
        },
    )


def hints(given: Payload, merge: Merge = Merge.BY_PERSON) -> tuple[Hint, ...]:
    policy = Policy(merge=merge)
    return triage(Delivery("guid", "pull_request_review", given), REPO, policy, READER)


HEARS = {
    "changes requested": reviewed(),
    "a remark": reviewed(review={"state": "commented"}),
    "a remark without words": reviewed(review={"state": "commented", "body": None}),
    "a later branch": reviewed(head={"ref": "orc/issue-7-2"}),
    "a draft": reviewed(pull_request={
        "number": 9, "draft": True, "head": {"ref": "orc/issue-7", "repo": {"id": 11}}}),
}  # fmt: skip
IGNORES = {
    "an approval": reviewed(review={"state": "approved"}),
    "a dismissed one": reviewed(review={"state": "dismissed"}),
    "a pending one": reviewed(review={"state": "pending"}),
    "capitals, as GraphQL has them": reviewed(review={"state": "CHANGES_REQUESTED"}),
    "no state": reviewed(review={"state": None}),
    "edited": reviewed("edited"),
    "dismissed": reviewed("dismissed"),
    "no time": reviewed(review={"submitted_at": None}),
    "no such time": reviewed(review={"submitted_at": "yesterday"}),
    "no review": payload("submitted", pull_request={"number": 9}),
    "no pull request": reviewed(pull_request=None),
    "nobody": reviewed(sender=None),
    "our own": reviewed(sender={"login": "orc[bot]"}),
    "a fork's": reviewed(head={"repo": {"id": 12}}),
    "a fork's that is gone": reviewed(head={"repo": None}),
    "a person's branch": reviewed(head={"ref": "fix-7"}),
    "a branch that looks like ours": reviewed(head={"ref": "orc/issue-7x"}),
}


@pytest.mark.parametrize("given", HEARS.values(), ids=HEARS)
def test_what_is_heard(given: Payload) -> None:
    assert hints(given) == (HEARD,)


@pytest.mark.parametrize("given", IGNORES.values(), ids=IGNORES)
def test_what_is_ignored(given: Payload) -> None:
    assert hints(given) == ()


@pytest.mark.parametrize(
    ("action", "state", "opinion"),
    [
        ("submitted", "approved", True),
        ("dismissed", "dismissed", True),
        ("edited", "approved", False),
        ("submitted", "pending", False),
    ],
)
def test_opinions_are_heard_where_we_merge(action: str, state: str, opinion: bool) -> None:
    given = reviewed(action, review={"state": state})
    heard = (Hint(ISSUE, OpinionChanged(AT, "alice"), asks=True),) if opinion else ()
    assert hints(given, Merge.ON_GREEN) == heard
    assert hints(given) == ()


def test_who_said_it_is_still_to_be_asked_about() -> None:
    (hint,) = hints(reviewed(sender={"login": "helper[bot]", "type": "Bot"}))
    assert hint.asks
    assert isinstance(hint.event, Reviewed)
    assert hint.event.by == "helper[bot]"


# Answers to a question


ASKED = [{"name": "orc:needs-info"}]


@pytest.mark.parametrize(
    ("by", "author", "labels", "body", "asks"),
    [
        ("alice", "alice", ASKED, "Lisbon", False),
        ("wanda", "alice", ASKED, "Lisbon", True),
        ("alice", "alice", ASKED, "@orc Lisbon", False),
        ("wanda", "alice", ASKED, "@orc Lisbon", True),
        ("wanda", None, ASKED, "Lisbon", True),
        ("alice", "alice", [], "Lisbon", None),
        ("alice", "alice", [], "@orc Lisbon", True),
        ("alice", "alice", [{"name": "orc:intake"}], "Lisbon", None),
        ("alice", "alice", ASKED, " \n", None),
        ("alice", "alice", [*ASKED, {"name": "orc:blocked"}], "Lisbon", None),
    ],
    ids=["the author", "another", "the author, with a mention", "another, with a mention",
         "nobody's issue", "nothing was asked", "a mention", "it is being read", "no words",
         "blocked wins"],
)  # fmt: skip
def test_who_answers(
    by: str, author: str | None, labels: list[Any], body: str, asks: bool | None
) -> None:
    user = {"login": author} if author else None
    said = {"id": 501, "body": body, "user": {"login": by}}
    given = payload(
        "created", sender={"login": by}, issue=issue(labels=labels, user=user), comment=said
    )
    found = triage(Delivery("guid", "issue_comment", given), REPO, Policy(), READER)
    spoken = Mentioned if asks else Answered
    expected = () if asks is None else (Hint(ISSUE, spoken(AT, by, 501, text=body), asks),)
    assert found == expected


def test_a_command_is_no_answer_and_its_author_is_asked_about() -> None:
    (hint,) = comment_hints(ISSUE, Said(501, "alice", "/cancel"), Policy(), READER, "alice")
    assert hint.asks
    assert not isinstance(hint.event, Mentioned)


def test_an_answer_needs_no_mention_where_those_are_switched_off() -> None:
    off = Policy(mention=False)
    assert comment_hints(ISSUE, Said(501, "alice", "Lisbon"), off, READER, "alice")
    assert not comment_hints(ISSUE, Said(501, "alice", "@orc Lisbon"), off, READER)
