"""What people have said on an issue, as context for agents. It knows nobody's permission."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

MAX_TEXT = 65_536  # characters of a comment, all that GitHub takes: half of one can't be cleaned


@dataclass(frozen=True, slots=True)
class Comment:
    """A person's comment. `edited`: who did that need not be who wrote it."""

    id: int
    by: str
    at: datetime
    text: str
    edited: bool = False


def joined(thread: Iterable[Comment], said: Comment) -> tuple[Comment, ...]:
    """With `said` in its place, where the thread was read too early to hold it."""
    known = {comment.id: comment for comment in thread}
    known.setdefault(said.id, said)
    return tuple(known[number] for number in sorted(known))
