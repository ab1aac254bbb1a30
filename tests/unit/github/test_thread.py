"""Which comments of an issue count as something that a person said."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.thread import Comment
from app.github.snapshot import _said

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ALICE = {"login": "alice", "__typename": "User"}


def comment(body: str = "In Celsius.", **changes: Any) -> dict[str, Any]:
    made = {
        "fullDatabaseId": "601", "body": body, "author": ALICE, "lastEditedAt": None,
        "createdAt": "2026-03-04T05:06:07Z",
    }  # fmt: skip
    return {**made, **changes}


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (comment(), "In Celsius."),
        (comment("/retry"), None),
        (comment("\n  /retry now\r\n\r\n/agent codex\n"), None),
        (comment("/retry\nin Celsius"), "/retry\nin Celsius"),
        (comment(""), None),
        (comment(" \n\t\n" * 30_000), None),
        (comment("x" * 70_000), "x" * 65_536),
        (comment(author=None), None),
        (comment(author={"login": "helper", "__typename": "Bot"}), None),
        (comment(author={"login": "acme", "__typename": "Organization"}), None),
    ],
    ids=["words", "command", "commands", "command and words", "empty", "blank", "long", "gone",
         "App", "organisation"],
)  # fmt: skip
def test_what_a_person_said(seen: dict[str, Any], text: str | None) -> None:
    expected = None if text is None else Comment(601, "alice", AT, text)
    assert _said(seen) == expected


def test_what_was_edited_is_marked() -> None:
    said = _said(comment(lastEditedAt="2026-03-04T05:07:00Z"))
    assert said is not None
    assert said.edited
