"""What a demo looks like in a terminal: a line a stage, as it happens. It decides nothing."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from app.cli.demo.outcome import Outcome
from app.domain.part import MadePart
from app.domain.record import Attempt, Record
from app.domain.stage import Stage
from app.domain.words import ICONS


class Screen:
    """With `as_json` people's lines go to standard error, so that standard output is the object."""

    def __init__(self, *, as_json: bool) -> None:
        self._console = Console(stderr=as_json, highlight=False)
        self._as_json = as_json
        self._began = time.monotonic()
        self._visits: dict[str, int] = {}
        self._attempts: dict[str, int] = {}
        self._status: Status | None = None

    def title(self, name: str, description: str) -> None:
        self._console.print(f"[bold]orc demo[/] · {escape(name)}\n[dim]{escape(description)}[/]\n")

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        with self._console.status(f"{text} …"):
            yield
        self._console.print(f"  [green]✓[/] {text}  [dim]{self._seconds():.1f} s[/]")

    def note(self, text: str) -> None:
        self._console.print(f"  [yellow]•[/] {escape(text)}")

    def opened(self, number: int, title: str, url: str) -> None:
        self._began = time.monotonic()
        self._console.print(f"  [green]✓[/] Issue #{number} opened: [bold]{escape(title)}[/]")
        self._console.print(f"    [link={url}]{url}[/link]\n")

    def progress(self, record: Record, part: str = "") -> None:
        """What is new since the last call, of the issue or of one that is a part of it."""
        of = f"[cyan]{escape(part)}[/] " if part else ""
        for attempt in record.attempts[self._attempts.get(part, 0) :]:
            self._attempt(attempt, of)
        self._attempts[part] = len(record.attempts)
        for visit in record.history[self._visits.get(part, 0) :]:
            self._line(f"{of}{ICONS[visit.stage]} [bold]{visit.stage.caption}[/]")
            self._tell(visit.stage, record)
        self._visits[part] = len(record.history)
        if not part:
            self._spin(record)

    def _split(self, parts: Sequence[MadePart]) -> None:
        """Which tasks it has become."""
        for part in parts:
            before = [one for one in parts if one.key in part.after]
            after = f", after {', '.join(f'#{one.issue.number}' for one in before)}"
            waits = f"[dim]{after}[/]" if before else ""
            self._console.print(
                f"              [cyan]#{part.issue.number}[/] {escape(part.title)}{waits}"
            )

    def handed_over(self, name: str, number: int, url: str) -> None:
        """From here on, what is new is told of another issue."""
        self._visits, self._attempts = {}, {}
        self._line(f"   [bold]{escape(name)}[/] was made for it, and it goes on there: #{number}")
        self._console.print(f"              [link={url}]{url}[/link]")

    def said(self, person: str, text: str) -> None:
        """What a person writes on the issue."""
        first, *more = wrap(" ".join(text.split()), 56) or [""]
        self._line(f"   💬 [bold]{escape(person)}[/] {escape(first)}")
        for line in more:
            self._console.print(f"              {escape(line)}")

    def _tell(self, stage: Stage, record: Record) -> None:
        """What people would read on the issue at that moment."""
        if stage is Stage.PARTS and len(record.parts) > 1:
            self._split(record.parts)
        if stage is Stage.NEEDS_INFO:
            self._aside(record.question)
        if stage is Stage.PLAN_REVIEW and record.spec is not None:
            self._aside(record.spec.what)
            for check in record.spec.checks:
                self._aside(f"☐ {check}")

    def _aside(self, text: str) -> None:
        for line in wrap(" ".join(text.split()), 64):
            self._console.print(f"              [dim]{escape(line)}[/]")

    def _attempt(self, attempt: Attempt, of: str) -> None:
        green = attempt.outcome == "passed"
        mark = "[green]✓[/]" if green else "[red]✗[/]"
        counts = f"{attempt.passed} passed, {attempt.failed} failed"
        plain = attempt.outcome in ("passed", "failed") and (attempt.passed or attempt.failed)
        said = counts if plain else attempt.outcome
        head = f" at {attempt.head[:10]}" if attempt.head else ""
        self._line(f"{of or '   '}{mark} attempt {attempt.number}{head}: {escape(said)}")
        if not green:
            essence = (*attempt.failures, attempt.detail)[0].splitlines()
            if essence:
                name, _, said = essence[0].partition(" — ")
                short = f"{name.rpartition('::')[2]} — {said}" if said else name
                text = f"              [dim]{escape(short)}[/]"
                self._console.print(text, no_wrap=True, overflow="ellipsis")

    def _line(self, text: str) -> None:
        self._console.print(f"  [dim]{self._seconds():6.1f} s[/]  {text}")

    def _spin(self, record: Record) -> None:
        if record.stage is not None and record.stage.is_active:
            text = f"{record.stage.caption} … attempt {record.attempt + 1}"
            if self._status is None:
                self._status = self._console.status(text)
                self._status.start()
            self._status.update(text if record.stage is Stage.BUILDING else record.stage.caption)
        else:
            self.stop()

    def stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def result(self, result: Outcome) -> None:
        console, record = self._console, result.record
        console.print()
        if result.stat:
            console.print(result.stat, markup=False)
            console.print()
        if result.pulls and result.stage is Stage.DONE:
            pulls = ", ".join(f"#{number}" for number in result.pulls)
            console.print(f"[bold green]Merged[/] pull requests {pulls}, one for each part")
        elif result.merged:
            last = record.attempts[-1]
            console.print(
                f"[bold green]Merged[/] pull request #{record.pull_request} — "
                f"{last.passed} tests passed, {last.failed} failed, in a fresh checkout of "
                f"{last.head[:10] if last.head else '?'}"
            )
        else:
            stage = result.stage.caption if result.stage else "Nothing happened"
            console.print(f"[bold red]{stage}[/] — {escape(record.reason)}")
        console.print(
            f"[dim]{result.api_requests} requests to GitHub, {result.content_writes} of them "
            f"creating content · {result.git_requests} by git · {result.tokens:,} tokens · "
            f"${result.cost_usd:.2f} · {result.seconds:.1f} s[/]"
        )

    def keep(self, url: str) -> None:
        self._console.print(f"\nStill up: [link={url}]{url}[/link] — Ctrl-C ends it.")

    def last(self, result: Outcome) -> None:
        if self._as_json:
            sys.stdout.write(json.dumps(result.to_json()) + "\n")

    def fail(self, text: str) -> None:
        self.stop()
        self._console.print(f"[bold red]orc demo:[/] {escape(text)}")

    def _seconds(self) -> float:
        return time.monotonic() - self._began
