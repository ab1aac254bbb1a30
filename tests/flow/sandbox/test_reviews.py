"""Reviews: who may say what, what it comes to, and which events tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.sandbox import Delivery, LineComment, Refusal, Review
from tests.flow.sandbox.conftest import Hub

PULL = "/repos/acme/web/pulls/2"
CODE = "".join(f"line {number}\n" for number in range(1, 31))
DECISION = """query Decision { repository(owner: "acme", name: "web") { pullRequest(number: 2) {
  reviewDecision mergeStateStatus
  latestOpinionatedReviews(first: 9) { nodes { state author { login } commit { oid } } }
  latestReviews(first: 9) { nodes { state } }
  reviewRequests(first: 9) { nodes { requestedReviewer { ... on User { login } } } }
} } }"""


@pytest.fixture
def pull(hub: Hub) -> Iterator[Hub]:
    """Pull request 2 is the App's: a.py is new in it. Ann and cleo may write, bob may read."""
    hub.sandbox.add_person("cleo")
    hub.sandbox.grant("web", "cleo", "write")
    hub.sandbox.write_file("web", "a.py", CODE, by="cleo", branch="feature")
    made = hub.http.post(
        "/repos/acme/web/pulls", json={"title": "T", "head": "feature", "base": "main"}
    )
    assert made.json()["number"] == 2
    hub.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    yield hub
    hub.sandbox.wait_idle()


def told(hub: Hub) -> list[str]:
    return [f"{one.event}.{one.action}" for one in events(hub)]


def events(hub: Hub) -> list[Delivery]:
    hub.sandbox.wait_idle()
    return [one for one in hub.sandbox.deliveries if "review" in f"{one.event}.{one.action}"]


def say(hub: Hub, **body: Any) -> httpx.Response:
    return hub.http.post(f"{PULL}/reviews", json=body)


def decision(hub: Hub) -> dict[str, Any]:
    found: dict[str, Any] = hub.data(DECISION)["repository"]["pullRequest"]
    return found


def states(reviews: list[Review]) -> list[tuple[str, str]]:
    return [(review.author, review.state) for review in reviews]


def test_a_review_with_comments_is_told_of_piece_by_piece(pull: Hub) -> None:
    said = pull.sandbox.review(
        "web", 2, by="ann", state="REQUEST_CHANGES", body="Not yet.",
        comments=[LineComment("a.py", 3, "Why?"), LineComment("a.py", 9, "How?", start_line=7)],
    )  # fmt: skip
    assert told(pull) == [
        "pull_request_review.submitted",
        "pull_request_review_comment.created",
        "pull_request_review_comment.created",
    ]
    assert pull.http.get(f"{PULL}/reviews").json()[0]["state"] == "CHANGES_REQUESTED"
    assert events(pull)[0].payload["review"]["state"] == "changes_requested"
    listed = pull.http.get(f"{PULL}/reviews/{said.id}/comments").json()
    assert [(one["body"], one["line"], one["start_line"]) for one in listed] == [
        ("Why?", 3, None), ("How?", 9, 7),
    ]  # fmt: skip
    assert listed[0]["diff_hunk"].endswith("+line 1\n+line 2\n+line 3")
    assert pull.http.get(PULL).json()["review_comments"] == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"event": "APPROVE"}, "Can not approve your own pull request"),
        ({"event": "REQUEST_CHANGES", "body": "x"}, "Can not request changes on your own"),
        ({"event": "COMMENT"}, "Body can not be blank"),
        ({"event": "COMMENT", "body": "x" * 65_537}, "too long"),
        ({"event": "COMMENT", "comments": [{"path": "no.py", "line": 1, "body": "x"}]},
         "Path could not be resolved"),
        ({"event": "COMMENT", "comments": [{"path": "a.py", "line": 31, "body": "x"}]},
         "Line could not be resolved"),
        ({"event": "COMMENT", "comments": [{"path": "a.py", "line": 1, "side": "LEFT",
                                            "body": "x"}]}, "Line could not be resolved"),
        ({"event": "COMMENT", "comments": [{"path": "a.py", "line": 1, "body": " "}]},
         "body is missing"),
        ({"event": "COMMENT", "comments": [{"path": "a.py", "line": 2, "body": "x"},
                                           {"path": "a.py", "line": 99, "body": "x"}]},
         "Line could not be resolved"),
    ],
    ids=["own-approval", "own-refusal", "empty", "long", "path", "line", "side", "blank", "second"],
)  # fmt: skip
def test_what_an_app_may_not_say_of_its_own_pull_request(
    pull: Hub, body: dict[str, Any], words: str
) -> None:
    answer = say(pull, **body)
    assert answer.status_code == 422
    assert words in answer.text
    assert pull.sandbox.reviews("web", 2) == []
    assert pull.sandbox.review_comments("web", 2) == []


def test_who_may_review(pull: Hub) -> None:
    pull.sandbox.review("web", 2, by="bob", state="APPROVE")
    with pytest.raises(Refusal, match="can't see"):
        pull.sandbox.review("web", 2, by="eve", state="APPROVE")
    pull.login(permissions={"pull_requests": "read"})
    assert say(pull, event="COMMENT", body="x").status_code == 403
    assert states(pull.sandbox.reviews("web", 2)) == [("bob", "APPROVED")]


