"""The hidden record: what was signed comes back, and nothing else does."""

import base64
import hashlib
import hmac
import string
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.record import (
    MAX_ATTEMPTS,
    MAX_ESSENCE,
    MAX_FAILURES,
    MAX_HISTORY,
    Attempt,
    Record,
    Visit,
    carried,
    digest,
    read,
    replied_to,
    reply_marker,
    sign,
)
from app.domain.ref import IssueRef
from app.domain.run import Usage
from app.domain.stage import Stage
from tests.unit.domain.make import AT, ISSUE, RED

KEY = b"a key of the tests"
OTHER_ISSUE = replace(ISSUE, number=8)
OTHER_REPOSITORY = replace(ISSUE, repo=replace(ISSUE.repo, id=12))

text = st.text(max_size=60)
shas = st.none() | st.text(string.hexdigits, min_size=40, max_size=40)
attempts = st.builds(
    Attempt,
    number=st.integers(1, 99),
    outcome=text,
    head=shas,
    passed=st.integers(0, 10**6),
    failed=st.integers(0, 10**6),
    detail=text,
    failures=st.lists(text, max_size=3).map(tuple),
)
visits = st.builds(Visit, stage=st.sampled_from(Stage), at=st.datetimes(timezones=st.just(UTC)))
counts = st.integers(0, 10**12)
usages = st.builds(Usage, counts, counts, counts, st.floats(0, 1e6))
records = st.builds(
    Record,
    round=st.integers(0, 99),
    stage=st.none() | st.sampled_from(Stage),
    floor=st.integers(0, 99),
    branch=text,
    attempts=st.lists(attempts, max_size=4).map(tuple),
    verified=shas,
    pull_request=st.none() | st.integers(1, 10**9),
    approved=st.none() | text,
    reason=text,
    usage=usages,
    running=usages,
    paused=st.booleans(),
    agent=st.none() | text,
    outdated=st.booleans(),
    budget_extra=st.floats(0, 1e6),
    over_budget=st.booleans(),
    history=st.lists(visits, max_size=4).map(tuple),
    handled=st.lists(text, max_size=4).map(tuple),
)


@given(records, text)
def test_what_was_signed_comes_back(record: Record, before: str) -> None:
    assert read(f"{before}\n\n{sign(record, ISSUE, KEY)}", ISSUE, KEY) == record


@given(records)
def test_a_record_holds_for_one_issue_and_one_key(record: Record) -> None:
    line = sign(record, ISSUE, KEY)
    assert read(line, OTHER_ISSUE, KEY) is None
    assert read(line, OTHER_REPOSITORY, KEY) is None
    assert read(line, ISSUE, b"another key") is None


@given(records, st.data())
def test_a_changed_record_does_not_count(record: Record, data: st.DataObject) -> None:
    line = sign(record, ISSUE, KEY)
    start = line.index("v1 ") + 3
    at = data.draw(st.integers(start, line.rindex(" -->") - 1))
    char = data.draw(st.sampled_from(string.ascii_letters + string.digits))
    changed = line[:at] + char + line[at + 1 :]
    assert changed == line or read(changed, ISSUE, KEY) is None


@given(st.text())
def test_reading_never_fails(body: str) -> None:
    assert read(body, ISSUE, KEY) is None


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{", b'{"round": "one"}', b'{"stage": "orc:lost"}', b"\xff"]
)
def test_a_signed_record_of_another_version_is_absent(payload: bytes) -> None:
    assert read(_signed(zlib.compress(payload)), ISSUE, KEY) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", zlib.compress(b"{}")[:-1]],
    ids=["nothing", "not compressed", "cut short"],
)
def test_a_signed_record_that_can_not_be_unpacked_is_absent(content: bytes) -> None:
    assert read(_signed(content), ISSUE, KEY) is None


def _signed(content: bytes) -> str:
    text = base64.b64encode(content).decode()
    signature = hmac.new(KEY, f"{ISSUE.key}\n{text}".encode(), hashlib.sha256).hexdigest()
    return f"<!-- orc:record v1 {text}.{signature} -->"


def test_only_the_end_of_a_comment_counts() -> None:
    line = sign(Record(round=1), ISSUE, KEY)
    assert read(f"{line}\nquoted by somebody", ISSUE, KEY) is None
    assert read(f"{line}\n\n", ISSUE, KEY) == Record(round=1)


def test_a_record_can_not_end_the_comment_that_hides_it() -> None:
    line = sign(Record(reason="--> <b>visible</b>"), ISSUE, KEY)
    assert line.count("-->") == 1


def test_a_reply_names_the_comment_it_answers() -> None:
    assert replied_to(f"Hello.\n\n{reply_marker('42-HelpAsked')}") == "42-HelpAsked"
    assert replied_to("Hello.") is None
    assert replied_to(f"{reply_marker('42-HelpAsked')} quoted") is None


