"""A repository that a new project is made in. It makes none and knows no template."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from app.domain.ref import IssueRef, RepoRef

MAX_DESCRIPTION = 350  # GitHub's own limit

# What a project may consist of, in the order of the template.
Module = Literal["backend", "tg_bot", "notifications", "frontend"]
MODULES: tuple[Module, ...] = get_args(Module)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LENGTHS = range(2, 41)


def is_name(text: str) -> bool:
    """Lower-case letters, digits and single dashes, a letter first: good for all it is used in."""
    return len(text) in _LENGTHS and _NAME.fullmatch(text) is not None


class NameTaken(Exception):
    """There is a repository of that name that was not made for this request."""

    def __init__(self, owner: str, name: str, why: str) -> None:
        super().__init__(f"{owner}/{name} exists already ({why}). Choose another name.")
        self.name = name


@dataclass(frozen=True, slots=True)
class NewProject:
    """`request` is the issue that asks for it. What is signed with `key` only we can have written:
    who may make repositories could else make this one before us, in our name."""

    name: str
    private: bool
    summary: str
    request: IssueRef

    def is_origin_of(self, description: str, key: bytes) -> bool:
        """The repository of this description was made for this request, under this name."""
        return description.endswith(f" {self._seal(key)}]")

    def _seal(self, key: bytes) -> str:
        said = f"repository\n{self.request.key}\n{self.name}"
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:16]

    def description(self, key: bytes) -> str:
        """One line that ends with where it comes from."""
        origin = f"[{self.request} {self._seal(key)}]"
        flat = " ".join("".join(c if _is_printable(c) else " " for c in self.summary).split())
        room = MAX_DESCRIPTION - len(origin) - 1
        short = flat if len(flat) <= room else f"{flat[: room - 1]}…"
        return f"{short} {origin}".strip()


@dataclass(frozen=True, slots=True)
class MadeProject:
    """`empty`: nothing was pushed into it yet."""

    repo: RepoRef
    default_branch: str
    empty: bool


def _is_printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
