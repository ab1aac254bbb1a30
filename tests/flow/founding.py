"""A house in which requests lead to new projects, whose template is one that costs nothing."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import Record
from app.domain.stage import Stage, standing
from app.sandbox.state import Repository
from app.scaffold.answers import Answers
from app.wiring import read_record
from tests.flow.house import PATIENCE, REPO, House

NAME = "menu-board"
PASSES = (
    'printf \'<testsuite><testcase classname="a" name="b"/></testsuite>\' > "$ORC_OUT/junit.xml"'
)
CONFIG: dict[str, Any] = {
    "team": ["product-owner"],
    "plan_approval": "new-projects",
    "new_projects": {"repositories": [REPO]},
    "merge": "by-person",
    "test": {"command": PASSES},
}
DEVELOPER = [
    [{"write": {"path": "MENU.md", "content": f"{dish}\n"}}, {"commit": f"Serve {dish}"}]
    for dish in ("soup", "stew", "salad", "rice")
]


def wants(name: str = NAME) -> list[dict[str, Any]]:
    """What the product owner says."""
    project = {"name": name, "modules": ["backend", "frontend"]}
    said = {"kind": "new project", "project": project, "checks": ["GET /menu answers 200."]}
    return [{"say": "`GET /menu` answers with the dishes of the day."}, {"report": said}]


class PlainTemplate:
    """What the real one is asked for, it is asked for as strictly."""

    def __init__(self, *_unused: object) -> None:
        pass

    async def make(self, said: Mapping[str, object], into: Path) -> None:
        answers = Answers.read(said)
        into.mkdir()
        (into / "README.md").write_text(f"# {answers.project_name}\n")


@dataclass
class Founding:
    home: House
    number: int = 0

    def ask(self, **by: Any) -> int:
        """A request whose plan waits for its approval."""
        self.number = self.home.ask("A board with the menu", "For the canteen.", **by)
        self.home.wait(self.number, Stage.PLAN_REVIEW)
        return self.number

    def hand_over(self, *stages: Stage) -> None:
        """Approved, and its part in one of `stages`."""
        if not self.number:
            self.ask()
        self.home.approve(self.number)
        self.home.wait(self.number, Stage.PARTS, Stage.DONE)
        self.wait(*(stages or (Stage.REVIEW,)))

    def wait(self, *stages: Stage) -> None:
        self.home.until(
            lambda: self.stage in stages and self.record.stage in stages,
            lambda: f"the part is {self.stage}, not {stages}",
        )

    @property
    def stage(self) -> Stage | None:
        return standing(self.home.sandbox.issue(NAME, 1).labels)

    @property
    def record(self) -> Record:
        """What the part says of itself."""
        (found,) = self.records()
        return found

    def records(self) -> list[Record]:
        sandbox, made = self.home.sandbox, self.repository
        secret = sandbox.app.webhook_secret
        said = (one.body for one in sandbox.comments(NAME, 1))
        return [record for text in said if (record := read_record(text, made.id, 1, secret))]

    @property
    def repository(self) -> Repository:
        return self.home.sandbox.repository(NAME)

    @property
    def names(self) -> set[str]:
        """Of the repositories that were not there from the beginning."""
        known = self.home.sandbox.state.repositories.values()
        return {one.name for one in known} - {REPO, ".github"}

    def plan(self) -> str:
        """What the whole's status comment says."""
        return self.home.bot_comments(self.number)[0]

    def says(self, text: str, name: str = NAME, *, by: str) -> None:
        self.home.sandbox.advance(2)
        self.home.sandbox.comment(name, 1, text, by=by)


Found = Callable[..., Founding]


@pytest.fixture
def founding(
    make_house: Callable[..., House], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Found:
    monkeypatch.setattr("app.wiring.founding.CopierTemplates", PlainTemplate)

    def made(*owners: Any, **config: Any) -> Founding:
        roles = {"product-owner": list(owners) or [wants()]}
        said = {"name": "f", "description": "d", "attempts": DEVELOPER, "roles": roles}
        file = tmp_path / "founding.yaml"
        file.write_text(json.dumps(said))
        settings = {"paced": False}
        home = make_house(scenario=str(file), config={**CONFIG, **config}, settings=settings)
        home.start()
        return Founding(home)

    return made


@dataclass
class Watch:
    """Hangs among the sandbox's observers: at an exchange, once, something happens in between.

    What is asked for is done by then, and not yet answered.
    """

    route: str
    then: Callable[[], None]
    saying: str = ""
    seen: threading.Event = field(default_factory=threading.Event)

    def request(
        self,
        method: str,
        path: str,
        route: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body_bytes: bytes,
        status: int,
        response_headers: Mapping[str, str],
        response_bytes: bytes,
    ) -> None:
        fits = f"{method} {route}" == self.route and self.saying.encode() in body_bytes
        if fits and status < 400 and not self.seen.is_set():
            self.seen.set()
            self.then()

    def delivery(self, event: str, payload: Mapping[str, Any]) -> None:
        """Of no interest."""


def killed_at(home: House, route: str, act: Callable[[], object], *, saying: str = "") -> None:
    """The app ends there: what it asked for is done, and it never hears of it."""
    ended = threading.Event()
    watch = Watch(route, lambda: _hold(ended), saying)
    home.sandbox.observers.append(watch)
    try:
        act()
        assert watch.seen.wait(PATIENCE), f"{route} was never asked for"
        home.stop()
    finally:
        ended.set()


def _hold(ended: threading.Event) -> None:
    ended.wait(PATIENCE)
