"""Reads JUnit reports that cannot be trusted, as bytes. It counts; it must not judge.

Test tools disagree about the totals in a report's attributes, and whoever writes a report can put
anything there: so the test cases themselves are counted, and the attributes are only held against
them. The parser streams, follows no entity and opens nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from xml.parsers import expat

MAX_BYTES = 20_000_000  # of one report
_MAX_ELEMENTS = 1_000_000
_MAX_CASES = 200_000
_MAX_DEPTH = 100
_TAIL = 4_000  # characters of a failure's text that are kept
_BAD = frozenset(
    {
        *("fail", "failed", "failure", "error", "errored", "broken", "timedout", "timeout"),
        *("aborted", "cancelled", "canceled", "crashed", "interrupted", "killed"),
    }
)
_IDLE = frozenset(
    {"notrun", "disabled", "skipped", "suppressed", "ignored", "pending", "todo", "inconclusive"}
)
_FLAWS = frozenset({"failure", "error"})
_KNOWN = _FLAWS | {"testsuites", "testsuite", "testcase", "skipped"}


class UnreadableError(ValueError):
    """The report can't be read; says why in a few words."""


class State(IntEnum):
    """Of what a report says of one case, the greater holds."""

    SKIPPED = 0
    PASSED = 1
    FAILED = 2


@dataclass(slots=True)
class Case:
    """A test case, or a suite that failed as a whole; `message` and `text` say how it failed."""

    suite: str
    name: str
    state: State = State.PASSED
    message: str = ""
    text: str = ""


@dataclass(slots=True)
class Report:
    """The cases of one report, and how many failures its totals claim beyond those shown."""

    cases: list[Case] = field(default_factory=list)
    unseen: int = 0


def read(data: bytes) -> Report:
    """Parse one report. Raises UnreadableError for all that is not plain, well-formed JUnit XML."""
    if not data.strip():
        raise UnreadableError("it is empty")
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it has more than {MAX_BYTES} bytes")
    reader = _Reader()
    try:
        reader.parse(data)
    except expat.ExpatError as error:
        raise UnreadableError(f"it is not well-formed XML: {error}") from None
    except (ValueError, LookupError) as error:  # also an encoding that Python does not know
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("its encoding can't be read") from None
    return reader.report


@dataclass(slots=True)
class _Open:
    """An element that has begun; `failed` counts the failed cases below it."""

    tag: str
    claimed: int = 0
    failed: int = 0
    name: str = ""
    broken: Case | None = None


class _Reader:
    def __init__(self) -> None:
        self.report = Report()
        self._stack: list[_Open] = []
        self._case: Case | None = None
        self._listening: Case | None = None
        self._elements = 0

    def parse(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(data, True)

    def _doctype(self, *_: object) -> None:
        raise UnreadableError(
            "it declares a document type or an entity, which a report never needs"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self._elements += 1
        if self._elements > _MAX_ELEMENTS or len(self._stack) > _MAX_DEPTH:
            raise UnreadableError("it has too many elements, or they are nested too deeply")
        if tag not in _KNOWN and tag.lower() in _KNOWN:
            raise UnreadableError(f"it has <{tag}>, which is none of JUnit's: its names are small")
        if not self._stack and tag not in ("testsuites", "testsuite"):
            raise UnreadableError(f"it is no JUnit report: its first element is <{tag[:40]}>")
        opened = _Open(tag)
        if tag in ("testsuites", "testsuite"):
            opened.claimed = _total(attributes, "failures") + _total(attributes, "errors")
            opened.name = attributes.get("name", "")
        elif tag == "testcase":
            self._begin_case(attributes)
        elif tag in _FLAWS:
            self._flaw(attributes)
        elif tag == "skipped" and self._case and self._case.state is State.PASSED:
            self._case.state = State.SKIPPED  # a failure is not undone by skipping
        self._stack.append(opened)

    def _begin_case(self, attributes: dict[str, str]) -> None:
        if self._case is not None:
            raise UnreadableError("it has a test case within a test case")
        if len(self.report.cases) >= _MAX_CASES:
            raise UnreadableError(f"it has more than {_MAX_CASES} test cases")
        case = Case(attributes.get("classname", ""), attributes.get("name", ""))
        words = {attributes.get(key, "").lower() for key in ("status", "result")}
        if words & _BAD:
            case.state = State.FAILED
        elif words & _IDLE:
            case.state = State.SKIPPED
        self._case = case

    def _flaw(self, attributes: dict[str, str]) -> None:
        """A failure of the case, or of the suite as a whole."""
        parent = self._stack[-1]
        if self._case is not None:
            case = self._case
        elif parent.tag in ("testsuites", "testsuite"):
            case = parent.broken = parent.broken or Case(parent.name, "(the whole suite)")
        else:
            return
        case.state = State.FAILED
        case.message = case.message or attributes.get("message", "") or attributes.get("type", "")
        self._listening = case

    def _text(self, text: str) -> None:
        if self._listening is not None:
            self._listening.text = (self._listening.text + text)[-_TAIL:]

    def _end(self, _: str) -> None:
        done = self._stack.pop()
        if done.tag in _FLAWS:
            self._listening = None
        if done.tag == "testcase" and self._case is not None:
            self.report.cases.append(self._case)
            done.failed += self._case.state is State.FAILED
            self._case = None
        if done.broken is not None:
            self.report.cases.append(done.broken)
            done.failed += 1
        if done.claimed > done.failed:  # told once: the suite above sees them as shown
            self.report.unseen += done.claimed - done.failed
            done.failed = done.claimed
        if self._stack:
            self._stack[-1].failed += done.failed


def _total(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]+(\.0+)?", text, re.ASCII):
        raise UnreadableError(f"its number of {name} is not a number")
    return min(int(text.partition(".")[0][:12]), 1_000_000_000)
