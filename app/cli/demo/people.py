"""What the person of a demo does on the offline GitHub, as a scenario says."""

import time
from typing import Protocol

from app.agents.scenario import Person
from app.cli.demo.screen import Screen
from app.cli.demo.stand import PERSON
from app.domain.record import Record
from app.sandbox import LineComment, Sandbox


class Place(Protocol):
    """Where it is done: an issue of a repository."""

    @property
    def sandbox(self) -> Sandbox: ...

    @property
    def repository(self) -> str: ...

    @property
    def number(self) -> int: ...


class People:
    """Does in order what a scenario wants, each thing once."""

    def __init__(self, wanted: tuple[Person, ...]) -> None:
        self._wanted = list(wanted)
        self._acted = ("", -1)  # in which repository and round something was done last
        self._asked: int | None = None  # the second in which it was seen that one is wanted

    def see(self, place: Place, record: Record, screen: Screen) -> None:
        """Do what is next, if it is time for it."""
        now = (place.repository, record.round)
        if not self._wanted or now == self._acted or record.stage != self._wanted[0].at:
            return
        wanted = self._wanted[0]
        if (wanted.review or wanted.merge) and not _is_green(place, record):
            return
        if not self._had_a_moment():
            return
        self._acted = now
        del self._wanted[0]
        _do(wanted, place, record.pull_request or 0, screen)

    def _had_a_moment(self) -> bool:
        """Nobody answers in the second in which they are asked: times here are whole seconds."""
        second = int(time.time())
        if self._asked is None:
            self._asked = second
        if second == self._asked:
            return False
        self._asked = None
        return True


def _do(wanted: Person, place: Place, pull: int, screen: Screen) -> None:
    sandbox, repo = place.sandbox, place.repository
    if wanted.say is not None:
        sandbox.comment(repo, place.number, wanted.say, by=PERSON)
        screen.said(PERSON, wanted.say)
    if wanted.review is not None:
        asked = wanted.review
        comments = [LineComment(asked.path, asked.line, asked.say)]
        body = "One thing before it goes in."
        sandbox.review(repo, pull, by=PERSON, state="REQUEST_CHANGES", body=body, comments=comments)
        screen.said(PERSON, f"on {asked.path}: {asked.say}")
    if wanted.merge:
        screen.said(PERSON, f"merges #{pull}")
        sandbox.merge_pull_request(repo, pull, by=PERSON)


def _is_green(place: Place, record: Record) -> bool:
    """The repository's own CI, if there is any, has ended well on the verified head."""
    sandbox, repo = place.sandbox, place.repository
    if record.verified is None:
        return False
    if not sandbox.has_workflows(repo):
        return True
    runs = [run for run in sandbox.runs(repo) if run.head_sha == record.verified]
    return bool(runs) and all(run.conclusion == "success" for run in runs)
