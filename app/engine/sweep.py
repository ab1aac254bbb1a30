"""Finds what no webhook told: at the start, on a timer, and whenever deliveries were dropped."""

import asyncio
import contextlib

import structlog

from app.domain.event import Found
from app.engine.clock import now
from app.engine.handle import Handler
from app.engine.inbox import Intake
from app.engine.ports import Postponed, Refused, Survey, Unanswered
from app.engine.triage import Hint

log = structlog.get_logger(__name__)


class Sweep:
    """Turns what a survey sees into the same events that webhooks bring."""

    def __init__(self, survey: Survey, intake: Intake, handler: Handler, every: float) -> None:
        self._survey = survey
        self._intake = intake
        self._handler = handler
        self._every = every

    async def run(self, wake: asyncio.Event) -> None:
        """For ever: now, then every `every` seconds, or when woken."""
        while True:
            wake.clear()
            try:
                await self.once()
            except (Unanswered, Postponed, Refused) as error:
                log.warning("sweep was cut short", why=str(error))
            except Exception:
                log.exception("sweep failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), self._every)

    async def once(self) -> None:
        sightings = await self._survey.sightings()
        for sighting in sightings:
            event = sighting.event or Found(now())
            await self._intake.consider(Hint(sighting.issue, event, sighting.asks))
        log.info("swept", sightings=len(sightings))
