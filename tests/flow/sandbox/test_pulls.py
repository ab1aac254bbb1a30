"""Pull requests: how they open, follow their branch, merge, and close what they name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.flow.sandbox.conftest import Hub

PULLS = "/repos/acme/web/pulls"


def _open(hub: Hub, **more: Any) -> httpx.Response:
    body = {"title": "T", "head": "feature", "base": "main", **more}
    return hub.http.post(PULLS, json=body)


def _merge(hub: Hub, number: int, **body: Any) -> httpx.Response:
    return hub.http.put(f"{PULLS}/{number}/merge", json=body)


def test_a_second_one_for_the_same_branch(hub: Hub) -> None:
    hub.branch("feature")
    assert _open(hub).status_code == 201
    again = _open(hub)
    assert again.status_code == 422
    message = again.json()["errors"][0]["message"]
    assert message == "A pull request already exists for acme:feature."


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"head": "main"}, {"message": "No commits between main and main"}),
        ({"head": "missing"}, {"field": "head", "code": "invalid"}),
        ({"base": "missing"}, {"field": "base", "code": "invalid"}),
        ({"title": " "}, {"field": "title", "code": "missing_field"}),
        ({"head": "eve:feature"}, {"field": "head", "code": "invalid"}),
    ],
    ids=["no-commits", "no-head", "no-base", "no-title", "other-owner"],
)
def test_what_cannot_be_opened(hub: Hub, body: dict[str, str], error: dict[str, str]) -> None:
    hub.branch("feature")
    answer = _open(hub, **body)
    assert answer.status_code == 422
    assert error.items() <= answer.json()["errors"][0].items()


def test_mergeable_is_not_known_at_once(hub: Hub) -> None:
    hub.branch("feature")
    made = _open(hub).json()
    seen = [hub.http.get(f"{PULLS}/{made['number']}").json()["mergeable"] for _ in range(3)]
    assert [made["mergeable"], *seen] == [None, None, True, True]


def test_the_head_follows_its_branch(hub: Hub) -> None:
    first = hub.branch("feature")
    made = _open(hub).json()
    work = hub.folder / "work-feature"
    hub.git("commit", "-q", "--allow-empty", "-m", "More", at=work)
    hub.git("push", "-q", at=work)
    head = hub.http.get(f"{PULLS}/{made['number']}").json()["head"]["sha"]
    assert made["head"]["sha"] == first
    assert head == hub.sandbox.branches("web")["feature"] != first


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_merging_makes_a_real_commit(hub: Hub, method: str) -> None:
    hub.branch("feature")
    number = _open(hub, body="Closes #1").json()["number"]
    hub.sandbox.write_file("web", "other.txt", "x", by="ann")
    before = hub.sandbox.branches("web")["main"]
    answer = _merge(hub, number, merge_method=method, commit_title="Land it")
    sha = answer.json()["sha"]
    assert hub.sandbox.branches("web")["main"] == sha
    hub.git("clone", "-q", hub.remote(), "look")
    look = hub.folder / "look"
    assert {path.name for path in look.iterdir()} >= {"a.py", "other.txt", "README.md"}
    parents = hub.git("log", "-1", "--format=%P", at=look).stdout.split()
    assert before in parents
    assert len(parents) == (2 if method == "merge" else 1)
    subject = hub.git("log", "-1", "--format=%s", at=look).stdout.strip()
    assert subject == ("Change a.py" if method == "rebase" else "Land it")
    pull = hub.http.get(f"{PULLS}/{number}").json()
    assert (pull["merged"], pull["merged_by"]["login"], pull["merge_commit_sha"]) == (
        True, "orc[bot]", sha,
    )  # fmt: skip


def test_merging_closes_the_issue_as_who_merged(hub: Hub) -> None:
    hub.branch("feature")
    number = _open(hub, body="This fixes #1.").json()["number"]
    hub.sandbox.merge_pull_request("web", number, by="ann")
    issue = hub.sandbox.issue("web", 1)
    assert (issue.state, issue.closed_by, issue.state_reason) == ("closed", "ann", "completed")
    assert issue.timeline[-1].source == number


def test_a_commit_message_on_the_default_branch_closes_too(hub: Hub) -> None:
    hub.sandbox.write_file("web", "a", "b", by="ann", message="Fix it\n\nResolves #1")
    assert hub.sandbox.issue("web", 1).state == "closed"


def test_merging_elsewhere_closes_nothing(hub: Hub) -> None:
    hub.branch("feature")
    hub.branch("next", "b.py")
    number = _open(hub, base="next", body="Closes #1").json()["number"]
    assert _merge(hub, number).status_code == 200
    assert hub.sandbox.issue("web", 1).state == "open"


def test_conflicts(hub: Hub) -> None:
    hub.branch("feature", "README.md", "mine\n")
    number = _open(hub).json()["number"]
    hub.sandbox.write_file("web", "README.md", "theirs\n", by="ann")
    seen = [hub.http.get(f"{PULLS}/{number}").json()["mergeable"] for _ in range(2)]
    assert seen == [None, False]
    for method in ("merge", "squash", "rebase"):
        answer = _merge(hub, number, merge_method=method)
        assert (answer.status_code, answer.json()["message"]) == (
            405, "Pull Request is not mergeable",
        )  # fmt: skip


def test_the_sha_must_be_the_head(hub: Hub) -> None:
    hub.branch("feature")
    number = _open(hub).json()["number"]
    answer = _merge(hub, number, sha="0" * 40)
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("Head branch was modified")


def test_twice_and_closed_and_draft_do_not_merge(hub: Hub) -> None:
    hub.branch("feature")
    draft = _open(hub, draft=True).json()["number"]
    assert _merge(hub, draft).status_code == 405
    hub.sandbox.close_pull_request("web", draft, by="ann")
    number = _open(hub).json()["number"]
    assert [_merge(hub, number).status_code for _ in range(2)] == [200, 405]
    assert _merge(hub, draft).status_code == 405
    assert _merge(hub, 99).status_code == 404


def test_deleting_the_branch_closes_it_for_good(hub: Hub) -> None:
    hub.branch("feature")
    number = _open(hub).json()["number"]
    assert hub.http.delete("/repos/acme/web/git/refs/heads/feature").status_code == 204
    assert hub.http.get(f"{PULLS}/{number}").json()["state"] == "closed"
    again = hub.http.patch(f"/repos/acme/web/issues/{number}", json={"state": "open"})
    assert again.status_code == 422


def test_pushing_the_same_commits_counts_as_merged(hub: Hub) -> None:
    hub.branch("feature")
    number = _open(hub).json()["number"]
    hub.git("push", "-q", "origin", "HEAD:main", at=hub.folder / "work-feature")
    assert hub.http.get(f"{PULLS}/{number}").json()["merged"] is True


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1), ("?state=closed", 1), ("?state=all", 2), ("?head=acme:feature", 1),
        ("?head=acme:other", 0), ("?head=other", 1), ("?base=next", 0), ("?state=all&base=main", 2),
    ],
)  # fmt: skip
def test_lists(hub: Hub, query: str, count: int) -> None:
    hub.branch("feature")
    first = _open(hub).json()["number"]
    hub.sandbox.close_pull_request("web", first, by="ann")
    _open(hub)
    assert len(hub.http.get(f"{PULLS}{query}").json()) == count


def test_a_pull_request_is_an_issue_too(hub: Hub) -> None:
    hub.branch("feature")
    made = _open(hub).json()
    as_issue = hub.http.get(f"/repos/acme/web/issues/{made['number']}").json()
    assert as_issue["pull_request"]["url"] == made["url"]
    assert as_issue["id"] != made["id"]
    hub.login(permissions={"pull_requests": "write"})
    said = hub.http.post(f"/repos/acme/web/issues/{made['number']}/comments", json={"body": "x"})
    assert said.status_code == 201
