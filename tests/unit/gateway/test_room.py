"""How much memory bodies of calls may take."""

import pytest

from app.gateway.models.answer import Problem
from app.gateway.models.exchange import Room


def test_a_run_has_its_share_and_gives_it_back() -> None:
    room = Room(per_run=10, most=15)
    for _ in range(3):
        with room.of("a") as first, room.of("a") as second:
            first.grow(6)
            second.grow(4)
            with pytest.raises(Problem) as refused:
                second.grow(1)
            assert (refused.value.status, refused.value.retry_after) == (429, 2)


def test_all_runs_share_one_room() -> None:
    room = Room(per_run=10, most=15)
    with room.of("a") as first, room.of("b") as second:
        first.grow(10)
        second.grow(5)
        with pytest.raises(Problem):
            second.grow(1)
    with room.of("b") as alone:
        alone.grow(10)
