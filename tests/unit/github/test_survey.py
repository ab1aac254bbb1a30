"""What a sweep sees: all pages of everything, and of people only what was not dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app.domain.event import Cancelled, Found, IssueReopened, Mentioned, Requested, Retried
from app.domain.ref import RepoRef
from app.domain.stage import ACTIVE
from app.engine.ports import Postponed, Refused, Sighting, Unanswered
from app.engine.triage import Declined
from app.github.policies import GitHubPolicies
from app.github.survey import LOOK_BACK, OVERLAP, GitHubSurvey
from tests.unit.github.stub import Answer, StubApi

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
Json = dict[str, Any]


def connection(nodes: Sequence[Any], after: str | None = None) -> Json:
    return {"nodes": [*nodes], "pageInfo": {"hasNextPage": after is not None, "endCursor": after}}


def repository(id_: int, name: str, **more: Any) -> Json:
    owner = {"login": "acme"}
    return {"id": id_, "name": name, "owner": owner, "archived": False, "disabled": False, **more}


def installation(id_: int, created: str = "2026-01-01T00:00:00Z", **more: Any) -> Json:
    return {"id": id_, "created_at": created, "suspended_at": None, **more}


def user(login: str | None, kind: str = "User") -> Json | None:
    return None if login is None else {"login": login, "__typename": kind}


def comment(body: str, *, by: str | None = "alice", **more: Any) -> Json:
    made = {
        "fullDatabaseId": "501",
        "body": body,
        "author": user(by),
        "createdAt": "2026-03-04T05:06:07Z",
        "lastEditedAt": None,
        "viewerDidAuthor": False,
        "reactionGroups": [{"viewerHasReacted": False}],
    }
    return {**made, **more}


def labelled(by: str | None, label: str = "orchestrate") -> Json:
    return {
        "actor": by and {"login": by},
        "createdAt": "2026-03-04T05:06:07Z",
        "label": {"name": label},
    }


def issue(number: int = 7, *, by: str | None = "alice", labels: Sequence[str] = (),
          comments: Sequence[Json] = (), labelling: Sequence[Json] = (),
          reopened: Sequence[Json] = (), **more: Any) -> Json:  # fmt: skip
    made = {
        "number": number,
        "state": "OPEN",
        "body": "Please.",
        "createdAt": "2026-03-04T05:06:07Z",
        "lastEditedAt": None,
        "author": user(by),
        "labels": {"nodes": [{"name": name} for name in labels]},
        "comments": {"nodes": [*comments]},
        "timelineItems": {"nodes": [*labelling]},
        "reopened": {"nodes": [*reopened]},
    }
    return {**made, **more}


def page(recent: Sequence[Json] = (), after: str | None = None, **more: Any) -> Json:
    stages = {stage.name.lower(): connection([]) for stage in ACTIVE}
    files = {"project": None, "organization": None}
    return {
        "repository": {
            **files,
            "recent": connection(recent, after),
            **stages,
            "pulls": connection([]),
            **more,
        }
    }


@dataclass
class World:
    """Installations, their repositories, and what each repository answers."""

    installations: list[Json] = field(default_factory=lambda: [installation(3)])
    repositories: list[Json] = field(default_factory=lambda: [repository(11, "weather")])
    pages: dict[str, list[Json | Exception]] = field(default_factory=dict)
    tracked: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        answers: dict[str, Answer] = {
            "/app/installations": lambda **given: _paged(self.installations, given),
            "/installation/repositories": lambda **given: {
                "repositories": _paged(self.repositories, given)
            },
            "Survey": self._survey,
            "Tracked": lambda **_: {"repository": {"issues": self.tracked.pop(0)}},
        }
        self.api = StubApi(answers)
        self.policies = GitHubPolicies(self.api.as_api())
        self.survey = GitHubSurvey(self.api.as_api(), self.policies, "orc")

    def _survey(self, *, name: str, **_: Any) -> Json:
        answers = self.pages.get(name)
        answer = answers.pop(0) if answers else page()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def look(self) -> list[Sighting]:
        return [*await self.survey.sightings()]

    async def of(self, seen: Json, config: str = "") -> list[Sighting]:
        self.pages = {"weather": [page([seen], project={"text": config})]}
        with freeze_time(NOW, real_asyncio=True):
            return await self.look()

    def asked(self, name: str) -> list[Json]:
        return [given for asked, _, given in self.api.asked if asked == name]


def _paged(items: list[Json], given: Json) -> list[Json]:
    assert given["per_page"] == 100
    return items[100 * (given["page"] - 1) : 100 * given["page"]]


# All of it


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)])
async def test_every_repository_of_every_page(number: int, pages: int) -> None:
    world = World(repositories=[repository(n, f"r{n}") for n in range(number)])
    await world.look()
    assert {given["name"] for given in world.asked("Survey")} == {f"r{n}" for n in range(number)}
    assert len(world.asked("/installation/repositories")) == pages


async def test_every_installation() -> None:
    world = World(installations=[installation(n) for n in range(120)])
    await world.look()
    accesses = [a for name, a, _ in world.api.asked if name == "/installation/repositories" and a]
    assert [access.installation for access in accesses] == [*range(120)]


async def test_what_is_suspended_archived_or_disabled_is_left_out() -> None:
    world = World(
        installations=[installation(3), installation(4, suspended_at="2026-01-01T00:00:00Z")],
        repositories=[
            repository(1, "old", archived=True),
            repository(2, "off", disabled=True),
            repository(11, "weather"),
        ],
    )
    await world.look()
    assert [given["name"] for given in world.asked("Survey")] == ["weather"]


async def test_the_organisation_s_configuration_comes_first() -> None:
    """So that the others' policies cost no request."""
    names = ["weather", ".github", "news"]
    world = World(repositories=[repository(n, name) for n, name in enumerate(names)])
    world.pages[".github"] = [page(organization={"text": "triggers: {intake: [news]}"})]
    world.pages["news"] = [page([issue()])]
    world.pages["weather"] = [page([issue()])]
    (sighting,) = await world.look()
    assert sighting.issue.repo.name == "news"
    assert "Config" not in world.api.names


