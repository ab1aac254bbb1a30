"""Starts a command again until it keeps its promise. It supervises nothing itself."""

from collections.abc import Callable

from agent_image.supervise import Ending


class Promise:
    """Whether a text was printed in this turn; of what came before it holds less than the text."""

    def __init__(self, text: bytes) -> None:
        self.kept = False
        self._text = text
        self._end = b""

    def heed(self, chunk: bytes) -> None:
        if self.kept:
            return
        seen = self._end + chunk
        self.kept = self._text in seen
        self._end = seen[max(len(seen) - len(self._text) + 1, 0) :]

    def renew(self) -> None:
        self.kept = False
        self._end = b""


def repeated(turn: Callable[[int], Ending], promise: Promise, times: int) -> Ending:
    """How the last turn ended. One that did not end well is the last: it would only repeat."""
    for number in range(1, times + 1):
        promise.renew()
        ended = turn(number)
        if ended.reason != "exited" or ended.exit_code != 0:
            return _told(ended, f"the loop ended with turn {number} of {times}")
        if promise.kept:
            return _told(ended, f"the promise was kept in turn {number} of {times}")
    return _told(ended, f"the promise was not kept in {_counted(times)}")


def _told(ended: Ending, said: str) -> Ending:
    return ended._replace(detail="; ".join(filter(None, (said, ended.detail))))


def _counted(turns: int) -> str:
    return f"{turns} turns" if turns != 1 else "1 turn"
