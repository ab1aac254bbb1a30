"""A project gets what is new in its template, and keeps what people changed."""

import shutil
from pathlib import Path

import pytest
import yaml

from app.git.run import Git
from app.graphs.ports import GivenUp
from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError
from app.scaffold.recorded import ANSWERS_FILE, parse
from app.scaffold.shelf import Shelf
from app.scaffold.template import digest, service
from app.scaffold.update import update
from tests.templates import making
from tests.templates.making import commit, git

OURS = '"""Whether the service is well."""\n'
CHANGED = "app/backend/health.py"
WORKFLOW = ".github/workflows/ci.yml.jinja"
MODULES = ("backend",)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with a file more, a file less, and a line that is other."""
    template = shutil.copytree(service(), tmp_path_factory.mktemp("newer") / "service")
    _renew(template)
    return template


def _renew(template: Path) -> None:
    project = template / "project"
    (project / "NEWS.md.jinja").write_text("# News of {{ project_name }}\n")
    (project / ".dockerignore").unlink()
    file = project / "Makefile.jinja"
    file.write_text(file.read_text().replace("## List the targets", "## Say what there is"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in git, with a change of somebody's."""
    project = making.make(tmp_path_factory.mktemp("made") / "project", MODULES)
    commit(project, "Begin")
    file = project / CHANGED
    file.write_text(OURS + file.read_text().split("\n", 1)[1])
    (project / "app/backend/extra.py").write_text("# mine\n")
    commit(project, "Say it better")
    return project


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.keep(service()) == shelf.keep(service()) == digest(service())
    return shelf


def show(project: Path, tree: str, path: str) -> str:
    return git(project, "show", f"{tree}:{path}")


async def test_what_is_new_is_merged_with_what_people_changed(
    made: Path, newer: Path, shelf: Shelf
) -> None:
    done = await update(Git(made / ".git"), "HEAD", shelf, newer)
    assert done is not None
    assert show(made, done.tree, "NEWS.md") == "# News of weather-bot\n"
    assert "## Say what there is" in show(made, done.tree, "Makefile")
    assert show(made, done.tree, CHANGED).startswith(OURS)
    assert show(made, done.tree, "app/backend/extra.py") == "# mine\n"
    recorded = parse(show(made, done.tree, ANSWERS_FILE))
    assert (recorded.digest, done.now) == (digest(newer), digest(newer))
    changed = git(made, "diff-tree", "-r", "--name-only", "HEAD", done.tree).split()
    assert changed == [ANSWERS_FILE, ".dockerignore", "Makefile", "NEWS.md"]
    assert done.brought == set(changed)
    assert (done.was, done.ground, done.conflicts) == (digest(service()), None, ())
    assert git(made, "status", "--porcelain") == ""


async def test_modules_are_added_later(made: Path, shelf: Shelf) -> None:
    more = making.answers((*MODULES, "notifications"))
    done = await update(Git(made / ".git"), "HEAD", shelf, service(), more)
    assert done is not None
    assert "class Outbox" in show(made, done.tree, "app/notifications/outbox.py")
    assert "\n  notifications:\n" in show(made, done.tree, "compose.yaml")
    assert show(made, done.tree, CHANGED).startswith(OURS)


def template_with(folder: Path, path: str, first: str) -> Path:
    """The template, with another first line in one file."""
    template = shutil.copytree(service(), folder / "service")
    file = template / "project" / path
    file.write_text(first + file.read_text().split("\n", 1)[1])
    return template


async def test_a_collision_is_for_a_developer(made: Path, tmp_path: Path, shelf: Shelf) -> None:
    template = template_with(tmp_path, CHANGED, '"""Other words."""\n')
    done = await update(Git(made / ".git"), "HEAD", shelf, template)
    assert done is not None
    assert done.conflicts == (CHANGED,)
    both = show(made, done.tree, CHANGED).splitlines()
    begin, end = f"<<<<<<< {done.ours}", f">>>>>>> {done.theirs}"
    assert both[:5] == [begin, OURS.strip(), "=======", '"""Other words."""', end]


