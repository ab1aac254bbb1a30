"""What reviewers say within a while is one event, for each issue by itself."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

import pytest

from app.domain.event import Event, Reviewed
from app.domain.ref import IssueRef
from app.engine.batch import Batch
from tests.unit.domain.make import LATER
from tests.unit.engine.fakes import issue


def said(seconds: int, by: str = "wanda") -> Reviewed:
    return Reviewed(LATER, by, LATER + timedelta(seconds=seconds))


class Heard:
    """A batch, and what it has let go. `answers`: whether that is done, when it is not."""

    def __init__(self, seconds: float, *answers: bool) -> None:
        self.events: list[tuple[int, Reviewed]] = []
        self.one = asyncio.Event()
        self.batch = Batch(self._handle, self._start, seconds)
        self._answers = [*answers]
        self._started: list[asyncio.Task[None]] = []

    async def _handle(self, ref: IssueRef, event: Event) -> bool:
        assert isinstance(event, Reviewed)
        self.events.append((ref.number, event))
        self.one.set()
        return self._answers.pop(0) if self._answers else True

    def _start(self, work: Coroutine[object, object, None]) -> None:
        self._started.append(asyncio.create_task(work))

    async def let_go(self) -> None:
        """As if the while were over, and all that was let go handled."""
        for held in list(self.batch._held.values()):
            held.timer._run()
            held.timer.cancel()
        await asyncio.gather(*self._started)


async def test_it_comes_of_itself() -> None:
    heard = Heard(0.0)
    heard.batch.put(issue(1), said(0))
    assert heard.events == []
    await heard.one.wait()
    await heard.let_go()
    assert heard.events == [(1, said(0))]
    assert heard.batch._held == {}


async def test_several_are_one_and_the_newest_counts() -> None:
    """A sweep may bring an older one last."""
    heard = Heard(60.0)
    for seconds in (1, 3, 2):
        heard.batch.put(issue(1), said(seconds))
    await heard.let_go()
    assert heard.events == [(1, said(3))]


async def test_issues_do_not_wait_for_each_other() -> None:
    heard = Heard(60.0)
    heard.batch.put(issue(1), said(1))
    heard.batch.put(issue(2), said(2, "olivia"))
    await heard.let_go()
    assert sorted(number for number, _ in heard.events) == [1, 2]


async def test_what_comes_afterwards_is_another() -> None:
    heard = Heard(60.0)
    for seconds in (5, 6):
        assert not heard.batch.put(issue(1), said(seconds))
        await heard.let_go()
    assert heard.events == [(1, said(5)), (1, said(6))]


async def test_what_was_handled_is_not_handled_again() -> None:
    """A sweep brings what deliveries have brought, and learns that it is done."""
    heard = Heard(60.0)
    heard.batch.put(issue(1), said(5))
    assert not heard.batch.put(issue(1), said(5))  # not yet
    await heard.let_go()
    assert [heard.batch.put(issue(1), said(seconds)) for seconds in (4, 5)] == [True, True]
    assert not heard.batch.put(issue(2), said(5))
    await heard.let_go()
    assert heard.events == [(1, said(5)), (2, said(5))]


async def test_what_could_not_be_handled_is_taken_again() -> None:
    heard = Heard(60.0, False)
    for _ in range(2):
        assert not heard.batch.put(issue(1), said(5))
        await heard.let_go()
    assert heard.batch.put(issue(1), said(5))
    assert heard.events == [(1, said(5))] * 2


async def test_it_remembers_the_newest_of_so_many_issues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.batch.REMEMBERED", 2)
    heard = Heard(60.0)
    for number in (1, 2, 1, 3):
        heard.batch.put(issue(number), said(len(heard.events)))
        await heard.let_go()
    assert [heard.batch.put(issue(number), said(0)) for number in (1, 2, 3)] == [True, False, True]
    await heard.let_go()


async def test_an_older_one_still_makes_it_wait() -> None:
    heard = Heard(60.0)
    heard.batch.put(issue(1), said(3))
    (first,) = heard.batch._held.values()
    heard.batch.put(issue(1), said(1))
    (second,) = heard.batch._held.values()
    assert first.timer.cancelled()
    assert second.timer.when() >= first.timer.when()
    second.timer.cancel()


async def test_who_never_stops_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each minute but one somebody says something, and the while is a minute."""
    heard, clock = Heard(60.0), 1_000.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: clock)
    begun, due = clock, []
    for minute in range(12):
        clock = begun + 59 * minute
        heard.batch.put(issue(1), said(minute))
        (held,) = heard.batch._held.values()
        due.append(held.timer.when() - begun)
    monkeypatch.undo()
    assert due[:10] == [59 * minute + 60 for minute in range(10)]
    assert due[10:] == [600.0, 600.0]
    await heard.let_go()
    assert heard.events == [(1, said(11))]
    heard.batch.put(issue(1), said(12))
    (held,) = heard.batch._held.values()
    assert held.until > held.timer.when()  # another batch has a wait of its own
    held.timer.cancel()
