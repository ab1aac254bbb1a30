"""Pages with reviews, parts and protected branches: what they tell, and that it is only words."""

from __future__ import annotations

from app.sandbox import LineComment
from tests.flow.sandbox.conftest import Hub
from tests.flow.sandbox.test_reviews import CODE, pull

__all__ = ["pull"]

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def page(hub: Hub, path: str) -> str:
    answer = hub.http.get(f"{hub.sandbox.url}/acme/web{path}")
    assert answer.status_code == 200
    return answer.text


def test_a_review_with_its_threads(pull: Hub) -> None:
    box = pull.sandbox
    box.request_review("web", 2, "cleo", by="ann")
    box.review(
        "web", 2, by="ann", state="REQUEST_CHANGES", body=f"Not **yet**. {ATTACK}",
        comments=[LineComment("a.py", 3, f"Why? {ATTACK}"), LineComment("a.py", 9, "How?")],
    )  # fmt: skip
    first, second = box.review_comments("web", 2)
    bot = box.app.bot_login
    box.reply_to_review_comment("web", first.id, "Done.\n\n<!-- orc:settled 1 -->", by=bot)
    box.resolve_thread("web", first.id, by=bot)
    html = page(pull, "/pull/2")
    for part in (
        "requested changes", "<strong>yet</strong>", "a.py:3", "settled by orc", "a.py:9",
        f'id="discussion_r{second.id}"', f'href="#thread-{box.review_threads("web", 2)[1].id}"',
        "1 open thread", "Asked for a review",
    ):  # fmt: skip
        assert part in html, part
    assert "<script>alert" not in html
    assert "onerror=alert(1)>" not in html
    assert "orc:settled" not in html
    assert html.count("Done.") == 2  # in its thread, and beside the line; not as a review


def test_an_outdated_thread_says_so(pull: Hub) -> None:
    pull.sandbox.review_comment("web", 2, LineComment("a.py", 3, "Why?"), by="ann")
    assert "outdated" not in page(pull, "/pull/2")
    changed = CODE.replace("line 3\n", "line three\n")
    pull.sandbox.write_file("web", "a.py", changed, by="cleo", branch="feature")
    html = page(pull, "/pull/2")
    assert ">outdated<" in html
    assert "talk-note" not in html


def test_approvals_and_dismissals(pull: Hub) -> None:
    said = pull.sandbox.review("web", 2, by="ann", state="APPROVE")
    assert "approved this" in page(pull, "/pull/2")
    pull.sandbox.dismiss_review("web", said.id, by="cleo")
    assert "had a review that was dismissed" in page(pull, "/pull/2")


def test_parts_of_an_issue(hub: Hub) -> None:
    part = hub.sandbox.open_issue("web", by="ann", title="A part").number
    other = hub.sandbox.open_issue("web", by="ann", title="Another").number
    hub.sandbox.add_sub_issue("web", 1, part, by="ann")
    hub.sandbox.block_issue("web", part, other, by="ann")
    assert "<h2>Parts</h2>" in page(hub, "/issues/1")
    html = page(hub, f"/issues/{part}")
    assert "<h2>Part of</h2>" in html
    assert "<h2>Waits for</h2>" in html


def test_topics_and_protection(hub: Hub) -> None:
    hub.http.put("/repos/acme/web/topics", json={"names": ["orchestrated"]})
    hub.sandbox.protect_branch("web", "main", by="ann")
    html = page(hub, "")
    assert "orchestrated" in html
    assert "protected" in html
