"""What comes of a review: the pull request, another attempt, or the end; nothing passes unread."""

import json
from dataclasses import asdict, replace
from typing import Any, cast

import pytest

from app.domain.event import AttemptEnded
from app.domain.finding import Finding
from app.domain.finding import Kind as Found
from app.domain.record import Attempt
from app.domain.run import AgentOutcome, AgentResult, Usage
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.thread import Comment
from app.domain.verdict import Outcome, Verdict
from app.graphs.engineering.nodes.reviewer import reviewer
from app.graphs.engineering.state import State, attempts_of, plain, plain_verdict
from app.graphs.engineering.state import tested as judged
from app.graphs.state import plain_comment
from tests.unit.domain.make import AT, SPEC, task, with_record
from tests.unit.engineering.workshop import (
    BASE,
    CRASHED,
    EACH,
    FORK,
    HEAD,
    POOR,
    Shop,
    failed,
    said,
)

TASK = with_record(task(Stage.BUILDING, policy={"attempts": 3}), spec=SPEC)
VERDICT = Verdict(
    Outcome.PASSED, HEAD, 5, 0, 0, seconds=1.0,
    findings=(Finding(Found.FEWER_RUN, "tests/test_x.py", 7, "3, and 5 before"),
              Finding(Found.FEWER_RUN, "(the report)", 0, "")),
)  # fmt: skip
BEFORE = Usage(100, 10, 0, 1.0)
APPROVED = said("I read all of it.", review="approve")
NOTES = [f"a.py: mend {number}" for number in range(8)]
CHANGES = said("It is not all.", review="changes", notes=NOTES)


def state(number: int = 1, **more: Any) -> State:
    given: dict[str, Any] = {
        "attempt": number, "head": HEAD, "parent": HEAD, "base": BASE, "heard": 5,
        "usage": asdict(BEFORE),
        "attempts": [plain(judged(number, VERDICT))], "verdict": plain_verdict(VERDICT),
        "failures": [], "reason": "", "plan": "One more route.",
        "comments": [plain_comment(Comment(5, "alice", AT, "In Celsius."))],
    }  # fmt: skip
    return cast("State", given | more)


def shop(*results: AgentResult) -> Shop:
    return Shop({"reviewer": list(results)})


async def gone(made: Shop, given: State | None = None, of: Task = TASK) -> tuple[Any, State]:
    command = await reviewer(given or state(), made.runtime(of))
    assert isinstance(command.update, dict)
    update = json.loads(json.dumps(command.update))
    return command.goto, update


async def test_an_approval_goes_on_to_the_publisher() -> None:
    made = shop(APPROVED)
    to, update = await gone(made)
    used = asdict(BEFORE + EACH)
    assert (to, update) == ("publisher", {"review": "I read all of it.", "usage": used})
    assert made.reported == []


async def test_changes_go_back_to_the_developer() -> None:
    made = shop(CHANGES)
    to, update = await gone(made)
    assert to == "developer"
    assert (update["attempt"], update["work"], update["failures"]) == (2, None, NOTES)
    (attempt,) = attempts_of(update)
    assert attempt == Attempt(
        1, "changes requested", HEAD, passed=5, detail="It is not all.", failures=tuple(NOTES)
    )
    (report,) = made.reported
    assert isinstance(report, AttemptEnded)
    assert (report.attempt, report.usage) == (attempt, BEFORE + EACH)
    assert "review" not in update


async def test_changes_after_the_last_attempt_end_honestly() -> None:
    """Its notes stand with the attempt; among our own words none of them does."""
    made = shop(CHANGES)
    to, update = await gone(made, state(3))
    assert to == "publisher"
    assert update["reason"] == (
        "All 3 attempts are spent. The last one ended with: changes requested."
    )
    (attempt,) = attempts_of(update)
    assert attempt.failures == tuple(NOTES)
    assert made.reported == []


UNREADABLE = {
    "a crash": CRASHED,
    "no word": said("Fine."),
    "a failure": failed("Too large."),
    "no time": said("", AgentOutcome.TIMED_OUT),
    "a question": said("May I?", AgentOutcome.NEEDS_ANSWER),
}


