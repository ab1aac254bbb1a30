"""Our reading of reviews and our answers to them: one request, and each answer once."""

from __future__ import annotations

import pytest

from app.engine.ports import Refused, Unanswered
from app.github.reviews import GitHubReviews
from app.sandbox import Fault, LineComment
from app.sandbox.records import FaultKind
from tests.flow.sandbox.client import Client, client
from tests.flow.sandbox.conftest import Hub
from tests.flow.sandbox.test_reviews import CODE, pull

__all__ = ["pull"]


def reviews_of(we: Client) -> GitHubReviews:
    return GitHubReviews(we.api, retry_seconds=0.0)


def ask(hub: Hub, text: str = "Why?", line: int = 3) -> int:
    return hub.sandbox.review_comment("web", 2, LineComment("a.py", line, text), by="ann").id


def replies(hub: Hub) -> list[str]:
    found = hub.sandbox.review_comments("web", 2)
    return [one.body for one in found if one.author == hub.sandbox.app.bot_login]


async def test_everything_in_one_request(pull: Hub) -> None:
    box = pull.sandbox
    box.review("web", 2, by="bob", body="Nice.", comments=[LineComment("a.py", 1, "Typo?")])
    box.review("web", 2, by="cleo", state="APPROVE")
    said = box.review(
        "web", 2, by="ann", state="REQUEST_CHANGES", body="Not yet.",
        comments=[LineComment("a.py", 3, "Why?")],
    )  # fmt: skip
    settled = ask(pull, "Old")
    box.resolve_thread("web", settled, by="ann")
    async with client(pull) as we:
        before = len(box.requests)
        seen = await reviews_of(we).read(we.issue(), 2)
        assert [one.operation for one in we.asked(before)] == ["Reviews"]
    decisive = [(one.by, one.text) for one in seen.decisive]
    assert decisive == [("cleo", ""), ("ann", "Not yet.")]
    assert seen.decisive[1].id == said.id
    assert [one.text for one in seen.remarks] == ["Nice."]
    assert [(one.path, one.line, one.comments[0].text) for one in seen.threads] == [
        ("a.py", 1, "Typo?"), ("a.py", 3, "Why?"),
    ]  # fmt: skip
    assert seen.threads[1].hunk.endswith("+line 3")


async def test_what_apps_say_is_not_a_persons_word(pull: Hub) -> None:
    number = ask(pull)
    bot = pull.sandbox.app.bot_login
    pull.sandbox.reply_to_review_comment("web", number, "Because.", by=bot)
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
    assert [(one.is_person, one.ours) for one in thread.comments] == [(True, False), (False, True)]
    assert thread.comments[-1].ours


async def test_an_outdated_thread_is_at_no_line(pull: Hub) -> None:
    ask(pull)
    changed = CODE.replace("line 3\n", "line three\n")
    pull.sandbox.write_file("web", "a.py", changed, by="cleo", branch="feature")
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
    assert thread.line is None


async def test_more_than_a_hundred_threads(pull: Hub) -> None:
    lines = [LineComment("a.py", 1 + n % 30, f"{n}") for n in range(101)]
    pull.sandbox.review("web", 2, by="ann", comments=lines)
    async with client(pull) as we:
        before = len(pull.sandbox.requests)
        seen = await reviews_of(we).read(we.issue(), 2)
        assert len(we.asked(before)) == 2
    assert [one.comments[0].text for one in seen.threads] == [str(n) for n in range(101)]


async def test_a_long_thread_keeps_its_first_comment_and_its_last(pull: Hub) -> None:
    number = ask(pull, "first")
    for n in range(40):
        pull.sandbox.reply_to_review_comment("web", number, f"{n}", by="bob")
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
    texts = [one.text for one in thread.comments]
    assert (texts[0], texts[-1], len(texts)) == ("first", "39", 31)


async def test_a_pull_request_that_is_none(pull: Hub) -> None:
    async with client(pull) as we:
        with pytest.raises(Refused, match="404"):
            await reviews_of(we).read(we.issue(), 99)


LOST: list[tuple[FaultKind, int]] = [
    ("fail", 1), ("write_then_fail", 1), ("write_then_drop", 1), ("partial", 1), ("fail", 2),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "times"), LOST, ids=[f"{k}-{n}" for k, n in LOST])
async def test_an_answer_is_given_once_whatever_gets_lost(
    pull: Hub, kind: FaultKind, times: int
) -> None:
    ask(pull)
    async with client(pull) as we:
        reviews = reviews_of(we)
        (thread,) = (await reviews.read(we.issue(), 2)).threads
        pull.sandbox.inject(Fault("graphql:Answer", kind, times=times))
        await reviews.answer(we.issue(), thread.id, "Done in abc.", key="abc", resolve=True)
        await reviews.answer(we.issue(), thread.id, "Done in abc.", key="abc", resolve=True)
        assert (await reviews.read(we.issue(), 2)).threads == ()
    (reply,) = replies(pull)
    assert reply == "Done in abc.\n\n<!-- orc:settled abc -->"
    (settled,) = pull.sandbox.review_threads("web", 2)
    assert settled.resolved_by == pull.sandbox.app.bot_login


async def test_reply_and_resolution_are_one_request(pull: Hub) -> None:
    ask(pull)
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
        before = len(pull.sandbox.requests)
        await reviews_of(we).answer(we.issue(), thread.id, "So.", key="1", resolve=True)
        asked = we.asked(before)
    assert [(one.operation, one.content) for one in asked] == [("ReviewThread", 0), ("Answer", 1)]


async def test_a_thread_can_stay_open(pull: Hub) -> None:
    ask(pull)
    async with client(pull) as we:
        reviews = reviews_of(we)
        (thread,) = (await reviews.read(we.issue(), 2)).threads
        for key in ("1", "2"):
            await reviews.answer(we.issue(), thread.id, "I can't.", key=key, resolve=False)
        (thread,) = (await reviews.read(we.issue(), 2)).threads
    assert len(replies(pull)) == 2
    assert thread.comments[-1].ours


async def test_a_strangers_marker_does_not_count(pull: Hub) -> None:
    number = ask(pull)
    pull.sandbox.reply_to_review_comment("web", number, "<!-- orc:settled 1 -->", by="bob")
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
        await reviews_of(we).answer(we.issue(), thread.id, "So.", key="1", resolve=False)
    assert len(replies(pull)) == 1


async def test_a_thread_that_is_gone(pull: Hub) -> None:
    number = ask(pull)
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
        pull.sandbox.delete_review_comment("web", number, by="ann")
        with pytest.raises(Refused, match="404"):
            await reviews_of(we).answer(we.issue(), thread.id, "So.", key="1", resolve=True)


async def test_when_nothing_is_answered_it_says_so(pull: Hub) -> None:
    ask(pull)
    async with client(pull) as we:
        (thread,) = (await reviews_of(we).read(we.issue(), 2)).threads
        pull.sandbox.inject(Fault("graphql:Answer", "fail", times=9))
        with pytest.raises(Unanswered):
            await reviews_of(we).answer(we.issue(), thread.id, "So.", key="1", resolve=True)
    assert replies(pull) == []