def test_only_the_reviews_of_writers_decide(pull: Hub) -> None:
    assert decision(pull)["reviewDecision"] is None
    pull.sandbox.protect_branch("web", "main", by="ann", reviews=1)
    seen = []
    for person, state in (
        ("bob", "APPROVE"), ("ann", "APPROVE"), ("cleo", "REQUEST_CHANGES"), ("cleo", "COMMENT"),
        ("cleo", "APPROVE"),
    ):  # fmt: skip
        pull.sandbox.review("web", 2, by=person, state=state, body="So.")  # type: ignore[arg-type]
        seen.append(decision(pull)["reviewDecision"])
    assert seen == [
        "REVIEW_REQUIRED", "APPROVED", "CHANGES_REQUESTED", "CHANGES_REQUESTED", "APPROVED",
    ]  # fmt: skip
    shown = decision(pull)["latestOpinionatedReviews"]["nodes"]
    assert [(one["author"]["login"], one["state"]) for one in shown] == [
        ("bob", "APPROVED"), ("ann", "APPROVED"), ("cleo", "APPROVED"),
    ]  # fmt: skip


def test_a_dismissed_review_no_longer_counts(pull: Hub) -> None:
    pull.sandbox.protect_branch("web", "main", by="ann", reviews=1)
    said = pull.sandbox.review("web", 2, by="cleo", state="REQUEST_CHANGES", body="No.")
    gone = pull.http.put(f"{PULL}/reviews/{said.id}/dismissals", json={"message": "Settled"})
    assert gone.json()["state"] == "DISMISSED"
    assert decision(pull)["reviewDecision"] == "REVIEW_REQUIRED"
    assert told(pull)[-1] == "pull_request_review.dismissed"
    again = pull.http.put(f"{PULL}/reviews/{said.id}/dismissals", json={"message": "Again"})
    assert again.status_code == 422


def test_a_push_dismisses_approvals_where_the_branch_says_so(pull: Hub) -> None:
    pull.sandbox.protect_branch("web", "main", by="ann", reviews=1, dismiss_stale=True)
    pull.sandbox.review("web", 2, by="ann", state="APPROVE")
    pull.sandbox.write_file("web", "b.py", "1\n", by="cleo", branch="feature")
    assert states(pull.sandbox.reviews("web", 2)) == [("ann", "DISMISSED")]


def test_a_review_can_be_edited_by_its_author(pull: Hub) -> None:
    said = pull.sandbox.review("web", 2, by="ann", body="Hm.")
    pull.sandbox.edit_review("web", said.id, "Hm!", by="ann")
    assert events(pull)[-1].payload["changes"] == {"body": {"from": "Hm."}}
    answer = pull.http.put(f"{PULL}/reviews/{said.id}", json={"body": "Ha!"})
    assert answer.status_code == 403
    mine = say(pull, event="COMMENT", body="Note").json()["id"]
    assert pull.http.put(f"{PULL}/reviews/{mine}", json={"body": "x"}).json()["body"] == "x"


def test_a_pending_review_is_its_authors_own_until_it_is_submitted(pull: Hub) -> None:
    comments = [{"path": "a.py", "line": 1, "body": "x"}]
    draft = say(pull, comments=comments).json()
    assert draft["state"] == "PENDING"
    assert say(pull, comments=comments).status_code == 422  # one is enough
    assert (pull.sandbox.reviews("web", 2), pull.sandbox.review_threads("web", 2)) == ([], [])
    assert pull.http.get(f"{PULL}/comments").json() == []
    assert told(pull) == []
    path = f"{PULL}/reviews/{draft['id']}"
    done = pull.http.post(f"{path}/events", json={"event": "COMMENT"})
    assert done.json()["state"] == "COMMENTED"
    assert len(pull.sandbox.review_threads("web", 2)) == 1
    assert told(pull) == ["pull_request_review.submitted", "pull_request_review_comment.created"]
    assert pull.http.post(f"{path}/events", json={"event": "COMMENT"}).status_code == 422


def test_who_was_asked_is_no_longer_once_they_have_said_it(pull: Hub) -> None:
    asked = pull.http.post(f"{PULL}/requested_reviewers", json={"reviewers": ["ann", "cleo"]})
    assert [one["login"] for one in asked.json()["requested_reviewers"]] == ["ann", "cleo"]
    pull.sandbox.review("web", 2, by="ann", state="APPROVE")
    nodes = decision(pull)["reviewRequests"]["nodes"]
    assert [one["requestedReviewer"]["login"] for one in nodes] == ["cleo"]
    left = pull.http.request("DELETE", f"{PULL}/requested_reviewers", json={"reviewers": ["cleo"]})
    assert left.json()["requested_reviewers"] == []
    assert pull.http.get(f"{PULL}/requested_reviewers").json() == {"users": [], "teams": []}
    for wrong in (["orc[bot]"], ["eve"]):
        answer = pull.http.post(f"{PULL}/requested_reviewers", json={"reviewers": wrong})
        assert answer.status_code == 422
