"""The hidden, signed record at the end of the status comment: what the labels can't say.

People with write access can edit comments, so a record counts only with our signature for this very
issue. One that fails is treated as absent, and the task is rebuilt from facts.
"""

import base64
import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from app.domain.part import MadePart
from app.domain.ref import IssueRef
from app.domain.run import UNUSED, Usage
from app.domain.spec import Specification
from app.domain.stage import Stage

STATUS_MARKER = "<!-- orc:status -->"
MAX_HISTORY = 40
MAX_ATTEMPTS = 30
MAX_FAILURES = 5
MAX_ESSENCE = 600
MAX_QUESTION = 2_000
MAX_REQUESTERS = 20
MAX_PLAN = 4_000
ASKED = "asked a question"  # the outcome of an attempt in which the agent did
SENT_BACK = "changes requested"  # by the reviewer, of one whose tests had passed
_RECORD = re.compile(r"<!-- orc:record v1 ([A-Za-z0-9+/=]+)\.([0-9a-f]{64}) -->\s*\Z")
_REPLY = re.compile(r"<!-- orc:reply ([\w-]+) -->\s*\Z")


def carried(text: str, most: int) -> str:
    """So many characters of it, and no more than a comment can carry whatever they are."""
    return text[:most].encode(errors="ignore")[: 2 * most].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One round of developer and tester. `head` is None where nothing could be pushed."""

    number: int
    outcome: str
    head: str | None = None
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    detail: str = ""
    failures: tuple[str, ...] = ()

    def trimmed(self) -> "Attempt":
        """As much of it as a comment can carry, whatever the characters are."""
        failures = tuple(carried(text, MAX_ESSENCE) for text in self.failures[:MAX_FAILURES])
        return replace(self, detail=carried(self.detail, MAX_ESSENCE), failures=failures)


@dataclass(frozen=True, slots=True)
class Visit:
    stage: Stage
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """`floor`: attempts spent before the present round, whose ceiling is floor + policy.attempts.

    `verified` is the head sha that the tester found green; where `by_hand` says why, a person
    merges it. `planned` is the digest of the request whose plan was shown last, at `planned_at` for
    the first time (None: it is not shown yet).
    `approved` is the digest of what a person approved ("": asked for, not yet given), in the
    comment `approval`. `handled` are the keys of commands that have been carried out.

    `usage` is that of the runs up to the round `counted`, `running` what the present one last told
    of itself. `agent` and `budget_extra` (USD) are what people asked for beyond the policy;
    `outdated`: the run was started with another agent. `over_budget`: the last run ended for want
    of money. `question` is what its agent asked when it stopped. `asked` is the last comment that
    mentioned us while the task was at work, 0 without one.

    `spec` is what the product owner made of the request. `intakes` is how often it read one, `read`
    the digest of the wording that it read last, `heard` the last comment that it was told of.
    `plan` is how the architect wants it built. `reviewed` is when somebody last said something of
    the pull request's code, `answered` up to when the developer was told of that. `repairs` is how
    often red CI was mended since a person last asked for something, `spared` the head whose red CI
    is not ours to mend. `merging`: all that the round is for is to merge the base,
    as it was `merges` times in a row. `rounds` is how many before the present one came to the end
    of an attempt. `parts` are the tasks that this one was handed over to,
    `parent` is the issue that this one is a part of. `requesters` are people on whose word it is
    built: who asked for a round, or for more in one. `wording` is the digest of the request as they
    could see it.
    """

    round: int = 0
    stage: Stage | None = None
    floor: int = 0
    branch: str = ""
    attempts: tuple[Attempt, ...] = ()
    verified: str | None = None
    by_hand: str = ""
    pull_request: int | None = None
    merged: str | None = None
    planned: str | None = None
    planned_at: datetime | None = None
    approved: str | None = None
    reason: str = ""
    usage: Usage = UNUSED
    running: Usage = UNUSED
    counted: int = 0
    paused: bool = False
    agent: str | None = None
    outdated: bool = False
    budget_extra: float = 0.0
    over_budget: bool = False
    approval: int = 0
    question: str = ""
    asked: int = 0
    spec: Specification | None = None
    intakes: int = 0
    read: str = ""
    heard: int = 0
    reviewed: datetime | None = None
    answered: datetime | None = None
    repairs: int = 0
    spared: str | None = None
    rounds: int = 0
    merging: bool = False
    merges: int = 0
    plan: str = ""
    parts: tuple[MadePart, ...] = ()
    parent: IssueRef | None = None
    requesters: tuple[str, ...] = ()
    wording: str = ""
    history: tuple[Visit, ...] = ()
    handled: tuple[str, ...] = ()

    @property
    def built(self) -> int:
        """The present round, without those in which a request was read."""
        return self.round - self.intakes

    @property
    def shown_round(self) -> int:
        """The round as people count: a pause, an edit or another agent does not begin one."""
        return self.rounds + 1

    @property
    def attempt(self) -> int:
        """The number of the last attempt that ended; 0 before the first."""
        return max((a.number for a in self.attempts), default=self.floor)

    @property
    def handed_over_at(self) -> datetime | None:
        """When it was handed over last, if it ever was."""
        visits = (visit.at for visit in reversed(self.history) if visit.stage is Stage.PARTS)
        return next(visits, None)

    def standing(self, part: MadePart, own: "Record") -> MadePart:
        """How a part stands by its own record; stopped before it was handed over, it waits."""
        at, last = self.handed_over_at, own.history[-1:]
        before = at is not None and bool(last) and last[0].at < at
        stage = None if own.stage is Stage.CANCELLED and before else own.stage
        return replace(part, stage=stage, usage=own.total, merged=own.merged, gone=False)

    @property
    def total(self) -> Usage:
        return self.usage + self.running

    @property
    def tokens(self) -> int:
        return self.total.tokens

    @property
    def cost_usd(self) -> float:
        return self.total.cost_usd

    def with_attempt(self, attempt: Attempt) -> "Record":
        """The same attempt reported twice stands once; only the last keeps what failed in it."""
        kept = [a for a in self.attempts if a.number != attempt.number]
        attempts = sorted([*kept, attempt], key=lambda a: a.number)[-MAX_ATTEMPTS:]
        earlier = [replace(a, detail="", failures=()) for a in attempts[:-1]]
        return replace(self, attempts=(*earlier, attempts[-1].trimmed()))

    def with_progress(self, known: "Record") -> "Record":
        """With what is known of the round's run and was not yet shown."""
        if known.round != self.round:
            return self
        record = self
        for attempt in known.attempts:
            if attempt.number > self.attempt:
                record = record.with_attempt(attempt)
        return replace(record, running=known.running, plan=known.plan or self.plan)

    def with_plan(self, planned: str) -> "Record":
        """Whose plan waits for an approval; one that is shown already stays as it was shown."""
        at = self.planned_at if self.planned == planned and self.approved == "" else None
        return replace(self, planned=planned, planned_at=at, approved="")

    def with_stage(self, stage: Stage, at: datetime) -> "Record":
        history = (*self.history, Visit(stage, at)) if stage != self.stage else self.history
        return replace(self, stage=stage, history=history[-MAX_HISTORY:])

    def with_requesters(self, *logins: str) -> "Record":
        new = [login for login in logins if login not in self.requesters]
        return replace(self, requesters=(*self.requesters, *new)[-MAX_REQUESTERS:])

    def with_handled(self, command: str) -> "Record":
        return replace(self, handled=(*self.handled, command)[-MAX_HISTORY:])