def test_lists_are_kept_short() -> None:
    record = Record()
    for number in range(100):
        record = record.with_attempt(replace(RED, number=number)).with_handled(str(number))
        record = record.with_stage(list(Stage)[number % 2], AT)
    assert len(record.attempts) == MAX_ATTEMPTS
    assert len(record.history) == len(record.handled) == MAX_HISTORY
    assert (record.attempt, record.handled[-1]) == (99, "99")


def test_a_record_fits_into_a_comment() -> None:
    """Whatever tests and agents print, GitHub's 65,536 characters are enough."""
    record = Record(reason="理" * 2_000)
    for number in range(100):
        loud = Attempt(number, "failed", "a" * 40, 9, 9, 9, "理" * 9_000, ("理" * 9_000,) * 9)
        record = record.with_attempt(loud).with_handled(f"{2**53}-StatusAsked")
        record = record.with_stage(list(Stage)[number % 2], AT)
    assert len(sign(record, ISSUE, KEY)) < 50_000


def test_only_the_last_attempt_keeps_what_failed() -> None:
    record = Record().with_attempt(RED).with_attempt(replace(RED, number=2))
    assert [attempt.failures for attempt in record.attempts] == [(), RED.failures]


def test_attempts_stand_in_order() -> None:
    record = Record().with_attempt(replace(RED, number=2)).with_attempt(RED)
    assert [a.number for a in record.attempts] == [1, 2]
    assert Record(floor=4).attempt == 4


def test_a_visit_is_noted_when_the_stage_changes() -> None:
    record = Record().with_stage(Stage.QUEUED, AT).with_stage(Stage.QUEUED, AT)
    assert record.history == (Visit(Stage.QUEUED, AT),)


@given(text, text)
def test_a_digest_names_one_wording(title: str, body: str) -> None:
    assert digest(title, body) == digest(title, body)
    assert digest(title, body) != digest(title + "x", body)
    assert digest(title, body) != digest(title, body + "x")


def test_a_digest_keeps_title_and_body_apart() -> None:
    assert digest("a b", "c") != digest("a", " bc")


def test_an_issue_is_named_by_numbers() -> None:
    assert (ISSUE.key, ISSUE.branch, str(ISSUE)) == ("11-7", "orc/issue-7", "acme/weather#7")
    assert IssueRef(replace(ISSUE.repo, name="renamed"), 7).key == ISSUE.key


def test_times_keep_their_zone() -> None:
    record = Record().with_stage(Stage.QUEUED, datetime(2026, 1, 1, tzinfo=UTC))
    back = read(sign(record, ISSUE, KEY), ISSUE, KEY)
    assert back is not None
    assert back.history[0].at.tzinfo is not None


def test_an_attempt_is_trimmed_to_what_a_comment_carries() -> None:
    said = "é" * (2 * MAX_ESSENCE)
    long = Attempt(1, "failed", detail=said, failures=(said,) * (MAX_FAILURES + 1))
    trimmed = long.trimmed()
    assert trimmed.detail == said[:MAX_ESSENCE]
    assert trimmed.failures == (said[:MAX_ESSENCE],) * MAX_FAILURES


def test_what_is_carried_has_at_most_twice_as_many_bytes_and_no_half_characters() -> None:
    assert carried("🌧" * 10, 10) == "🌧" * 5  # of four bytes each
    assert carried("🌧" * 10, 5) == "🌧" * 2
    assert carried("a\ud800b", 3) == "ab"


def test_what_can_t_be_encoded_has_a_digest() -> None:
    assert digest("\ud800") != digest("\ud801")


def test_a_plan_that_is_shown_already_stays_as_it_was_shown() -> None:
    shown = Record(planned="plan", planned_at=AT, approved="")
    assert shown.with_plan("plan") == shown
    assert shown.with_plan("another") == replace(shown, planned="another", planned_at=None)
    again = replace(shown, approved="plan").with_plan("plan")
    assert again == replace(shown, planned_at=None)


def test_progress_that_was_not_shown_is_taken_from_what_is_known() -> None:
    shown = Record(round=2, attempts=(RED,), plan="As it was.", running=Usage(1))
    second, third = Attempt(2, "failed", detail="It broke."), Attempt(3, "failed", detail="Again.")
    known = Record(round=2, attempts=(replace(RED, outcome="?"), second, third), running=Usage(9))
    taken = shown.with_progress(known)
    earlier = (replace(RED, failures=()), replace(second, detail=""))
    assert taken == replace(shown, attempts=(*earlier, third), running=Usage(9))
    assert shown.with_progress(replace(known, plan="Anew.")).plan == "Anew."
    assert shown.with_progress(replace(known, round=1)) == shown
