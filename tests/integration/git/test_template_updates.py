"""A newer template in a project's mirror: the same commits again, whatever was cut short."""

import shutil
from pathlib import Path

import pytest

from app.git.repository import GitCode
from app.graphs.ports import GivenUp, TemplateUpdate
from app.scaffold.recorded import ANSWERS_FILE
from app.scaffold.shelf import Shelf
from app.scaffold.template import service
from app.scaffold.updates import CopierScaffold
from tests.integration.git.conftest import BRANCH, ISSUE, MESSAGE, REPO, Agent, Origin, git
from tests.templates import making

MODULES = ("backend",)
WORKFLOW, MAKEFILE = ".github/workflows/ci.yml", "Makefile"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another line in the Makefile, another in the workflow."""
    template = shutil.copytree(service(), tmp_path_factory.mktemp("newer") / "service")
    for path in (WORKFLOW, MAKEFILE):
        file = template / "project" / f"{path}.jinja"
        file.write_text(f"# Newer\n{file.read_text()}")
    return template


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A project's files, made from the template as it was."""
    made = making.make(tmp_path_factory.mktemp("made") / "project", MODULES)
    files = (path for path in made.rglob("*") if path.is_file())
    return {path.relative_to(made).as_posix(): path.read_text() for path in files}


@pytest.fixture
def scaffold(code: GitCode, newer: Path, tmp_path: Path) -> CopierScaffold:
    shelf = Shelf(tmp_path / "shelf")
    shelf.keep(service())
    return CopierScaffold(shelf, newer, code, code)


async def updated(
    scaffold: CopierScaffold, code: GitCode, origin: Origin, *, branch: bool = False
) -> TemplateUpdate:
    """Of what stands on the task's branch if there is one, else on the base."""
    heads = await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    assert (heads.branch is not None) is branch
    head = heads.branch or heads.base
    found = await scaffold.update(REPO, head, MESSAGE, await scaffold.newest())
    assert found is not None
    return found


async def test_it_is_the_same_wherever_it_was_cut_short(
    scaffold: CopierScaffold, code: GitCode, origin: Origin, project: dict[str, str]
) -> None:
    origin.commit(project)
    first = await updated(scaffold, code, origin)
    shutil.rmtree(code._mirrors.path(REPO))  # another machine, where nothing is rendered yet
    assert await updated(scaffold, code, origin) == first
    assert first.ground is not None
    await scaffold.lay(ISSUE, BRANCH, first)
    await scaffold.lay(ISSUE, BRANCH, first)
    assert origin.at() == first.ground
    again = await updated(scaffold, code, origin, branch=True)
    assert again.merge.sha == first.merge.sha
    assert again.ground is None
    await code.push(ISSUE, BRANCH, again.merge.sha)
    await scaffold.lay(ISSUE, BRANCH, first)
    assert origin.at() == first.merge.sha
    changed = git(origin.bare, "diff-tree", "-r", "--name-only", "main", BRANCH).split()
    assert changed == [ANSWERS_FILE, WORKFLOW, MAKEFILE]
    parents = git(origin.bare, "log", "--format=%p", f"main..{BRANCH}").splitlines()
    assert [len(each.split()) for each in parents] == [1, 1]
    head, newest = first.merge.sha, await scaffold.newest()
    assert await scaffold.update(REPO, head, MESSAGE, newest) is None


async def test_what_an_agent_settles_stands_where_the_update_does(
    scaffold: CopierScaffold, code: GitCode, origin: Origin, project: dict[str, str], tmp_path: Path
) -> None:
    origin.commit({**project, MAKEFILE: f"# Mine\n{project[MAKEFILE]}"})
    update = await updated(scaffold, code, origin)
    merge, agent = update.merge, tmp_path / "agent"
    assert merge.conflicts == (MAKEFILE,)
    await code.checkout(REPO, merge.sha, agent)
    assert f"<<<<<<< {merge.branch}\n# Mine\n" in (agent / MAKEFILE).read_text()
    assert await code.unsettled(REPO, merge.sha, merge) == (MAKEFILE,)
    git(agent, "tag", "base")
    hand = Agent(agent, agent)
    hand.write({MAKEFILE: f"# Ours\n{project[MAKEFILE]}"})
    sha = await code.take(REPO, hand.bundle(), merge.sha, MESSAGE, merge)
    assert await code.unsettled(REPO, sha, merge) == ()
    assert await code.inspect(REPO, merge.sha, sha) == ()
    assert update.ground is not None
    await scaffold.lay(ISSUE, BRANCH, update)
    await code.push(ISSUE, BRANCH, sha)
    assert git(origin.bare, "show", "-s", "--format=%P", BRANCH) == update.ground
    assert git(origin.bare, "show", f"{BRANCH}:{WORKFLOW}").startswith("# Newer")


async def test_a_project_that_was_renamed_into_what_is_protected(
    scaffold: CopierScaffold, code: GitCode, origin: Origin, project: dict[str, str]
) -> None:
    """Git follows a file that was moved, so the template's change would land in a workflow."""
    moved = dict(project)
    moved[".github/workflows/Makefile"] = moved.pop(MAKEFILE)
    origin.commit(moved)
    update = await updated(scaffold, code, origin)
    found = await code.inspect(REPO, origin.base, update.merge.sha)
    assert {one.path for one in found} - update.brought == {".github/workflows/Makefile"}


async def test_a_version_that_nobody_kept(
    code: GitCode, newer: Path, origin: Origin, project: dict[str, str], tmp_path: Path
) -> None:
    origin.commit(project)
    heads = await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    scaffold = CopierScaffold(Shelf(tmp_path / "shelf"), newer, code, code)
    with pytest.raises(GivenUp, match=r"is not in .*Put there"):
        await scaffold.update(REPO, heads.base, MESSAGE, await scaffold.newest())
