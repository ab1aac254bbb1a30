"""Reads a project's answers file: what it was made from, and by which template. It is hostile."""

from dataclasses import dataclass

import yaml

from app.scaffold.answers import Answers
from app.scaffold.document import Document
from app.scaffold.error import AnswersError

ANSWERS_FILE = ".copier-answers.yml"
_DOCUMENT = Document(ANSWERS_FILE, AnswersError)


@dataclass(frozen=True, slots=True)
class Recorded:
    answers: Answers
    digest: str


def parse(text: str) -> Recorded:
    """Raises AnswersError. Questions that are asked no more are passed over."""
    parts = {name: value for name, _, value in _DOCUMENT.pairs(_DOCUMENT.root(text))}
    if "_digest" not in parts:
        raise AnswersError(
            f"{ANSWERS_FILE} names no digest of a template, so the project was not made by the "
            "orchestrator, or somebody changed the file. Take it back from the first commit."
        )
    said = {name: _said(value) for name, value in parts.items() if name in Answers.model_fields}
    return Recorded(Answers.read(said), _DOCUMENT.text(parts["_digest"]))


def _said(node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return [_DOCUMENT.text(each) for each in node.value]
    return _DOCUMENT.text(node)
