"""Branch protection: offered by the plan or not, and held on every way to a branch."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.sandbox import Refusal
from tests.flow.sandbox.conftest import Hub

MAIN = "/repos/acme/web/branches/main/protection"
OPEN: dict[str, Any] = {
    "required_status_checks": None, "enforce_admins": None,
    "required_pull_request_reviews": None, "restrictions": None,
}  # fmt: skip
REVIEWED = OPEN | {"required_pull_request_reviews": {}}
CHECKED = OPEN | {"required_status_checks": {"strict": True, "contexts": ["ci"]}}


def protect(hub: Hub, rules: dict[str, Any]) -> None:
    answer = hub.http.put(MAIN, json=rules)
    assert answer.status_code == 200, answer.text


def merge(hub: Hub, number: int = 2) -> httpx.Response:
    return hub.http.put(f"/repos/acme/web/pulls/{number}/merge", json={})


def pull(hub: Hub) -> str:
    sha = hub.sandbox.write_file("web", "a.py", "x = 1\n", by="ann", branch="feature")
    hub.sandbox.open_pull_request("web", by="ann", title="T", head="feature")
    return sha


def check(hub: Hub, sha: str, **more: Any) -> None:
    body = {"name": "ci", "head_sha": sha, **more}
    assert hub.http.post("/repos/acme/web/check-runs", json=body).status_code == 201


def state(hub: Hub) -> str:
    """GitHub works it out when it is first asked."""
    seen = [hub.http.get("/repos/acme/web/pulls/2").json() for _ in range(2)]
    return str(seen[-1]["mergeable_state"])


def test_plans_without_it_say_so(hub: Hub) -> None:
    hub.sandbox.protects_private = False
    for method in ("GET", "PUT", "DELETE"):
        body = OPEN if method == "PUT" else None
        answer = hub.http.request(method, MAIN, json=body)
        assert answer.status_code == 403
        assert answer.json()["message"].startswith("Upgrade to GitHub Pro or make this")
    hub.http.patch("/repos/acme/web", json={"private": False})
    protect(hub, OPEN)


def test_what_is_set_is_shown(hub: Hub) -> None:
    assert hub.http.get(MAIN).json()["message"] == "Branch not protected"
    nowhere = hub.http.get("/repos/acme/web/branches/no/protection")
    assert nowhere.json()["message"] == "Branch not found"
    protect(hub, CHECKED | REVIEWED | {"required_status_checks": CHECKED["required_status_checks"]})
    seen = hub.http.get(MAIN).json()
    assert seen["required_status_checks"]["contexts"] == ["ci"]
    assert seen["required_pull_request_reviews"]["required_approving_review_count"] == 1
    assert seen["allow_force_pushes"] == {"enabled": False}
    assert hub.http.delete(MAIN).status_code == 204
    assert hub.http.get(MAIN).status_code == 404


def test_all_four_parts_must_be_said(hub: Hub) -> None:
    hub.sandbox.observers.clear()  # the contract would object, rightly
    for name in OPEN:
        body = {key: value for key, value in OPEN.items() if key != name}
        assert hub.http.put(MAIN, json=body).status_code == 422


@pytest.mark.parametrize(
    ("permissions", "read", "write"),
    [
        ({"administration": "write"}, 404, 200),
        ({"administration": "read"}, 404, 403),
        ({"contents": "write"}, 403, 403),
    ],
    ids=["writes", "reads", "neither"],
)
def test_permissions(hub: Hub, permissions: dict[str, str], read: int, write: int) -> None:
    hub.login(permissions=permissions)
    assert hub.http.get(MAIN).status_code == read
    assert hub.http.put(MAIN, json=OPEN).status_code == write


def test_a_merge_waits_for_reviews(hub: Hub) -> None:
    hub.sandbox.add_person("cleo")
    hub.sandbox.grant("web", "cleo", "write")
    pull(hub)
    protect(hub, REVIEWED)
    hub.sandbox.review("web", 2, by="bob", state="APPROVE")
    refused = merge(hub)
    assert (refused.status_code, state(hub)) == (405, "blocked")
    assert "At least 1 approving review is required" in refused.json()["message"]
    hub.sandbox.review("web", 2, by="cleo", state="REQUEST_CHANGES", body="No.")
    assert "requesting changes" in merge(hub).json()["message"]
    hub.sandbox.review("web", 2, by="cleo", state="APPROVE")
    assert state(hub) == "clean"
    assert merge(hub).status_code == 200


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (None, 'Required status check "ci" is expected.'),
        ({"status": "in_progress"}, 'Required status check "ci" is in progress.'),
        ({"conclusion": "failure"}, 'Required status check "ci" is failing.'),
        ({"conclusion": "success"}, None),
        ({"conclusion": "skipped"}, None),
    ],
    ids=["none", "running", "red", "green", "skipped"],
)
def test_a_merge_waits_for_checks(hub: Hub, run: dict[str, str] | None, words: str | None) -> None:
    sha = pull(hub)
    protect(hub, CHECKED)
    if run is not None:
        check(hub, sha, **run)
    answer = merge(hub)
    assert answer.status_code == (405 if words else 200)
    assert words is None or answer.json()["message"] == words


def test_checks_that_are_not_required_only_show(hub: Hub) -> None:
    sha = pull(hub)
    assert state(hub) == "clean"
    check(hub, sha, status="in_progress")
    assert state(hub) == "unstable"
    assert merge(hub).status_code == 200


def test_what_is_not_held_is_refused(hub: Hub) -> None:
    reviews = {"require_code_owner_reviews": True}
    for more in ({"required_linear_history": True}, {"required_pull_request_reviews": reviews}):
        assert hub.http.put(MAIN, json=OPEN | more).status_code == 501


def test_the_last_run_of_a_check_counts(hub: Hub) -> None:
    sha = pull(hub)
    protect(hub, CHECKED)
    check(hub, sha, conclusion="success")
    check(hub, sha, conclusion="failure")
    assert merge(hub).status_code == 405
    check(hub, sha, conclusion="success")
    assert merge(hub).status_code == 200


def test_strict_means_up_to_date(hub: Hub) -> None:
    sha = pull(hub)
    hub.sandbox.write_file("web", "other.py", "1\n", by="ann")
    protect(hub, CHECKED)
    check(hub, sha, conclusion="success")
    assert (state(hub), merge(hub).status_code) == ("behind", 405)


def test_admins_pass_unless_they_are_meant_too(hub: Hub) -> None:
    pull(hub)
    protect(hub, REVIEWED | {"enforce_admins": True})
    with pytest.raises(Refusal, match="approving review"):
        hub.sandbox.merge_pull_request("web", 2, by="ann")
    protect(hub, REVIEWED)
    hub.sandbox.merge_pull_request("web", 2, by="ann")


def test_open_conversations_can_stop_a_merge(hub: Hub) -> None:
    pull(hub)
    protect(hub, OPEN | {"required_conversation_resolution": True})
    head = hub.sandbox.branches("web")["feature"]
    line = {"path": "a.py", "line": 1, "side": "RIGHT", "body": "Why?", "commit_id": head}
    made = hub.http.post("/repos/acme/web/pulls/2/comments", json=line).json()
    assert merge(hub).json()["message"] == "All comments must be resolved."
    hub.sandbox.resolve_thread("web", made["id"], by="ann")
    assert merge(hub).status_code == 200


PUSHES = [
    (OPEN, ["--force", "origin", "HEAD~1:main"], "Cannot force-push to this branch"),
    (OPEN, ["origin", ":main"], "Cannot delete this protected branch"),
    (OPEN, ["origin", "HEAD:main"], None),
    (OPEN | {"allow_force_pushes": True}, ["--force", "origin", "HEAD~1:main"], None),
    (REVIEWED, ["origin", "HEAD:main"], "Changes must be made through a pull request."),
    (REVIEWED, ["origin", "HEAD:other"], None),
    (CHECKED, ["origin", "HEAD:main"], "Required status checks are expected."),
]


@pytest.mark.parametrize(
    ("rules", "push", "words"), PUSHES,
    ids=["force", "delete", "plain", "force-allowed", "unreviewed", "other-branch", "unchecked"],
)  # fmt: skip
def test_pushes(hub: Hub, rules: dict[str, Any], push: list[str], words: str | None) -> None:
    hub.sandbox.write_file("web", "second.py", "2\n", by="ann")
    hub.git("clone", "-q", hub.remote(), "work")
    work = hub.folder / "work"
    (work / "a.py").write_text("1\n")
    hub.git("add", ".", at=work)
    hub.git("commit", "-q", "-m", "Change", at=work)
    if "--force" in push:  # back by two: what is there is lost
        hub.git("reset", "-q", "--hard", "HEAD~1", at=work)
    protect(hub, rules)
    done = hub.git("push", *push, at=work, check=False)
    assert (done.returncode == 0) == (words is None), done.stderr
    if words is not None:
        assert "GH006: Protected branch update failed for refs/heads/main" in done.stderr
        assert words in done.stderr


def test_a_commit_with_all_its_checks_may_be_pushed(hub: Hub) -> None:
    sha = hub.branch("feature")
    protect(hub, CHECKED)
    check(hub, sha, conclusion="success")
    done = hub.git("push", "origin", "HEAD:main", at=hub.folder / "work-feature", check=False)
    assert done.returncode == 0, done.stderr


def test_neither_page_nor_ref_gets_around_it(hub: Hub) -> None:
    hub.sandbox.grant("web", "bob", "write")
    protect(hub, REVIEWED)
    with pytest.raises(Refusal, match="through a pull request"):
        hub.sandbox.write_file("web", "x", "1", by="bob")
    hub.sandbox.write_file("web", "x", "1", by="bob", branch="next")
    hub.http.put("/repos/acme/web/branches/next/protection", json=OPEN)
    gone = hub.http.delete("/repos/acme/web/git/refs/heads/next")
    assert gone.status_code == 422