def sign(record: Record, issue: IssueRef, key: bytes) -> str:
    """The line that ends a status comment."""
    payload = base64.b64encode(zlib.compress(msgspec.json.encode(record), 9)).decode()
    return f"<!-- orc:record v1 {payload}.{_signature(payload, issue, key)} -->"


def read(comment: str, issue: IssueRef, key: bytes) -> Record | None:
    """The record of a status comment, or None where there is none that we signed for this issue."""
    match = _RECORD.search(comment)
    if match is None:
        return None
    payload, signature = match.groups()
    if not hmac.compare_digest(signature, _signature(payload, issue, key)):
        return None
    try:
        return msgspec.json.decode(zlib.decompress(base64.b64decode(payload)), type=Record)
    except (msgspec.MsgspecError, ValueError, zlib.error):
        return None  # written by another version of ours


def _signature(payload: str, issue: IssueRef, key: bytes) -> str:
    return hmac.new(key, f"{issue.key}\n{payload}".encode(), hashlib.sha256).hexdigest()


def reply_marker(command: str) -> str:
    return f"<!-- orc:reply {command} -->"


def replied_to(body: str) -> str | None:
    """The key of the command that one of our replies answers."""
    match = _REPLY.search(body)
    return match.group(1) if match else None


def digest(*texts: str) -> str:
    """Names one wording, so that an approval holds for no other: two with the same name can't be
    found, and no text can be moved from one part into the next."""
    parts = (f"{len(text)}:{text}" for text in texts)
    return hashlib.sha256("".join(parts).encode(errors="surrogatepass")).hexdigest()[:40]
