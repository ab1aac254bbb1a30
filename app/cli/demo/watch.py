"""Follows a demo's issue as its page would show it, also to where it is handed over."""

import time

from app.agents.scenario import Person
from app.cli.demo.app_process import StartFailed
from app.cli.demo.people import People
from app.cli.demo.screen import Screen
from app.cli.demo.stand import Stand
from app.domain.record import Record
from app.domain.stage import ENDED, Stage

GIVE_UP_SECONDS = 900.0


def watch(asked: Stand, screen: Screen, people: tuple[Person, ...]) -> tuple[Record, Stand]:
    """Until the issue has ended: its record, and where it was built in the end."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    person, here = People(people), asked
    record = Record()
    while time.monotonic() < deadline:
        seen = here.record()
        if seen is not None:
            record = seen
            screen.progress(record, pushed=here.pushed(record.branch))
            if here.label is record.stage:
                if record.stage is Stage.PARTS and len(record.parts) == 1:
                    here, record = here.at(record.parts[0].issue), Record()
                    screen.handed_over(here.repository, here.number, here.url)
                    continue
                _see_parts(here, record, screen)
                if record.stage in ENDED:
                    return _ended(asked, here, record, deadline), here
                person.see(here, record, screen)
        time.sleep(0.05)
    raise StartFailed(f"nothing came of it in {GIVE_UP_SECONDS:.0f} s; see the app's log above")


def _see_parts(whole: Stand, record: Record, screen: Screen) -> None:
    """Where it was split: what is new of each part."""
    if len(record.parts) < 2:
        return
    for part in record.parts:
        own = whole.at(part.issue).record()
        if own is not None:
            screen.progress(own, f"#{part.issue.number}")


def _ended(asked: Stand, here: Stand, record: Record, deadline: float) -> Record:
    """What was asked for has ended a moment after what was built for it."""
    while here != asked and time.monotonic() < deadline:
        whole = asked.record()
        if whole is not None and whole.stage is asked.label and whole.stage is not Stage.PARTS:
            break
        if record.stage is Stage.BLOCKED:
            break  # the whole waits with it, for a person
        time.sleep(0.05)
    return record
