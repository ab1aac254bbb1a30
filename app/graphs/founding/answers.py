"""What the template is told of a request. Whatever people or agents wrote may be hostile."""

import unicodedata

from app.domain.clean import clean, clean_line
from app.domain.task import Task
from app.graphs.founding.project import specified

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_LONGEST = 3_000
_LONGEST_LOGIN = 39


def answers(task: Task) -> dict[str, object]:
    """By the names of the template's questions, which app/scaffold checks once more.

    Raises GivenUp.
    """
    spec, project, wanted = specified(task)
    author = task.author if _is_login(task.author) else "orc"
    return {
        "project_name": project.name,
        "project_description": _line(clean_line(task.title).text) or project.name,
        "task_description": _paragraphs(clean(spec.what).text),
        "author_name": author,
        "author_email": f"{author}@users.noreply.github.com",
        "modules": list(project.modules),
        "python_version": wanted.python_version,
        "node_version": wanted.node_version,
    }


def _is_login(text: str) -> bool:
    return len(text) <= _LONGEST_LOGIN and text.isascii() and text.replace("-", "").isalnum()


def _paragraphs(text: str) -> str:
    return "\n".join(_seen(line).rstrip() for line in text[:_LONGEST].splitlines()).strip()


def _line(text: str) -> str:
    return " ".join(_seen(text).split())[:200].strip()


def _seen(text: str) -> str:
    return "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
