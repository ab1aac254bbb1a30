"""What a request comes to, in words that can be built and checked. It reads and decides nothing."""

from dataclasses import dataclass
from enum import StrEnum

MAX_WHAT = 3_000  # characters
MAX_ITEMS = 12
MAX_ITEM = 300


class Kind(StrEnum):
    """What is asked for. A question is answered and nothing is built."""

    CHANGE = "change"
    BUG = "bug"
    NEW_PROJECT = "new project"
    UPDATE = "template update"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Project:
    """The repository that a new project gets, and which of the template's modules."""

    name: str
    modules: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.name}: {', '.join(self.modules)}"


@dataclass(frozen=True, slots=True)
class Specification:
    """`request` is the digest of the wording that it was made for; `what` is Markdown.

    `checks` are the acceptance criteria, one sentence each; `out_of_scope` is what is left alone
    on purpose. `project` is there for a new project, and for nothing else.
    """

    request: str
    kind: Kind
    what: str
    checks: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()
    project: Project | None = None

    @property
    def text(self) -> str:
        """All that an approval is given for."""
        parts = [self.what, *(f"- {check}" for check in self.checks)]
        if self.out_of_scope:
            parts += ["Out of scope:", *(f"- {item}" for item in self.out_of_scope)]
        made = (self.project.text,) if self.project else ()
        return "\n".join((self.kind.value, *made, *parts))
