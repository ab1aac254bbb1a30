"""Whatever is sent to the routes of reviews, repositories and parts: refused, never fallen over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sandbox import LineComment
from tests.flow.sandbox.conftest import Hub
from tests.flow.sandbox.route_cases import MAIN, ONE, PULL, RULES, WEB

TARGETS = (
    ("POST", f"{PULL}/reviews"), ("POST", f"{PULL}/comments"), ("PUT", f"{PULL}/reviews/ID"),
    ("POST", f"{PULL}/requested_reviewers"), ("DELETE", f"{PULL}/requested_reviewers"),
    ("POST", "/orgs/acme/repos"), ("PATCH", WEB), ("PUT", f"{WEB}/topics"), ("PUT", MAIN),
    ("POST", f"{WEB}/issues"), ("POST", f"{ONE}/sub_issues"), ("DELETE", f"{ONE}/sub_issue"),
    ("PATCH", f"{ONE}/sub_issues/priority"), ("POST", f"{ONE}/dependencies/blocked_by"),
)  # fmt: skip
NAMES = (
    "event", "body", "comments", "path", "line", "start_line", "side", "commit_id", "reviewers",
    "name", "private", "description", "names", "required_status_checks", "contexts", "checks",
    "required_pull_request_reviews", "required_approving_review_count", "enforce_admins",
    "restrictions", "title", "labels", "sub_issue_id", "after_id", "before_id", "issue_id",
    "visibility", "default_branch", "archived", "context", "strict",
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.sampled_from(["", "a.py", "COMMENT", "APPROVE", "RIGHT", "main", "x" * 300, "\0", "é"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=6,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(target=st.sampled_from(TARGETS), body=BODIES, good=st.booleans())
def test_no_body_makes_it_fall_over(
    reviewed: Hub, target: tuple[str, str], body: dict[str, Any], good: bool
) -> None:
    method, path = target
    given_body = RULES | body if good and path == MAIN else body
    answer = reviewed.http.request(method, path, json=given_body)
    assert answer.status_code != 500


@pytest.fixture
def reviewed(hub: Hub) -> Hub:
    hub.sandbox.write_file("web", "a.py", "x = 1\n", by="ann", branch="feature")
    hub.sandbox.open_pull_request("web", by="ann", title="T", head="feature")
    hub.sandbox.review("web", 2, by="bob", comments=[LineComment("a.py", 1, "Why?")])
    hub.sandbox.observers.clear()
    hub.sandbox.limits.content_per_minute = hub.sandbox.limits.content_per_hour = 10**6
    return hub