async def test_every_page_of_recent_issues() -> None:
    world = World()
    world.pages["weather"] = [
        page([issue(1, body="@orc")], after="c1"),
        page([issue(2, body="@orc")], after="c2"),
        page([issue(3, body="@orc")]),
    ]
    assert [sighting.issue.number for sighting in await world.look()] == [1, 2, 3]
    assert [given["after"] for given in world.asked("Survey")] == [None, "c1", "c2"]


async def test_every_page_of_tracked_issues_once() -> None:
    world = World()
    first = page(
        building=connection([{"number": 1}], after="c1"),
        review=connection([{"number": 1}, {"number": 2}]),
    )
    world.pages["weather"] = [first]
    world.tracked = [connection([{"number": 3}], after="c2"), connection([{"number": 4}])]
    sightings = await world.look()
    assert [(s.issue.number, s.event) for s in sightings] == [(n, None) for n in (1, 2, 3, 4)]
    assert [given["label"] for given in world.asked("Tracked")] == ["orc:building"] * 2


async def test_requests_come_before_tasks() -> None:
    world = World()
    world.pages["weather"] = [page([issue(9, body="@orc")], queued=connection([{"number": 1}]))]
    assert [sighting.issue.number for sighting in await world.look()] == [9, 1]


# How far back


async def test_looks_back_to_what_was_handled() -> None:
    world = World()
    with freeze_time(NOW, real_asyncio=True) as clock:
        await world.look()
        clock.tick(600)
        await world.look()  # the first was cut short before it was handled
        world.survey.handled([])
        clock.tick(600)
        await world.look()
    since = [datetime.fromisoformat(given["since"]) for given in world.asked("Survey")]
    later = timedelta(seconds=600)
    assert since == [
        NOW - LOOK_BACK - OVERLAP,
        NOW + later - LOOK_BACK - OVERLAP,
        NOW + later - OVERLAP,
    ]


async def test_looks_back_for_what_was_left_over() -> None:
    """In its own repository, and not for ever."""
    world = World(repositories=[repository(1, "behind"), repository(2, "done")])
    with freeze_time(NOW, real_asyncio=True) as clock:
        await world.look()
        world.survey.handled([])
        for days in (1, 20, 20):
            clock.tick(timedelta(days=days))
            seen = await world.look()
            assert seen == []
            world.survey.handled([RepoRef(1, "acme", "behind", 3)])
    since = [datetime.fromisoformat(given["since"]) for given in world.asked("Survey")]
    assert [(one + OVERLAP - NOW).days for one in since[::2]] == [-30, 0, 0, 11]
    assert [(one + OVERLAP - NOW).days for one in since[1::2]] == [-30, 0, 1, 21]


@pytest.mark.parametrize(("installed", "days"), [("2026-01-01", 30), ("2026-03-01", 6)])
async def test_looks_no_further_back_than_days_before_the_app_was_there(
    installed: str, days: int
) -> None:
    world = World(installations=[installation(3, f"{installed}T05:06:07Z")])
    with freeze_time(NOW, real_asyncio=True):
        await world.look()
    (given,) = world.asked("Survey")
    assert NOW - OVERLAP - datetime.fromisoformat(given["since"]) == timedelta(days=days)


