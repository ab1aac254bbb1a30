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
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Specification:
    """`request` is the digest of the wording that it was made for; `what` is Markdown.

    `checks` are the acceptance criteria, one sentence each; `out_of_scope` is what is left alone
    on purpose.
    """

    request: str
    kind: Kind
    what: str
    checks: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that an approval is given for."""
        parts = [self.what, *(f"- {check}" for check in self.checks)]
        if self.out_of_scope:
            parts += ["Out of scope:", *(f"- {item}" for item in self.out_of_scope)]
        return "\n".join((self.kind.value, *parts))
