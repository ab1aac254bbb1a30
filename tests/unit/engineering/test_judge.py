"""The verdict over everything that a test run can leave behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.run import ExitReason, RunExit
from app.domain.verdict import Outcome
from app.graphs.engineering.judge import judge, plain, tally

SHA = "a" * 40
GOOD = RunExit(ExitReason.EXITED, 0, seconds=1.5)
BAD = RunExit(ExitReason.EXITED, 1, stdout=b"1 failed", seconds=1.5)
KILLED = RunExit(ExitReason.EXITED, signal=11)


def suite(*cases: str, **totals: object) -> bytes:
    attributes = "".join(f' {name}="{value}"' for name, value in totals.items())
    return f"<testsuite{attributes}>{''.join(cases)}</testsuite>".encode()


def case(name: str, inner: str = "", suite: str = "tests.a") -> str:
    return f'<testcase classname="{suite}" name="{name}">{inner}</testcase>'


OK = case("test_ok")
FAIL = case("test_bad", '<failure message="assert 1 == 2">a.py:5: AssertionError</failure>')
ERROR = case("test_err", '<error message="no fixture"/>')
SKIP = case("test_skip", "<skipped/>")
LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
NAN = '<testcase name="t" time="NaN"/><testcase name="u" time="-1e999"/>'

CASES: dict[str, tuple[RunExit, dict[str, bytes], Outcome, tuple[int, int, int]]] = {
    "green": (GOOD, {"r": suite(OK, tests=1)}, Outcome.PASSED, (1, 0, 0)),
    "green with a skip": (GOOD, {"r": suite(OK, SKIP)}, Outcome.PASSED, (1, 0, 1)),
    "green over two reports": (
        GOOD,
        {"a": suite(OK), "b": suite(case("other"))},
        Outcome.PASSED,
        (2, 0, 0),
    ),
    "a failure": (BAD, {"r": suite(OK, FAIL)}, Outcome.FAILED, (1, 1, 0)),
    "an error": (BAD, {"r": suite(OK, ERROR)}, Outcome.FAILED, (1, 1, 0)),
    "a failure, but exit 0": (GOOD, {"r": suite(OK, FAIL)}, Outcome.FAILED, (1, 1, 0)),
    "an empty error element": (
        GOOD,
        {"r": suite(case("t", "<error/>"))},
        Outcome.FAILED,
        (0, 1, 0),
    ),
    "failed and skipped": (
        GOOD,
        {"r": suite(OK, case("t", "<failure/><skipped/>"), case("u", "<skipped/><failure/>"))},
        Outcome.FAILED,
        (1, 2, 0),
    ),
    "the suite itself failed": (GOOD, {"r": suite(OK, "<error/>")}, Outcome.FAILED, (1, 1, 0)),
    "a status that says failed": (
        GOOD,
        {"r": suite(OK, '<testcase name="t" status="failed"/>')},
        Outcome.FAILED,
        (1, 1, 0),
    ),
    "a status that says not run": (
        GOOD,
        {"r": suite('<testcase name="t" status="notrun"/>')},
        Outcome.NO_TESTS,
        (0, 0, 1),
    ),
    "totals claim more failures": (GOOD, {"r": suite(OK, failures=2)}, Outcome.FAILED, (1, 2, 0)),
    "totals claim more errors": (GOOD, {"r": suite(OK, errors="1")}, Outcome.FAILED, (1, 1, 0)),
    "totals claim fewer failures": (
        GOOD,
        {"r": suite(OK, FAIL, failures=0)},
        Outcome.FAILED,
        (1, 1, 0),
    ),
    "outer totals claim more": (
        GOOD,
        {"r": b"<testsuites failures='3'>" + suite(OK, FAIL, failures=2) + b"</testsuites>"},
        Outcome.FAILED,
        (1, 3, 0),
    ),
    "outer totals repeat inner ones": (
        BAD,
        {"r": b"<testsuites failures='1'>" + suite(OK, FAIL, failures=1) + b"</testsuites>"},
        Outcome.FAILED,
        (1, 1, 0),
    ),
    "nested suites": (
        BAD,
        {"r": suite(OK, suite(case("in"), suite(FAIL).decode()).decode())},
        Outcome.FAILED,
        (2, 1, 0),
    ),
    "huge numbers": (GOOD, {"r": suite(OK, failures="9" * 5000)}, Outcome.FAILED, (1, 10**9, 0)),
    "negative numbers": (GOOD, {"r": suite(OK, failures=-1)}, Outcome.BAD_REPORT, (0, 0, 0)),
    "words for numbers": (GOOD, {"r": suite(OK, errors="none")}, Outcome.BAD_REPORT, (0, 0, 0)),
    "foreign digits": (GOOD, {"r": suite(OK, errors="٠")}, Outcome.BAD_REPORT, (0, 0, 0)),
    "numbers left empty": (GOOD, {"r": suite(OK, errors="")}, Outcome.PASSED, (1, 0, 0)),
    "numbers with a point": (GOOD, {"r": suite(OK, errors="0.0")}, Outcome.PASSED, (1, 0, 0)),
    "times that are none": (GOOD, {"r": suite(NAN)}, Outcome.PASSED, (2, 0, 0)),
    "a report and its copy": (GOOD, {"a": suite(OK), "b": suite(OK)}, Outcome.PASSED, (1, 0, 0)),
    "tests of one name in two packages": (
        GOOD,
        {"a/r": suite(OK, time=0.1), "b/r": suite(OK, time=0.2)},
        Outcome.PASSED,
        (2, 0, 0),
    ),
    "both of one name failed": (
        BAD,
        {"a/r": suite(FAIL, time=0.1), "b/r": suite(FAIL, time=0.2)},
        Outcome.FAILED,
        (0, 2, 0),
    ),
    "two reports disagree": (
        GOOD,
        {"a": suite(OK), "b": suite(case("test_ok", "<failure/>"))},
        Outcome.FAILED,
        (1, 1, 0),
    ),
    "two reports disagree, the other way": (
        GOOD,
        {"a": suite(case("test_ok", "<failure/>")), "b": suite(OK)},
        Outcome.FAILED,
        (1, 1, 0),
    ),
    "one report skips what another ran": (
        GOOD,
        {"a": suite(case("t", "<skipped/>")), "b": suite(case("t"))},
        Outcome.PASSED,
        (1, 0, 1),
    ),
    "the same name twice in one report": (GOOD, {"r": suite(OK, OK)}, Outcome.PASSED, (2, 0, 0)),
    "retried until green": (
        GOOD,
        {"r": suite(case("t", "<failure/>"), case("t"))},
        Outcome.FAILED,
        (1, 1, 0),
    ),
    "no report": (GOOD, {}, Outcome.NO_REPORT, (0, 0, 0)),
    "no report, exit 127": (
        RunExit(ExitReason.EXITED, 127, stderr=b"pytest: command not found"),
        {},
        Outcome.NO_REPORT,
        (0, 0, 0),
    ),
    "no test": (GOOD, {"r": suite(tests=0)}, Outcome.NO_TESTS, (0, 0, 0)),
    "no test, though it claims ten": (GOOD, {"r": suite(tests=10)}, Outcome.NO_TESTS, (0, 0, 0)),
    "no test, exit 5": (
        RunExit(ExitReason.EXITED, 5),
        {"r": b"<testsuites/>"},
        Outcome.NO_TESTS,
        (0, 0, 0),
    ),
    "only skipped": (GOOD, {"r": suite(SKIP, SKIP)}, Outcome.NO_TESTS, (0, 0, 2)),
    "green, but exit 1": (BAD, {"r": suite(OK)}, Outcome.CRASHED, (1, 0, 0)),
    "green, but a signal": (KILLED, {"r": suite(OK)}, Outcome.CRASHED, (1, 0, 0)),
    "green, but nobody knows how it ended": (
        RunExit(ExitReason.EXITED),
        {"r": suite(OK)},
        Outcome.CRASHED,
        (1, 0, 0),
    ),
    "green, exit 0 and a signal": (
        RunExit(ExitReason.EXITED, 0, signal=9),
        {"r": suite(OK)},
        Outcome.CRASHED,
        (1, 0, 0),
    ),
    "over time": (
        RunExit(ExitReason.TIMED_OUT, seconds=60),
        {"r": suite(OK)},
        Outcome.TIMED_OUT,
        (1, 0, 0),
    ),
    "over time with exit 0": (
        RunExit(ExitReason.TIMED_OUT, 0),
        {"r": suite(OK)},
        Outcome.TIMED_OUT,
        (1, 0, 0),
    ),
    "idle": (RunExit(ExitReason.IDLE), {}, Outcome.TIMED_OUT, (0, 0, 0)),
    "stopped": (RunExit(ExitReason.STOPPED, 0), {"r": suite(OK)}, Outcome.CRASHED, (1, 0, 0)),
    "lost": (RunExit(ExitReason.LOST, 0), {"r": suite(OK)}, Outcome.CRASHED, (1, 0, 0)),
    "not started": (RunExit(ExitReason.NOT_STARTED), {}, Outcome.CRASHED, (0, 0, 0)),
    "empty": (GOOD, {"r": b""}, Outcome.BAD_REPORT, (0, 0, 0)),
    "blank": (GOOD, {"r": b" \n"}, Outcome.BAD_REPORT, (0, 0, 0)),
    "cut short": (GOOD, {"r": suite(OK)[:-5]}, Outcome.BAD_REPORT, (0, 0, 0)),
    "no XML": (GOOD, {"r": b"{'tests': 1}"}, Outcome.BAD_REPORT, (0, 0, 0)),
    "two roots": (GOOD, {"r": suite(OK) * 2}, Outcome.BAD_REPORT, (0, 0, 0)),
    "other XML": (GOOD, {"r": b"<coverage/>"}, Outcome.BAD_REPORT, (0, 0, 0)),
    "a case alone": (GOOD, {"r": OK.encode()}, Outcome.BAD_REPORT, (0, 0, 0)),
    "a case in a case": (GOOD, {"r": suite(case("t", OK))}, Outcome.BAD_REPORT, (0, 0, 0)),
    "an unknown encoding": (
        GOOD,
        {"r": b'<?xml version="1.0" encoding="klingon"?>' + suite(OK)},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "an external entity": (
        GOOD,
        {"r": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + suite(OK, "&e;")},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "a billion laughs": (
        GOOD,
        {"r": f"<!DOCTYPE x [{LOL}]>".encode() + suite(OK, "&l9;")},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "a document type alone": (
        GOOD,
        {"r": b"<!DOCTYPE testsuite>" + suite(OK)},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "a document type in UTF-16": (
        GOOD,
        {"r": ("<!DOCTYPE x []>" + suite(OK).decode()).encode("utf-16")},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "an undeclared entity": (GOOD, {"r": suite(OK, "&e;")}, Outcome.BAD_REPORT, (0, 0, 0)),
    "good and unreadable": (
        GOOD,
        {"a": suite(OK), "b": b"<testsuite>"},
        Outcome.BAD_REPORT,
        (1, 0, 0),
    ),
    "failed and unreadable": (
        BAD,
        {"a": suite(FAIL), "b": b"<testsuite>"},
        Outcome.FAILED,
        (0, 1, 0),
    ),
    "nested too deeply": (
        GOOD,
        {"r": b"<testsuite>" * 5000 + OK.encode() + b"</testsuite>" * 5000},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "too large": (
        GOOD,
        {"r": suite(OK, "<system-out>" + "x" * 20_000_000 + "</system-out>")},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "too many reports": (
        GOOD,
        {str(n): suite(OK) for n in range(201)},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "not all was taken": (
        RunExit(ExitReason.EXITED, 0, detail="not kept, too large or too many: b.xml"),
        {"a": suite(OK)},
        Outcome.BAD_REPORT,
        (1, 0, 0),
    ),
    "not all was taken, and a failure": (
        RunExit(ExitReason.EXITED, 0, detail="not kept, too large or too many: b.xml"),
        {"a": suite(FAIL)},
        Outcome.FAILED,
        (0, 1, 0),
    ),
    "names in capitals": (
        GOOD,
        {"r": suite(OK, case("t", "<Failure/>"))},
        Outcome.BAD_REPORT,
        (0, 0, 0),
    ),
    "with a namespace": (
        GOOD,
        {"r": b'<j:testsuite xmlns:j="urn:j"><j:testcase name="t"/></j:testsuite>'},
        Outcome.PASSED,
        (1, 0, 0),
    ),
}


@pytest.mark.parametrize(("ended", "reports", "outcome", "counts"), CASES.values(), ids=list(CASES))
def test_verdicts(
    ended: RunExit, reports: dict[str, bytes], outcome: Outcome, counts: tuple[int, int, int]
) -> None:
    verdict = judge(SHA, ended, reports)
    assert verdict.outcome is outcome
    assert (verdict.passed, verdict.failed, verdict.skipped) == counts
    assert verdict.sha == SHA
    assert verdict.detail
    assert len(verdict.failures) <= 20
    assert all(0 < len(text) <= 600 for text in verdict.failures)


def test_a_failure_is_told_with_its_place() -> None:
    assert judge(SHA, BAD, {"r": suite(FAIL)}).failures == (
        "tests.a::test_bad — assert 1 == 2\na.py:5: AssertionError",
    )


def test_what_no_report_explains_is_told_from_the_output() -> None:
    ended = RunExit(ExitReason.EXITED, 2, stdout=b"x" * 9000 + b"ImportError", stderr=b"oops")
    (told,) = judge(SHA, ended, {}).failures
    assert "ImportError" in told
    assert told.endswith("oops")


def test_many_failures_are_told_in_part() -> None:
    many = [case(f"t{n}", f'<failure message="{"m" * 900}"/>') for n in range(50)]
    verdict = judge(SHA, BAD, {"r": suite(*many)})
    assert (verdict.failed, len(verdict.failures)) == (50, 20)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("```\n# heading", "'''\n# heading"),
        ("~~~~", "'''"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x00b\x07c", "a b c"),
        ("<!-- orc:x -->", "<! -- orc:x -->"),
        ("a\u202eb\u200bc", "a b c"),
        ("\x1b]0;title\x07x", "x"),
        ("a\r\nb\tc  \n", "a\nb    c"),
        ("``", "``"),
    ],
    ids=[
        *("fence", "other fence", "colours", "controls", "comment", "hidden", "title", "blanks"),
        "code",
    ],
)
def test_text_is_made_harmless(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("reports", "ran"),
    [
        ({"r": suite(OK, FAIL, SKIP)}, {("tests.a", "test_ok"), ("tests.a", "test_bad")}),
        ({"r": suite()}, set()),
        ({}, None),
        ({"a": suite(OK), "b": b"<"}, None),
    ],
    ids=["not the skipped", "none", "no report", "one can't be read"],
)
def test_which_cases_ran(reports: dict[str, bytes], ran: set[tuple[str, str]] | None) -> None:
    assert tally(reports).ran == ran


def test_hostile_reports_take_little_time() -> None:
    element = b"<testcase/>"
    many = b"<testsuite>" + element * 1_000_000 + b"</testsuite>"
    assert judge(SHA, GOOD, {"a": many, "b": many}).outcome is Outcome.BAD_REPORT


ENDED = st.builds(
    RunExit,
    reason=st.sampled_from(ExitReason),
    exit_code=st.sampled_from([None, 0, 1, -1, 2**40]),
    signal=st.sampled_from([None, 9, 11, 10**9]),
    stdout=st.binary(max_size=50),
    stderr=st.binary(max_size=50),
    seconds=st.floats(),
)
INNER = st.lists(st.sampled_from([OK, FAIL, ERROR, SKIP, "<error/>", "<a>", "</a>", "&lt;", "x"]))
TOTALS = st.fixed_dictionaries({}, optional={n: st.text(max_size=4) for n in ("failures", "tests")})
XML = st.builds(lambda inner, totals: suite(*inner, **totals), INNER, TOTALS)
REPORTS = st.dictionaries(st.text(max_size=5), st.one_of(st.binary(max_size=80), XML), max_size=3)


@given(ENDED, REPORTS)
def test_it_never_raises_and_green_means_green(ended: RunExit, reports: dict[str, bytes]) -> None:
    verdict = judge(SHA, ended, reports)
    if verdict.green:
        assert (ended.reason, ended.exit_code, ended.signal) == (ExitReason.EXITED, 0, None)
        assert verdict.passed >= 1
        assert verdict.failed == 0
        assert verdict.failures == ()
    assert all(0 < len(text) <= 600 for text in verdict.failures)
    assert verdict.seconds >= 0


@given(st.lists(st.sampled_from([OK, SKIP]), min_size=1), st.integers(0, 20))
def test_any_failing_case_spoils_it(cases: list[str], at: int) -> None:
    spoiled = [*cases[:at], FAIL, *cases[at:]]
    assert judge(SHA, GOOD, {"r": suite(*spoiled)}).outcome is Outcome.FAILED
