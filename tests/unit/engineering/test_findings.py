"""What is told of a run's numbers, and how reports are found as files."""

from pathlib import Path

import pytest

from app.domain.finding import Finding, Kind
from app.domain.record import Attempt
from app.domain.verdict import Outcome, Verdict
from app.graphs.engineering.findings import fewer, together
from app.graphs.engineering.reports import MOST, clear, collected
from app.graphs.engineering.state import State, plain_verdict, verdict_of

SHA = "a" * 40


def green(passed: int) -> Verdict:
    return Verdict(Outcome.PASSED, SHA, passed=passed)


@pytest.mark.parametrize(
    ("verdict", "before", "told"),
    [
        (green(3), [], ""),
        (green(3), [Attempt(1, "failed", "b" * 40, passed=2, failed=1)], ""),
        (green(2), [Attempt(1, "failed", "b" * 40, passed=2, failed=1)], "2, and 3 before"),
        (green(2), [Attempt(1, "passed", "b" * 40, passed=9), Attempt(2, "refused")], "2, and 9"),
        (green(2), [Attempt(1, "passed", SHA, passed=9)], ""),
        (green(2), [Attempt(1, "asked a question", None, passed=9)], ""),
        (Verdict(Outcome.FAILED, SHA, failed=1), [Attempt(1, "x", "b" * 40, passed=9)], ""),
    ],
    ids=["the first", "as many", "fewer", "than the most", "the same head", "untested", "red"],
)
def test_fewer_tests_than_before(verdict: Verdict, before: list[Attempt], told: str) -> None:
    found = fewer(verdict, before)
    assert bool(found) == bool(told)
    assert all(f.kind is Kind.FEWER_RUN and f.what.startswith(told) for f in found)


def test_findings_go_through_the_state() -> None:
    found = together([Finding(Kind.HOOK, "b"), Finding(Kind.TEST_GONE, "a", 3, "x")])
    verdict = Verdict(Outcome.PASSED, SHA, findings=found)
    assert verdict_of(State(verdict=plain_verdict(verdict))) == verdict


def test_a_verdict_of_before_there_were_findings() -> None:
    old = plain_verdict(Verdict(Outcome.PASSED, SHA))
    del old["findings"]
    assert verdict_of(State(verdict=old)).findings == ()


def test_committed_reports_are_removed(tmp_path: Path) -> None:
    for name in ("out/a.xml", "out/deep/b.xml", "src/a.xml", ".git/out/c.xml", "out/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "out/link.xml").symlink_to(tmp_path / "src/a.xml")
    (tmp_path / "elsewhere").symlink_to(tmp_path / "src")
    clear(tmp_path, ("out/**/*.xml", ".git/**", "elsewhere/*.xml"))
    left = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if not p.is_dir()}
    assert left == {"src/a.xml", ".git/out/c.xml", "out/d.txt"}


def test_without_a_pattern_nothing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("x")
    clear(tmp_path, ())
    assert (tmp_path / "a.xml").exists()


def test_too_many_reports_are_seen_to_be_too_many(tmp_path: Path) -> None:
    for n in range(MOST + 5):
        (tmp_path / f"{n}.xml").write_text("x")
    assert len(collected(tmp_path)) == MOST + 1
    assert collected(None) == {}
