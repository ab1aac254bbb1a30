"""In which order a thread is told, and which labels are told of in one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.sandbox.pages.conversation import Relabel, conversation
from app.sandbox.state import Comment, Issue, Repository, TimelineEvent, TimelineKind
from app.sandbox.world import put_issue

START = datetime(2026, 11, 22, 5, 9, 9, tzinfo=UTC)
KINDS: dict[str, TimelineKind] = {"+": "labeled", "-": "unlabeled"}


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def thread(*told: str) -> list[str]:
    """Each is "second +label -label", or "second text" for a comment, in the order they came."""
    issue = Issue(
        id=1, repo_id=1, number=1, title="", body="", author="ann", created_at=START,
        updated_at=START,
    )  # fmt: skip
    repo = Repository(
        id=1, owner="acme", name="tea", path=Path(), private=True, default_branch="main",
        created_at=START, pushed_at=START, updated_at=START, issues={1: issue},
    )  # fmt: skip
    timeline: list[TimelineEvent] = []
    sequence = 0
    for line in told:
        second, *words = line.split()
        for word in words:
            sequence += 1
            if kind := KINDS.get(word[0]):
                timeline.append(TimelineEvent(
                    sequence, 1, kind, "orc[bot]", at(int(second)), label=word[1:],
                    sequence=sequence,
                ))  # fmt: skip
            else:
                repo.comments[sequence] = Comment(
                    sequence, 1, 1, "ann", word, at(int(second)), at(int(second)), sequence=sequence
                )
    issue = put_issue(repo, issue, timeline=tuple(timeline), comments=tuple(repo.comments))
    return [_told(item) for item in conversation(repo, issue)]


def _told(item: object) -> str:
    if isinstance(item, Relabel):
        return " ".join([*(f"+{n}" for n, _ in item.added), *(f"-{n}" for n, _ in item.removed)])
    assert isinstance(item, Comment)
    return item.body


@pytest.mark.parametrize(
    ("came", "told"),
    [
        pytest.param(
            ["0 +plan", "2 /approve +building -plan"],
            ["+plan", "/approve", "+building -plan"],
            id="work begins after what approved it, in the same second too",
        ),
        pytest.param(["0 +a one two +b"], ["+a", "one", "two", "+b"], id="a comment parts lines"),
        pytest.param(["0 +a +b", "1 -c -d"], ["+a +b -c -d"], id="at one go"),
        pytest.param(["0 +a", "3 +b"], ["+a", "+b"], id="three seconds are two goes"),
        pytest.param(
            ["0 +review -building +building -review"],
            ["+review -building", "+building -review"],
            id="back and forth",
        ),
        pytest.param(["0 +a -b +c -a"], ["+a -b", "+c -a"], id="on through three"),
        pytest.param(["0 -b +a -a"], ["+a -b", "-a"], id="taken back"),
        pytest.param(["0 +a -a"], ["+a", "-a"], id="added and removed"),
    ],
)
def test_a_thread_is_told_in_the_order_in_which_it_came(came: list[str], told: list[str]) -> None:
    assert thread(*came) == told
