"""The founding graph's templates: what can't be made says so in words for people."""

from pathlib import Path
from typing import Any

import pytest

from app.graphs.ports import GivenUp
from app.scaffold import process
from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError
from app.scaffold.projects import CopierTemplates
from app.scaffold.shelf import Shelf
from app.scaffold.template import digest
from tests.templates import making


@pytest.fixture
def template(tmp_path: Path) -> Path:
    made = tmp_path / "template"
    (made / "project").mkdir(parents=True)
    (made / "copier.yml").write_text("_subdirectory: project\n")
    (made / "project" / "README.md").write_text("# It\n")
    return made


def said() -> dict[str, Any]:
    return making.answers(("backend",)).model_dump()


async def test_it_is_rendered_and_its_template_kept(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def project(*given: Any) -> str:
        asked.append(given)
        return ""

    monkeypatch.setattr(process, "project", project)
    shelf = Shelf(tmp_path / "shelf")
    await CopierTemplates(shelf, template).make(said(), tmp_path / "into")
    assert asked == [(Answers.read(said()), tmp_path / "into", template)]
    assert digest(shelf.find(digest(template))) == digest(template)


@pytest.mark.parametrize("wrong", [{"project_name": "../x"}, {"modules": []}, {"more": 1}], ids=str)
async def test_answers_that_are_none_make_nothing(
    wrong: dict[str, Any], template: Path, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    with pytest.raises(GivenUp, match="The project can't be made: "):
        await CopierTemplates(shelf, template).make({**said(), **wrong}, tmp_path / "into")
    assert not (tmp_path / "into").exists()
    assert not (tmp_path / "shelf").exists()


async def test_a_template_that_is_broken_says_so(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def project(*_given: Any) -> str:
        raise ScaffoldError("The template can't be rendered. Mend the template.")

    monkeypatch.setattr(process, "project", project)
    with pytest.raises(GivenUp, match="Mend the template"):
        await CopierTemplates(Shelf(tmp_path / "shelf"), template).make(said(), tmp_path / "into")
