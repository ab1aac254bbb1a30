"""The verdict on a commit, from how its tests ended and what they reported. Pure, and never kind.

Green needs everything: the command ended by itself with 0, every report can be read, at least one
test ran, and none failed by any count. Whatever is doubtful is not green, and says why.
"""

import math
import re
import signal as signals
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.run import ExitReason, RunExit
from app.domain.verdict import Outcome, Verdict
from app.graphs.engineering import junit
from app.graphs.engineering.junit import Case, Report, State, UnreadableError
from app.graphs.engineering.reports import MOST

_MOST = 20  # failures told
_LONG = 600  # characters of each
_ALL_BYTES = 50_000_000  # of all reports
_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")
_UNENDED = {
    ExitReason.OUT_OF_MEMORY: "The tests took more memory than they may. Find what needs it.",
    ExitReason.OUT_OF_DISK: "The tests filled the disk that they had. Find what writes so much.",
    ExitReason.STOPPED: "The test run was stopped before it ended. /retry runs it again.",
    ExitReason.LOST: "The test run was lost: its supervisor died. /retry runs it again.",
    ExitReason.NOT_STARTED: "The test command could not be started. Check `test.command`.",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """What the reports say, taken together."""

    cases: list[Case]
    unseen: int
    bad: tuple[str, ...]
    any: bool

    def count(self, state: State) -> int:
        return sum(case.state is state for case in self.cases)

    @property
    def ran(self) -> frozenset[tuple[str, str]] | None:
        """Suite and name of the cases that were not skipped; None where not all can be known."""
        if self.bad or not self.any:
            return None
        return frozenset(
            (case.suite, case.name) for case in self.cases if case.state is not State.SKIPPED
        )


def judge(sha: str, ended: RunExit, reports: Mapping[str, bytes]) -> Verdict:
    """The verdict on `sha`; `reports` are JUnit files by name. Never raises."""
    return decide(sha, ended, tally(reports))


def decide(sha: str, ended: RunExit, tally: Tally) -> Verdict:
    """The same, of reports that have been read."""
    failed = tally.count(State.FAILED) + tally.unseen
    outcome, detail = _decide(tally, failed, ended)
    broken = [case for case in tally.cases if case.state is State.FAILED]
    failures = [_essence(case) for case in broken[:_MOST]]
    failures += [plain(f"report — {why}")[:_LONG] for why in tally.bad[: _MOST - len(failures)]]
    if outcome is not Outcome.PASSED and not failures and (tail := _tail(ended)):
        failures = [tail]
    return Verdict(
        outcome,
        sha,
        passed=tally.count(State.PASSED),
        failed=failed,
        skipped=tally.count(State.SKIPPED),
        failures=tuple(failures),
        detail=plain(detail),
        seconds=ended.seconds if math.isfinite(ended.seconds) and ended.seconds > 0 else 0.0,
    )


def _decide(tally: Tally, failed: int, ended: RunExit) -> tuple[Outcome, str]:
    ran = failed + tally.count(State.PASSED)
    if ended.reason is ExitReason.TIMED_OUT:
        return Outcome.TIMED_OUT, (
            f"The tests did not end within {ended.seconds:.0f} s. "
            "Find what hangs, or raise the limit."
        )
    if ended.reason is ExitReason.IDLE:
        return Outcome.TIMED_OUT, "The tests printed nothing for too long. Find what hangs."
    if ended.reason is not ExitReason.EXITED:
        return Outcome.CRASHED, f"{_UNENDED[ended.reason]} {ended.detail}".strip()
    if failed:
        beyond = f" Its totals claim {tally.unseen} that are not listed." if tally.unseen else ""
        although = " The command ended with 0 all the same." if ended.exit_code == 0 else ""
        return Outcome.FAILED, f"{failed} of {ran} tests failed.{beyond}{although}"
    if tally.bad:
        return Outcome.BAD_REPORT, f"A test report can't be used: {tally.bad[0]}. Write it anew."
    if ended.detail:
        return Outcome.BAD_REPORT, (
            f"What the tests left could not all be taken ({ended.detail}). "
            "Write reports to $ORC_OUT, fewer and smaller, and nothing else."
        )
    if not tally.any:
        return Outcome.NO_REPORT, (
            f"The tests left no report ({_how(ended)}). "
            "The test command must write JUnit XML to $ORC_OUT, or to where `test.reports` looks."
        )
    if not ran:
        skipped = tally.count(State.SKIPPED)
        what = f"All {skipped} tests were skipped" if skipped else "The report has no test"
        return Outcome.NO_TESTS, f"{what} ({_how(ended)}). Add a test that runs."
    if ended.exit_code != 0 or ended.signal is not None:
        return Outcome.CRASHED, (
            f"Every reported test passed, but {_how(ended)}. Find what went wrong after the tests."
        )
    return Outcome.PASSED, f"{ran} tests passed."


def tally(reports: Mapping[str, bytes]) -> Tally:
    """Read them all, a copy of one only once. Never raises.

    Tests of the same name in two reports are two: the packages of one repository often have them,
    and if they were taken for one, those of a package could go unnoticed.
    """
    if sum(map(len, reports.values())) > _ALL_BYTES or len(reports) > MOST:
        return Tally([], 0, (f"there are more than {MOST}, or {_ALL_BYTES} bytes",), any=True)
    read: list[Report] = []
    bad: list[str] = []
    seen: set[bytes] = set()
    for name, data in sorted(reports.items()):
        if data in seen:
            continue
        seen.add(data)
        try:
            read.append(junit.read(data))
        except UnreadableError as error:
            bad.append(f"{plain(name)[:100]}: {error}")
    unseen = sum(report.unseen for report in read)
    cases = [case for report in read for case in report.cases]
    return Tally(cases, unseen, tuple(bad), any=bool(reports))


def _how(ended: RunExit) -> str:
    """How the command ended, for people."""
    if ended.signal is not None:
        try:
            name = signals.Signals(ended.signal).name
        except ValueError:
            name = f"signal {ended.signal}"
        return f"the command was ended by {name}"
    if ended.exit_code is None:
        return "nobody knows how the command ended"
    return f"the command ended with {ended.exit_code}"


def _essence(case: Case) -> str:
    """`suite::name — what went wrong`; the last line of the text usually has file and line."""
    name = " ".join(plain("::".join(part for part in (case.suite, case.name) if part)).split())[
        :200
    ]
    message = plain(case.message)
    lines = [line for line in plain(case.text).splitlines() if line.strip()]
    if not message:
        message = "\n".join(lines[-6:])
    elif lines and lines[-1].strip() not in message:
        message = f"{message[:400]}\n{lines[-1].strip()}"
    return f"{name or 'unnamed test'} — {message or 'failed without a message'}"[:_LONG]


def _tail(ended: RunExit) -> str:
    """The end of what the command printed, for when no report explains it."""
    streams = ((ended.stdout, 380), (ended.stderr, 190))
    ends = [plain(said[-4 * _LONG :].decode("utf-8", "replace"))[-most:] for said, most in streams]
    text = "\n".join(end for end in ends if end)
    return f"output — …{text}"[:_LONG] if text else ""


def plain(text: str) -> str:
    """Text that can't break out of a code block, hide itself, or start an HTML comment."""
    text = _ESCAPE.sub("", text[:20_000]).replace("\r\n", "\n").replace("\t", "    ")
    kept = (
        c
        if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else " "
        for c in text
    )
    text = re.sub(r"[`~]{3,}", "'''", "".join(kept))
    text = text.replace("<!--", "<! --")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()