@pytest.mark.parametrize(
    "error",
    [Refused(404, "x", "gone"), Refused(403, "x", "denied"), Unanswered("x")],
    ids=["gone", "denied", "lost"],
)
async def test_one_repository_left_out_does_not_stop_the_others(error: Exception) -> None:
    world = World(repositories=[repository(1, "bad"), repository(11, "weather")])
    world.pages = {"bad": [error], "weather": [page([issue(body="@orc")])]}
    seen = [(len(await world.look()), world.survey.complete)]
    world.survey.handled([])
    seen.append((len(await world.look()), world.survey.complete))
    assert seen == [(1, False), (0, True)]
    since = {given["name"]: given["since"] for given in world.asked("Survey")[2:]}
    assert since["bad"] < since["weather"]  # what was left out is looked at from the beginning


@pytest.mark.parametrize(
    ("silent", "missed"),
    [
        ([Postponed(NOW, "x")], ["r0", "r1", "r2", "r3"]),
        ([Unanswered("x")] * 3, ["r0", "r1", "r2", "r3"]),
        ([Unanswered("x")] * 2, ["r0", "r1"]),
    ],
    ids=["limited", "down", "two repositories"],
)
async def test_what_gives_no_answer(silent: list[Exception], missed: list[str]) -> None:
    """The rest of its installation is asked where it is not GitHub that is silent."""
    world = World(installations=[installation(3), installation(4)])
    names = [f"r{n}" for n in range(4)]
    world.repositories = [repository(n, name) for n, name in enumerate(names)]
    world.pages = {name: [page([issue(body="@orc")])] * 2 for name in names}
    for name, error in zip(names, silent, strict=False):
        world.pages[name] = [error, page([issue(body="@orc")])]
    seen = [(one.issue.repo.installation, one.issue.repo.name) for one in await world.look()]
    assert {name for number, name in seen if number == 3} == {*names} - {*missed}
    assert {name for number, name in seen if number == 4} == {*names}
    assert not world.survey.complete


async def test_what_gave_no_answer_comes_last_and_in_turn() -> None:
    """However many never answer, each that does is seen, and so is one that does again."""
    names = ["bad0", "bad1", "bad2", "bad3", "mended", "good0", "good1"]
    world = World(repositories=[repository(n, name) for n, name in enumerate(names)])
    world.pages = {name: [Unanswered("x")] * 9 for name in names if name != "mended"}
    world.pages |= {"good0": [], "good1": [], "mended": [Unanswered("x")]}
    rounds = []
    with freeze_time(NOW, real_asyncio=True, auto_tick_seconds=1):
        for _ in range(4):
            before = len(world.asked("Survey"))
            await world.look()
            rounds.append([given["name"] for given in world.asked("Survey")[before:]])
    assert rounds == [
        ["bad0", "bad1", "bad2"],
        ["bad3", "mended", "good0", "good1", "bad0", "bad1", "bad2"],
        ["good0", "good1", "bad3", "mended", "bad0", "bad1", "bad2"],
        ["mended", "good0", "good1", "bad3", "bad0", "bad1"],
    ]


async def test_no_answer_at_all_is_told() -> None:
    world = World()
    world.api.answers["/app/installations"] = Unanswered("x")
    with pytest.raises(Unanswered):
        await world.look()


# What people asked for


