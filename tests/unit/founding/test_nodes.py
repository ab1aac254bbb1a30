"""What each step of founding a project does, and to whom; the ports are stand-ins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph.graph import END
from langgraph.runtime import Runtime

from app.domain.part import MadePart, key_of
from app.domain.policy import NewProjects, Role
from app.domain.project import MadeProject, NameTaken, NewProject
from app.domain.record import digest
from app.domain.ref import IssueRef, RepoRef
from app.domain.spec import Kind, Project
from app.domain.task import Task
from app.engine.ports import Refused, Unanswered
from app.graphs.context import Context, Workshop
from app.graphs.founding.first_issue import part, wording
from app.graphs.founding.nodes.earlier import earlier
from app.graphs.founding.nodes.first_commit import first_commit
from app.graphs.founding.nodes.first_issue import first_issue
from app.graphs.founding.nodes.furnishing import furnishing
from app.graphs.founding.nodes.repository import repository
from app.graphs.founding.ports import Founder
from app.graphs.founding.state import State, plain_repo, repo_of
from app.graphs.ports import GivenUp
from tests.unit.domain.make import SPEC, task, with_record

REPO = RepoRef(13, "acme", "menu-board", 3)
MADE = MadeProject(REPO, "trunk", empty=True)
STATE = plain_repo(MADE)
NEW = replace(SPEC, kind=Kind.NEW_PROJECT, project=Project("menu-board", ("backend",)))
TASK = with_record(task(policy={"new_projects": NewProjects()}), spec=NEW)


@dataclass
class Outside:
    """All ports of a founder, and the roster. It notes what changes something."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    fails: Mapping[str, Exception] = field(default_factory=dict)
    issue: IssueRef | None = None
    done: list[str] = field(default_factory=list)
    wanted: NewProject | None = None

    def _do(self, name: str, *said: object) -> None:
        self.done.append(" ".join((name, *map(str, said))))
        if name in self.fails:
            raise self.fails[name]

    async def create(self, project: NewProject, *, resumed: bool) -> MadeProject:
        self.wanted = project
        self._do("create", project.name, resumed)
        return MADE

    async def discard(self, project: NewProject) -> bool:
        self._do("discard", project.name)
        return True

    async def add_topics(self, repo: RepoRef, names: list[str]) -> None:
        self._do("topics", repo.name, *names)

    async def protect(self, repo: RepoRef, branch: str) -> None:
        self._do("protect", branch)

    async def invite(self, repo: RepoRef, login: str) -> None:
        self._do("invite", login)

    async def make(self, said: Mapping[str, object], into: Path) -> None:
        self._do("make", said["project_name"], into.exists())

    async def begin(self, repo: RepoRef, branch: str, *_said: object) -> None:
        self._do("begin", repo.name, branch)

    async def find(self, _parent: IssueRef, _repo: RepoRef) -> IssueRef | None:
        self._do("find")
        return self.issue

    async def open(self, parent: IssueRef, repo: RepoRef, *said: str, resumed: bool) -> IssueRef:
        self._do("open", resumed)
        return IssueRef(repo, 4)

    async def role(self, repo: RepoRef, login: str) -> Role:
        assert repo == TASK.issue.repo
        return self.roles.get(login, Role.NONE)

    def runtime(self, made: Task = TASK) -> Runtime[Context]:
        founder = Founder(*[cast("Any", self)] * 4)
        nothing: dict[str, Any] = dict.fromkeys(Workshop.__dataclass_fields__)
        shop = Workshop(**nothing | {"founder": founder, "roster": self})

        async def report(_event: object) -> None:
            raise AssertionError("there is nothing to report")

        return Runtime(context=Context(made, shop, report, False, lambda: made))


async def test_the_repository_is_always_looked_for_first() -> None:
    outside = Outside()
    state = await repository(State(), outside.runtime())
    assert outside.done == ["create menu-board True"]
    assert (repo_of(state), state["branch"], state["empty"]) == (REPO, "trunk", True)
    assert outside.wanted == NewProject("menu-board", True, TASK.title, TASK.issue)


async def test_a_name_that_is_taken_says_what_to_do() -> None:
    outside = Outside(fails={"create": NameTaken("acme", "menu-board", "it is another's")})
    with pytest.raises(GivenUp, match=r"Choose another name\. Edit the request") as given_up:
        await repository(State(), outside.runtime())
    assert "`/retry`" in str(given_up.value)


async def test_where_none_is_allowed_none_is_made() -> None:
    outside = Outside()
    with pytest.raises(GivenUp, match="new_projects"):
        await repository(State(), outside.runtime(with_record(task(), spec=NEW)))
    assert outside.done == []


