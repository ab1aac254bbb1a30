"""How many runs at once, and who is next. In memory only: a sweep finds those that wait anew."""

from app.domain.ref import IssueRef
from app.domain.task import Turn


class Slots:
    """`closed`: nobody is given a slot until all who wait are known, so that the order is right."""

    def __init__(self, limit: int, *, closed: bool = False) -> None:
        self._limit = limit
        self._closed = closed
        self._taken: set[str] = set()
        self._waiting: dict[str, tuple[Turn, IssueRef]] = {}

    def take(self, issue: IssueRef, turn: Turn) -> bool:
        """A slot, or a place in the line; asking again changes the place if the turn is another."""
        if issue.key in self._taken:
            return True
        if self._closed or len(self._taken) >= self._limit:
            self._waiting[issue.key] = turn, issue
            return False
        self._waiting.pop(issue.key, None)
        self._taken.add(issue.key)
        return True

    def hold(self, issue: IssueRef) -> None:
        """A run that goes on has its slot, also where that is one more than the limit."""
        self._waiting.pop(issue.key, None)
        self._taken.add(issue.key)

    def free(self, issue: IssueRef) -> IssueRef | None:
        """Give the slot back; the next in line, who has it now."""
        self._waiting.pop(issue.key, None)
        self._taken.discard(issue.key)
        return self._next()

    def open(self) -> list[IssueRef]:
        """From now on slots are given; to these at once."""
        self._closed = False
        given = []
        while (issue := self._next()) is not None:
            given.append(issue)
        return given

    def _next(self) -> IssueRef | None:
        if self._closed or len(self._taken) >= self._limit or not self._waiting:
            return None
        _, issue = self._waiting.pop(min(self._waiting, key=self._turn))
        self._taken.add(issue.key)
        return issue

    def _turn(self, key: str) -> Turn:
        return self._waiting[key][0]
