"""What each run has called of late: its limits, and the answers it was given. It knows no command.

It is kept in memory: what people can see is also found again by its marker on GitHub.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from app.gateway.commands.answer import Answer
from app.gateway.commands.refusal import Error, Refusal

_WINDOW = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one run: calls in a minute and at a time, remarks in all, answers that are kept."""

    per_minute: int = 30
    at_once: int = 4
    remarks: int = 10
    kept: int = 64
    runs: int = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is there or being made; `asked` is the digest of what was asked for it."""

    asked: str
    answer: "asyncio.Task[Answer]"


@dataclass(slots=True)
class Run:
    """`remarks` are the calls that spoke, `last` is the one whose remark was the last word."""

    times: deque[float] = field(default_factory=deque)
    under_way: int = 0
    remarks: set[UUID] = field(default_factory=set)
    last: UUID | None = None
    answers: OrderedDict[UUID, Kept] = field(default_factory=OrderedDict)


class Ledger:
    def __init__(
        self, limits: Limits = Limits(), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._runs: OrderedDict[str, Run] = OrderedDict()

    @contextmanager
    def entered(self, run_id: str) -> Iterator[Run]:
        """One call of the run. Raises Refusal where it calls too often, or too much at a time."""
        run = self._run(run_id)
        self._pace(run)
        if run.under_way >= self._limits.at_once:
            message = f"{run.under_way} calls are under way: wait until they are answered."
            raise Refusal(Error.RATE_LIMITED, message, {"retry_after_seconds": 1})
        run.under_way += 1
        try:
            yield run
        finally:
            run.under_way -= 1

    def speak(self, run: Run, call: UUID, *, last: bool) -> None:
        """Raises Refusal where the run has said all that it may. The same call counts once.

        For the last word there is always room.
        """
        if run.last not in (None, call):
            raise Refusal(
                Error.REFUSED, "This run has said its last word: end it with its final result."
            )
        room = self._limits.remarks + last
        if call not in run.remarks and len(run.remarks) >= room:
            raise Refusal(
                Error.REFUSED,
                f"A run may speak {self._limits.remarks} times, and this one has. Put the rest "
                "into its final result.",
            )
        run.remarks.add(call)
        run.last = call if last else None

    def keep(self, run: Run, call: UUID, kept: Kept) -> None:
        """Until others take its place; an answer that may change only while it is made."""
        run.answers[call] = kept
        while len(run.answers) > self._limits.kept:
            run.answers.popitem(last=False)

        def settle(made: asyncio.Task[Answer]) -> None:
            broken = made.cancelled() or made.exception() is not None
            if run.answers.get(call) is kept and (broken or made.result().passing):
                del run.answers[call]
            if run.last == call and (broken or not made.result().ok):
                run.last = None

        kept.answer.add_done_callback(settle)

    def forget(self, run_id: str) -> None:
        """The run is over."""
        self._runs.pop(run_id, None)

    def __len__(self) -> int:
        return len(self._runs)

    def _run(self, run_id: str) -> Run:
        run = self._runs.setdefault(run_id, Run())
        self._runs.move_to_end(run_id)
        idle = (key for key, other in self._runs.items() if not other.under_way)
        if len(self._runs) > self._limits.runs and (oldest := next(idle)) != run_id:
            del self._runs[oldest]
        return run

    def _pace(self, run: Run) -> None:
        now = self._clock()
        while run.times and run.times[0] <= now - _WINDOW:
            run.times.popleft()
        if len(run.times) >= self._limits.per_minute:
            seconds = int(run.times[0] + _WINDOW - now) + 1
            raise Refusal(
                Error.RATE_LIMITED,
                f"{self._limits.per_minute} calls in a minute is all a run has: call again in "
                f"{seconds} s.",
                {"retry_after_seconds": seconds},
            )
        run.times.append(now)
