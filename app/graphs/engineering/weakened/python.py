"""Holds the tests of changed Python files against what they were. It judges no reasons."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from app.domain.finding import Finding, Kind
from app.graphs.engineering.weakened.outline import Outline, Test
from app.graphs.engineering.weakened.strength import ALWAYS

_FILE = re.compile(r"test_|.*_test$")

Files = Sequence[tuple[str, Outline, Outline, str]]  # path, before, after, the text after


def compared(files: Files) -> Iterator[Finding]:
    """All changed files at once, since tests move from one to another."""
    pairs, gone = _paired(files)
    for path, before in gone:
        kind = Kind.TEST_GONE if before.collected else Kind.CHECKS_LESS
        yield Finding(kind, path, 0, before.name)
    texts = {path: text.split("\n") for path, _, _, text in files}
    for path, before_after in pairs:
        for kind, line, what in _held(*before_after):
            yield Finding(kind, path, line, what or _quoted(texts[path], line))
    for path, old, new, _ in files:
        known = Counter(mark.text for mark in old.loose)
        for mark in new.loose:
            known[mark.text] -= 1
            if known[mark.text] < 0:
                yield Finding(Kind.AT_COLLECTION, path, mark.line, mark.text.partition("\n")[0])
        for name, now in new.bound.items():
            if name in old.bound and old.bound[name].parts - now.parts:
                yield Finding(Kind.CHANGED, path, now.line, _quoted(texts[path], now.line))


Pair = tuple[Test | None, Test]


def _paired(files: Files) -> tuple[list[tuple[str, Pair]], list[tuple[str, Test]]]:
    """Each test with what it was; and those that are no more, with where they were.

    What has another name or place, but the same checks or name, was moved.
    """
    pairs: list[tuple[str, Pair]] = []
    gone: list[tuple[str, Test]] = []
    fresh: list[tuple[str, Test]] = []
    for path, old, new, _ in files:
        for name, test in new.tests.items():
            before = old.tests.get(name)
            if before is None or (test.collected and not before.collected):
                fresh.append((path, test))
            elif test.collected or not before.collected:
                pairs.append((path, (before, test)))
        gone += [
            (path, test)
            for name, test in old.tests.items()
            if (test.collected or test.checks) and _is_gone(test, new.tests.get(name))
        ]
    moved = _moved(gone, [test for _, test in fresh])
    pairs += [(path, (moved.get(id(test)), test)) for path, test in fresh]
    found = {id(before) for before in moved.values()}
    return pairs, [(path, test) for path, test in gone if id(test) not in found]


def _is_gone(before: Test, after: Test | None) -> bool:
    return after is None or (before.collected and not after.collected)


def _moved(gone: list[tuple[str, Test]], fresh: list[Test]) -> dict[int, Test]:
    """By the id of the new test, what it was: of the same name, or with just the same checks."""
    found: dict[int, Test] = {}
    left = [test for _, test in gone]
    for key in (_by_name, _by_last_name, _by_checks):
        waiting: dict[object, list[Test]] = {}
        for test in left:
            waiting.setdefault(key(test), []).append(test)
        for test in fresh:
            same = waiting.get(key(test))
            if id(test) not in found and same and key(test):
                found[id(test)] = same.pop(0)
        taken = {id(test) for test in found.values()}
        left = [test for test in left if id(test) not in taken]
    return found


def _by_name(test: Test) -> object:
    return (test.name, test.collected)


def _by_last_name(test: Test) -> object:
    return (test.name.rpartition(".")[2], test.collected)


def _by_checks(test: Test) -> object:
    return (test.texts, test.collected) if test.demand else None


def _held(before: Test | None, after: Test) -> Iterator[tuple[Kind, int, str]]:
    """What there is to look at in a test; an empty text stands for the line itself."""
    known = Counter(mark.text for mark in before.marks) if before else Counter()
    for mark in after.marks:
        known[mark.text] -= 1
        if known[mark.text] < 0:
            yield Kind.SKIPPED, mark.line, mark.text
    idle = {check.text for check in before.checks if check.demand == ALWAYS} if before else set()
    for check in after.checks:
        if check.demand == ALWAYS and check.text not in idle:
            yield Kind.ALWAYS_TRUE, check.line, ""
    if after.collected and after.empty and not (before and before.empty):
        yield Kind.CHECKS_LESS, after.line, f"{after.name} does nothing"
    if before is None:
        return
    lesser = list(_lesser(before, after))
    yield from lesser
    if not lesser and min(known.values(), default=0) >= 0:
        yield from _changed(before, after)


def _lesser(before: Test, after: Test) -> Iterator[tuple[Kind, int, str]]:
    if before.cases and after.cases and after.cases < before.cases:
        yield Kind.FEWER_CASES, after.line, f"{after.name}: {before.cases} → {after.cases}"
    if after.demand < before.demand:
        was, now = len(_real(before)), len(_real(after))
        counts = f" ({was} → {now} checks)" if now < was else ""
        yield Kind.CHECKS_LESS, after.line, f"{after.name}{counts}"


def _changed(before: Test, after: Test) -> Iterator[tuple[Kind, int, str]]:
    """The first part of it that is another; more checks of the same are no change."""
    left = Counter(step.text for step in after.steps)
    left.subtract(step.text for step in before.steps)
    for step in after.steps:
        if left[step.text] > 0 and not step.checks:
            yield Kind.CHANGED, step.line, ""
            return
    if min(left.values(), default=0) < 0:
        fresh = (step.line for step in after.steps if left[step.text] > 0)
        yield Kind.CHANGED, next(fresh, after.line), ""


def _real(test: Test) -> list[str]:
    return [check.text for check in test.checks if check.demand > ALWAYS]


def _quoted(lines: list[str], line: int) -> str:
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def not_run(changed: Mapping[str, Outline], ran: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Tests of the changed files that the reports don't name; `ran` are suites and names."""
    suites: dict[str, set[str]] = {}
    for suite, name in ran:
        plain = name.partition("[")[0].partition("(")[0].strip()
        suites.setdefault(re.split(r"[.:]", plain)[-1], set()).update(re.split(r"[./:]", suite))
    # where suites are not called by their files, a name alone must do
    by_file = any(_FILE.match(part) for parts in suites.values() for part in parts)
    for path, found in changed.items():
        stem = PurePosixPath(path).stem
        for test in found.tests.values():
            parts = suites.get(test.name.rpartition(".")[2])
            ran_here = parts is not None and (stem in parts or not by_file)
            if test.collected and not ran_here:
                yield Finding(Kind.NOT_RUN, path, test.line, test.name)
