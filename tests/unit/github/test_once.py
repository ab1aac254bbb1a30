"""Created exactly once, wherever an answer is lost."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.ports import Refused, Unanswered
from app.github.once import TRIES, once


@dataclass
class World:
    """`answers`: what becomes of each try to create: done, done but lost, or not done and lost."""

    answers: list[str]
    made: list[int] = field(default_factory=list)
    looks: int = 0

    async def find(self) -> int | None:
        self.looks += 1
        return self.made[0] if self.made else None

    async def create(self) -> int:
        answer = self.answers.pop(0) if self.answers else "done"
        if answer == "refused":
            raise Refused(422, "create", "no")
        if answer != "not done":
            self.made.append(len(self.made) + 1)
        if answer != "done":
            raise Unanswered("create: no answer")
        return self.made[-1]

    async def run(self, *, look_first: bool = False) -> int:
        return await once(self.find, self.create, look_first=look_first, retry_seconds=0.0)


@pytest.mark.parametrize(
    ("answers", "looks"),
    [(["done"], 0), (["lost"], 1), (["not done", "done"], 1), (["not done", "not done"], 2)],
    ids=["at once", "lost", "once not done", "twice not done"],
)
async def test_once(answers: list[str], looks: int) -> None:
    world = World(answers)
    assert await world.run() == 1
    assert world.made == [1]
    assert world.looks == looks


async def test_a_resumed_one_looks_first() -> None:
    world = World([], made=[1])
    assert await world.run(look_first=True) == 1
    assert world.made == [1]


async def test_in_the_end_it_says_that_it_does_not_know() -> None:
    world = World(["not done"] * TRIES)
    with pytest.raises(Unanswered):
        await world.run()
    assert world.made == []


async def test_a_refusal_is_final() -> None:
    world = World(["not done", "refused"])
    with pytest.raises(Refused):
        await world.run()
    assert world.looks == 1


@given(answers=st.lists(st.sampled_from(["done", "lost", "not done"]), max_size=TRIES + 2))
async def test_never_twice(answers: list[str]) -> None:
    world = World(list(answers))
    try:
        await world.run()
    except Unanswered:
        assert "done" not in answers[:TRIES]
    assert len(world.made) <= 1