async def test_what_no_agent_may_change_comes_first(
    made: Path, tmp_path: Path, shelf: Shelf
) -> None:
    template = template_with(tmp_path, WORKFLOW, "name: other\n")
    done = await update(Git(made / ".git"), "HEAD", shelf, template)
    assert done is not None
    assert done.ground is not None
    laid = WORKFLOW.removesuffix(".jinja")
    changed = git(made, "diff-tree", "-r", "--name-only", "HEAD", done.ground).split()
    assert changed == [laid]
    rest = git(made, "diff-tree", "-r", "--name-only", done.ground, done.tree).split()
    assert rest == [ANSWERS_FILE]


async def test_a_collision_that_is_for_a_person(made: Path, tmp_path: Path, shelf: Shelf) -> None:
    template = template_with(tmp_path, WORKFLOW, "name: other\n")
    project = shutil.copytree(made, tmp_path / "project")
    file = project / WORKFLOW.removesuffix(".jinja")
    file.write_text("name: mine\n" + file.read_text().split("\n", 1)[1])
    commit(project, "Rename")
    with pytest.raises(GivenUp, match="which no agent may change"):
        await update(Git(project / ".git"), "HEAD", shelf, template)


async def test_nothing_new_is_nothing_to_do(made: Path, shelf: Shelf) -> None:
    assert await update(Git(made / ".git"), "HEAD", shelf, service()) is None


BROKEN = {
    "gone": (None, "no readable"),
    "by-hand": ("_src_path: service\n", "no digest"),
    "no-yaml": ("a: [", "not valid YAML"),
    "bomb": ("a: &a [x]\nb: [*a]\n", "aliases"),
    "unknown": ("{_digest: 'sha256:00', %s}", "Put there"),
    "path": ("{_digest: '../shelf', %s}", "Put there"),
    "empty": ("{_digest: '', %s}", "Put there"),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_an_answers_file_that_was_tampered_with(
    tmp_path: Path, newer: Path, shelf: Shelf, what: str
) -> None:
    text, said = BROKEN[what]
    project = tmp_path / "project"
    project.mkdir()
    (project / "file").touch()
    if text is not None:
        good = yaml.safe_dump(making.answers(MODULES).model_dump(mode="json"), width=10_000)
        inner = yaml.safe_dump(yaml.safe_load(good), default_flow_style=True, width=10_000)
        (project / ANSWERS_FILE).write_text(text.replace("%s", inner.strip()[1:-1]))
    commit(project, "Begin")
    with pytest.raises(ScaffoldError, match=said):
        await update(Git(project / ".git"), "HEAD", shelf, newer)


def test_a_version_that_was_tampered_with_is_not_taken(shelf: Shelf) -> None:
    (place,) = shelf.folder.iterdir()
    (place / "copier.yml").write_text("_tasks: [touch ran]\n")
    with pytest.raises(ScaffoldError, match="Put there"):
        shelf.find(digest(service()))


def test_copier_itself_updates_a_project_made_from_git(tmp_path: Path) -> None:
    """The template is a plain copier template: people may use it without the orchestrator."""
    from copier import Settings, run_copy, run_update

    template = shutil.copytree(service(), tmp_path / "template")
    commit(template, "Begin")
    git(template, "tag", "1.0.0")
    project, said = tmp_path / "project", making.answers(MODULES).model_dump(mode="json")
    plain = Settings()
    run_copy(str(template), project, data=said, settings=plain, defaults=True, quiet=True)
    commit(project, "Begin")
    (project / CHANGED).write_text(OURS)
    commit(project, "Say it better")
    _renew(template)
    commit(template, "Renew")
    git(template, "tag", "1.1.0")
    run_update(project, settings=plain, defaults=True, overwrite=True, quiet=True)
    kept = yaml.safe_load((project / ANSWERS_FILE).read_text())
    assert (kept["_commit"], kept["_src_path"]) == ("1.1.0", str(template))
    assert Answers.read({key: kept[key] for key in said}) == making.answers(MODULES)
    assert (project / "NEWS.md").read_text() == "# News of weather-bot\n"
    assert (project / CHANGED).read_text() == OURS
    changed = git(project, "status", "--porcelain").split("\n")
    assert [line[3:] for line in changed if line] == [
        ANSWERS_FILE,
        ".dockerignore",
        "Makefile",
        "NEWS.md",
    ]
