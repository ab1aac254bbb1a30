"""The line at the bottom that moves while something is waited for. It keeps nothing on screen."""

import time

from rich.console import Console
from rich.live import Live
from rich.text import Text

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_A_SECOND = 8


class Busy:
    """Where there is no terminal it prints nothing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._text, self._began, self._timed = "", 0.0, False

    def show(self, text: str, began: float, *, timed: bool = False) -> None:
        """From now on, this. `timed`: below lines that begin with the seconds since `began`."""
        self._text, self._began, self._timed = text, began, timed
        if self._live is None:
            self._live = Live(
                console=self._console,
                get_renderable=self.line,
                refresh_per_second=_A_SECOND,
                transient=True,
            )
            self._live.start()

    def stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def line(self) -> Text:
        """Indented as what will stand in its place."""
        seconds = time.monotonic() - self._began
        frame = (_FRAMES[int(seconds * _A_SECOND) % len(_FRAMES)], "green")
        before = (f"{seconds:5.1f} s  ", "dim") if self._timed else " "
        after = "" if self._timed else (f" … {seconds:.0f} s", "dim")
        return Text.assemble(
            "  ", frame, before, self._text, after, no_wrap=True, overflow="ellipsis"
        )
