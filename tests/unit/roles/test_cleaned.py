"""That no role is told what a person can't see, whichever way the text came."""

from datetime import UTC, datetime

from app.domain.thread import Comment
from app.roles.context import Request, requested, said

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_a_request_stands_as_it_is_seen() -> None:
    body = 'Please.\n\n<!-- h -->\n[i]: # "j"\n<b title="k">l</b>'
    assert requested(Request("A\u200bB <!-- seen -->", body)) == (
        "<request>\n# AB <!-- seen -->\n\nPlease.\n\n\n<b>l</b>\n</request>"
    )


def test_a_request_of_nothing_that_is_seen_has_no_description() -> None:
    assert "(no description)" in requested(Request("A", "<!-- h -->"))


def test_a_comment_stands_as_it_is_seen() -> None:
    told = said("since", [Comment(1, "alice", AT, "a ![h](/b) c<!-- h")])
    assert "alice:\na ![]() c\n" in told
