"""What a task learns of its pull request's reviewers, and what GitHub says of a merge."""

from typing import Any

import pytest

from app.domain.record import Record
from app.engine.ports import Awaited
from app.github.board import _awaited
from app.github.snapshot import _pull_request

HEAD, OLD = "a" * 40, "b" * 40


def review(login: str | None = "wanda", state: str = "APPROVED", **more: Any) -> dict[str, Any]:
    author = {"login": login, "__typename": "User"} if login else None
    return {"state": state, "commit": {"oid": HEAD}, "author": author} | more


def pull(*reviews: dict[str, Any], decision: str | None = None) -> dict[str, Any]:
    return {
        "number": 9, "state": "OPEN", "headRefOid": HEAD, "viewerDidAuthor": True,
        "mergeable": "MERGEABLE", "mergeCommit": None, "headRef": None,
        "reviewDecision": decision, "latestOpinionatedReviews": {"nodes": list(reviews)},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reviews", "approved", "opposed"),
    [
        ([], set(), False),
        ([review()], {"wanda"}, False),
        ([review(), review("olivia")], {"wanda", "olivia"}, False),
        ([review(commit={"oid": OLD})], set(), False),
        ([review(commit=None)], set(), False),
        ([review(state="DISMISSED")], set(), False),
        ([review(state="CHANGES_REQUESTED")], set(), True),
        ([review(state="CHANGES_REQUESTED", commit={"oid": OLD})], set(), True),
        ([review(author={"login": "helper", "__typename": "Bot"})], set(), False),
        ([review(None)], set(), False),
    ],
    ids=["none", "one", "two", "an older head", "a lost commit", "dismissed", "opposed",
         "opposed to an older head", "an App", "a ghost"],
)  # fmt: skip
def test_who_approves(reviews: list[dict[str, Any]], approved: set[str], opposed: bool) -> None:
    found = _pull_request([pull(*reviews)], Record())
    assert found is not None
    assert set(found.approved_by) == approved
    assert found.is_opposed is opposed


@pytest.mark.parametrize(
    ("decision", "wants"),
    [(None, False), ("APPROVED", False), ("REVIEW_REQUIRED", True), ("CHANGES_REQUESTED", True)],
)
def test_what_github_itself_wants(decision: str | None, wants: bool) -> None:
    found = _pull_request([pull(decision=decision)], Record())
    assert found is not None
    assert found.wants_review is wants


def test_who_may_not_see_reviews_sees_none() -> None:
    found = _pull_request([pull() | {"latestOpinionatedReviews": None}], Record())
    assert found is not None
    assert found.approved_by == frozenset()


@pytest.mark.parametrize(
    ("said", "awaited"),
    [
        ("At least 1 approving review is required by reviewers with write access.",
         Awaited.REVIEWS),
        ("1 review requesting changes by reviewers with write access.", Awaited.REVIEWS),
        ('Required status check "ci" is expected.', Awaited.CHECKS),
        ('Required status check "ci" is in progress. At least 1 approving review is required.',
         Awaited.CHECKS),
        ("Merge commits are not allowed on this repository.", None),
    ],
)  # fmt: skip
def test_what_a_merge_waits_for(said: str, awaited: Awaited | None) -> None:
    assert _awaited(said) is awaited
