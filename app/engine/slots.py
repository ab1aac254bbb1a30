"""How many runs at once, and who waits. In memory only: a sweep finds those that wait anew."""

from app.domain.ref import IssueRef


class Slots:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: set[str] = set()
        self._waiting: dict[str, IssueRef] = {}

    def take(self, issue: IssueRef) -> bool:
        """A slot, or a place in the line; asking twice keeps the place."""
        if issue.key in self._taken:
            return True
        if len(self._taken) < self._limit:
            self._waiting.pop(issue.key, None)
            self._taken.add(issue.key)
            return True
        self._waiting.setdefault(issue.key, issue)
        return False

    def hold(self, issue: IssueRef) -> None:
        """A run that goes on has its slot, also where that is one more than the limit."""
        self._waiting.pop(issue.key, None)
        self._taken.add(issue.key)

    def free(self, issue: IssueRef) -> IssueRef | None:
        """Give the slot back; the next in line, who has it now."""
        self._waiting.pop(issue.key, None)
        self._taken.discard(issue.key)
        if len(self._taken) >= self._limit or not self._waiting:
            return None
        key = next(iter(self._waiting))
        waiting = self._waiting.pop(key)
        self._taken.add(key)
        return waiting
