"""Review threads: where they stand as the branch moves, who answers and who settles them."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_named_type, is_leaf_type

from app.sandbox import Delivery, LineComment, Refusal, ReviewComment
from app.sandbox.graph.engine import schema
from tests.flow.sandbox.conftest import Hub
from tests.flow.sandbox.test_reviews import CODE, PULL, events, pull, told

__all__ = ["pull"]

THREADS = """query Threads { repository(owner: "acme", name: "web") { pullRequest(number: 2) {
  reviewThreads(first: 20) { nodes {
    id path line originalLine startLine diffSide isResolved isOutdated viewerCanResolve
    resolvedBy { login }
    comments(first: 20) { nodes {
      id fullDatabaseId body line originalLine outdated diffHunk author { login }
      replyTo { fullDatabaseId } pullRequestReview { state body } originalCommit { oid } url
    } }
  } }
  reviews(last: 20, states: [COMMENTED]) { nodes {
    state submittedAt url authorCanPushToRepository comments(first: 5) { totalCount }
  } }
} } }"""
SETTLE = """mutation Settle($thread: ID!, $body: String!) {
  reply: addPullRequestReviewThreadReply(
    input: {pullRequestReviewThreadId: $thread, body: $body}
  ) { comment { fullDatabaseId body } }
  resolve: resolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}"""
UNRESOLVE = """mutation Again($thread: ID!) {
  unresolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}"""


def threads(hub: Hub) -> list[dict[str, Any]]:
    found = hub.data(THREADS)["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    return [dict(one) for one in found]


def ask(hub: Hub, line: int = 3, **more: Any) -> ReviewComment:
    return hub.sandbox.review_comment("web", 2, LineComment("a.py", line, "Why?", **more), by="ann")


def change(hub: Hub, content: str) -> None:
    hub.sandbox.write_file("web", "a.py", content, by="cleo", branch="feature")


def test_a_thread_is_answered_and_settled_in_one_request(pull: Hub) -> None:
    asked = ask(pull)
    (thread,) = threads(pull)
    assert (thread["isResolved"], thread["viewerCanResolve"]) == (False, True)
    done = pull.data(SETTLE, thread=thread["id"], body="Settled.")
    assert done["resolve"]["thread"]["isResolved"] is True
    assert pull.sandbox.requests[-1].content == 1
    (thread,) = threads(pull)
    assert thread["resolvedBy"]["login"] == "orc"
    replies = thread["comments"]["nodes"]
    assert [(one["body"], one["author"]["login"]) for one in replies] == [
        ("Why?", "ann"), ("Settled.", "orc"),
    ]  # fmt: skip
    assert int(replies[1]["replyTo"]["fullDatabaseId"]) == asked.id
    assert replies[1]["pullRequestReview"] == {"state": "COMMENTED", "body": ""}
    assert told(pull) == [
        "pull_request_review.submitted", "pull_request_review_comment.created",
        "pull_request_review.submitted", "pull_request_review_comment.created",
        "pull_request_review_thread.resolved",
    ]  # fmt: skip
    assert pull.data(UNRESOLVE, thread=thread["id"])
    assert told(pull)[-1] == "pull_request_review_thread.unresolved"


def test_settling_twice_tells_once(pull: Hub) -> None:
    asked = ask(pull)
    for _ in range(2):
        pull.sandbox.resolve_thread("web", asked.id, by="ann")
    assert told(pull).count("pull_request_review_thread.resolved") == 1


@pytest.mark.parametrize(
    ("permissions", "refused"),
    [
        ({"pull_requests": "write", "contents": "read"}, ["resolve"]),
        ({"pull_requests": "read", "contents": "write"}, ["reply", "resolve"]),
        ({"pull_requests": "write", "contents": "write"}, []),
    ],
    ids=["no-contents", "no-pull-requests", "both"],
)
def test_to_settle_a_thread_an_app_needs_contents_too(
    pull: Hub, permissions: dict[str, str], refused: list[str]
) -> None:
    ask(pull)
    (thread,) = threads(pull)
    pull.login(permissions=permissions)
    answer = pull.query(SETTLE, thread=thread["id"], body="x")
    errors = answer.get("errors", [])
    assert [error["path"][0] for error in errors] == refused
    assert {error["type"] for error in errors} <= {"FORBIDDEN"}


def test_replies_go_to_the_first_comment_only(pull: Hub) -> None:
    asked = ask(pull)
    path = f"{PULL}/comments/{asked.id}/replies"
    answer = pull.http.post(path, json={"body": "Because."})
    assert answer.status_code == 201
    assert answer.json()["in_reply_to_id"] == asked.id
    deeper = f"{PULL}/comments/{answer.json()['id']}/replies"
    assert pull.http.post(deeper, json={"body": "And?"}).status_code == 404
    again = pull.sandbox.reply_to_review_comment("web", answer.json()["id"], "And?", by="bob")
    assert again.in_reply_to == asked.id
    assert len(pull.sandbox.review_threads("web", 2)) == 1


LINES = CODE.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("# new\n# head\n" + CODE, 5),
        (CODE.replace("line 3\n", "line three\n"), None),
        ("".join(LINES[1:]), 2),
        (CODE.replace("line 20\n", "line twenty\n"), 3),
        ("".join(LINES[:2] + LINES[3:]), None),
        (CODE.replace("line 4\n", "line 4\nline 4 and a half\n"), 3),
    ],
    ids=["above-added", "changed", "above-removed", "below-changed", "removed", "after-added"],
)
def test_where_a_comment_stands_after_a_push(pull: Hub, content: str, line: int | None) -> None:
    asked = ask(pull)
    change(pull, content)
    (thread,) = threads(pull)
    assert (thread["line"], thread["originalLine"]) == (line, 3)
    assert thread["isOutdated"] is (line is None)
    shown = pull.http.get(f"/repos/acme/web/pulls/comments/{asked.id}").json()
    assert (shown["line"], shown["original_line"]) == (line, 3)
    assert (shown["position"] is None) is (line is None)
    head = pull.sandbox.branches("web")["feature"]
    assert (shown["commit_id"] == head) is (line is not None)


def test_a_comment_on_what_was_removed(pull: Hub) -> None:
    pull.sandbox.write_file("web", "README.md", "# Else\n", by="cleo", branch="feature")
    old = LineComment("README.md", 1, "Why gone?", side="LEFT")
    asked = pull.sandbox.review_comment("web", 2, old, by="ann")
    shown = pull.http.get(f"/repos/acme/web/pulls/comments/{asked.id}").json()
    assert (shown["side"], shown["line"], shown["diff_hunk"]) == ("LEFT", 1, "@@ -1 +1 @@\n-# web")
    pull.sandbox.write_file("web", "README.md", "# web\n", by="cleo", branch="feature")
    (thread,) = threads(pull)
    assert (thread["diffSide"], thread["isOutdated"]) == ("LEFT", True)


def test_a_comment_beside_a_review(pull: Hub) -> None:
    head = pull.sandbox.branches("web")["feature"]
    body = {"path": "a.py", "line": 4, "side": "RIGHT", "body": "Hm.", "commit_id": head}
    made = pull.http.post(f"{PULL}/comments", json=body)
    assert (made.status_code, made.json()["position"]) == (201, 4)
    assert told(pull) == ["pull_request_review.submitted", "pull_request_review_comment.created"]
    elsewhere = pull.http.post(f"{PULL}/comments", json=body | {"line": 77})
    assert elsewhere.status_code == 422
    listed = pull.http.get(f"{PULL}/comments?sort=updated&direction=desc").json()
    everywhere = pull.http.get("/repos/acme/web/pulls/comments").json()
    assert [one["id"] for one in listed] == [one["id"] for one in everywhere] == [
        made.json()["id"]
    ]  # fmt: skip


def test_editing_and_deleting(pull: Hub) -> None:
    asked = ask(pull)
    reply = pull.sandbox.reply_to_review_comment("web", asked.id, "Because.", by="bob")
    pull.sandbox.edit_review_comment("web", reply.id, "Because!", by="bob")
    last: Delivery = events(pull)[-1]
    assert last.payload["changes"] == {"body": {"from": "Because."}}
    with pytest.raises(Refusal, match="needs the role"):
        pull.sandbox.edit_review_comment("web", asked.id, "x", by="bob")
    one = f"/repos/acme/web/pulls/comments/{reply.id}"
    assert pull.http.patch(one, json={"body": "By the App"}).json()["body"] == "By the App"
    assert pull.http.delete(one).status_code == 204
    assert told(pull)[-1] == "pull_request_review_comment.deleted"
    assert len(pull.sandbox.review_threads("web", 2)) == 1
    pull.sandbox.delete_review_comment("web", asked.id, by="ann")
    assert pull.sandbox.review_threads("web", 2) == []
    assert pull.http.get(one).status_code == 404


def test_reactions(pull: Hub) -> None:
    asked = ask(pull)
    path = f"/repos/acme/web/pulls/comments/{asked.id}/reactions"
    made = [pull.http.post(path, json={"content": "eyes"}).status_code for _ in range(2)]
    assert made == [201, 200]
    assert [one["content"] for one in pull.http.get(path).json()] == ["eyes"]


def test_who_may_settle_a_thread(pull: Hub) -> None:
    asked = ask(pull)
    with pytest.raises(Refusal, match="needs the role"):
        pull.sandbox.resolve_thread("web", asked.id, by="bob")
    pull.sandbox.resolve_thread("web", asked.id, by="cleo")
    (thread,) = pull.sandbox.review_threads("web", 2)
    assert thread.resolved_by == "cleo"


def fields(name: str) -> str:
    """Every field of a type that asks for nothing, and the counts of its lists."""
    found = []
    for field, what in schema().type_map[name].fields.items():  # type: ignore[attr-defined]
        kind = get_named_type(what.type)
        if is_leaf_type(kind):
            found.append(field)
        elif kind.name.endswith("Connection"):
            found.append(f"{field}(first: 1) {{ totalCount }}")
        else:
            found.append(f"{field} {{ __typename }}")
    return " ".join(found)


def test_every_field_has_an_answer(pull: Hub) -> None:
    asked = ask(pull, 9, start_line=7)
    pull.sandbox.resolve_thread("web", asked.id, by="ann")
    pull.sandbox.request_review("web", 2, "cleo", by="ann")
    review, comment, thread = (
        store[0].node_id
        for store in (
            pull.sandbox.reviews("web", 2), pull.sandbox.review_comments("web", 2),
            pull.sandbox.review_threads("web", 2),
        )
    )  # fmt: skip
    document = f"""query All($review: ID!, $comment: ID!, $thread: ID!) {{
      review: node(id: $review) {{ ... on PullRequestReview {{ {fields("PullRequestReview")} }} }}
      comment: node(id: $comment) {{
        ... on PullRequestReviewComment {{ {fields("PullRequestReviewComment")} }} }}
      thread: node(id: $thread) {{
        ... on PullRequestReviewThread {{ {fields("PullRequestReviewThread")} }} }}
      repository(owner: "acme", name: "web") {{ pullRequest(number: 2) {{
        reviewRequests(first: 1) {{ nodes {{ {fields("ReviewRequest")} }} }} }} }}
    }}"""
    seen = pull.data(document, review=review, comment=comment, thread=thread)
    assert (seen["thread"]["line"], seen["thread"]["startLine"]) == (9, 7)
    assert seen["comment"]["pullRequestReview"] == {"__typename": "PullRequestReview"}
    assert seen["review"]["comments"] == {"totalCount": 1}
    for one in (review, comment, thread):
        pull.login(permissions={"issues": "read"})
        answer = pull.query("query N($id: ID!) { node(id: $id) { id } }", id=one)
        assert answer["errors"][0]["type"] == "FORBIDDEN"


def test_a_rebased_branch_shows_its_own_changes_only(pull: Hub) -> None:
    """What came into main meanwhile is none of them."""
    pull.sandbox.write_file("web", "other.py", "1\n", by="ann")
    pull.git("clone", "-q", "-b", "feature", pull.remote(), "work")
    work = pull.folder / "work"
    pull.git("rebase", "-q", "origin/main", at=work)
    pull.git("push", "-q", "-f", "origin", "feature", at=work)
    seen = pull.http.get(PULL).json()
    assert (seen["changed_files"], seen["commits"]) == (1, 1)
    assert seen["base"]["sha"] == pull.sandbox.branches("web")["main"]


def test_a_moving_base_tells_the_pull_request_nothing(pull: Hub) -> None:
    pull.sandbox.write_file("web", "a.py", "conflict\n", by="ann")
    pull.sandbox.wait_idle()
    assert [one.event for one in pull.sandbox.deliveries] == ["push"]
    seen = [pull.http.get(PULL).json()["mergeable_state"] for _ in range(2)]
    assert seen == ["unknown", "dirty"]
