"""What a demo looks like in a terminal: a line a stage, as it happens. It decides nothing."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap

from rich.console import Console
from rich.markup import escape

from app.cli.demo.busy import Busy
from app.cli.demo.outcome import Outcome
from app.domain.part import MadePart
from app.domain.record import Attempt, Record
from app.domain.stage import Stage
from app.domain.words import ICONS

_INDENT = 14  # below what follows the seconds
_LONGEST = 100  # columns: wider text is hard to read


class Screen:
    """With `as_json` people's lines go to standard error, so that standard output is the object.

    Without colours where NO_COLOR is set, and not wider than the terminal.
    """

    def __init__(self, *, as_json: bool, console: Console | None = None) -> None:
        self._console = console or Console(stderr=as_json, highlight=False)
        self._as_json = as_json
        self._began = time.monotonic()
        self._visits: dict[str, int] = {}
        self._attempts: dict[str, int] = {}
        self._busy = Busy(self._console)

    def title(self, name: str, description: str) -> None:
        self._console.print(f"[bold]orc demo[/] · {escape(name)}")
        for line in self._wrapped(description, 0):
            self._console.print(f"[dim]{escape(line)}[/]")
        self._console.print()

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        began = time.monotonic()
        self._busy.show(text, began)
        try:
            yield
        finally:
            self._busy.stop()
        self._console.print(f"  [green]✓[/] {text}  [dim]{time.monotonic() - began:.1f} s[/]")

    def note(self, text: str) -> None:
        first, *more = self._wrapped(text, 4)
        self._console.print(f"  [yellow]•[/] {escape(first)}")
        for line in more:
            self._console.print(f"    {escape(line)}")

    def opened(self, number: int, title: str, url: str) -> None:
        self._began = time.monotonic()
        first, *more = self._wrapped(f"Issue #{number} opened: {title}", 4)
        self._console.print(f"  [green]✓[/] [bold]{escape(first)}[/]")
        for line in more:
            self._console.print(f"    [bold]{escape(line)}[/]")
        self._link(url, 4)
        self._console.print()
        self._wait()

    def _link(self, url: str, indent: int) -> None:
        """Whole, whatever the width: it is there to be taken."""
        self._console.print(f"{'':{indent}}[link={url}]{url}[/link]", soft_wrap=True)

    def _wait(self) -> None:
        self._busy.show("Waiting for the app", self._began, timed=True)

    def _wrapped(self, text: str, indent: int) -> list[str]:
        room = min(self._console.width, _LONGEST) - indent
        return wrap(" ".join(text.split()), max(room, 20)) or [""]

    def progress(self, record: Record, part: str = "", pushed: str = "") -> None:
        """What is new since the last call, of the issue or of one that is a part of it.

        `pushed` is the head of its branch.
        """
        of = f"[cyan]{escape(part)}[/] " if part else ""
        for attempt in record.attempts[self._attempts.get(part, 0) :]:
            self._attempt(attempt, of)
        self._attempts[part] = len(record.attempts)
        for visit in record.history[self._visits.get(part, 0) :]:
            self._line(f"{of}{ICONS[visit.stage]} [bold]{visit.stage.caption}[/]")
            self._tell(visit.stage, record)
        self._visits[part] = len(record.history)
        if not part:
            self._spin(record, pushed)

    def _split(self, parts: Sequence[MadePart]) -> None:
        """Which tasks it has become."""
        for part in parts:
            before = [one for one in parts if one.key in part.after]
            after = f", after {', '.join(f'#{one.issue.number}' for one in before)}"
            waits = f"[dim]{after}[/]" if before else ""
            self._console.print(
                f"{'':{_INDENT}}[cyan]#{part.issue.number}[/] {escape(part.title)}{waits}"
            )

    def handed_over(self, name: str, number: int, url: str) -> None:
        """From here on, what is new is told of another issue."""
        self._visits, self._attempts = {}, {}
        self._line(f"   [bold]{escape(name)}[/] was made for it, and it goes on there: #{number}")
        self._link(url, _INDENT)
        self._wait()

    def said(self, person: str, text: str) -> None:
        """What a person writes on the issue."""
        first, *more = self._wrapped(f"{person} {text}", _INDENT + 3)
        self._line(f"   💬 [bold]{escape(person)}[/]{escape(first.removeprefix(person))}")
        for line in more:
            self._console.print(f"{'':{_INDENT + 3}}{escape(line)}")

    def _tell(self, stage: Stage, record: Record) -> None:
        """What people would read on the issue at that moment."""
        if stage is Stage.PARTS and len(record.parts) > 1:
            self._split(record.parts)
        if stage is Stage.QUEUED and record.stage in (Stage.QUEUED, Stage.BUILDING):
            self._aside(record.reason)  # why it is begun once more
        if stage is Stage.NEEDS_INFO:
            self._aside(record.question)
        if stage is Stage.PLAN_REVIEW and record.spec is not None:
            self._aside(record.spec.what)
            for check in record.spec.checks:
                self._aside(f"☐ {check}")

    def _aside(self, text: str) -> None:
        for line in self._wrapped(text, _INDENT) if text else ():
            self._console.print(f"{'':{_INDENT}}[dim]{escape(line)}[/]")

    def _attempt(self, attempt: Attempt, of: str) -> None:
        green = attempt.outcome == "passed"
        mark = "[green]✓[/]" if green else "[red]✗[/]"
        counts = f"{attempt.passed} passed, {attempt.failed} failed"
        plain = attempt.outcome in ("passed", "failed") and (attempt.passed or attempt.failed)
        said = counts if plain else attempt.outcome
        head = f" at {attempt.head[:10]}" if attempt.head else ""
        self._line(f"{of or '   '}{mark} attempt {attempt.number}{head}: {escape(said)}")
        if not green:
            for line in (*attempt.failures, attempt.detail)[0].splitlines()[:1]:
                name, _, why = line.partition(" — ")
                self._aside(name.rpartition("::")[2] if why else name)
                if why:
                    self._aside(why)

    def _line(self, text: str) -> None:
        self._console.print(f"  [dim]{self._seconds():6.1f} s[/]  {text}")

    def _spin(self, record: Record, pushed: str) -> None:
        if record.stage is None or not record.stage.is_active:
            self.stop()
            return
        text = record.stage.caption
        if record.stage is Stage.BUILDING:
            tested = {attempt.head for attempt in record.attempts}
            doing = "its tests" if pushed and pushed not in tested else "the agent"
            text = f"{text} · attempt {record.attempt + 1} · {doing}"
        self._busy.show(text, self._began, timed=True)

    def stop(self) -> None:
        self._busy.stop()

    def result(self, result: Outcome) -> None:
        self.stop()
        console, record = self._console, result.record
        console.print()
        if result.stat:
            console.print(result.stat, markup=False)
            console.print()
        if result.pulls and result.stage is Stage.DONE:
            pulls = ", ".join(f"#{number}" for number in result.pulls)
            console.print(f"[bold green]Merged[/] pull requests {pulls}, one for each part")
        elif result.merged:
            last, where = record.attempts[-1], f"{result.project} " if result.project else ""
            console.print(
                f"[bold green]Merged[/] {where}#{record.pull_request} — {last.passed} tests passed "
                f"on a fresh checkout of {last.head[:10] if last.head else '?'}"
            )
        else:
            stage = result.stage.caption if result.stage else "Nothing happened"
            console.print(f"[bold red]{stage}[/] — {escape(record.reason)}")
        console.print(
            f"[dim]{result.api_requests} requests to GitHub ({result.content_writes} create "
            f"content), {result.git_requests} by git\n{result.tokens:,} tokens · "
            f"${result.cost_usd:.2f} · {result.seconds:.1f} s[/]"
        )

    def again(self, command: str) -> None:
        """What to do for a look at it: by now the address above leads nowhere."""
        self._console.print(f"\nLook around in the browser: {escape(command)}", soft_wrap=True)

    def keep(self, url: str) -> None:
        self._console.print(
            f"\nStill up: [link={url}]{url}[/link] — Ctrl-C ends it.", soft_wrap=True
        )

    def last(self, result: Outcome) -> None:
        if self._as_json:
            sys.stdout.write(json.dumps(result.to_json()) + "\n")

    def fail(self, text: str) -> None:
        self.stop()
        self._console.print(f"[bold red]orc demo:[/] {escape(text)}")

    def _seconds(self) -> float:
        return time.monotonic() - self._began