REOPENED = {"actor": {"login": "bob"}, "createdAt": "2026-03-04T05:00:00Z"}
AT_REOPENING = datetime(2026, 3, 4, 5, tzinfo=UTC)
REQUESTED = Requested(NOW, "alice")
OURS = comment("Status", author=user("orc", "Bot"), viewerDidAuthor=True)
WRITTEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BY_US, BY_HAND = labelled("orc", "orc:building"), labelled("bob", "orc:done")
DECLINED = Declined(NOW, "alice", 501)
MENTIONED = Mentioned(NOW, "alice", 501, written=WRITTEN, text="@orc")
SEEN = [
    ("plain", issue(), []),
    ("mention", issue(body="@orc please"), [REQUESTED]),
    ("mention, edited since by who knows", issue(body="@orc", lastEditedAt="2026-03-04T05:00:00Z"),
     []),
    ("mention by an App", issue(body="@orc", author=user("helper", "Bot")), []),
    ("mention by who is gone", issue(body="@orc", by=None), []),
    ("no body", issue(body=None), []),
    ("closed", issue(body="@orc", state="CLOSED"), []),
    ("already a task", issue(body="@orc", labels=["orc:review"]), []),
    ("label", issue(labels=["orchestrate"], labelling=[labelled("bob")]),
     [Requested(WRITTEN, "bob")]),
    ("label, twice", issue(labels=["orchestrate"], labelling=[labelled("bob"), labelled("carl")]),
     [Requested(WRITTEN, "carl")]),
    ("label, and another since",
     issue(labels=["orchestrate"], labelling=[labelled("bob"), labelled("eve", "bug")]),
     [Requested(WRITTEN, "bob")]),
    ("label by nobody knows whom", issue(labels=["orchestrate"]), []),
    ("label by who is gone", issue(labels=["orchestrate"], labelling=[labelled(None)]), []),
    ("label that was taken off", issue(labelling=[labelled("bob")]), []),
    ("label on a task", issue(labels=["orchestrate", "orc:done"], labelling=[labelled("bob")]), []),
    ("command", issue(comments=[comment("/retry", by="bob")]),
     [Retried(NOW, "bob", 501, written=NOW)]),
    ("command on a task", issue(labels=["orc:building"], comments=[comment("/cancel")]),
     [Cancelled(NOW, "alice", 501, written=NOW)]),
    ("command that was answered",
     issue(comments=[comment("/retry", reactionGroups=[{"viewerHasReacted": True}])]), []),
    ("commands, edited since",
     issue(comments=[comment("/cancel\n/retry", lastEditedAt="2026")]), [DECLINED]),
    ("command, edited since, that was answered",
     issue(comments=[comment("/retry", lastEditedAt="2026",
                             reactionGroups=[{"viewerHasReacted": True}])]), []),
    ("chat, edited since", issue(comments=[comment("Nice.", lastEditedAt="2026")]), []),
    ("answer, edited since",
     issue(labels=["orc:needs-info"], comments=[comment("Red.", lastEditedAt="2026")]), []),
    ("command by an App", issue(comments=[comment("/retry", author=user("orc", "Bot"))]), []),
    ("command by who is gone", issue(comments=[comment("/retry", by=None)]), []),
    ("no groups of reactions", issue(comments=[comment("/retry", reactionGroups=None)]),
     [Retried(NOW, "alice", 501, written=NOW)]),
    ("mention in a comment", issue(comments=[comment("@orc")]), [MENTIONED]),
    ("mention within a task", issue(labels=["orc:review"], comments=[comment("@orc")]),
     [MENTIONED]),
    ("mention that was taken",
     issue(comments=[comment("@orc", reactionGroups=[{"viewerHasReacted": True}])]), []),
    ("mention in a comment, edited since", issue(comments=[comment("@orc", lastEditedAt="2026")]),
     [DECLINED]),
    ("ours in it, and no label of a stage", issue(comments=[OURS]), [Found(NOW)]),
    ("ours in it, and closed", issue(comments=[OURS], state="CLOSED"), [Found(NOW)]),
    ("ours in it, and a label", issue(comments=[OURS], labels=["orc:done"]), []),
    ("label of a stage by hand", issue(labels=["orc:done"], labelling=[BY_US, BY_HAND]),
     [Found(NOW)]),
    ("label of a stage by who is gone", issue(labels=["orc:done"],
     labelling=[BY_US, labelled(None, "orc:done")]), [Found(NOW)]),
    ("label of a stage by hand, and by us since",
     issue(labels=["orc:done"], labelling=[BY_HAND, BY_US, labelled("bob", "bug")]), []),
    ("label of an active stage by hand, which is found by it",
     issue(labels=["orc:review"], labelling=[BY_US, labelled("bob", "orc:review")]), []),
    ("label of a stage by hand, taken away", issue(labelling=[BY_HAND]), []),
    ("reopened", issue(labels=["orc:done"], reopened=[REOPENED]),
     [IssueReopened(AT_REOPENING, "bob")]),
    ("reopened, and closed again", issue(labels=["orc:done"], reopened=[REOPENED], state="CLOSED"),
     []),
    ("reopened, no task", issue(reopened=[REOPENED]), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "events"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN]
)
async def test_what_is_seen_of_an_issue(seen: Json, events: list[Any]) -> None:
    found = await World().of(seen)
    assert [sighting.event for sighting in found] == events
    assert all(sighting.asks for sighting in found if sighting.event != Found(NOW))


@pytest.mark.parametrize(
    ("config", "seen", "asked"),
    [
        ("triggers: {mention: false}", issue(body="@orc"), False),
        ("triggers: {label: go}", issue(labels=["go"], labelling=[labelled("bob", "go")]), True),
        ("triggers: {label: go}", issue(labels=["orchestrate"], labelling=[labelled("b")]), False),
        ("triggers: {intake: [weather]}", issue(), True),
        ("triggers: {intake: [weather]}", issue(by=None), False),
        ("triggers: {intake: [other]}", issue(), False),
    ],
)
async def test_by_the_configuration_that_it_has_just_read(
    config: str, seen: Json, asked: bool
) -> None:
    assert bool(await World().of(seen, config)) is asked