@pytest.mark.parametrize("result", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_can_not_be_read_is_asked_for_once_more(result: AgentResult) -> None:
    made = shop(result, APPROVED)
    to, update = await gone(made)
    assert (to, update["usage"]) == ("publisher", asdict(BEFORE + EACH + EACH))
    first, second = made.specs
    assert first != second


@pytest.mark.parametrize("result", UNREADABLE.values(), ids=UNREADABLE)
async def test_nothing_is_merged_unread(result: AgentResult) -> None:
    made = shop(result)
    to, update = await gone(made)
    assert to == "publisher"  # of a red end: the check run of what was tested
    assert update["reason"] == "The tests passed, but the review ended with: no review."
    (attempt,) = attempts_of(update)
    assert (attempt.outcome, attempt.head, attempt.passed) == ("no review", HEAD, 5)
    assert attempt.detail.startswith(f"The reviewer {result.outcome}")
    assert len(made.jobs) == 2
    assert not update.get("over_budget")


async def test_want_of_money_is_told() -> None:
    to, update = await gone(shop(POOR))
    assert (to, update["over_budget"]) == ("publisher", True)


async def test_a_long_word_is_cut() -> None:
    _, update = await gone(shop(failed("x" * 4_000)))
    (attempt,) = attempts_of(update)
    assert attempt.detail == "The reviewer failed: " + "x" * 600


async def test_what_it_is_told() -> None:
    made = shop(APPROVED)
    await gone(made)
    (job,), (run,) = made.jobs, made.specs.values()
    for words in (
        f"git diff {FORK} HEAD", SPEC.what, "One more route.", "In Celsius.",
        "- tests/test_x.py, line 7: " + Found.FEWER_RUN.value + ": 3, and 5 before\n",
        "- (the report): " + Found.FEWER_RUN.value + "\n",
    ):  # fmt: skip
        assert words in job.prompt
    assert (job.role, job.attempt, job.session, run.base) == ("reviewer", 1, None, None)


async def test_another_head_is_another_run() -> None:
    made = shop(APPROVED)
    await gone(made)
    await gone(made, state(2))
    assert len(made.specs) == 2
    await gone(made, state(2))
    assert len(made.specs) == 2


async def test_a_reviewer_knows_what_was_asked_for_before() -> None:
    sent_back = replace(judged(1, VERDICT), outcome="changes requested", failures=("a.py: x > y",))
    made = shop(APPROVED)
    await gone(made, state(2, attempts=[plain(sent_back), plain(judged(2, VERDICT))]))
    (prompt,) = made.prompts
    assert "You sent it back before" in prompt
    assert "- a.py: x > y" in prompt


async def test_the_attempts_before_stay() -> None:
    earlier = Attempt(1, "failed", "a" * 40, failed=1)
    given = state(2, attempts=[plain(earlier), plain(judged(2, VERDICT))])
    _, update = await gone(shop(CHANGES), given)
    first, second = attempts_of(update)
    assert first == earlier
    assert (second.number, second.outcome) == (2, "changes requested")


async def test_without_a_head_there_is_nothing_to_review() -> None:
    with pytest.raises(ValueError, match="no head"):
        await gone(shop(APPROVED), state(head=None))


async def test_the_second_try_knows_what_the_first_has_cost() -> None:
    """The gateway holds each run to the budget that is left."""
    spent: list[float] = []

    class Gate:
        async def admit(self, admission: Any) -> Any:
            spent.append(admission.spent_usd)
            from app.domain.run import Access

            return Access("http://127.0.0.1:1", "http://127.0.0.1:1", "t")

        async def dismiss(self, _run_id: str) -> Usage:
            return EACH

    made = shop(CRASHED, APPROVED)
    made.reaches_out = True
    made.gate = Gate()  # type: ignore[assignment]
    await gone(made)
    assert spent == [BEFORE.cost_usd, BEFORE.cost_usd + EACH.cost_usd]


async def test_the_ceiling_counts_from_this_round() -> None:
    later = replace(TASK, record=replace(TASK.record, floor=4))
    to, _ = await gone(shop(CHANGES), state(6), later)
    assert to == "developer"
    to, _ = await gone(shop(CHANGES), state(7), later)
    assert to == "publisher"


@pytest.mark.parametrize("hides", [True, False], ids=["some hidden", "nothing hidden"])
async def test_it_reads_the_change_itself_where_its_workspace_shows_less(hides: bool) -> None:
    made = shop(APPROVED)
    if hides:
        made.hidden[HEAD] = "d" * 40
    await gone(made)
    assert made.checked_out == ["d" * 40 if hides else HEAD]
    (prompt,) = made.prompts
    assert (f"git diff {FORK} {HEAD}" in prompt) is hides
    assert (f"git diff {FORK} HEAD" in prompt) is not hides
    assert ("files that agents take orders from" in prompt) is hides
