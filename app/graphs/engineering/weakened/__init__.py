"""Finds where a change removes tests, relaxes them, or reaches for what runs and reports them.

It finds orders to agents, too. It reads texts and runs nothing. It can only point: what hides well
from a pattern is not seen, and what is seen may be right, so nothing here makes a verdict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent_image.keep import matcher
from app.domain.agent_files import directs
from app.domain.finding import Finding, Kind, ordered
from app.graphs.engineering.weakened import lines, place, python, settings
from app.graphs.engineering.weakened.outline import Outline, outline
from app.graphs.ports import FileChange

__all__ = ["Clues", "weakened"]

_MOST_PYTHON = 1_000_000  # characters parsed, which takes seconds


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of how the tests are run.

    `ran` are suite and name of the cases that ran and did not skip; None: no report was read.
    """

    test_command: str = ""
    test_reports: tuple[str, ...] = ()
    ran: frozenset[tuple[str, str]] | None = None


def weakened(changes: Sequence[FileChange], clues: Clues) -> tuple[Finding, ...]:
    """What a reviewer should look at, the weightiest first. Never raises, whatever the texts."""
    named = place.named_in(clues.test_command)
    reports = matcher(clues.test_reports) if clues.test_reports else None
    found: list[Finding] = []
    for change in changes:
        found += _one(change, place.decides(change.path, named))
        if change.new is not None and reports and reports.fullmatch(change.path):
            found.append(Finding(Kind.REPORT, change.path, 0, "test.reports looks for this file"))
    found += _python(changes, clues)
    found += _ruling(changes)
    return ordered(_files_as_one(changes, found))


def _ruling(changes: Sequence[FileChange]) -> Iterator[Finding]:
    """One for them all, so that many hide no others."""
    first, *more = sorted(change.path for change in changes if directs(change.path)) or [""]
    if first:
        others = f"and {len(more)} more: {', '.join(more[:9])}" if more else ""
        yield Finding(Kind.AGENT_FILES, first, 0, others)


def _one(change: FileChange, why: str) -> Iterator[Finding]:
    path, old, new = change.path, change.old, change.new
    if change.unread:
        if why or place.is_test(path) or path == "(all files)":
            yield Finding(Kind.UNREAD, path, 0, change.unread)
        return
    if why:
        yield from settings.changed(path, old, new, why)
    if new is not None and place.lists_packages(path):
        yield from lines.plugins(path, old, new)
    if old is not None and place.is_data(path):
        number, line = next(lines.added(old, new or ""), (0, "" if new else "it is gone"))
        yield Finding(Kind.CHANGED, path, number, line)
    if place.is_prose(path):
        return
    if path.endswith(".py") and (name := lines.encoding(new or "")):
        yield Finding(Kind.UNREAD, path, 0, f"Python reads it as {name}")
    if new is not None:
        yield from lines.anywhere(path, old, new)
    if not path.endswith(".py") and _has_tests(change):
        yield from lines.tests(path, old, new)


def _has_tests(change: FileChange) -> bool:
    """By its name, or by what stood in it: a runner can be told of other names."""
    return place.is_test(change.path) or place.holds_tests(change.old)


def _python(changes: Sequence[FileChange], clues: Clues) -> Iterator[Finding]:
    files: list[tuple[str, Outline, Outline, str]] = []
    left = _MOST_PYTHON
    for change in changes:
        if change.unread or not (change.path.endswith(".py") and _has_tests(change)):
            continue
        old, new = change.old or "", change.new or ""
        left -= len(old) + len(new)
        before, after = (outline(old), outline(new)) if left > 0 else (None, None)
        if after is not None and not place.is_test(change.path):
            after.loose.clear()  # code of the project's own may well do something
        if after is None:
            yield Finding(Kind.UNREAD, change.path, 0, "it is no Python that can be read here")
        if before is None or after is None:
            yield from lines.tests(change.path, change.old, change.new)
        else:
            files.append((change.path, before, after, new))
    yield from python.compared(files)
    if clues.ran is not None:
        named = {path: after for path, _, after, _ in files if place.is_test(path)}
        yield from python.not_run(named, clues.ran)


def _files_as_one(changes: Sequence[FileChange], found: list[Finding]) -> Iterator[Finding]:
    """The tests of a file that is gone are told as one."""
    gone = {change.path for change in changes if change.new is None and not change.unread}
    lost: dict[str, list[str]] = {}
    for finding in found:
        if finding.path in gone and finding.kind is Kind.TEST_GONE:
            lost.setdefault(finding.path, []).append(finding.what)
        else:
            yield finding
    for path, names in lost.items():
        count = f"{len(names)} tests" if len(names) > 1 else "1 test"
        yield Finding(Kind.FILE_GONE, path, 0, f"{count}: {', '.join(names)}")
