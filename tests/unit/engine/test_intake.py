"""What deliveries and sightings may cause, by whose permission, and where failures lead."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from app.domain.event import Event, Found, Requested, Reviewed
from app.domain.policy import Policy, Role
from app.domain.ref import IssueRef, RepoRef
from app.engine import ports
from app.engine.background import Background
from app.engine.batch import Batch
from app.engine.delivery import Delivery, Payload
from app.engine.handle import Handler
from app.engine.inbox import Inbox, Intake
from app.engine.ports import Outside, Postponed, Refused, Sighting, Unanswered
from app.engine.sweep import Sweep
from app.engine.triage import Declined, Hint
from tests.unit.domain.make import AT, ISSUE
from tests.unit.engine.fakes import Board, Locks, Logs, Policies, Runs

ERRORS = [Unanswered("x"), Postponed(datetime.now(UTC), "x"), Refused(403, "x", "y"), KeyError("x")]


@dataclass
class Roster:
    role_: Role = Role.WRITE
    asked: list[str] = field(default_factory=list)

    async def role(self, repo: RepoRef, login: str) -> Role:
        self.asked.append(login)
        return self.role_


@dataclass
class Handling:
    events: list[tuple[int, str]] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)  # whether it is done, when it is not
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, issue: IssueRef, event: Event) -> bool:
        await asyncio.sleep(0)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.events.append((issue.number, type(event).__name__))
        self.done.set()
        return self.answers.pop(0) if self.answers else True


class House:
    def __init__(self, role: Role = Role.WRITE, policy: Policy | None = None) -> None:
        self.policies = Policies(policy or Policy())
        self.roster, self.handling = Roster(role), Handling()
        handler = cast("Handler", self.handling)
        self.background = Background()
        self.reviews = Batch(self.handling.handle, self.background.start, 0.0)
        self.board = Board()
        outside = Outside(self.board, self.policies, Locks(), Runs(), Logs(), self.roster, None)
        self.intake = Intake("orc", outside, handler, self.reviews)


def delivery(event: str = "issues", **parts: Any) -> Delivery:
    payload = {
        "action": "opened",
        "repository": {"id": 11, "name": "weather", "full_name": "acme/weather",
                       "default_branch": "main"},
        "installation": {"id": 3},
        "sender": {"login": "alice"},
        "issue": {"number": 7, "body": "@orc"},
        **parts,
    }  # fmt: skip
    return Delivery("guid", event, msgspec.convert(payload, Payload))


@pytest.mark.parametrize("who", [Role.TRIAGE, Role.WRITE, Role.MAINTAIN, Role.ADMIN])
@pytest.mark.parametrize("role", Role)
async def test_who_may_ask(role: Role, who: Role) -> None:
    house = House(role, Policy(who=who))
    await house.intake.take(delivery())
    assert house.roster.asked == ["alice"]
    assert bool(house.handling.events) is (role >= who)


async def test_what_needs_no_permission_asks_for_none() -> None:
    house = House(Role.NONE)
    await house.intake.take(
        delivery(action="closed", issue={"number": 7, "labels": [{"name": "orc:building"}]})
    )
    assert house.handling.events == [(7, "IssueClosed")]
    assert house.roster.asked == []


async def test_who_is_nobody_may_nothing() -> None:
    house = House(Role.ADMIN)
    await house.intake.consider(Hint(ISSUE, Requested(AT, ""), asks=True))
    await house.intake.consider(Hint(ISSUE, Found(AT), asks=True))
    assert house.handling.events == []


async def test_commands_of_a_comment_are_handled_in_order() -> None:
    house = House()
    comment = {"id": 501, "body": "/cancel\n/plan\n/retry"}
    await house.intake.take(delivery("issue_comment", action="created", comment=comment))
    assert house.handling.events == [(7, "Cancelled"), (7, "PlanAsked"), (7, "Retried")]


@pytest.mark.parametrize("role", [Role.TRIAGE, Role.WRITE])
async def test_what_is_asked_where_no_task_is_gets_a_sign(role: Role) -> None:
    house, ours = House(role), {"number": 9, "pull_request": {}, "user": {"login": "orc[bot]"}}
    comment = {"id": 501, "body": "/cancel"}
    await house.intake.take(
        delivery("issue_comment", action="created", issue=ours, comment=comment)
    )
    assert house.board.reactions == ([(501, False)] if role is Role.WRITE else [])
    assert house.handling.events == []


@pytest.mark.parametrize("error", ERRORS[:3], ids=lambda error: type(error).__name__)
async def test_a_sign_that_fails_begins_no_sweep(error: Exception) -> None:
    house, declined = House(), Declined(AT, "alice", 501)
    house.board.fail("acknowledge", error)
    assert await house.intake.consider(Hint(ISSUE, declined, asks=True))
    assert house.board.calls == ["acknowledge"]


@pytest.mark.parametrize("event", ["installation", "installation_repositories"])
async def test_a_new_repository_asks_for_a_sweep(event: str) -> None:
    house = House()
    await house.intake.take(delivery(event, repository=None, issue=None))
    assert house.intake.resurvey.is_set()


async def test_a_repository_that_we_have_made_holds_no_news() -> None:
    house = House()
    said = delivery("installation_repositories", repository=None, sender={"login": "orc[bot]"})
    await house.intake.take(said)
    assert not house.intake.resurvey.is_set()


PUSHES: list[tuple[str, str, dict[str, Any], bool]] = [
    ("the project's file", "refs/heads/main", {"modified": [".github/orchestrator.yml"]}, True),
    ("the organisation's file", "refs/heads/main", {"added": ["orchestrator.yml"]}, True),
    ("removed", "refs/heads/main", {"removed": [".github/orchestrator.yml"]}, True),
    ("another branch", "refs/heads/idea", {"modified": [".github/orchestrator.yml"]}, False),
    ("a tag of that name", "refs/tags/main", {"modified": [".github/orchestrator.yml"]}, False),
    ("another file", "refs/heads/main", {"modified": ["docs/orchestrator.yml"]}, False),
    ("nothing", "refs/heads/main", {}, False),
]


@pytest.mark.parametrize(
    ("ref", "commit", "forgets"), [row[1:] for row in PUSHES], ids=[row[0] for row in PUSHES]
)
async def test_pushes(ref: str, commit: dict[str, Any], forgets: bool) -> None:
    house = House()
    await house.intake.take(delivery("push", ref=ref, commits=[commit], issue=None))
    assert [repo.name for repo in house.policies.forgotten] == (["weather"] if forgets else [])


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_what_fails_is_left_to_a_sweep_and_the_next_is_taken(error: Exception) -> None:
    house, inbox = House(), Inbox(lanes=1)
    house.handling.errors = [error]
    for number in (7, 8):
        given = delivery(issue={"number": number, "body": "@orc"})
        inbox.put(msgspec.structs.replace(given, guid=str(number)))
    worker = asyncio.create_task(house.intake.work(inbox.lanes[0]))
    async with asyncio.timeout(10):
        await house.handling.done.wait()
    worker.cancel()
    assert house.handling.events == [(8, "Requested")]
    assert house.intake.resurvey.is_set()


# Sweeps


@dataclass
class Survey:
    seen: list[Sighting]
    complete: bool = True
    left: list[frozenset[int]] = field(default_factory=list)  # repositories, by sweep
    looks: int = 0
    error: Exception | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def sightings(self) -> Sequence[Sighting]:
        self.looks += 1
        if self.error:
            raise self.error
        return self.seen

    def handled(self, left: Collection[RepoRef]) -> None:
        self.left.append(frozenset(repo.id for repo in left))
        self.done.set()


@dataclass
class Collects:
    kept: list[frozenset[str]] = field(default_factory=list)

    async def collect(self, keys: frozenset[str]) -> None:
        self.kept.append(keys)


ASKED = Sighting(ISSUE, Requested(AT, "alice"), asks=True)
TASK = Sighting(ISSUE, None)


def sweep_of(house: House, survey: Survey) -> tuple[Sweep, Collects]:
    runs = Collects()
    return Sweep(survey, house.intake, cast("ports.Runs", runs), 3600.0), runs


async def test_a_sweep_asks_for_permission_where_a_delivery_would() -> None:
    house = House(Role.READ)
    sweep, runs = sweep_of(house, Survey([ASKED, TASK]))
    await sweep.once()
    assert house.handling.events == [(7, "Found")]
    assert runs.kept == [{ISSUE.key}]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_one_sighting_that_fails_does_not_keep_the_others(error: Exception) -> None:
    house, survey = House(), Survey([ASKED, TASK])
    house.handling.errors = [error]
    sweep, _ = sweep_of(house, survey)
    await sweep.once()
    assert house.handling.events == [(7, "Found")]
    assert survey.left == [{ISSUE.repo.id}]  # so that the next looks as far back again


LEFT = [
    ("all is done", [True, True, True], set()),
    ("a request", [False, True, True], {ISSUE.repo.id}),
    ("another repository's request", [True, False, True], {12}),
    ("a task, which is found again by its label", [True, True, False], set()),
]


@pytest.mark.parametrize(
    ("answers", "left"), [row[1:] for row in LEFT], ids=[row[0] for row in LEFT]
)
async def test_what_was_given_up_is_left_to_the_next(answers: list[bool], left: set[int]) -> None:
    elsewhere = IssueRef(RepoRef(12, "acme", "news", 3), 7)
    house = House()
    survey = Survey([ASKED, replace(ASKED, issue=elsewhere), TASK])
    house.handling.answers = answers
    sweep, _ = sweep_of(house, survey)
    await sweep.once()
    assert survey.left == [left]


async def test_a_review_is_left_until_it_was_handled() -> None:
    """Also where that is tried in vain, after the sweep that brought it."""
    house = House()
    survey = Survey([Sighting(ISSUE, Reviewed(AT, "wanda", AT), asks=True)])
    house.handling.answers = [False, True]
    sweep, _ = sweep_of(house, survey)
    for _ in range(2):
        await sweep.once()
        (held,) = house.reviews._held.values()
        held.timer._run()
        held.timer.cancel()
        await asyncio.gather(*house.background._tasks)
    await sweep.once()
    assert survey.left == [{ISSUE.repo.id}, {ISSUE.repo.id}, set()]
    assert house.handling.events == [(7, "Reviewed")] * 2


async def test_what_was_not_seen_whole_collects_nothing() -> None:
    """Runs of a repository that did not answer are not ended for it."""
    sweep, runs = sweep_of(House(), Survey([], complete=False))
    await sweep.once()
    assert runs.kept == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_sweep_that_fails_is_not_the_last(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, waker = Survey([], error=error), asyncio.Event()
    monkeypatch.setattr("app.engine.sweep.SETTLE_SECONDS", 0.0)
    sweep, _ = sweep_of(House(), survey)
    running = asyncio.create_task(sweep.run(waker))
    async with asyncio.timeout(10):
        await sweep.first.wait()
        survey.error = None
        waker.set()
        await survey.done.wait()
    running.cancel()
    assert survey.looks == 2
