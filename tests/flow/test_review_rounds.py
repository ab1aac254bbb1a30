"""A review leads to one round, also where its words are gone before anybody reads them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.stage import Stage
from app.sandbox import Fault, LineComment
from app.sandbox.records import FaultKind
from tests.flow.house import OWNER, REPO, WRITER, House
from tests.flow.test_reviews import SCENARIOS, in_review

MakeHouse = Callable[..., House]
SCENARIO = """\
name: more
description: Each round adds a file.
attempts:
  - - like: first-try
  - - write: {path: docs/a.md, content: "a\\n"}
    - commit: Explain
  - - write: {path: docs/b.md, content: "b\\n"}
    - commit: Explain more
"""


@pytest.fixture
def home(make_house: MakeHouse, tmp_path: Path) -> House:
    file = tmp_path / "more.yaml"
    file.write_text(SCENARIO)
    (tmp_path / "first-try.yaml").write_text((SCENARIOS / "first-try.yaml").read_text())
    return make_house(scenario=str(file), config={"merge": "by-person"})


def remark(home: House, pull: int, *, by: str = WRITER) -> None:
    home.sandbox.review(
        REPO, pull, by=by, state="COMMENT",
        comments=[LineComment("src/weather/api.py", 8, "Hm.")],
    )  # fmt: skip


def settled_by_people(home: House) -> None:
    """As if somebody had resolved every thread on the page."""
    threads = home.sandbox.repository(REPO).threads
    for key, thread in threads.items():
        threads[key] = replace(thread, resolved_by=WRITER)


def test_a_thread_that_is_resolved_before_it_is_read_is_one_round(home: House) -> None:
    home.start()
    number, pull = in_review(home)
    home.stop()
    remark(home, pull)
    settled_by_people(home)
    home.start()
    home.until(lambda: len(home.record(number).attempts) == 2)
    home.wait(number, Stage.REVIEW)
    home.quiet(1.5)
    record = home.record(number)
    assert (record.round, len(record.attempts)) == (2, 2)
    assert record.reviewed is not None
    assert record.answered == record.reviewed


def test_what_a_sweep_sees_again_is_no_news(home: House) -> None:
    home.start()
    number, pull = in_review(home)
    remark(home, pull, by=OWNER)
    home.until(lambda: len(home.record(number).attempts) == 2)
    home.wait(number, Stage.REVIEW)
    home.stop()
    home.start()
    home.quiet(1.5)
    assert home.record(number).round == 2


def test_a_pause_outlives_a_review(home: House) -> None:
    home.start()
    number, pull = in_review(home)
    home.say(number, "/pause")
    home.until(lambda: home.record(number).paused)
    remark(home, pull)
    record = home.wait(number, Stage.QUEUED)
    assert record.paused
    home.quiet(0.6)
    assert home.stage(number) is Stage.QUEUED
    home.say(number, "/resume")
    home.until(lambda: len(home.record(number).attempts) == 2)


EDIT = "PATCH /repos/{owner}/{repo}/pulls/{pull_number}"


@pytest.mark.parametrize("kind", [None, "fail", "write_then_drop"])
def test_a_later_round_is_told_in_the_pull_request(kind: FaultKind | None, home: House) -> None:
    """And what people have written there stays."""
    home.start()
    number, pull = in_review(home)
    opened = home.sandbox.pull_requests(REPO)[0].body
    assert "| 1 |" in opened
    home.sandbox.edit_issue(REPO, pull, by=OWNER, body=f"Mine.\n\n{opened}\n\nMine too.")
    if kind is not None:
        home.sandbox.inject(Fault(EDIT, kind))
    mark = len(home.sandbox.requests)
    remark(home, pull)
    home.until(lambda: len(home.record(number).attempts) == 2)
    home.wait(number, Stage.REVIEW)
    body = home.sandbox.pull_requests(REPO)[0].body
    rows = [line for line in body.splitlines() if line.startswith(("| 1 |", "| 2 |"))]
    assert [row[:5] for row in rows] == ["| 1 |", "| 2 |"]
    assert body.startswith(f"Mine.\n\nCloses #{number}")
    assert body.endswith("\n\nMine too.")
    edits = [r for r in home.sandbox.requests[mark:] if f"{r.method} {r.route}" == EDIT]
    assert len(edits) == (2 if kind == "fail" else 1)
    assert not home.sandbox.pending_faults