@pytest.mark.parametrize(
    ("empty", "issue", "goto", "asked"),
    [
        (True, None, "first_commit", []),
        (False, None, "first_commit", ["find"]),
        (False, IssueRef(REPO, 4), END, ["find"]),
    ],
    ids=["new", "half made", "all was done"],
)
async def test_what_was_done_before_is_not_done_again(
    empty: bool, issue: IssueRef | None, goto: str, asked: list[str]
) -> None:
    outside = Outside(issue=issue)
    command = await earlier(State(**{**STATE, "empty": empty}), outside.runtime())
    assert (command.goto, outside.done) == (goto, asked)
    assert (command.update or {}) == ({"number": 4} if issue else {})


async def test_the_first_commit_is_what_the_template_makes() -> None:
    outside = Outside()
    await first_commit(STATE, outside.runtime())
    assert outside.done == ["make menu-board False", "begin menu-board trunk"]


@pytest.mark.parametrize("step", ["make", "begin"])
@pytest.mark.parametrize(
    ("error", "discarded"),
    [
        (GivenUp("The template is broken."), True),
        (Refused(403, "push", "no"), True),
        (Unanswered("who knows"), False),
    ],
    ids=["given up", "refused", "unanswered"],
)
async def test_what_cannot_be_filled_is_not_left_behind(
    step: str, error: Exception, discarded: bool
) -> None:
    outside = Outside(fails={step: error})
    with pytest.raises(type(error)):
        await first_commit(STATE, outside.runtime())
    assert ("discard menu-board" in outside.done) is discarded


async def test_a_push_that_may_have_been_done_discards_nothing() -> None:
    """A remote that can't be reached is of both kinds."""
    from app.git.error import RemoteUnreachable

    outside = Outside(fails={"begin": RemoteUnreachable("no answer")})
    with pytest.raises(RemoteUnreachable):
        await first_commit(STATE, outside.runtime())
    assert "discard menu-board" not in outside.done


async def test_that_it_cannot_be_discarded_hides_nothing() -> None:
    fails = {"make": GivenUp("The template is broken."), "discard": Refused(403, "DELETE", "no")}
    with pytest.raises(GivenUp, match="The template is broken"):
        await first_commit(STATE, Outside(fails=fails).runtime())


R = Role


@pytest.mark.parametrize(
    ("roles", "who", "invited"),
    [
        ({}, R.WRITE, []),
        ({"alice": R.WRITE}, R.WRITE, ["alice"]),
        ({"alice": R.ADMIN, "bob": R.MAINTAIN}, R.WRITE, ["alice", "bob"]),
        ({"alice": R.READ, "bob": R.WRITE}, R.WRITE, ["bob"]),
        ({"alice": R.TRIAGE, "bob": R.TRIAGE}, R.TRIAGE, []),
        ({"alice": R.WRITE, "bob": R.TRIAGE}, R.TRIAGE, ["alice"]),
        ({"alice": R.WRITE, "bob": R.MAINTAIN}, R.MAINTAIN, ["bob"]),
        ({"mallory": R.ADMIN}, R.WRITE, []),
    ],
    ids=["nobody may", "the author", "both", "who labelled it", "they may ask, not push",
         "one may push", "more is wanted", "who asked for nothing"],
)  # fmt: skip
async def test_who_is_let_in(roles: Mapping[str, Role], who: Role, invited: list[str]) -> None:
    """Nobody gets more than they have where they asked for it."""
    outside = Outside(roles=roles)
    asked = with_record(TASK, requesters=("bob",))
    asked = replace(asked, policy=replace(asked.policy, who=who))
    await furnishing(STATE, outside.runtime(asked))
    assert outside.done[:2] == ["topics menu-board codegen-orchestrator", "protect trunk"]
    assert outside.done[2:] == [f"invite {login}" for login in invited]


async def test_the_issue_is_looked_for_first() -> None:
    outside = Outside()
    state = await first_issue(STATE, outside.runtime())
    assert (state["number"], outside.done) == (4, ["open True"])


@pytest.mark.parametrize("title", ["A board", " A \n board ", "", "\u3000", "x" * 400])
def test_its_wording_is_known_beforehand(title: str) -> None:
    made = replace(TASK, title=title)
    said, body = wording(made)
    assert 0 < len(said) <= 256
    assert said == " ".join(said.split())
    assert key_of(made.issue, body) == "all"
    assert str(made.issue) in body
    issue = IssueRef(REPO, 4)
    assert part(made, issue) == MadePart(issue, "all", said, digest(said, body))
