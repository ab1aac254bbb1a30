"""What an agent's run means, from how it ended and what was heard. It knows no agent's format."""

from dataclasses import dataclass, replace

from app.agents.contract import verdict, without_result
from app.agents.reading import clean
from app.agents.trouble import trouble
from app.domain.run import (
    UNUSED,
    AgentError,
    AgentOutcome,
    AgentResult,
    ExitReason,
    RunExit,
    Usage,
)

ENDED = {
    ExitReason.TIMED_OUT: (AgentOutcome.TIMED_OUT, "It did not end in the time it had."),
    ExitReason.IDLE: (AgentOutcome.TIMED_OUT, "It said nothing for too long and was ended."),
    ExitReason.STOPPED: (AgentOutcome.STOPPED, "It was stopped."),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What an agent's program said of its run.

    `final` is the text it ended with; None: it did not say that it ended. `failure` is what it
    says went wrong, with the HTTP `status` where it names one.
    """

    final: str | None = None
    session: str | None = None
    usage: Usage = UNUSED
    failure: str | None = None
    status: int | None = None
    ceiling: bool = False
    denials: tuple[str, ...] = ()


def judge(ended: RunExit, heard: Heard) -> AgentResult:
    """Success needs all of: exit 0, a final text, no failure, no denial, and a result of it."""
    found = _outcome(ended, heard)
    return replace(found, session=heard.session, usage=heard.usage, denials=heard.denials)


def _outcome(ended: RunExit, heard: Heard) -> AgentResult:
    if ended.reason in ENDED:
        return AgentResult(*ENDED[ended.reason])
    if ended.reason is not ExitReason.EXITED or ended.signal is not None:
        return AgentResult(AgentOutcome.CRASHED, seen(ended))
    if heard.failure is not None:
        error = AgentError.CEILING if heard.ceiling else trouble(heard.failure, heard.status)
        return AgentResult(AgentOutcome.FAILED, clean(heard.failure), error=error)
    if ended.exit_code != 0:
        # Before its first event, a program may say in plain words why it does not start.
        plain = ended.stderr + (ended.stdout if heard.session is None else b"")
        error = trouble(plain[-10_000:].decode(errors="replace"))
        return AgentResult(AgentOutcome.CRASHED, seen(ended), error=error)
    if heard.final is None:
        return AgentResult(AgentOutcome.CRASHED, seen(ended), error=AgentError.UNREADABLE)
    return _verdict(heard.final, heard.denials)


def _verdict(final: str, denials: tuple[str, ...]) -> AgentResult:
    found = verdict(final)
    if found is None:
        text = clean(f"It ended without a result. It last said: {final.strip()[-2000:]}")
        return AgentResult(AgentOutcome.FAILED, text, error=AgentError.NO_RESULT)
    text = found.text or without_result(final)
    if not denials:
        return AgentResult(found.outcome, text, details=found.details)
    refused = f"It was not allowed to use {', '.join(denials)}. It said: {text}"
    succeeded = found.outcome is AgentOutcome.SUCCEEDED
    outcome = AgentOutcome.FAILED if succeeded else found.outcome
    return AgentResult(outcome, clean(refused), error=AgentError.DENIED)


def seen(ended: RunExit) -> str:
    """How it ended and what it last said, for a run that says nothing itself."""
    if ended.reason is not ExitReason.EXITED:
        what = f"The run was {ended.reason}: {ended.detail or 'nothing more is known'}."
    elif ended.signal is not None:
        what = f"It was ended by signal {ended.signal}."
    elif ended.exit_code:
        what = f"It ended with exit code {ended.exit_code} and no result."
    else:
        what = "It ended with exit code 0, but its last line is not a result."
    said = (ended.stderr.strip() or ended.stdout.strip())[-500:].decode(errors="replace")
    return clean(f"{what} It last said: {said}" if said else f"{what} It said nothing.")
