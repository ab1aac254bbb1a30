"""Renders a template with answers into a folder. It asks nothing and runs nothing of a template.

Importing copier takes half a second, and one render at a time may run in a process. A server
therefore renders in another process, by `process.project`.
"""

import shutil
import tempfile
from pathlib import Path

from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError
from app.scaffold.recorded import ANSWERS_FILE
from app.scaffold.template import digest, service

NOWHERE = "/nonexistent"


def render(answers: Answers, into: Path, template: Path | None = None) -> str:
    """Fill `into`, which is empty or absent, all or nothing; returns the template's digest.

    Raises ScaffoldError.
    """
    template = template or service()
    if into.is_symlink() or (into.exists() and (not into.is_dir() or any(into.iterdir()))):
        raise ScaffoldError(f"{into} is not empty. Name a folder that is empty or not there yet.")
    version = digest(template)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".scaffold-", dir=into.parent) as room:
        made = Path(room) / "project"
        _copy(template, made, answers.model_dump(mode="json") | {"template_digest": version})
        if into.exists():
            into.rmdir()
        made.rename(into)
    return version


def _copy(template: Path, into: Path, data: dict[str, object]) -> None:
    from copier import Settings, run_copy
    from copier.errors import CopierError
    from jinja2 import TemplateError
    from plumbum import local
    from yaml import YAMLError

    try:
        # Where copier sees no git, it takes the folder as it is, with no clone and no change of
        # this process's own folder; and it does not start git for each file.
        with local.env(PATH=NOWHERE):
            run_copy(
                str(template),
                into,
                data=data,
                answers_file=ANSWERS_FILE,
                settings=Settings(),  # not what the operator's own copier trusts and prefers
                defaults=True,
                quiet=True,
                unsafe=False,  # a template with tasks is refused
            )
    except (CopierError, TemplateError, YAMLError, OSError, ValueError) as error:
        shutil.rmtree(into, ignore_errors=True)
        raise ScaffoldError(
            f"The template {template.name} can't be rendered ({type(error).__name__}: {error}). "
            "Nothing was made. Mend the template, or go back to the last release."
        ) from error
