"""Whatever goes wrong while a project is founded: one repository, one commit, one issue."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.stage import Stage
from app.domain.topic import whole
from app.graphs.ports import GivenUp
from app.sandbox import Fault
from app.sandbox.records import FaultKind
from tests.flow.founding import NAME, Found, Founding, PlainTemplate, founding, killed_at, wants
from tests.flow.house import OWNER, REPO, WRITER
from tests.postgres import empty_sessions

__all__ = ["founding"]
REPOS = "/repos/{owner}/{repo}"
WRITES = (
    "POST /orgs/{org}/repos",
    "git:push",
    f"PUT {REPOS}/topics",
    f"PUT {REPOS}/branches/{{branch}}/protection",
    f"PUT {REPOS}/collaborators/{{username}}",
    f"POST {REPOS}/issues",
)
# Each with the route at which the app ends.
BOUNDARIES = (
    ("it is made", "POST /orgs/{org}/repos"),
    ("it is filled", f"GET {REPOS}/topics"),
    ("it has its topic", f"PUT {REPOS}/topics"),
    ("people are let in", f"PUT {REPOS}/collaborators/{{username}}"),
    ("the issue is there", f"POST {REPOS}/issues"),
    ("it is shown as handed over", "POST graphql"),
)


def is_whole(made: Founding) -> None:
    assert made.names == {NAME}
    issues = made.repository.plain_issues()
    assert [issue.title for issue in issues] == ["A board with the menu"]
    assert "main" in made.home.sandbox.branches(NAME)
    assert made.repository.topics == ("codegen-orchestrator",)
    assert made.repository.roles[WRITER] == "write"
    assert len(made.records()) == 1


@pytest.mark.parametrize("kind", ["write_then_drop", "fail"])
def test_every_write_fails_once(kind: FaultKind, founding: Found) -> None:
    made = founding()
    made.ask()
    for write in WRITES:
        made.home.sandbox.inject(Fault(write, kind))
    made.hand_over(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW)
    is_whole(made)
    assert not made.home.sandbox.pending_faults


def test_the_app_ends_at_each_boundary_and_forgets_what_it_was_at(founding: Found) -> None:
    """The last one is a hand-over that is lost: a sweep finds that nothing was begun."""
    made = founding()
    home = made.home
    made.ask()
    act: Callable[[], Any] = lambda: home.approve(made.number)  # noqa: E731
    for _, route in BOUNDARIES:
        saying = "Handed over" if route.endswith("graphql") else ""
        killed_at(home, route, act, saying=saying)
        asyncio.run(empty_sessions(home.database_url))
        act = home.start
    assert made.stage is None
    home.start()
    made.wait(Stage.REVIEW)
    is_whole(made)
    assert home.record(made.number).stage is Stage.PARTS


def test_a_name_that_is_another_s(founding: Found) -> None:
    """Be it described as this request's: nobody but the app can say that."""
    made = founding(wants(), wants("lunch-board"))
    home = made.home
    taken = home.sandbox.create_repository(NAME)
    taken.description = f"A board with the menu [acme/{REPO}#1]"
    before = home.sandbox.branches(NAME)
    made.ask()
    home.approve(made.number)
    reason = home.wait(made.number, Stage.BLOCKED).reason
    assert "exists already (it was made for something else)" in reason
    assert "Edit the request so that it names one, then `/retry`" in reason
    home.sandbox.edit_issue(REPO, made.number, by=WRITER, body="Call it lunch-board.")
    home.say(made.number, "/retry")
    home.wait(made.number, Stage.PLAN_REVIEW)
    assert "lunch-board" in made.plan()
    home.approve(made.number)
    home.wait(made.number, Stage.PARTS)
    assert made.names == {NAME, "lunch-board"}
    assert home.sandbox.branches(NAME) == before
    assert WRITER not in home.sandbox.repository(NAME).roles


def test_what_the_template_cannot_make_leaves_nothing(
    founding: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = PlainTemplate.make

    async def broken(*_said: object) -> None:
        raise GivenUp("The project can't be made: a brace is missing")

    monkeypatch.setattr(PlainTemplate, "make", broken)
    made = founding(wants(), wants("lunch-board"))
    made.ask()
    made.home.approve(made.number)
    assert "a brace is missing" in made.home.wait(made.number, Stage.BLOCKED).reason
    assert made.names == set()
    monkeypatch.setattr(PlainTemplate, "make", make)
    made.home.say(made.number, "/retry")
    made.home.wait(made.number, Stage.PLAN_REVIEW)
    made.hand_over(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW)
    is_whole(made)


def test_a_part_that_somebody_deletes(founding: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole can still be loaded, and says what to do."""
    made = founding()
    home = made.home
    made.hand_over()
    with home.sandbox.state.lock:
        del made.repository.issues[1]
    made.repository.roles[WRITER] = "read"  # as somebody wants it by now
    monkeypatch.setattr(whole, "_SETTLING", whole._SETTLING * 0)
    home.stop()
    home.start()
    reason = home.wait(made.number, Stage.BLOCKED).reason
    assert f"There is no acme/{NAME}#1 any more" in reason
    home.say(made.number, "/cancel")
    home.wait(made.number, Stage.CANCELLED)


def test_what_may_not_be_made_is_said(founding: Found) -> None:
    """And what stands by then is taken up again."""
    made = founding()
    home = made.home
    made.ask()
    home.sandbox.inject(Fault("POST /orgs/{org}/repos", "fail", status=403))
    home.approve(made.number)
    reason = home.wait(made.number, Stage.BLOCKED).reason
    assert "GitHub refused" in reason
    assert "goes on with it" not in reason
    assert made.names == set()
    home.say(made.number, "/retry")
    home.wait(made.number, Stage.PLAN_REVIEW)
    home.sandbox.inject(Fault(f"POST {REPOS}/issues", "fail", status=403))
    home.approve(made.number)
    reason = home.wait(made.number, Stage.BLOCKED).reason
    assert f"`acme/{NAME}` was made, and `/retry` goes on with it" in reason
    home.say(made.number, "/retry")
    home.wait(made.number, Stage.PLAN_REVIEW)
    made.hand_over(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW)
    is_whole(made)


def test_who_cannot_be_let_in_hinders_nothing(founding: Found) -> None:
    """An organisation may have no outside collaborators."""
    made = founding()
    made.ask()
    route = f"PUT {REPOS}/collaborators/{{username}}"
    made.home.sandbox.inject(Fault(route, "fail", status=422))
    made.hand_over(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW)
    assert WRITER not in made.repository.roles
    assert OWNER not in made.repository.roles


def test_a_whole_whose_record_somebody_spoils(founding: Found) -> None:
    """Nobody knows any more where it was handed over to; what was made is found again."""
    made = founding()
    home, sandbox = made.home, made.home.sandbox
    made.hand_over()
    home.quiet()
    bot = sandbox.app.bot_login
    (status,) = [one for one in sandbox.comments(REPO, made.number) if one.author == bot]
    spoilt = status.body.partition("<!-- orc:record")[0]
    sandbox.edit_comment(REPO, status.id, spoilt, by=WRITER)
    home.stop()
    home.start()
    assert "somebody has altered" in home.wait(made.number, Stage.BLOCKED).reason
    home.say(made.number, "/retry")
    home.wait(made.number, Stage.PLAN_REVIEW)
    made.hand_over()
    is_whole(made)
    assert home.record(made.number).parts[0].issue.number == 1
