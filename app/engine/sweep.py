"""Finds what no webhook told: at the start, on a timer, and whenever deliveries were dropped."""

import asyncio

import structlog

from app.domain.event import Found
from app.engine.clock import now
from app.engine.inbox import Intake
from app.engine.ports import Postponed, Refused, Runs, Sighting, Survey, Unanswered
from app.engine.triage import Hint

SETTLE_SECONDS = 2.0
log = structlog.get_logger(__name__)


class Sweep:
    """Turns what a survey sees into the same events that webhooks bring."""

    def __init__(self, survey: Survey, intake: Intake, runs: Runs, every: float) -> None:
        self._survey = survey
        self._intake = intake
        self._runs = runs
        self._every = every
        self.first = asyncio.Event()  # set after the first sweep, however it ended

    async def run(self, *wakers: asyncio.Event) -> None:
        """For ever: now, then every `every` seconds, or soon after one of `wakers` is set."""
        while True:
            for waker in wakers:
                waker.clear()
            try:
                await self.once()
            except (Unanswered, Postponed, Refused) as error:
                log.warning("sweep was cut short", why=str(error))
            except Exception:
                log.exception("sweep failed")
            self.first.set()
            await self._wait(wakers)

    async def _wait(self, wakers: tuple[asyncio.Event, ...]) -> None:
        waits = [asyncio.create_task(waker.wait()) for waker in wakers]
        try:
            done, _ = await asyncio.wait(
                waits, timeout=self._every, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for wait in waits:
                wait.cancel()
        if done:
            await asyncio.sleep(SETTLE_SECONDS)  # what woke us seldom comes alone

    async def once(self) -> None:
        sightings = await self._survey.sightings()
        left = [sighting for sighting in sightings if not await self._consider(sighting)]
        # tasks are found again by their labels, however far back a survey looks
        self._survey.handled(frozenset(one.issue.repo for one in left if one.event))
        if self._survey.complete:
            await self._runs.collect(frozenset(sighting.issue.key for sighting in sightings))
        log.info("swept", sightings=len(sightings), left=len(left))

    async def _consider(self, sighting: Sighting) -> bool:
        """Whether it is dealt with. One issue must not keep the others from being looked at."""
        event = sighting.event or Found(now())
        try:
            return await self._intake.consider(Hint(sighting.issue, event, sighting.asks))
        except Exception:
            log.exception("sighting failed", issue=str(sighting.issue))
            return False
