"""A rendered project says what was answered, and nothing that was answered does anything."""

import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from app.scaffold.__main__ import main
from app.scaffold.error import ScaffoldError
from app.scaffold.recorded import ANSWERS_FILE, Recorded, parse
from app.scaffold.render import render
from app.scaffold.template import LEFTOVERS, digest, service
from tests.templates import making

HOSTILE = {
    "project_name": "null",
    "project_description": """{{ 7*7 }} {% x %} "]' # \\" <script>x()</script> &amp; é😀\\""",
    "task_description": (
        "{{ project_name }}\n{% endraw %}{# no #}\n```\n# Title <!-- hidden -->\n- a\n\n</p>[x](y)"
    ),
    "author_name": "Ada\" }] # '{{ author_email }}' <b> [x](javascript:0) *_`",
    "author_email": "o_b+1@a.example",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return making.make(tmp_path_factory.mktemp("hostile") / "project", **HOSTILE)


def test_answers_arrive_as_they_were_given(hostile: Path) -> None:
    recorded = (hostile / ANSWERS_FILE).read_text()
    assert parse(recorded) == Recorded(making.answers(**HOSTILE), digest(service()))
    kept = yaml.safe_load(recorded)
    assert {key: kept[key] for key in HOSTILE} == HOSTILE
    assert (kept["_digest"], kept["_src_path"]) == (digest(service()), "service")
    project = tomllib.loads((hostile / "pyproject.toml").read_text())["project"]
    assert project["description"] == HOSTILE["project_description"]
    assert project["authors"] == [
        {"name": HOSTILE["author_name"], "email": HOSTILE["author_email"]}
    ]
    assert json.loads((hostile / "frontend/package.json").read_text())["name"] == "null-frontend"
    assert yaml.safe_load((hostile / "compose.yaml").read_text())["name"] == "null"


def test_a_page_shows_answers_and_runs_none(hostile: Path) -> None:
    class Page(HTMLParser):
        scripts = 0
        text = ""
        description = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.scripts += tag == "script"
            if ("name", "description") in attrs:
                self.description = dict(attrs)["content"] or ""

        def handle_data(self, data: str) -> None:
            self.text += data

    page = Page()
    page.feed((hostile / "frontend/site/index.html").read_text())
    assert page.scripts == 1
    assert page.description == HOSTILE["project_description"]
    assert HOSTILE["project_description"] in page.text


def test_a_readme_shows_answers_and_hides_none(hostile: Path) -> None:
    from markdown_it import MarkdownIt

    page = MarkdownIt("commonmark").render((hostile / "README.md").read_text())
    assert "<script" not in page
    assert "<!--" not in page
    assert "href" not in page
    assert page.count("<h1>") == 1
    assert "&lt;!-- hidden --&gt;" in page


def test_the_hostile_projects_own_checks_pass(hostile: Path) -> None:
    making.run(hostile, "make", "test-backend")
    making.run(hostile, sys.executable, "-m", "ruff", "check", "--no-cache", ".")


def test_the_same_answers_make_the_same_project(tmp_path: Path, hostile: Path) -> None:
    again = making.make(tmp_path / "again", **HOSTILE)
    assert digest(again) == digest(_without_leftovers(hostile, tmp_path / "first"))


def _without_leftovers(project: Path, into: Path) -> Path:
    return shutil.copytree(project, into, ignore=shutil.ignore_patterns("__pycache__"))


def test_what_tools_left_in_a_template_is_not_in_a_project(tmp_path: Path) -> None:
    template = shutil.copytree(service(), tmp_path / "service")
    for name in LEFTOVERS:
        (template / "project" / "app" / name).mkdir(exist_ok=True)
        (template / "project" / "app" / name / "left.pyc").touch()
    made = tmp_path / "made"
    assert render(making.answers(["backend"]), made, template) == digest(service())
    assert not [path for path in made.rglob("*") if path.name in LEFTOVERS]


def test_nothing_of_this_machine_is_in_a_project(hostile: Path) -> None:
    for path in hostile.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert str(service()) not in path.read_text()


def test_an_empty_folder_is_filled_and_another_is_left_alone(tmp_path: Path) -> None:
    empty, full, link = tmp_path / "empty", tmp_path / "full", tmp_path / "link"
    empty.mkdir()
    full.mkdir()
    link.symlink_to(empty)
    (full / "file").write_text("mine")
    said = making.answers(["frontend"])
    for place in (full, full / "file", link):
        with pytest.raises(ScaffoldError, match="empty"):
            render(said, place)
    assert os.listdir(full) == ["file"]  # noqa: PTH208
    assert render(said, empty) == digest(service())
    assert (empty / "Makefile").is_file()


BROKEN = {
    "undefined": ("project/a.jinja", "{{ nothing_of_the_sort }}"),
    "syntax": ("project/a.jinja", "{% if %}"),
    "yaml": ("copier.yml", "a: ["),
    "tasks": ("copier.yml", "_subdirectory: project\n_tasks: [touch ran]\n"),
    "newer": ("copier.yml", "_min_copier_version: '999'\n"),
    "escape": ("copier.yml", "_subdirectory: ../..\n"),
    "extension": ("copier.yml", "_subdirectory: project\n_jinja_extensions: [no.such]\n"),
}


# copier, when it fails, leaves its look into a folder open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_template_makes_nothing(tmp_path: Path, what: str) -> None:
    template = tmp_path / "service"
    (template / "project").mkdir(parents=True)
    (template / "copier.yml").write_text(
        "_subdirectory: project\n_envops: {undefined: jinja2.StrictUndefined}\n"
    )
    (template / "project" / "first").write_text("made before the error")
    file, text = BROKEN[what]
    (template / file).write_text(text)
    with pytest.raises(ScaffoldError, match="Nothing was made"):
        render(making.answers(), tmp_path / "made", template)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["service"]


def test_a_process_of_its_own_renders_too(tmp_path: Path) -> None:
    said = json.dumps({**making.SAID, "modules": ["backend"]}).encode()
    command = [sys.executable, "-m", "app.scaffold", str(tmp_path / "made")]
    done = subprocess.run(command, input=said, capture_output=True, check=True)
    assert done.stdout.decode().strip() == digest(service())
    assert (tmp_path / "made" / "app" / "backend").is_dir()


@pytest.mark.parametrize(
    ("said", "words"),
    [(b"[", "JSON"), (b"[" * 50_000, "JSON"), (b'{"modules": []}', "modules: "), (b"", "JSON")],
    ids=["broken", "deep", "refused", "empty"],
)
def test_a_process_of_its_own_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    said: bytes,
    words: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said)))
    assert main([str(tmp_path / "made")]) == 1
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
