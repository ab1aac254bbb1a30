"""GitHub's own example payloads: what they all carry, the sandbox's events carry too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import LineComment, Sandbox
from app.sandbox.rules import checks
from app.sandbox.rules.checks import CheckRunChange
from app.sandbox.world import Actor
from tests.contract import schemas

Json = dict[str, Any]
# Parts of old examples that GitHub no longer sends, or that say nothing here.
_GONE = {
    "anonymous_access_enabled", "has_downloads", "master_branch", "allow_merge_commit",
    "milestone", "assignee", "email", "draft", "active_lock_reason", "performed_via_github_app",
}  # fmt: skip
EVENTS = (
    ("issues", "opened", ("issue", "repository", "sender")),
    ("issues", "labeled", ("issue", "label", "repository", "sender")),
    ("issues", "edited", ("issue", "changes")),
    ("issue_comment", "created", ("issue", "comment", "sender")),
    ("issue_comment", "edited", ("comment", "changes")),
    ("pull_request", "opened", ("pull_request", "sender")),
    ("pull_request", "closed", ("pull_request",)),
    ("push", None, ("repository", "head_commit", "pusher")),
    ("check_run", "created", ("check_run",)),
    ("installation_repositories", "added", ("installation",)),
    ("repository", "created", ("repository", "sender")),
    ("pull_request_review", "submitted", ("review", "pull_request")),
    ("pull_request_review", "dismissed", ("review", "pull_request")),
    ("pull_request_review_comment", "created", ("comment", "pull_request")),
    ("pull_request_review_comment", "deleted", ("comment",)),
    ("pull_request_review_thread", "resolved", ("thread", "pull_request")),
)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str | None], Json]:
    """One of each, as the sandbox sends it."""
    schemas.need()
    seen: dict[tuple[str, str | None], Json] = {}

    class Keep:
        def request(self, *_: Any) -> None:
            """Nothing is asked."""

        def delivery(self, event: str, payload: Any) -> None:
            seen[event, payload.get("action")] = json.loads(json.dumps(payload))

    _act(tmp_path_factory.mktemp("hub"), Keep())
    return seen


def _act(folder: Path, keep: Any) -> None:
    events = [
        "issues", "issue_comment", "pull_request", "push", "check_run", "repository",
        "pull_request_review", "pull_request_review_comment", "pull_request_review_thread",
    ]  # fmt: skip
    with Sandbox(folder, manifest={"default_events": events}) as box:
        box.observers.append(keep)
        box.add_person("ann")
        repo = box.create_repository("web")
        box.grant("web", "ann", "admin")
        box.open_issue("web", by="ann", title="T", labels=["bug"])
        comment = box.comment("web", 1, "hi", by="ann")
        box.edit_comment("web", comment.id, "ho", by="ann")
        box.edit_issue("web", 1, by="ann", title="New", body="B")
        sha = box.write_file("web", "a.py", "1\n", by="ann", branch="feature")
        pull = box.open_pull_request("web", by="ann", title="T", head="feature")
        _review(box, pull.number)
        box.close_pull_request("web", pull.number, by="ann")
        done = CheckRunChange(name="ci", conclusion="success")
        checks.create(box._world, repo, sha, done, Actor("ann"))


def _review(box: Sandbox, number: int) -> None:
    box.add_person("bob")
    box.grant("web", "bob", "write")
    lines = [LineComment("a.py", 1, "Why?")]
    said = box.review("web", number, by="bob", state="APPROVE", body="So.", comments=lines)
    box.dismiss_review("web", said.id, by="ann")
    (comment,) = box.review_comments("web", number)
    box.resolve_thread("web", comment.id, by="ann")
    box.delete_review_comment("web", comment.id, by="bob")


@pytest.mark.parametrize(
    ("event", "action", "parts"), EVENTS, ids=[f"{row[0]}.{row[1]}" for row in EVENTS]
)
def test_nothing_that_github_always_sends_is_missing(
    sent: dict[tuple[str, str | None], Json], event: str, action: str | None, parts: tuple[str, ...]
) -> None:
    ours = sent[event, action]
    examples = [one for one in schemas.webhook_examples()[event] if one.get("action") == action]
    assert examples
    for part in parts:
        shown = [set(one[part]) for one in examples if isinstance(one.get(part), dict)]
        always = set.intersection(*shown) - _GONE if shown else set()
        assert always - ours[part].keys() == set(), part
