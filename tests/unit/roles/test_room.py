"""However much the team writes, in whatever script, the status comment can carry it."""

import random
from dataclasses import replace

import pytest

from app.domain import words
from app.domain.event import IntakeFinished, Planned
from app.domain.part import MOST as MOST_PARTS
from app.domain.part import MadePart
from app.domain.policy import Member
from app.domain.record import Attempt, Visit, read, sign
from app.domain.ref import IssueRef
from app.domain.run import AgentOutcome, AgentResult, Usage
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.topic import building, intake
from app.domain.words import plan
from app.roles import analyst, lead, product_owner
from tests.unit.domain.make import AT, HEAD, ISSUE, LATER, SPEC, task

MOST = 65_536  # characters of a comment
KEY = b"k"
SCRIPTS = {
    "letters": "abcdefghij klmnopqrst",
    "printable": "".join(map(chr, range(32, 127))),
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "mentions": "@",
    "lines": "a\n",
    "quotes": '"\\',
    "control signs": "".join(map(chr, range(1, 32))),
    "Chinese": "".join(map(chr, range(0x4E00, 0x9FA0))),
    "emoji": "".join(map(chr, range(0x1F300, 0x1FAF0))),
    "accents": "".join(map(chr, range(0xC0, 0x250))),
}


class Writer:
    def __init__(self, script: str) -> None:
        self._random, self._script = random.Random(7), SCRIPTS[script]  # noqa: S311 - repeatable

    def text(self, length: int) -> str:
        return "".join(self._random.choices(self._script, k=length)) + "."


def specified(writer: Writer) -> Specification | None:
    items = [writer.text(900) for _ in range(30)]
    details = {"kind": "change", "checks": items, "out_of_scope": items[::-1]}
    result = AgentResult(AgentOutcome.SUCCEEDED, writer.text(9_000), details=details)
    spec = product_owner.read(result, task().request_digest)
    return spec and analyst.sharpened(spec, result)


def full(script: str) -> Task:
    """A task at its worst: all that agents may write, as long as they may write it."""
    writer = Writer(script)
    made = task(Stage.NEEDS_INFO, policy={"team": frozenset(Member)})
    event = IntakeFinished(
        LATER, 1, made.request_digest, specified(writer), writer.text(9_000),
        reason=f"The product owner failed. {writer.text(600)}",
    )  # fmt: skip
    made = replace(made, record=intake.finish(made, event))
    record = building.add_plan(made, Planned(LATER, 1, writer.text(9_000)))
    for number in range(1, 31):
        failures = tuple(writer.text(900) for _ in range(6))
        record = record.with_attempt(
            Attempt(number, "agent failed", HEAD, detail=writer.text(4_000), failures=failures)
        )
    history = tuple(Visit(Stage.QUEUED, AT) for _ in range(40))
    handled = tuple(f"12345678901{n}-BudgetAsked" for n in range(40))
    record = replace(record, parts=parts(writer), history=history, handled=handled)
    return replace(made, record=record)


def parts(writer: Writer) -> tuple[MadePart, ...]:
    """As many and as large as a lead may make them, each waiting for all before it."""
    keys = [f"{'k' * lead.MAX_KEY}-{number}" for number in range(MOST_PARTS)]
    return tuple(
        MadePart(
            IssueRef(ISSUE.repo, 10**6 + i), key, writer.text(lead.MAX_TITLE), HEAD,
            tuple(keys[:i]), usage=Usage(10**9, 10**9, 10**9, 1e6), merged=HEAD,
        )
        for i, key in enumerate(keys)
    )  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_status_comment_has_room_for_it(script: str) -> None:
    made = full(script)
    signed = sign(made.record, ISSUE, KEY)
    for stage in (Stage.NEEDS_INFO, Stage.BLOCKED, Stage.PLAN_REVIEW, Stage.BUILDING):
        comment = f"{words.status_comment(replace(made, stage=stage))}\n\n{signed}"
        assert len(comment) <= MOST
        assert read(comment, ISSUE, KEY) == made.record


@pytest.mark.parametrize("script", SCRIPTS)
def test_all_of_a_specification_is_shown(script: str) -> None:
    """What is cut is cut before anybody approves it."""
    spec = specified(Writer(script))
    assert spec is not None
    shown = plan.specification(spec)
    assert len(shown) <= plan.MAX_SHOWN
    assert shown.count("\n- ") == len(spec.checks) + len(spec.out_of_scope)
    assert plan.fitting(spec) == spec


def test_an_ordinary_one_is_left_as_it_is() -> None:
    assert plan.fitting(SPEC) is SPEC
    spec = Specification("digest", Kind.CHANGE, "So. " * 500, ("A fact.",) * 12, ("Not.",) * 12)
    assert plan.fitting(spec) is spec
